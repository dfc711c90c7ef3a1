import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { list } from "../../api/types";

export function useWorkspaces() {
  return useQuery({
    queryKey: ["workspaces"],
    queryFn: async () => list((await body(api.GET("/api/v1/workspaces"))).workspaces),
    staleTime: 60_000,
  });
}

export function useWorkspace(id: string) {
  const all = useWorkspaces();
  return all.data?.find((w) => w.id === id);
}

export const runsKey = (workspace: string) => ["runs", workspace];

/** The runs of a workspace, the latest first, a page at a time. */
export function useRuns(workspace: string, search: string) {
  return useInfiniteQuery({
    queryKey: [...runsKey(workspace), "all", search],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/workspaces/{workspace}/runs", {
          params: { path: { workspace }, query: { limit: 20, after: pageParam || undefined } },
        }),
      ),
    getNextPageParam: (page) => page.next || undefined,
  });
}

/** The runs that wait for somebody: at an open control point, past their deadline, or stopped by a failure. */
export function useWaiting(workspace: string) {
  return useQuery({
    queryKey: [...runsKey(workspace), "waiting"],
    queryFn: async () =>
      list(
        (
          await body(
            api.GET("/api/v1/workspaces/{workspace}/runs", {
              params: { path: { workspace }, query: { limit: 50, status: ["waiting", "expired", "failed"] } },
            }),
          )
        ).runs,
      ),
  });
}
