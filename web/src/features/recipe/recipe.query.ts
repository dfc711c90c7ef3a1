import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, tagged } from "../../api/client";
import type { Problem } from "../../api/problem";
import { list, type Schemas } from "../../api/types";

/** Recipes replay decisions; policies take them. The server keeps both alike. */
export type Kind = "recipes" | "policies";

const url = {
  recipes: "/api/v1/workspaces/{workspace}/recipes",
  policies: "/api/v1/workspaces/{workspace}/policies",
} as const;

export const shelfKey = (workspace: string, kind: Kind) => ["shelf", workspace, kind];

/** The recipes or policies that a workspace keeps. */
export function useShelf(workspace: string, kind: Kind) {
  return useQuery({
    queryKey: shelfKey(workspace, kind),
    queryFn: async () => list((await body(api.GET(url[kind], { params: { path: { workspace } } }))).recipes),
  });
}

/** One of them, with the tag that a change has to carry. */
export function useKept(workspace: string, kind: Kind, id: string) {
  return useQuery({
    queryKey: [...shelfKey(workspace, kind), id],
    queryFn: () => tagged(api.GET(`${url[kind]}/{recipe}` as const, { params: { path: { workspace, recipe: id } } })),
    enabled: id !== "",
    refetchOnWindowFocus: false, // never under somebody's hands
  });
}

export type Text = { name: string; text: string; active: boolean };

/** Keeps a new one, or writes one anew that was seen as the tag says. */
export function useSave(workspace: string, kind: Kind) {
  const queries = useQueryClient();
  return useMutation<{ body: Schemas["KeptRecipe"]; tag: string }, Problem, Text & { id: string; tag: string }>({
    mutationFn: ({ id, tag, ...sent }) =>
      id
        ? tagged(
            api.PUT(`${url[kind]}/{recipe}` as const, {
              params: { path: { workspace, recipe: id }, header: { "If-Match": tag } },
              body: sent,
            }),
          )
        : tagged(api.POST(url[kind], { params: { path: { workspace } }, body: sent })),
    onSuccess: (kept) => {
      queries.setQueryData([...shelfKey(workspace, kind), kept.body.id], kept);
      return queries.invalidateQueries({ queryKey: shelfKey(workspace, kind), exact: true });
    },
  });
}

export function useRemove(workspace: string, kind: Kind) {
  const queries = useQueryClient();
  return useMutation<unknown, Problem, { id: string; tag: string }>({
    mutationFn: ({ id, tag }) =>
      body(
        api.DELETE(`${url[kind]}/{recipe}` as const, {
          params: { path: { workspace, recipe: id }, header: { "If-Match": tag } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: shelfKey(workspace, kind), exact: true }),
  });
}

/** What a text would decide on the issues of a run, without deciding it. */
export function useDryRun(workspace: string) {
  return useMutation<Schemas["DryRun"], Problem, { text: string; run: string }>({
    mutationFn: (sent) =>
      body(
        api.POST("/api/v1/workspaces/{workspace}/policies/dry-run", { params: { path: { workspace } }, body: sent }),
      ),
  });
}
