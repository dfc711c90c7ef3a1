import { useCallback, useEffect, useRef, useState } from "react";
import { Upload } from "tus-js-client";
import { csrfToken, renewed } from "../../api/client";
import { Problem, problemOf } from "../../api/problem";
import { Pace } from "./upload.model";

export type UploadState =
  | { step: "idle" }
  | { step: "sending"; file: File; sent: number; rate: number; left: number | null; paused: boolean }
  | { step: "sent"; file: File; dataset: string }
  | { step: "failed"; file: File; problem: Problem };

/**
 * Sends a file in pieces that can be taken up again: after a lost connection it goes on by itself, and after a reload of
 * the page when the same file is chosen again.
 */
export function useUpload(workspace: string) {
  const [state, setState] = useState<UploadState>({ step: "idle" });
  const running = useRef<Upload | null>(null);

  // Leaving the page stops the sending; what has come stays, and goes on when the file is chosen again.
  useEffect(() => () => void running.current?.abort(), []);

  const begin = useCallback(
    async (file: File) => {
      await running.current?.abort();
      const pace = new Pace();
      const endpoint = `/api/v1/workspaces/${encodeURIComponent(workspace)}/uploads`;
      let ended = false; // the session, as far as the last answer said
      const upload = new Upload(file, {
        endpoint,
        chunkSize: 16 * 1024 * 1024,
        retryDelays: [0, 1000, 3000, 8000, 20_000],
        removeFingerprintOnSuccess: true,
        metadata: { filename: file.name },
        fingerprint: async () => ["analytix", workspace, file.name, file.size, file.lastModified].join("|"),
        onBeforeRequest: async (request) => {
          if (ended && !(await renewed())) throw new Problem({ status: 401, code: "unauthenticated" });
          ended = false;
          request.setHeader("X-CSRF-Token", csrfToken());
        },
        onShouldRetry: (error) => {
          const status = error.originalResponse?.getStatus() ?? 0;
          ended = status === 401;
          return ended || status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;
        },
        onProgress: (sent) => {
          pace.add(performance.now(), sent);
          setState((s) =>
            s.step === "sending" && s.paused
              ? s
              : { step: "sending", file, sent, rate: pace.rate(), left: pace.left(file.size), paused: false },
          );
        },
        onError: (error) => setState({ step: "failed", file, problem: problemOfUpload(error) }),
        onSuccess: () => {
          const dataset = new URL(upload.url ?? "", location.href).pathname.split("/").pop() ?? "";
          setState({ step: "sent", file, dataset });
        },
      });
      running.current = upload;
      setState({ step: "sending", file, sent: 0, rate: 0, left: null, paused: false });
      const before = await upload.findPreviousUploads();
      if (before[0]) upload.resumeFromPreviousUpload(before[0]);
      upload.start();
    },
    [workspace],
  );

  const pause = useCallback(async () => {
    await running.current?.abort();
    setState((s) => (s.step === "sending" ? { ...s, paused: true, rate: 0, left: null } : s));
  }, []);

  const resume = useCallback(() => {
    setState((s) => (s.step === "sending" ? { ...s, paused: false } : s));
    running.current?.start();
  }, []);

  const reset = useCallback(async () => {
    const upload = running.current;
    running.current = null;
    setState({ step: "idle" });
    await upload?.abort().catch(() => undefined);
  }, []);

  return { state, begin, pause, resume, reset };
}

function problemOfUpload(error: unknown): Problem {
  const response = (error as { originalResponse?: { getBody(): string } | null }).originalResponse;
  if (response) {
    try {
      return new Problem(JSON.parse(response.getBody()));
    } catch {
      // Not a problem document: said below as well as it can be.
    }
  }
  const cause = (error as { causingError?: unknown }).causingError;
  if (cause instanceof Problem) return cause;
  return problemOf(response ? error : new TypeError("offline"));
}
