import { Button, Kbd, Popover, Skeleton, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowBackUp, IconCheck, IconChecks, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, body } from "../../api/client";
import { list } from "../../api/types";
import { count, number, percent, text, words } from "../../text/text";
import { Chart } from "../../ui/Chart";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Sql } from "../../ui/Sql";
import { useMay } from "../account/may";
import { NotTaken } from "../point/Conflict";
import { Decided } from "../point/Decided";
import { PointBar } from "../point/PointBar";
import { acceptRecommended, type Choice, type Decision, tally } from "../point/point.model";
import { usePoint, usePointMoves } from "../point/point.query";
import { useCursor } from "../point/useCursor";
import { useKeys } from "../quality/useKeys";
import { type RunPath, runKey } from "../run/run.query";
import type { StageProps } from "../run/stageProps";
import { TalkBehind } from "../together/TalkBehind";
import { chance, chanceNumber, type Insight, strength } from "./insight.model";
import css from "./insight.module.css";

/** The control point of the insight stage: what the data says, how sure that is, and whether it is kept. */
export default function Insights({ path, run, open }: StageProps) {
  const found = useQuery({
    queryKey: [...runKey(path.workspace, path.run), "insights"],
    queryFn: () => body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/insights", { params: { path } })),
  });
  const point = usePoint(path, open);
  const moves = usePointMoves(path, point.data);
  const may = useMay(path.workspace);
  const live = open && may("analyst");
  const confirm = useDisclosure(false);
  const insights = useMemo(() => list(found.data?.insights), [found.data]);
  const decisions: Record<string, Decision> =
    open && point.data
      ? point.data.body.decisions
      : Object.fromEntries(insights.flatMap((i) => (i.decision ? [[i.id, i.decision]] : [])));
  const cursor = useCursor(insights.map((i) => i.id));
  const items = list(point.data?.body.items);
  const take = (choices: Choice[]) => live && choices.length > 0 && moves.decide.mutate(choices);
  const keep = (id: string) => take([{ item: id, choice: "accept", option: "keep" }]);
  const dismiss = (id: string, reason?: string) =>
    take([{ item: id, choice: "reject", reason: reason?.trim() || undefined }]);
  const undo = (id: string) => live && decisions[id] && moves.withdraw.mutate([id]);
  const at = cursor.id;
  const onward = (act: (id: string) => unknown) => {
    if (!at) return;
    act(at);
    cursor.next();
  };
  useKeys(!confirm[0], {
    j: cursor.next,
    k: cursor.before,
    a: () => onward(keep),
    r: () => onward(dismiss),
    u: () => at && undo(at),
    Enter: () => live && confirm[1].open(),
  });

  if (found.isPending || (open && point.isPending)) return <Skeleton m={24} h={380} radius="lg" />;
  if (found.error) {
    return (
      <div className={css.view}>
        <ErrorPanel error={found.error} retry={() => found.refetch()} />
      </div>
    );
  }
  const bulk = acceptRecommended(items, decisions);
  const kept = items.filter((i) => decisions[i.id]?.choice === "accept").length;
  return (
    <>
      <NotTaken moves={moves} />
      <div className={css.view} data-scroll>
        <p className={css.lead}>{text.insight.lead(run.goal, insights.length, count(found.data?.tests ?? 0))}</p>
        {insights.length === 0 && <Empty title={text.insight.none}>{text.insight.noneWhy}</Empty>}
        {insights.map((i) => (
          <InsightCard
            key={i.id}
            path={path}
            insight={i}
            decision={decisions[i.id]}
            live={live}
            current={i.id === at}
            onKeep={() => keep(i.id)}
            onDismiss={(why) => dismiss(i.id, why)}
            onUndo={() => undo(i.id)}
          />
        ))}
      </div>
      {open && (
        <PointBar
          tally={tally(items, decisions)}
          changes={text.insight.kept(kept)}
          moves={moves}
          next={text.point.next.insight}
          confirm={confirm}
          mayClose={live}
        >
          {live && bulk.length > 0 && (
            <Button
              variant="default"
              leftSection={<IconChecks size={16} />}
              onClick={() => take(bulk)}
              data-testid="accept-recommended"
            >
              {text.insight.keepAll(bulk.length)}
            </Button>
          )}
        </PointBar>
      )}
    </>
  );
}

