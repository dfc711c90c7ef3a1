import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { Problem } from "../../api/problem";
import { list } from "../../api/types";

// Nobody tells of these: they are looked at again now and then, as long as the page is seen.
const again = { refetchInterval: 15_000 };

async function answers(path: string): Promise<boolean> {
  try {
    return (await fetch(path, { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/** Whether the process lives and its records answer. */
export function useHealth() {
  return useQuery({
    queryKey: ["system", "health"],
    queryFn: async () => ({ alive: await answers("/healthz"), ready: await answers("/readyz"), at: new Date() }),
    ...again,
  });
}

export function useQueue() {
  return useQuery({
    queryKey: ["system", "queue"],
    queryFn: async () => list((await body(api.GET("/api/v1/system/queue"))).counts),
    ...again,
  });
}

export function useDeadTasks() {
  return useQuery({
    queryKey: ["system", "dead-tasks"],
    queryFn: async () => list((await body(api.GET("/api/v1/system/dead-tasks"))).tasks),
    ...again,
  });
}

export function useDeadMessages() {
  return useQuery({
    queryKey: ["system", "dead-messages"],
    queryFn: async () => list((await body(api.GET("/api/v1/system/dead-messages"))).messages),
    ...again,
  });
}

export function useSystemUsage() {
  return useQuery({
    queryKey: ["system", "usage"],
    queryFn: async () => list((await body(api.GET("/api/v1/system/usage"))).days),
  });
}

/** What is to be tried again: a run that a task stopped, or a message. */
export type Again = { run: string } | { seq: number };

/** Takes up again what a failure stopped, or sends a message again that could not be handled. */
export function useAgain() {
  const queries = useQueryClient();
  return useMutation<unknown, Problem, Again>({
    mutationFn: (what) =>
      "run" in what
        ? body(api.POST("/api/v1/system/runs/{run}/retry", { params: { path: { run: what.run } } }))
        : body(api.POST("/api/v1/system/dead-messages/{seq}/replay", { params: { path: { seq: what.seq } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["system"] }),
  });
}

/** Checks every entry, link and signature of the access log. */
export function useVerification() {
  return useMutation<Awaited<ReturnType<typeof verify>>, Problem, void>({ mutationFn: verify });
}

function verify() {
  return body(api.GET("/api/v1/system/audit/verification"));
}

/** How the keys of the instance stand; watched closely while they are being rotated. */
export function useKeyState(watched: boolean) {
  return useQuery({
    queryKey: ["system", "keys"],
    queryFn: () => body(api.GET("/api/v1/system/keys")),
    refetchInterval: (q) => (watched || q.state.data?.rotating ? 500 : 15_000),
  });
}

/** Makes a new master key and wraps all keys anew. */
export function useRotation() {
  const queries = useQueryClient();
  return useMutation<Awaited<ReturnType<typeof rotate>>, Problem, void>({
    mutationFn: rotate,
    onSettled: () => queries.invalidateQueries({ queryKey: ["system", "keys"] }),
  });
}

function rotate() {
  return body(api.POST("/api/v1/system/keys/rotate"));
}

/** Has the bundle of diagnostics made, and hands it to the browser as a file; its name is the result. */
export function useDiagnostics() {
  return useMutation<string, Problem, void>({
    mutationFn: async () => {
      const bundle = await body(api.GET("/api/v1/system/diagnostics"));
      const name = `analytix-diagnostics-${bundle.made.slice(0, 19).replaceAll(":", "")}.json`;
      const address = URL.createObjectURL(new Blob([JSON.stringify(bundle, null, 2)], { type: "application/json" }));
      const link = document.createElement("a");
      link.href = address;
      link.download = name;
      link.click();
      URL.revokeObjectURL(address);
      return name;
    },
  });
}
