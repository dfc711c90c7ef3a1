import { Button, Kbd, Skeleton, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowBackUp, IconCheck, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, body } from "../../api/client";
import { list, type Schemas } from "../../api/types";
import { percent, text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useMay } from "../account/may";
import { NotTaken } from "../point/Conflict";
import { Decided } from "../point/Decided";
import { PointBar } from "../point/PointBar";
import { type Choice, type Decision, tally } from "../point/point.model";
import { usePoint, usePointMoves } from "../point/point.query";
import { useCards } from "../point/useCards";
import { runKey } from "../run/run.query";
import type { StageProps } from "../run/stageProps";
import { TalkBehind } from "../together/TalkBehind";
import { Grounds } from "./Grounds";
import css from "./recommendation.module.css";
import { Seen } from "./Seen";

type Action = Schemas["ActionItem"];

const accepted = (item: string, day: string): Choice => ({
  item,
  choice: "accept",
  option: "keep",
  due: day || undefined,
});

/** The control point of the last stage: what to do, ranked by what it promises for what it costs. */
export default function Recommendations({ path, open }: StageProps) {
  const found = useQuery({
    queryKey: [...runKey(path.workspace, path.run), "recommendations"],
    queryFn: async () =>
      list(
        (await body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/recommendations", { params: { path } })))
          .recommendations,
      ),
  });
  const point = usePoint(path, open);
  const moves = usePointMoves(path, point.data);
  const may = useMay(path.workspace);
  const live = open && may("analyst");
  const confirm = useDisclosure(false);
  const actions = useMemo(() => [...(found.data ?? [])].sort((a, b) => b.priority - a.priority), [found.data]);
  const decisions: Record<string, Decision> =
    open && point.data
      ? point.data.body.decisions
      : Object.fromEntries(actions.flatMap((a) => (a.decision ? [[a.id, a.decision]] : [])));
  const [days, setDays] = useState<Record<string, string>>({});
  const dueOf = (id: string) => days[id] ?? decisions[id]?.due ?? "";
  const { at, keep, dismiss, undo } = useCards({
    ids: open && point.isPending ? [] : actions.map((a) => a.id),
    live,
    decisions,
    moves,
    confirm,
    beside: (id) => ({ due: dueOf(id) || undefined }),
    keys: { d: (id) => document.getElementById(`due-${id}`)?.focus() },
  });
  const setDue = (id: string, day: string) => {
    setDays((all) => ({ ...all, [id]: day }));
    // What is taken on already is taken on anew with the other day.
    if (decisions[id]?.choice === "accept") moves.decide.mutate([accepted(id, day)]);
  };

  if (found.isPending || (open && point.isPending)) return <Skeleton m={24} h={380} radius="lg" />;
  if (found.error) {
    return (
      <div className={css.view}>
        <ErrorPanel error={found.error} retry={() => found.refetch()} />
      </div>
    );
  }
  const items = list(point.data?.body.items);
  const taken = actions.filter((a) => decisions[a.id]?.choice === "accept").length;
  return (
    <>
      <NotTaken moves={moves} />
      <div className={css.view}>
        {actions.length === 0 && <Empty title={text.action.none}>{text.action.noneWhy}</Empty>}
        <ol className={css.list}>
          {actions.map((a, i) => (
            <li
              key={a.id}
              id={`item-${a.id}`}
              className={css.row}
              data-current={a.id === at}
              data-choice={decisions[a.id]?.choice}
            >
              <span className={`${css.rank} num`} aria-hidden>
                {i + 1}
              </span>
              <div style={{ minWidth: 0 }}>
                <h2 className={css.title}>{a.title}</h2>
                <p className={css.why}>{a.why}</p>
                <Grounds path={path} action={a} />
                <Decided decision={decisions[a.id]} />
                <Seen path={path} item={a.id} due={decisions[a.id]?.due} />
                <TalkBehind path={path} item={a.id} />
              </div>
              <Gauges action={a} />
              {live && (
                <div className={css.actions}>
                  <TextInput
                    id={`due-${a.id}`}
                    type="date"
                    size="xs"
                    label={text.action.due}
                    title={text.action.dueKey}
                    value={dueOf(a.id)}
                    onChange={(e) => setDue(a.id, e.currentTarget.value)}
                    onKeyDown={(e) => e.key === "Escape" && e.currentTarget.blur()}
                  />
                  <Button
                    size="xs"
                    variant={decisions[a.id]?.choice === "accept" ? "filled" : "default"}
                    leftSection={<IconCheck size={15} />}
                    rightSection={<Kbd size="xs">a</Kbd>}
                    onClick={() => keep(a.id)}
                    aria-pressed={decisions[a.id]?.choice === "accept"}
                  >
                    {text.action.take}
                  </Button>
                  <Button
                    size="xs"
                    variant={decisions[a.id]?.choice === "reject" ? "filled" : "default"}
                    color="gray"
                    leftSection={<IconX size={15} />}
                    rightSection={<Kbd size="xs">r</Kbd>}
                    onClick={() => dismiss(a.id)}
                    aria-pressed={decisions[a.id]?.choice === "reject"}
                  >
                    {text.action.drop}
                  </Button>
                  {decisions[a.id] && (
                    <Button
                      size="xs"
                      variant="subtle"
                      color="gray"
                      leftSection={<IconArrowBackUp size={15} />}
                      onClick={() => undo(a.id)}
                    >
                      {text.point.undo}
                    </Button>
                  )}
                </div>
              )}
            </li>
          ))}
        </ol>
      </div>
      {open && (
        <PointBar
          tally={tally(items, decisions)}
          changes={text.action.taken(taken)}
          moves={moves}
          next={text.point.next.recommendation}
          confirm={confirm}
          mayClose={live}
          label={text.action.finish}
        />
      )}
    </>
  );
}

function Gauges({ action: a }: { action: Action }) {
  return (
    <dl className={css.gauges}>
      <div>
        <dt>{text.action.impact}</dt>
        <dd>
          <Bar share={a.impact} /> <span className="num">{percent(a.impact)}</span>
        </dd>
      </div>
      <div>
        <dt>{text.action.confidence}</dt>
        <dd>
          <Bar share={a.confidence} /> <span className="num">{percent(a.confidence)}</span>
        </dd>
      </div>
      <div>
        <dt>{text.action.effort}</dt>
        <dd>
          <span className={css.dots} aria-hidden>
            {[1, 2, 3].map((n) => (
              <i key={n} data-on={a.effort >= n} />
            ))}
          </span>{" "}
          {text.action.efforts[Math.min(3, Math.max(1, Math.round(a.effort))) as 1 | 2 | 3]}
        </dd>
      </div>
    </dl>
  );
}

function Bar({ share }: { share: number }) {
  return (
    <span className={css.bar} aria-hidden>
      <span style={{ width: `${Math.round(100 * Math.min(1, share))}%` }} />
    </span>
  );
}
