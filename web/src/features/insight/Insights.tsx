import { Button, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChecks } from "@tabler/icons-react";
import { useMemo } from "react";
import { list } from "../../api/types";
import { count, text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Partly } from "../../ui/Partly";
import { useMay } from "../account/may";
import { NotTaken } from "../point/Conflict";
import { PointBar } from "../point/PointBar";
import { acceptRecommended, type Decision, tally } from "../point/point.model";
import { usePoint, usePointMoves } from "../point/point.query";
import { useCards } from "../point/useCards";
import type { StageProps } from "../run/stageProps";
import { GoalOtherwise } from "./GoalOtherwise";
import { InsightCard } from "./InsightCard";
import { asksOf, type Insight, inGroups } from "./insight.model";
import css from "./insight.module.css";
import { useInsights } from "./insight.query";

/** The control point of the insight stage: what the data says, how sure that is, and whether it is kept. */
export default function Insights({ path, run, open }: StageProps) {
  const found = useInsights(path);
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
  const items = list(point.data?.body.items);
  const { at, take, keep, dismiss, undo } = useCards({
    ids: open && point.isPending ? [] : insights.map((i) => i.id),
    live,
    decisions,
    moves,
    confirm,
    keys: { m: (id) => document.querySelector<HTMLElement>(`[data-more="${CSS.escape(id)}"]`)?.click() },
  });

  if (found.isPending || (open && point.isPending)) return <Skeleton m={24} h={380} radius="lg" />;
  if (found.error) {
    return (
      <div className={css.view}>
        <ErrorPanel error={found.error} retry={() => found.refetch()} />
      </div>
    );
  }
  const { first, more } = inGroups(insights);
  const card = (i: Insight) => (
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
      asked={asksOf(found.data?.asked, i.id)}
      onMore={(like) => moves.ask.mutate({ item: i.id, like })}
    />
  );
  const bulk = acceptRecommended(items, decisions);
  const kept = items.filter((i) => decisions[i.id]?.choice === "accept").length;
  return (
    <>
      <NotTaken moves={moves} />
      <div className={css.view} data-scroll>
        <p className={css.lead}>{text.insight.lead(run.goal, insights.length, count(found.data?.tests ?? 0))}</p>
        {found.data?.goal && <GoalOtherwise path={path} goal={found.data.goal} moves={moves} live={live} />}
        <Partly skipped={list(found.data?.skipped)} />
        {insights.length === 0 && <Empty title={text.insight.none}>{text.insight.noneWhy}</Empty>}
        {first.map(card)}
        {more.length > 0 && <h2 className={css.sub}>{text.insight.askedFor}</h2>}
        {more.map(card)}
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
