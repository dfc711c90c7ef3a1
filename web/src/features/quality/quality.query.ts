import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { list } from "../../api/types";
import { movedOf } from "../run/run.model";
import { type RunPath, useRun } from "../run/run.query";

/**
 * What is wrong with the data. It may be long, and no decision at an open control point is written into it, so it is read
 * again where the run moved, not with every decision.
 */
export function useIssues(path: RunPath) {
  const run = useRun(path);
  return useQuery({
    queryKey: ["issues", path.workspace, path.run, run.data ? movedOf(run.data) : ""],
    enabled: run.data !== undefined,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const d = await body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/issues", { params: { path } }));
      return { issues: list(d.issues), skipped: list(d.skipped) };
    },
    staleTime: 5 * 60_000,
  });
}

/** What a resolution would do, on real rows. */
export function usePreview(
  path: RunPath,
  issue: string,
  resolution: string,
  params: Record<string, unknown> | undefined,
  limit: number,
  enabled: boolean,
) {
  return useQuery({
    queryKey: ["preview", path.workspace, path.run, issue, resolution, params ?? null, limit],
    queryFn: ({ signal }) =>
      body(
        api.POST("/api/v1/workspaces/{workspace}/runs/{run}/point/preview", {
          params: { path },
          body: { issue, resolution, params, limit },
          signal,
        }),
      ),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before, q) => (q?.queryKey[3] === issue ? keepPreviousData(before) : undefined),
  });
}
