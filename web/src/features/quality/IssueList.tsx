import { CloseButton, Select, TextInput } from "@mantine/core";
import { IconCheck, IconMinus, IconSearch, IconX } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, type RefObject, useEffect, useRef } from "react";
import type { Schemas } from "../../api/types";
import { count, percent, text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { Partly } from "../../ui/Partly";
import { Severity } from "../../ui/Severity";
import { applies, type Decision } from "../point/point.model";
import css from "./list.module.css";
import { about, type Filter, type Issue, severities } from "./quality.model";

interface Props {
  shown: Issue[];
  total: number;
  decisions: Record<string, Decision>;
  selected: string;
  filter: Filter;
  onFilter: (f: Filter) => void;
  onSelect: (id: string) => void;
  search: RefObject<HTMLInputElement | null>;
  /** What was not looked at, or in part. */
  skipped: Schemas["Skipped"][];
}

/** The issues as a list to work through. Only the rows on the screen exist, so that thousands stay quick. */
export function IssueList({ shown, total, decisions, selected, filter, onFilter, onSelect, search, skipped }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 62,
    overscan: 8,
  });
  const at = shown.findIndex((i) => i.id === selected);
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: "auto" });
  }, [at, rows]);
  return (
    <div className={css.pane}>
      <Filters
        filter={filter}
        onFilter={onFilter}
        search={search}
        shown={shown.length}
        total={total}
        skipped={skipped}
      />
      {shown.length === 0 ? (
        <Empty title={text.quality.noneShown}>{text.quality.noneShownWhy}</Empty>
      ) : (
        <div
          ref={scroller}
          className={css.scroll}
          role="listbox"
          tabIndex={0}
          aria-label={text.quality.list}
          aria-activedescendant={at >= 0 ? `issue-${selected}` : undefined}
        >
          <div style={{ height: rows.getTotalSize(), position: "relative" }} role="presentation">
            {rows.getVirtualItems().map((v) => {
              const issue = shown[v.index];
              if (!issue) return null;
              return (
                <IssueRow
                  key={issue.id}
                  issue={issue}
                  decision={decisions[issue.id]}
                  selected={issue.id === selected}
                  at={v.index}
                  of={shown.length}
                  start={v.start}
                  height={v.size}
                  onSelect={onSelect}
                />
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}

interface RowProps {
  issue: Issue;
  decision: Decision | undefined;
  selected: boolean;
  at: number;
  of: number;
  start: number;
  height: number;
  onSelect: (id: string) => void;
}

/** One line of the list. It is drawn again only where something of its own is another: a key moves two of them. */
const IssueRow = memo(function IssueRow({ issue, decision, selected, at, of, start, height, onSelect }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the list, and of the whole page
    <div
      id={`issue-${issue.id}`}
      role="option"
      aria-selected={selected}
      aria-setsize={of}
      aria-posinset={at + 1}
      className={css.row}
      style={{ height, transform: `translateY(${start}px)` }}
      onClick={() => onSelect(issue.id)}
    >
      <span className={css.mark} data-choice={decision?.choice}>
        {decision ? <Mark decision={decision} /> : <Severity of={issue.severity} />}
      </span>
      <span className={css.title} data-decided={!!decision}>
        {issue.title}
      </span>
      <span className={`${css.meta} soft`}>
        <span className="clip">{about(issue)}</span>
        <span className="num" style={{ flex: "none" }}>
          {percent(issue.confidence)} · {text.quality.cells(issue.cells, count(issue.cells))}
        </span>
      </span>
    </div>
  );
});

function Mark({ decision }: { decision: Decision }) {
  const Icon = applies(decision) ? IconCheck : decision.choice === "reject" ? IconX : IconMinus;
  return (
    <>
      <Icon size={15} stroke={2.4} aria-hidden />
      <span className="hidden">{text.point.choices[decision.choice as "accept"]}</span>
    </>
  );
}

/** What the list is narrowed to. Choosing another issue leaves it as it is, so it is not drawn again for that. */
const Filters = memo(function Filters({
  filter,
  onFilter,
  search,
  shown,
  total,
  skipped,
}: Pick<Props, "filter" | "onFilter" | "search" | "skipped"> & { shown: number; total: number }) {
  return (
    <div className={css.filters}>
      <TextInput
        ref={search}
        size="xs"
        placeholder={text.quality.search}
        aria-label={text.quality.search}
        leftSection={<IconSearch size={14} />}
        rightSection={
          filter.search ? (
            <CloseButton
              size="xs"
              aria-label={text.quality.clear}
              onClick={() => onFilter({ ...filter, search: "" })}
            />
          ) : undefined
        }
        value={filter.search}
        onChange={(e) => onFilter({ ...filter, search: e.currentTarget.value })}
        onKeyDown={(e) => e.key === "Escape" && e.currentTarget.blur()}
      />
      <div className={css.selects}>
        <Select
          size="xs"
          aria-label={text.quality.severity}
          data={[
            { value: "", label: text.quality.anySeverity },
            ...severities.map((s) => ({ value: s, label: text.severity[s] })),
          ]}
          value={filter.severity}
          onChange={(v) => onFilter({ ...filter, severity: (v ?? "") as Filter["severity"] })}
        />
        <Select
          size="xs"
          aria-label={text.quality.state}
          data={(["all", "open", "decided"] as const).map((s) => ({ value: s, label: text.quality.states[s] }))}
          value={filter.state}
          onChange={(v) => onFilter({ ...filter, state: (v ?? "all") as Filter["state"] })}
        />
        <Select
          size="xs"
          aria-label={text.quality.sort}
          data={(["severity", "cells", "confidence"] as const).map((s) => ({ value: s, label: text.quality.sorts[s] }))}
          value={filter.sort}
          onChange={(v) => onFilter({ ...filter, sort: (v ?? "severity") as Filter["sort"] })}
        />
      </div>
      <div className="soft num" style={{ fontSize: 12 }} aria-live="polite">
        {text.quality.showing(shown, total)}
      </div>
      <Partly skipped={skipped} />
    </div>
  );
});
