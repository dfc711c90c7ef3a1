import { Button, Skeleton, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { list } from "../../api/types";
import { count, text, words } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useMay } from "../account/may";
import { useHeld } from "../account/useHeld";
import { NotTaken } from "../point/Conflict";
import { Decided } from "../point/Decided";
import { PointBar } from "../point/PointBar";
import { tally } from "../point/point.model";
import { usePoint, usePointMoves } from "../point/point.query";
import { useKeys } from "../quality/useKeys";
import { runKey } from "../run/run.query";
import type { StageProps } from "../run/stageProps";
import { Columns } from "./Columns";
import { FirstRows } from "./FirstRows";
import { GoalFields } from "./GoalFields";
import { ReadAgain } from "./ReadAgain";
import { wordsOf } from "./reading.model";
import { type Corrections, corrected, correctionsOf, type Facts, heldAs, withGoal } from "./reception.model";
import css from "./reception.module.css";

/** The control point of reception: what the file is, as it was understood, to be corrected before anything rests on it. */
export default function Reception({ path, run, open }: StageProps) {
  const facts = useQuery({
    queryKey: [...runKey(path.workspace, path.run), "reception"],
    queryFn: () => body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/reception", { params: { path } })),
  });
  const point = usePoint(path, open);
  const decisions = useQuery({
    queryKey: [...runKey(path.workspace, path.run), "decisions"],
    queryFn: async () =>
      list(
        (await body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/decisions", { params: { path } }))).decisions,
      ),
    enabled: !open,
  });
  const moves = usePointMoves(path, point.data);
  const may = useMay(path.workspace);
  const live = open && may("analyst");
  const held = heldAs(run);
  const [typed, setTyped] = useHeld<Corrections>(held);
  const confirm = useDisclosure(false);
  const [again, readAgain] = useDisclosure(false);
  useKeys(live && !confirm[0], { Enter: () => confirm[1].open(), a: () => confirm[1].open() });

  if (facts.isPending || (open && point.isPending)) return <Skeleton m={24} h={380} radius="lg" />;
  if (facts.error || !facts.data) {
    return (
      <div className={css.view}>
        <ErrorPanel error={facts.error} retry={() => facts.refetch()} />
      </div>
    );
  }
  const items = list(point.data?.body.items);
  const item = items[0];
  const taken = point.data?.body.decisions ?? {};
  const corrections = open ? (typed ?? correctionsOf(item && taken[item.id])) : {};
  const n = corrected(corrections);
  const past = decisions.data?.filter((d) => d.stage === "reception").at(-1)?.decision;
  const take = async () => {
    if (!item) return;
    const base = { item: item.id, option: list(item.options)[0] };
    await moves.decide.mutateAsync([
      n > 0 ? { ...base, choice: "edit", params: { ...corrections } } : { ...base, choice: "accept" },
    ]);
    setTyped(null); // the point has it
  };
  return (
    <>
      <NotTaken moves={moves} />
      <div className={css.view}>
        <Summary facts={facts.data} onAgain={live ? readAgain.open : undefined} />
        {!open && <Decided decision={past} />}
        <GoalReading facts={facts.data} live={live} corrections={corrections} onChange={setTyped} />
        <FirstRows path={path} facts={facts.data} />
        <Columns path={path} facts={facts.data} live={live} corrections={corrections} onChange={setTyped} />
      </div>
      {open && (
        <PointBar
          tally={tally(items, taken)}
          changes={n > 0 ? text.reception.corrections(n) : text.reception.asRead}
          moves={moves}
          next={text.point.next.reception}
          confirm={confirm}
          mayClose={live}
          before={take}
          label={n > 0 ? text.reception.acceptCorrected : text.reception.accept}
        />
      )}
      <ReadAgain
        path={path}
        round={point.data?.body.round ?? 0}
        opened={again}
        onClose={readAgain.close}
        format={facts.data.format}
        moves={moves}
        held={`again.${held}`}
      />
    </>
  );
}

function Summary({ facts, onAgain }: { facts: Facts; onAgain?: () => void }) {
  const f = facts.format;
  const x = facts.context;
  const problems = Object.entries(facts.problems ?? {});
  return (
    <section className={css.summary} aria-labelledby="summary">
      <div>
        <h2 id="summary" className={css.grain}>
          {x.grain || text.reception.noGrain}
        </h2>
        <p className="soft num" style={{ margin: "4px 0 8px" }}>
          {text.reception.size(count(facts.rows), count(list(facts.columns).length))}
          {x.domain && ` · ${text.reception.domain(x.domain)}`}
          {list(x.keys).length > 0 && ` · ${text.reception.key(list(list(x.keys)[0]).join(" + "))}`}
          {x.time_column && ` · ${text.reception.time(x.time_column)}`}
        </p>
        <ul className={css.chips}>
          {wordsOf(f).map((w) => (
            <li key={w}>{w}</li>
          ))}
          {problems.map(([kind, n]) => (
            <li key={kind} data-problem>
              {text.reception.problem(words(kind).toLowerCase(), n)}
            </li>
          ))}
        </ul>
        {list(f.why).length > 0 && (
          <Text size="xs" c="dimmed" mt={6}>
            {list(f.why).join(" · ")}
          </Text>
        )}
      </div>
      {onAgain && (
        <Button variant="default" size="xs" leftSection={<IconRefresh size={15} />} onClick={onAgain}>
          {text.reception.again}
        </Button>
      )}
    </section>
  );
}

interface GoalProps {
  facts: Facts;
  live: boolean;
  corrections: Corrections;
  onChange: (c: Corrections) => void;
}

function GoalReading({ facts, live, corrections, onChange }: GoalProps) {
  const goal = facts.context.goal_reading;
  const kpi = corrections.goal?.kpi ?? goal.kpi;
  const direction = corrections.goal?.direction ?? goal.direction;
  return (
    <section className={css.goal} aria-labelledby="goal-reading">
      <div>
        <h3 id="goal-reading" className="eyebrow">
          {text.reception.goal}
        </h3>
        <p style={{ margin: "3px 0 0" }}>{goal.text || text.run.noGoal}</p>
        {goal.why && (
          <Text size="xs" c="dimmed" mt={3}>
            {goal.why}
          </Text>
        )}
      </div>
      <GoalFields
        facts={facts}
        kpi={kpi}
        direction={direction}
        live={live}
        size="xs"
        onKpi={(v) => onChange(withGoal(corrections, facts, "kpi", v))}
        onDirection={(v) => onChange(withGoal(corrections, facts, "direction", v))}
      />
    </section>
  );
}