interface CardProps {
  path: RunPath;
  insight: Insight;
  decision: Decision | undefined;
  live: boolean;
  current: boolean;
  onKeep: () => void;
  onDismiss: (why: string) => void;
  onUndo: () => void;
}

function InsightCard({ path, insight: i, decision, live, current, onKeep, onDismiss, onUndo }: CardProps) {
  const subspace = Object.entries(i.subspace ?? {});
  const size = strength(i.effect);
  return (
    <article
      className={css.card}
      data-current={current}
      data-dismissed={decision?.choice === "reject"}
      id={`item-${i.id}`}
      aria-label={i.title}
    >
      <div className={css.words}>
        <p className={css.kind}>
          {words(i.kind)}
          {subspace.map(([c, v]) => (
            <code key={c}>
              {c} = {v}
            </code>
          ))}
        </p>
        <h2 className={css.title}>{i.title}</h2>
        <dl className={css.facts}>
          <div>
            <dt>{text.insight.effect}</dt>
            <dd>
              {size && <strong>{text.insight.strengths[size]}</strong>}
              <span className="soft num">
                {words(i.effect.name).toLowerCase()} {number(i.effect.value)} {i.effect.unit}
                {i.effect.low != null &&
                  i.effect.high != null &&
                  ` (${text.insight.interval(number(i.effect.low), number(i.effect.high))})`}
              </span>
            </dd>
          </div>
          <div>
            <dt>{text.insight.sure}</dt>
            <dd>
              <strong>{text.insight.chances[chance(i.q_value)]}</strong>
              <span className="soft num">q {chanceNumber(i.q_value)}</span>
            </dd>
          </div>
          <div>
            <dt>{text.insight.relevance}</dt>
            <dd>
              <span className="num">{percent(i.goal_relevance)}</span>
            </dd>
          </div>
        </dl>
        {list(i.evidence.notes).map((n) => (
          <p key={n} className={css.note}>
            {n}
          </p>
        ))}
        <Sql sql={i.evidence.sql} />
        <div className={css.actions}>
          {live && (
            <>
              <Button
                size="xs"
                variant={decision?.choice === "accept" ? "filled" : "default"}
                leftSection={<IconCheck size={15} />}
                rightSection={<Kbd size="xs">a</Kbd>}
                onClick={onKeep}
                aria-pressed={decision?.choice === "accept"}
              >
                {text.insight.keep}
              </Button>
              <Dismiss onDismiss={onDismiss} dismissed={decision?.choice === "reject"} />
              {decision && (
                <Button
                  size="xs"
                  variant="subtle"
                  color="gray"
                  leftSection={<IconArrowBackUp size={15} />}
                  onClick={onUndo}
                >
                  {text.point.undo}
                </Button>
              )}
            </>
          )}
          <Decided decision={decision} />
        </div>
        <TalkBehind path={path} item={i.id} />
      </div>
      <Chart spec={i.chart as object} label={i.title} />
    </article>
  );
}

function Dismiss({ onDismiss, dismissed }: { onDismiss: (why: string) => void; dismissed: boolean }) {
  const [open, dialog] = useDisclosure(false);
  const [why, setWhy] = useState("");
  return (
    <Popover
      opened={open}
      onChange={(o) => !o && dialog.close()}
      width={300}
      position="bottom-start"
      shadow="md"
      trapFocus
    >
      <Popover.Target>
        <Button
          size="xs"
          variant={dismissed ? "filled" : "default"}
          color="gray"
          leftSection={<IconX size={15} />}
          rightSection={<Kbd size="xs">r</Kbd>}
          onClick={dialog.toggle}
          aria-pressed={dismissed}
        >
          {text.insight.dismiss}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(e) => {
            e.preventDefault();
            dialog.close();
            onDismiss(why);
          }}
        >
          <Textarea
            label={text.insight.dismissWhy}
            size="xs"
            autosize
            minRows={2}
            maxLength={2000}
            value={why}
            onChange={(e) => setWhy(e.currentTarget.value)}
            data-autofocus
          />
          <Button type="submit" size="xs" mt={8}>
            {text.insight.dismiss}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
