import { ActionIcon, Collapse, CopyButton, Tooltip, UnstyledButton } from "@mantine/core";
import { IconCheck, IconChevronRight, IconCopy } from "@tabler/icons-react";
import { type ReactNode, useId, useState } from "react";
import { text } from "../text/text";
import css from "./sql.module.css";

/** The query behind a number. It runs as it stands on a table named data. */
export function Sql({ sql, open }: { sql: string; open?: boolean }) {
  return (
    <Shown label={text.evidence.query} open={open}>
      <Code sql={sql} label={text.evidence.copy} />
      <p className={css.note}>{text.evidence.queryWhy}</p>
    </Shown>
  );
}

/** The queries behind several numbers, each under what it computes. */
export function Queries({ all }: { all: { of: string; sql: string }[] }) {
  return (
    <Shown label={text.evidence.queries}>
      {all.map((q) => (
        <section key={q.of} aria-label={q.of}>
          <h4 className={css.of}>{q.of}</h4>
          <Code sql={q.sql} label={text.evidence.copyOf(q.of)} />
        </section>
      ))}
      <p className={css.note}>{text.evidence.queriesWhy}</p>
    </Shown>
  );
}

function Shown({ label, open: given = false, children }: { label: string; open?: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(given);
  const id = useId();
  return (
    <div>
      <UnstyledButton className={css.toggle} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <IconChevronRight
          size={14}
          style={{ transform: open ? "rotate(90deg)" : undefined, transition: "transform 120ms" }}
          aria-hidden
        />
        {label}
      </UnstyledButton>
      <Collapse expanded={open} id={id}>
        {children}
      </Collapse>
    </div>
  );
}

function Code({ sql, label }: { sql: string; label: string }) {
  return (
    <div className={css.box}>
      <pre className={css.code} tabIndex={0}>
        {sql}
      </pre>
      <CopyButton value={sql}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? text.evidence.copied : label}>
            <ActionIcon className={css.copy} variant="default" size="sm" onClick={copy} aria-label={label}>
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
