import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { Problem } from "../../api/problem";
import { list, type Schemas } from "../../api/types";

export type Erasure = Schemas["Erasure"];

const key = (workspace: string) => ["erasures", workspace];

/** The proofs of what was erased. Only stewards, and those above them, may read them. */
export function useErasures(workspace: string, enabled: boolean) {
  return useQuery({
    queryKey: key(workspace),
    queryFn: async () =>
      list(
        (await body(api.GET("/api/v1/workspaces/{workspace}/erasures", { params: { path: { workspace } } }))).erasures,
      ),
    enabled,
  });
}

/** Erases a dataset with all runs on it, for good. */
export function useErase(workspace: string) {
  const queries = useQueryClient();
  return useMutation<Erasure, Problem, { dataset: string; why: string }>({
    mutationFn: ({ dataset, why }) =>
      body(
        api.POST("/api/v1/workspaces/{workspace}/datasets/{dataset}/erase", {
          params: { path: { workspace, dataset } },
          body: { why },
        }),
      ),
    // Nothing that is known of it is true any more: it is forgotten here too.
    onSuccess: () => queries.removeQueries({ queryKey: ["run", workspace] }),
    onSettled: () =>
      Promise.all(
        [key(workspace), ["datasets", workspace], ["runs", workspace]].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
  });
}
