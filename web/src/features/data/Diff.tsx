import { Button, Select, Skeleton, Text } from "@mantine/core";
import { list, type Schemas } from "../../api/types";
import { count, moment, text } from "../../text/text";
import { Clipped } from "../../ui/Clipped";
import { firstNames } from "../../ui/clipped.model";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Cell } from "../quality/Cell";
import type { RunPath } from "../run/run.query";
import { useDiff } from "./data.query";
import css from "./diff.module.css";
import type { Place } from "./Grid";

interface Props {
  path: RunPath;
  versions: Schemas["RunVersion"][];
  before: string;
  after: string;
  column: string;
  columns: string[];
  onChange: (c: { before?: string; version?: string; column?: string }) => void;
  onOpen: (p: Place) => void;
}

/** In what two versions differ: each changed cell with what stood there before. */
export function Diff({ path, versions, before, after, column, columns, onChange, onOpen }: Props) {
  const diff = useDiff(path, before, after, column ? [column] : []);
  const pages = diff.data?.pages ?? [];
  const rows = pages.flatMap((p) => list(p.rows));
  const choices = versions.map((v) => ({ value: v.id, label: `${nameOf(v)} · ${moment(v.created)}` }));
  return (
    <div className={css.view}>
      <div className={css.pick}>
        <Select label={text.data.before} data={choices} value={before} onChange={(v) => v && onChange({ before: v })} />
        <Select label={text.data.after} data={choices} value={after} onChange={(v) => v && onChange({ version: v })} />
        <Select
          label={text.data.inColumn}
          searchable
          limit={200}
          data={[{ value: "", label: text.data.allColumns }, ...columns.map((c) => ({ value: c, label: c }))]}
          value={column}
          onChange={(v) => onChange({ column: v ?? "" })}
        />
      </div>
      <ErrorPanel error={diff.error} retry={() => diff.refetch()} />
      {before === after && <Empty title={text.data.sameVersion}>{text.data.sameVersionWhy}</Empty>}
      {diff.isLoading && <Skeleton h={220} radius="lg" role="status" aria-label={text.loading} />}
      {pages[0] && <Columns gone={list(pages[0].gone)} fresh={list(pages[0].new)} />}
      {diff.data && rows.length === 0 && <Empty title={text.data.noDifference}>{text.data.noDifferenceWhy}</Empty>}
      {rows.length > 0 && (
        <ol className={`card ${css.rows}`} aria-label={text.data.changedRows}>
          {rows.map((r) => (
            <li key={r.row}>
              <span className={`${css.row} num`}>{count(r.row)}</span>
              <span className={css.cells}>
                {r.removed && <strong className={css.gone}>{text.data.rowRemoved}</strong>}
                {r.added && <strong>{text.data.rowAdded}</strong>}
                <Clipped
                  all={list(r.cells)}
                  most={24}
                  keyOf={(c) => c.column}
                  show={(c) => (
                    <button
                      type="button"
                      className={css.change}
                      onClick={() => onOpen({ row: r.row, column: c.column })}
                      title={text.data.storyOf(c.column, count(r.row))}
                    >
                      <span className="soft">{c.column}</span>
                      <Cell before={c.old ?? null} after={c.new ?? null} changed />
                    </button>
                  )}
                />
              </span>
            </li>
          ))}
        </ol>
      )}
      {diff.hasNextPage && (
        <Button variant="default" size="xs" loading={diff.isFetchingNextPage} onClick={() => diff.fetchNextPage()}>
          {text.data.moreRows}
        </Button>
      )}
    </div>
  );
}

function Columns({ gone, fresh }: { gone: string[]; fresh: string[] }) {
  if (gone.length + fresh.length === 0) return null;
  return (
    <Text size="sm">
      {gone.length > 0 && text.data.gone(firstNames(gone, 24, text.more))}{" "}
      {fresh.length > 0 && text.data.fresh(firstNames(fresh, 24, text.more))}
    </Text>
  );
}

/** What a version is called. */
export function nameOf(v: Pick<Schemas["RunVersion"], "kind">): string {
  return text.result.kinds[v.kind] ?? v.kind;
}
