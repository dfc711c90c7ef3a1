import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { list } from "../../api/types";
import { asked, type Search } from "./audit.model";

/** Who did what in a workspace, the latest first. */
export function useAudit(workspace: string, search: Search) {
  return useInfiniteQuery({
    queryKey: ["audit", workspace, search],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET("/api/v1/workspaces/{workspace}/audit", {
          params: { path: { workspace }, query: { ...asked(search), limit: 100, after: pageParam || undefined } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next || undefined,
  });
}

/** Who is in a workspace. */
export function useMembers(workspace: string) {
  return useQuery({
    queryKey: ["members", workspace],
    queryFn: async () =>
      list(
        (await body(api.GET("/api/v1/workspaces/{workspace}/members", { params: { path: { workspace } } }))).members,
      ),
  });
}
