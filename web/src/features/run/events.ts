import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../../api/client";
import { runsKey } from "../home/home.query";
import { discussionKey, dutiesKey, noticesKey } from "../together/together.query";
import { runKey, stateKey } from "./run.query";

/** What the server tells of a run as it moves. */
export interface Update {
  kind: string;
  run: string;
  handler?: string;
  fraction?: number;
  sentence?: string;
}

type Handlers = Record<string, (data: string) => void>;

/** Listens to a stream of events as long as the component stands; after a break it begins again where it was. */
function useStream(url: string, handlers: Handlers): void {
  const now = useRef(handlers);
  now.current = handlers;
  const kinds = Object.keys(handlers).join(" ");
  useEffect(() => {
    let source: EventSource | null = null;
    let timer = 0;
    let tries = 0;
    let gone = false;
    const open = () => {
      source = new EventSource(url);
      source.onopen = () => {
        tries = 0;
      };
      for (const kind of kinds.split(" ")) {
        source.addEventListener(kind, (e) => now.current[kind]?.((e as MessageEvent<string>).data));
      }
      source.onerror = async () => {
        if (gone || source?.readyState !== EventSource.CLOSED) return;
        // The browser gave up: the token may have run out. A plain request renews it, or asks to sign in again.
        tries++;
        await api.GET("/api/v1/me").catch(() => undefined);
        if (!gone) timer = window.setTimeout(open, Math.min(30_000, 500 * 2 ** tries));
      };
    };
    open();
    return () => {
      gone = true;
      window.clearTimeout(timer);
      source?.close();
    };
  }, [url, kinds]);
}

/**
 * Has what is known read again. Events come in bursts: those within a moment count as one. Where something stands is read before
 * what was found there, so that what has gone from the page by then is not asked for.
 */
function useReread(): (...keys: string[][]) => void {
  const queries = useQueryClient();
  const due = useRef(new Map<string, string[]>());
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return useCallback(
    (...keys) => {
      for (const key of keys) due.current.set(key.join("/"), key);
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(async () => {
        const all = [...due.current.values()];
        due.current.clear();
        await Promise.all(all.map((key) => queries.invalidateQueries({ queryKey: [...key, stateKey] })));
        await new Promise((shown) => window.setTimeout(shown)); // the page follows what was read in a turn of its own
        for (const queryKey of all) {
          void queries.invalidateQueries({ queryKey, predicate: (q) => q.queryKey.at(-1) !== stateKey });
        }
      }, 120);
    },
    [queries],
  );
}

/** Keeps the lists of runs of a workspace true. */
export function useWorkspaceEvents(workspace: string): void {
  const reread = useReread();
  useStream(`/api/v1/workspaces/${encodeURIComponent(workspace)}/events`, {
    run: () => reread(runsKey(workspace), noticesKey, dutiesKey(workspace)),
    notices: () => reread(noticesKey, dutiesKey(workspace)),
  });
}

/** Follows one run: everything known of it is read again when it moves; how far its tasks are is the result. */
export function useRunEvents(workspace: string, run: string): Record<string, Update> {
  const reread = useReread();
  const [progress, setProgress] = useState<Record<string, Update>>({});
  const path = `/api/v1/workspaces/${encodeURIComponent(workspace)}/runs/${encodeURIComponent(run)}/events`;
  useStream(path, {
    progress: (data) => {
      const u = JSON.parse(data) as Update;
      if (u.handler) setProgress((all) => ({ ...all, [u.handler as string]: u }));
    },
    entry: () => reread(runKey(workspace, run), ["point", workspace, run]),
    run: () => reread(runKey(workspace, run), ["point", workspace, run]),
    discussion: () => reread(discussionKey(workspace, run)),
  });
  return progress;
}
