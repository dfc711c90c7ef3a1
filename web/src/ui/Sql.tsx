import { ActionIcon, Collapse, CopyButton, Tooltip, UnstyledButton } from "@mantine/core";
import { IconCheck, IconChevronRight, IconCopy } from "@tabler/icons-react";
import { useId, useState } from "react";
import { text } from "../text/text";
import css from "./sql.module.css";

/** The query behind a number. It runs as it stands on a table named data. */
export function Sql({ sql, open: given = false }: { sql: string; open?: boolean }) {
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
        {text.evidence.query}
      </UnstyledButton>
      <Collapse expanded={open} id={id}>
        <div className={css.box}>
          <pre className={css.code} tabIndex={0}>
            {sql}
          </pre>
          <CopyButton value={sql}>
            {({ copied, copy }) => (
              <Tooltip label={copied ? text.evidence.copied : text.evidence.copy}>
                <ActionIcon
                  className={css.copy}
                  variant="default"
                  size="sm"
                  onClick={copy}
                  aria-label={text.evidence.copy}
                >
                  {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
                </ActionIcon>
              </Tooltip>
            )}
          </CopyButton>
        </div>
        <p className={css.note}>{text.evidence.queryWhy}</p>
      </Collapse>
    </div>
  );
}
