import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, tagged } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Schemas } from "../../api/types";
import { text } from "../../text/text";
import { runsKey } from "../home/home.query";
import { type RunPath, runKey, stateKey } from "../run/run.query";
import { type Choice, idsOf, type Lost, lose, provisional, settled, untouched } from "./point.model";

export interface SeenPoint {
  body: Schemas["ControlPoint"];
  tag: string;
}

/** Apart from what is known of the run itself: it is asked for only while a control point is open. */
export const pointKey = (path: RunPath) => ["point", path.workspace, path.run];

/** Choices that the server has not answered yet. */
function onTheirWay(queries: QueryClient, key: string[]): Choice[][] {
  const all = queries.getMutationCache().findAll({ mutationKey: ["decide", ...key], status: "pending" });
  return all.map((m) => m.state.variables as Choice[]);
}

/** The open control point, with the tag that says which state of it is on the screen. */
export function usePoint(path: RunPath, open: boolean) {
  const queries = useQueryClient();
  const key = pointKey(path);
  return useQuery<SeenPoint, Problem>({
    queryKey: key,
    queryFn: async () =>
      onTheirWay(queries, key).reduce(
        provisional,
        await tagged(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/point", { params: { path } })),
      ),
    enabled: open,
  });
}

const itemsOf = (choices: Choice[]) => choices.map((c) => c.item);

/** How often a change is sent again because something else at the point had moved in the meantime. */
const tries = 5;

/** The decisions that somebody had before them when they chose: what may be replaced, and nothing else. */
const had = new WeakMap<Choice[], Record<string, string>>();

/** What can be done at an open control point. Every change says which state of it was seen. */
export function usePointMoves(path: RunPath, point: SeenPoint | undefined) {
  const queries = useQueryClient();
  const key = pointKey(path);
  const url = "/api/v1/workspaces/{workspace}/runs/{run}/point" as const;
  // Changes go one after the other, each with the tag that the one before brought: who is quick with the keyboard
  // does not collide with themselves.
  const scope = { id: key.join(" ") };
  const lostKey = ["lost", ...key];
  // Kept beside the point, so that it outlives the view: what was sent from it may fail when it is gone.
  const lost = useQuery<Lost>({ queryKey: lostKey, initialData: {}, enabled: false, gcTime: Number.POSITIVE_INFINITY });
  const nowLost = () => queries.getQueryData<Lost>(lostKey) ?? {};
  const mark = (next: Lost) => queries.setQueryData(lostKey, next);
  const seen = () => queries.getQueryData<SeenPoint>(key) ?? point;
  const header = () => ({ "If-Match": seen()?.tag ?? "" });
  const keep = (fresh: SeenPoint) => queries.setQueryData(key, fresh);
  const reread = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: runKey(path.workspace, path.run) }),
      queries.invalidateQueries({ queryKey: key }),
    ]);

  const send = (choices: Choice[], from: SeenPoint | undefined) =>
    tagged(
      api.POST(`${url}/decisions`, {
        params: { path, header: { "If-Match": from?.tag ?? "" } },
        body: { decisions: choices.map((c) => ({ ...c, supersedes: from?.body.decisions[c.item]?.id ?? "" })) },
      }),
    );

  const decide = useMutation<SeenPoint, Problem, Choice[], { before: SeenPoint | undefined }>({
    mutationKey: ["decide", ...key],
    scope,
    mutationFn: async (choices) => {
      let from = seen();
      for (let n = 1; ; n++) {
        try {
          return await send(choices, from);
        } catch (e) {
          // Somebody decided something else at this point: that is no reason to refuse this.
          if (!(e instanceof Problem) || e.status !== 412 || n === tries) throw e;
          const now = await tagged(
            api.GET("/api/v1/workspaces/{workspace}/runs/{run}/point", { params: { path } }),
          ).catch(() => null);
          if (now?.body.hash !== from?.body.hash || !now || !untouched(choices, had.get(choices) ?? {}, now.body))
            throw e;
          from = now;
        }
      }
    },
    // Shown at once, and taken back where the server does not take it.
    onMutate: async (choices) => {
      const before = seen();
      had.set(choices, idsOf(before?.body.decisions ?? {}));
      if (before) keep(provisional(before, choices));
      await queries.cancelQueries({ queryKey: key });
      return { before };
    },
    onSuccess: (fresh, choices) => {
      mark(settled(nowLost(), itemsOf(choices)));
      keep(
        onTheirWay(queries, key)
          .filter((c) => c !== choices)
          .reduce(provisional, fresh),
      );
    },
    onError: (error, choices, context) => {
      mark(lose(nowLost(), itemsOf(choices), error));
      if (context?.before) keep(context.before);
      void reread();
    },
  });

  const withdraw = useMutation<SeenPoint, Problem, string[]>({
    scope,
    mutationFn: async (items) => {
      let fresh = seen() as SeenPoint;
      for (const item of items) {
        fresh = await tagged(
          api.DELETE(`${url}/decisions/{item}`, {
            params: { path: { ...path, item }, header: { "If-Match": fresh.tag } },
          }),
        );
      }
      return fresh;
    },
    onSuccess: (fresh, items) => {
      mark(settled(nowLost(), items));
      keep(fresh);
    },
    onError: (error, items) => {
      mark(lose(nowLost(), items, error));
      void reread();
    },
  });

  const settle = async (run: Schemas["Run"]) => {
    queries.setQueryData([...runKey(path.workspace, path.run), stateKey], run);
    queries.removeQueries({ queryKey: key });
    await queries.invalidateQueries({ queryKey: runsKey(path.workspace) });
  };

  const close = useMutation<Schemas["Run"], Problem, void>({
    scope,
    mutationFn: () => {
      // It waited for the decisions before it. Where any was not taken, nobody has seen yet what closing would leave out.
      if (Object.keys(nowLost()).length > 0) throw new Problem({ code: "not_taken", detail: text.point.lastNotTaken });
      return body(api.POST(`${url}/close`, { params: { path, header: header() } }));
    },
    onSuccess: settle,
    onError: () => void reread(),
  });

  /** Has the stage look for more like an item; it comes back to the same control point. */
  const ask = useMutation<Schemas["Run"], Problem, { item: string; like: "kind" | "columns" }>({
    scope,
    mutationFn: (more) => body(api.POST(`${url}/more`, { params: { path, header: header() }, body: more })),
    onSuccess: settle,
    onError: () => void reread(),
  });

  const sendBack = useMutation<Schemas["Run"], Problem, Record<string, unknown>>({
    mutationFn: (options) =>
      body(api.POST(`${url}/send-back`, { params: { path, header: header() }, body: { options } })),
    onSuccess: settle,
    onError: () => void reread(),
  });

  return { decide, withdraw, close, ask, sendBack, lost: lost.data, seen: () => mark({}) };
}

export type PointMoves = ReturnType<typeof usePointMoves>;
