import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, tagged } from "../../api/client";
import type { Problem } from "../../api/problem";
import type { Schemas } from "../../api/types";
import { runsKey } from "../home/home.query";
import { type RunPath, runKey } from "../run/run.query";
import { type Choice, provisional } from "./point.model";

export interface SeenPoint {
  body: Schemas["ControlPoint"];
  tag: string;
}

/** Apart from what is known of the run itself: it is asked for only while a control point is open. */
export const pointKey = (path: RunPath) => ["point", path.workspace, path.run];

/** The open control point, with the tag that says which state of it is on the screen. */
export function usePoint(path: RunPath, open: boolean) {
  return useQuery<SeenPoint, Problem>({
    queryKey: pointKey(path),
    queryFn: () => tagged(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/point", { params: { path } })),
    enabled: open,
  });
}

/** What can be done at an open control point. Every change says which state of it was seen. */
export function usePointMoves(path: RunPath, point: SeenPoint | undefined) {
  const queries = useQueryClient();
  const header = () => ({ "If-Match": point?.tag ?? "" });
  const url = "/api/v1/workspaces/{workspace}/runs/{run}/point" as const;
  const keep = (seen: SeenPoint) => queries.setQueryData(pointKey(path), seen);
  const reread = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: runKey(path.workspace, path.run) }),
      queries.invalidateQueries({ queryKey: pointKey(path) }),
    ]);

  const decide = useMutation<SeenPoint, Problem, Choice[], { before: SeenPoint | undefined }>({
    mutationFn: (choices) =>
      tagged(
        api.POST(`${url}/decisions`, {
          params: { path, header: header() },
          body: {
            decisions: choices.map((c) => ({ ...c, supersedes: point?.body.decisions[c.item]?.id ?? "" })),
          },
        }),
      ),
    // Shown at once, and taken back where the server does not take it.
    onMutate: async (choices) => {
      await queries.cancelQueries({ queryKey: pointKey(path) });
      const before = queries.getQueryData<SeenPoint>(pointKey(path));
      if (before) keep(provisional(before, choices));
      return { before };
    },
    onSuccess: keep,
    onError: (_error, _choices, context) => {
      if (context?.before) keep(context.before);
      void reread();
    },
  });

  const withdraw = useMutation<SeenPoint, Problem, string[]>({
    mutationFn: async (items) => {
      let seen = point as SeenPoint;
      for (const item of items) {
        seen = await tagged(
          api.DELETE(`${url}/decisions/{item}`, { params: { path: { ...path, item }, header: header() } }),
        );
      }
      return seen;
    },
    onSuccess: keep,
    onError: () => void reread(),
  });

  const settle = async (run: Schemas["Run"]) => {
    queries.setQueryData([...runKey(path.workspace, path.run), "state"], run);
    queries.removeQueries({ queryKey: pointKey(path) });
    await queries.invalidateQueries({ queryKey: runsKey(path.workspace) });
  };

  const close = useMutation<Schemas["Run"], Problem, void>({
    mutationFn: () => body(api.POST(`${url}/close`, { params: { path, header: header() } })),
    onSuccess: settle,
    onError: () => void reread(),
  });

  const sendBack = useMutation<Schemas["Run"], Problem, Record<string, unknown>>({
    mutationFn: (options) =>
      body(api.POST(`${url}/send-back`, { params: { path, header: header() }, body: { options } })),
    onSuccess: settle,
    onError: () => void reread(),
  });

  return { decide, withdraw, close, sendBack };
}

export type PointMoves = ReturnType<typeof usePointMoves>;
