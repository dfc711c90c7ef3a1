import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, tagged } from "../../api/client";
import type { Problem } from "../../api/problem";
import { list, type Schemas } from "../../api/types";

export type Webhook = Schemas["Webhook"];
const all = "/api/v1/workspaces/{workspace}/webhooks" as const;
const one = `${all}/{webhook}` as const;

/** What a webhook can be told of. */
export const events = [
  "run.started",
  "control_point.opened",
  "control_point.closed",
  "run.waiting",
  "run.done",
  "run.failed",
  "deadline.near",
  "control_point.expired",
  "person.mentioned",
  "item.assigned",
];

export const webhooksKey = (workspace: string) => ["webhooks", workspace];

export function useWebhooks(workspace: string) {
  return useQuery({
    queryKey: [...webhooksKey(workspace), "all"],
    queryFn: async () => list((await body(api.GET(all, { params: { path: { workspace } } }))).webhooks),
  });
}

export interface Wanted {
  url: string;
  events: string[];
  active: boolean;
}

export type Act =
  | { do: "make"; wanted: Wanted }
  | { do: "change"; webhook: string; wanted: Wanted }
  | { do: "secret" | "remove" | "test"; webhook: string };

/** Makes, changes, tries and removes webhooks. The answer holds the secret where it is a new one. */
export function useWebhookActs(workspace: string) {
  const queries = useQueryClient();
  return useMutation<Webhook | undefined, Problem, Act>({
    mutationFn: async (act) => {
      if (act.do === "make") return body(api.POST(all, { params: { path: { workspace } }, body: act.wanted }));
      const path = { workspace, webhook: act.webhook };
      switch (act.do) {
        case "change": {
          const seen = await tagged(api.GET(one, { params: { path } }));
          return body(api.PUT(one, { params: { path, header: { "If-Match": seen.tag } }, body: act.wanted }));
        }
        case "secret":
          return body(api.POST(`${one}/secret`, { params: { path } }));
        case "test":
          await body(api.POST(`${one}/test`, { params: { path } }));
          return undefined;
        case "remove":
          await body(api.DELETE(one, { params: { path } }));
          return undefined;
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: webhooksKey(workspace) }),
  });
}

/** What a webhook was told, the latest first; looked at again as long as something is on its way. */
export function useDeliveries(workspace: string, webhook: string) {
  return useInfiniteQuery({
    queryKey: [...webhooksKey(workspace), webhook, "deliveries"],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      body(
        api.GET(`${one}/deliveries`, {
          params: { path: { workspace, webhook }, query: { limit: 20, after: pageParam || undefined } },
        }),
      ),
    getNextPageParam: (page) => page.next || undefined,
    refetchInterval: (q) =>
      q.state.data?.pages.some((p) => list(p.deliveries).some((d) => d.status === "pending")) ? 3_000 : 30_000,
  });
}

export function useDelivery(workspace: string, webhook: string, delivery: string, version: number) {
  return useQuery({
    queryKey: [...webhooksKey(workspace), webhook, "delivery", delivery, version],
    queryFn: () =>
      body(api.GET(`${one}/deliveries/{delivery}`, { params: { path: { workspace, webhook, delivery } } })),
  });
}

/** Sends what a delivery told again. */
export function useReplay(workspace: string, webhook: string) {
  const queries = useQueryClient();
  return useMutation<unknown, Problem, string>({
    mutationFn: (delivery) =>
      body(api.POST(`${one}/deliveries/{delivery}/replay`, { params: { path: { workspace, webhook, delivery } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: webhooksKey(workspace) }),
  });
}
