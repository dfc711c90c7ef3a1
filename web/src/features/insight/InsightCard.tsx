import { Button, Kbd, Popover } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowBackUp, IconCheck, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { list, type Schemas } from "../../api/types";
import { number, percent, text, words } from "../../text/text";
import { Chart } from "../../ui/Chart";
import { GrowingText } from "../../ui/GrowingText";
import { Sql } from "../../ui/Sql";
import { Decided } from "../point/Decided";
import type { Decision } from "../point/point.model";
import type { RunPath } from "../run/run.query";
import { TalkBehind } from "../together/TalkBehind";
import { type Ask, chance, chanceNumber, type Insight, strength } from "./insight.model";
import css from "./insight.module.css";
import { MoreLike } from "./MoreLike";

interface CardProps {
  path: RunPath;
  insight: Insight;
  decision: Decision | undefined;
  live: boolean;
  current: boolean;
  onKeep: () => void;
  onDismiss: (why: string) => void;
  onUndo: () => void;
  /** What was asked for more of, like this one. */
  asked: Schemas["Asked"][];
  onMore: (like: Ask["like"]) => void;
}

/** One thing that the data says, with its evidence, and what can be done with it. */
export function InsightCard(props: CardProps) {
  const { path, insight: i, decision, live, current, onKeep, onDismiss, onUndo } = props;
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
              <MoreLike item={i.id} asked={props.asked} onMore={props.onMore} />
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
        {props.asked.map((a) => (
          <p key={a.like} className={css.note} style={{ margin: "8px 0 0" }}>
            {text.insight.asked(a.like as Ask["like"], a.found)}
          </p>
        ))}
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
          <GrowingText
            label={text.insight.dismissWhy}
            size="xs"
            minRows={2}
            maxRows={8}
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
