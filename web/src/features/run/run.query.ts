import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { list } from "../../api/types";
import { runsKey } from "../home/home.query";
import type { Run, Stage } from "./run.model";

export interface RunPath {
  workspace: string;
  run: string;
}

export const runKey = (workspace: string, run: string) => ["run", workspace, run];

/** The last part of the key of where something stands, in the place of what was found there. */
export const stateKey = "state";

export function useRun(path: RunPath) {
  return useQuery({
    queryKey: [...runKey(path.workspace, path.run), stateKey],
    queryFn: () => body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}", { params: { path } })),
  });
}

/** Every decision of a run in the order in which they were taken, superseded ones too. */
export function useDecisions(path: RunPath) {
  return useQuery({
    queryKey: [...runKey(path.workspace, path.run), "decisions"],
    queryFn: async () =>
      list(
        (await body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/decisions", { params: { path } }))).decisions,
      ),
  });
}

export type Move = { do: "retry" | "renew" } | { do: "abort"; why: string } | { do: "reopen"; stage: Stage };

/** Moves a run: takes it up again, ends it, or goes back to an earlier control point. */
export function useMove(path: RunPath) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (move: Move): Promise<Run> => {
      const params = { path };
      switch (move.do) {
        case "retry":
          return body(api.POST("/api/v1/workspaces/{workspace}/runs/{run}/retry", { params }));
        case "renew":
          return body(api.POST("/api/v1/workspaces/{workspace}/runs/{run}/renew", { params }));
        case "abort":
          return body(api.POST("/api/v1/workspaces/{workspace}/runs/{run}/abort", { params, body: { why: move.why } }));
        case "reopen":
          return body(
            api.POST("/api/v1/workspaces/{workspace}/runs/{run}/reopen", { params, body: { stage: move.stage } }),
          );
      }
    },
    onSuccess: (run) => queries.setQueryData([...runKey(path.workspace, path.run), stateKey], run),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: runKey(path.workspace, path.run) });
      void queries.invalidateQueries({ queryKey: runsKey(path.workspace) });
    },
  });
}
