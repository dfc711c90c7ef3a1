import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { list } from "../../api/types";
import { type RunPath, runKey } from "../run/run.query";

export function useIssues(path: RunPath) {
  return useQuery({
    queryKey: [...runKey(path.workspace, path.run), "issues"],
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
