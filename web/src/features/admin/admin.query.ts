import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, tagged } from "../../api/client";
import type { Problem } from "../../api/problem";
import { list, type Schemas } from "../../api/types";

export type Role = Schemas["Member"]["role"];
export const roles: Role[] = ["viewer", "analyst", "steward", "administrator"];

/** All accounts of the instance. Only its administrators may see them. */
export function useAccounts(enabled: boolean) {
  return useQuery({
    queryKey: ["accounts"],
    queryFn: async () => {
      const all: Schemas["Account"][] = [];
      let after: string | undefined;
      do {
        const page = await body(api.GET("/api/v1/accounts", { params: { query: { limit: 200, after } } }));
        all.push(...list(page.accounts));
        after = page.next || undefined;
      } while (after);
      return all;
    },
    enabled,
  });
}

export type Act =
  | { do: "role"; account: string; role: Role }
  | { do: "remove"; account: string }
  | { do: "disable" | "enable"; account: string }
  | { do: "endSessions"; account: string }
  | { do: "dropFactor"; account: string };

/** What an administrator does to people. */
export function usePeople(workspace: string) {
  const queries = useQueryClient();
  return useMutation<unknown, Problem, Act>({
    mutationFn: async (act) => {
      const path = { account: act.account };
      const member = { params: { path: { workspace, ...path } } };
      switch (act.do) {
        case "role":
          return body(
            api.PUT("/api/v1/workspaces/{workspace}/members/{account}", { ...member, body: { role: act.role } }),
          );
        case "remove":
          return body(api.DELETE("/api/v1/workspaces/{workspace}/members/{account}", member));
        case "endSessions":
          return body(api.DELETE("/api/v1/accounts/{account}/sessions", { params: { path } }));
        case "dropFactor":
          return body(api.DELETE("/api/v1/accounts/{account}/totp", { params: { path } }));
        default: {
          const seen = await tagged(api.GET("/api/v1/accounts/{account}", { params: { path } }));
          return body(
            api.PATCH("/api/v1/accounts/{account}", {
              params: { path, header: { "If-Match": seen.tag } },
              body: { disabled: act.do === "disable" },
            }),
          );
        }
      }
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["members", workspace] }),
        queries.invalidateQueries({ queryKey: ["accounts"] }),
        queries.invalidateQueries({ queryKey: ["account-sessions"] }),
      ]),
  });
}

/** Makes an account and puts it into the workspace; the result is the link for its owner. */
export function useInvite(workspace: string) {
  const queries = useQueryClient();
  return useMutation<Schemas["Link"] | null, Problem, { name: string; email: string; role: Role }>({
    mutationFn: async ({ name, email, role }) => {
      const made = await body(api.POST("/api/v1/accounts", { body: { name, email } }));
      await body(
        api.PUT("/api/v1/workspaces/{workspace}/members/{account}", {
          params: { path: { workspace, account: made.account.id } },
          body: { role },
        }),
      );
      return made.link ?? null;
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["members", workspace] }),
        queries.invalidateQueries({ queryKey: ["accounts"] }),
      ]),
  });
}

/** A new link with which an account's owner sets the password. */
export function useLink() {
  return useMutation<Schemas["Link"], Problem, string>({
    mutationFn: (account) => body(api.POST("/api/v1/accounts/{account}/link", { params: { path: { account } } })),
  });
}

/** The sessions of an account. */
export function useSessionsOf(account: string) {
  return useQuery({
    queryKey: ["account-sessions", account],
    queryFn: async () =>
      list((await body(api.GET("/api/v1/accounts/{account}/sessions", { params: { path: { account } } }))).sessions),
    enabled: account !== "",
  });
}

/** What the workspace has used, and what its tier allows. */
export function useUsage(workspace: string) {
  return useQuery({
    queryKey: ["usage", workspace],
    queryFn: () => body(api.GET("/api/v1/workspaces/{workspace}/usage", { params: { path: { workspace } } })),
  });
}

/** What each tier allows. */
export function useTiers() {
  return useQuery({
    queryKey: ["tiers"],
    queryFn: async () => list((await body(api.GET("/api/v1/tiers"))).tiers),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The workspace with the tag that a change has to carry. */
export function useTagged(workspace: string) {
  return useQuery({
    queryKey: ["workspace", workspace],
    queryFn: () => tagged(api.GET("/api/v1/workspaces/{workspace}", { params: { path: { workspace } } })),
  });
}

export function useChangeWorkspace(workspace: string, tag: string) {
  const queries = useQueryClient();
  return useMutation<{ body: Schemas["Workspace"]; tag: string }, Problem, Schemas["WorkspaceChange"]>({
    mutationFn: (change) =>
      tagged(
        api.PATCH("/api/v1/workspaces/{workspace}", {
          params: { path: { workspace }, header: { "If-Match": tag } },
          body: change,
        }),
      ),
    onSuccess: (fresh) => {
      queries.setQueryData(["workspace", workspace], fresh);
      void queries.invalidateQueries({ queryKey: ["usage", workspace] });
      return queries.invalidateQueries({ queryKey: ["workspaces"] });
    },
  });
}
