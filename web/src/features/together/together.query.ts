import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { Problem } from "../../api/problem";
import { list, type Schemas } from "../../api/types";
import type { RunPath } from "../run/run.query";

const url = "/api/v1/workspaces/{workspace}/runs/{run}/discussion" as const;

export const discussionKey = (workspace: string, run: string) => ["discussion", workspace, run];
export const noticesKey = ["notices"];

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
  | { do: "unsay"; remark: string }
  | { do: "assign"; item: string; account: string; due?: string }
  | { do: "unassign"; item: string };

/** Says something, takes it back, has somebody see to an item. */
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
    onSettled: () => queries.invalidateQueries({ queryKey: discussionKey(path.workspace, path.run) }),
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
