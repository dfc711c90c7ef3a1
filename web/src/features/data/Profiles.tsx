import { TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Schemas } from "../../api/types";
import { count, text, words } from "../../text/text";
import { Empty } from "../../ui/Empty";
import type { RunPath } from "../run/run.query";
import { found } from "./columns.model";
import { ProfileOf } from "./Profile";
import css from "./profiles.module.css";

interface Props {
  path: RunPath;
  version: string;
  names: string[];
  facts: Map<string, Schemas["Column"]>;
  column: string;
  onColumn: (c: string) => void;
}

/** The profile of each column. */
export function Profiles({ path, version, names, facts, column, onColumn }: Props) {
  const [search, setSearch] = useState("");
  const fit = useMemo(() => found(names, search), [names, search]);
  const chosen = names.includes(column) ? column : (fit[0] ?? "");
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: fit.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 46,
    overscan: 8,
  });
  const at = fit.indexOf(column);
  const { scrollToIndex } = rows;
  // The address may name a column far down. One that was clicked is in sight already.
  useEffect(() => {
    if (at >= 0) scrollToIndex(at, { align: "auto" });
  }, [at, scrollToIndex]);
  return (
    <div className={css.split}>
      <div className={css.side}>
        <TextInput
          size="xs"
          placeholder={text.reception.search}
          aria-label={text.reception.search}
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={(e) => setSearch(e.currentTarget.value)}
        />
        <nav className={css.list} ref={scroller} aria-label={text.data.columns}>
          <ul style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((v) => {
              const name = fit[v.index] ?? "";
              const f = facts.get(name);
              return (
                <li key={name} style={{ height: v.size, transform: `translateY(${v.start}px)` }}>
                  <UnstyledButton
                    className={css.one}
                    aria-current={name === chosen || undefined}
                    onClick={() => onColumn(name)}
                  >
                    <span className="clip">{name}</span>
                    <span className="soft clip">
                      {f ? words(f.type) : ""}
                      {!!f?.missing && ` · ${text.data.missing(count(f.missing))}`}
                    </span>
                  </UnstyledButton>
                </li>
              );
            })}
          </ul>
        </nav>
      </div>
      <section className={css.main} tabIndex={0} aria-label={chosen || text.data.columns}>
        {chosen ? (
          <>
            <h2 className={css.head}>{chosen}</h2>
            {facts.get(chosen)?.why && (
              <p className="soft" style={{ margin: "0 0 14px", fontSize: 12.5 }}>
                {facts.get(chosen)?.why}
              </p>
            )}
            <ProfileOf path={path} version={version} column={chosen} />
          </>
        ) : (
          <Empty title={text.data.noColumn} />
        )}
      </section>
    </div>
  );
}
