import { Skeleton, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import type { Schemas } from "../../api/types";
import { moment, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useConditions, useStatus } from "./condition.query";
import { Part } from "./Part";
import css from "./system.module.css";

/** What is out of order, since when, what works all the same, what is held back, and what happens next. */
export function Conditions() {
  const all = useConditions();
  const felt = useStatus(); // what is known where nobody can be let in, since the database is gone
  const shown: (Schemas["Condition"] & Partial<Schemas["SystemCondition"]>)[] | undefined = all.error
    ? felt.data
    : all.data;
  return (
    <Part id="conditions" title={text.condition.title}>
      {all.error && !shown?.length && <ErrorPanel error={all.error} retry={() => all.refetch()} />}
      {!shown && !all.error && <Skeleton h={40} radius="lg" role="status" aria-label={text.loading} />}
      {shown?.length === 0 && !all.error && (
        <p className={css.fine} data-testid="in-order">
          <IconCheck size={16} aria-hidden /> {text.condition.none}
        </p>
      )}
      {!!shown?.length && (
        <ul className={css.conditions} data-testid="conditions">
          {shown.map((c) => (
            <li key={c.part + (c.which ?? "")} className="card" data-felt={c.felt ?? true}>
              <strong>
                <IconAlertTriangle size={16} aria-hidden /> {c.title} {c.which && <code>{c.which}</code>}
              </strong>
              <Text size="xs" c="dimmed">
                {text.condition.since(moment(c.since))}
                {c.why && ` · ${c.why}`}
              </Text>
              <dl>
                <dt>{text.condition.works}</dt>
                <dd>{c.works}</dd>
                <dt>{text.condition.held}</dt>
                <dd>{c.held}</dd>
                <dt>{text.condition.next}</dt>
                <dd>{c.next}</dd>
              </dl>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}
