import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { Problem } from "../../api/problem";
import { list, type Schemas } from "../../api/types";
import type { RunPath } from "../run/run.query";

const url = "/api/v1/workspaces/{workspace}/runs/{run}/discussion" as const;

export const discussionKey = (workspace: string, run: string) => ["discussion", workspace, run];
export const noticesKey = ["notices"];
export const dutiesKey = (workspace: string) => ["duties", workspace];

/** What people said about a run, who is to see to what, and who is looking at it. */
export function useDiscussion(path: RunPath) {
  return useQuery({
    queryKey: discussionKey(path.workspace, path.run),
    queryFn: async () => {
      const d = await body(api.GET(url, { params: { path } }));
      return { remarks: list(d.remarks), assignments: list(d.assignments), present: list(d.present) };
    },
  });
}

export type Act =
  | { do: "say"; item: string; text: string; mentions: string[] }
  | { do: "edit"; remark: string; text: string; mentions: string[] }
  | { do: "unsay"; remark: string }
  | { do: "assign"; item: string; account: string; due?: string }
  | { do: "unassign"; item: string };

/** Says something, writes it anew, takes it back, has somebody see to an item. */
export function useTalk(path: RunPath) {
  const queries = useQueryClient();
  return useMutation<unknown, Problem, Act>({
    mutationFn: (act) => {
      const at = { path: { ...path, item: "item" in act ? act.item : "" } };
      switch (act.do) {
        case "say":
          return body(
            api.POST(`${url}/remarks`, {
              params: { path },
              body: { item: act.item, text: act.text, mentions: act.mentions },
            }),
          );
        case "edit":
          return body(
            api.PUT(`${url}/remarks/{remark}`, {
              params: { path: { ...path, remark: act.remark } },
              body: { text: act.text, mentions: act.mentions },
            }),
          );
        case "unsay":
          return body(api.DELETE(`${url}/remarks/{remark}`, { params: { path: { ...path, remark: act.remark } } }));
        case "assign":
          return body(
            api.PUT(`${url}/assignments/{item}`, { params: at, body: { account: act.account, due: act.due } }),
          );
        case "unassign":
          return body(api.DELETE(`${url}/assignments/{item}`, { params: at }));
      }
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: dutiesKey(path.workspace) });
      return queries.invalidateQueries({ queryKey: discussionKey(path.workspace, path.run) });
    },
  });
}

/** What one was told of, the latest first. */
export function useNotices() {
  return useQuery({
    queryKey: noticesKey,
    queryFn: async () => {
      const d = await body(api.GET("/api/v1/me/notices"));
      return { notices: list(d.notices), unseen: d.unseen };
    },
  });
}

/** Marks notices as read: those of the ids, or all. */
export function useSee() {
  const queries = useQueryClient();
  return useMutation<Schemas["NoticesOutputBody"], Problem, string[]>({
    mutationFn: (notices) => body(api.POST("/api/v1/me/notices/seen", { body: { notices } })),
    onSuccess: (d) => queries.setQueryData(noticesKey, { notices: list(d.notices), unseen: d.unseen }),
  });
}

/** What one is to see to in a workspace and can decide now, the latest first. */
export function useDuties(workspace: string) {
  return useQuery({
    queryKey: dutiesKey(workspace),
    queryFn: async () =>
      list(
        (
          await body(
            api.GET("/api/v1/workspaces/{workspace}/assignments", {
              params: { path: { workspace }, query: { open: true } },
            }),
          )
        ).assignments,
      ),
  });
}

const preferenceKey = ["notices", "preference"];
const preferenceUrl = "/api/v1/me/notices/preference" as const;

/** Which notices one gets, here and by mail. */
export function usePreference() {
  return useQuery({ queryKey: preferenceKey, queryFn: () => body(api.GET(preferenceUrl)) });
}

/** Chooses which notices one gets. */
export function usePrefer() {
  const queries = useQueryClient();
  return useMutation<Schemas["NoticePreference"], Problem, { mail: string[]; hidden: string[] }>({
    mutationFn: (chosen) => body(api.PUT(preferenceUrl, { body: chosen })),
    onSuccess: (p) => {
      queries.setQueryData(preferenceKey, p);
      return queries.invalidateQueries({ queryKey: noticesKey, exact: true });
    },
  });
}
