import { Button, Menu, NumberInput, Select, Skeleton, Tabs, Text, Title } from "@mantine/core";
import { IconChevronDown, IconDownload, IconX } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { list, type Schemas } from "../../api/types";
import { count, moment, text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Sql } from "../../ui/Sql";
import { useMay } from "../account/may";
import { useHeld } from "../account/useHeld";
import { type RunPath, useRun } from "../run/run.query";
import { CellStory } from "./CellStory";
import { ColumnPicker } from "./ColumnPicker";
import { Diff, nameOf } from "./Diff";
import css from "./data.module.css";
import { useFacts, useOutline, useQueryOf, useVersions, type View } from "./data.query";
import { Grid, type Place } from "./Grid";
import { Profiles } from "./Profiles";
import { useColumns } from "./useColumns";

const from = "/signed-in/w/$workspace/runs/$run/data";

/** The data of a run in all its versions: rows, columns, and what became of them. */
export function DataPage() {
  const path = useParams({ from });
  const run = useRun(path);
  const versions = useVersions(path);
  const facts = useFacts(path);
  const tables = useMemo(() => (versions.data ?? []).filter((v) => v.kind !== "received"), [versions.data]);
  const error = versions.error ?? run.error;
  if (error) {
    return (
      <div className="page">
        <ErrorPanel error={error} retry={() => Promise.all([versions.refetch(), run.refetch()])} />
      </div>
    );
  }
  if (versions.isPending || !run.data)
    return <Skeleton m={24} h={420} radius="lg" role="status" aria-label={text.loading} />;
  const first = tables[0];
  const last = tables.at(-1);
  return (
    <div className={css.page}>
      <header className={css.head}>
        <nav className={css.crumb} aria-label={text.run.crumbs}>
          <Link to="/w/$workspace/data" params={path}>
            {text.data.files}
          </Link>
          <span aria-hidden>/</span>
          <Link to="/w/$workspace/runs/$run" params={path}>
            {text.data.toRun}
          </Link>
        </nav>
        <Title order={1} size={20} className="clip" title={run.data.file}>
          {run.data.file}
        </Title>
      </header>
      {first && last ? (
        <Loaded path={path} tables={tables} facts={facts.data} />
      ) : (
        <Empty title={text.data.notRead}>{text.data.notReadWhy}</Empty>
      )}
    </div>
  );
}

interface LoadedProps {
  path: RunPath;
  tables: Schemas["RunVersion"][];
  facts: Schemas["Facts"] | undefined;
}

function Loaded({ path, tables, facts }: LoadedProps) {
  const search = useSearch({ from });
  const go = useNavigate({ from: "/w/$workspace/runs/$run/data" });
  const last = tables.at(-1) as Schemas["RunVersion"];
  const version = tables.find((v) => v.id === search.version) ?? last;
  const at = tables.indexOf(version);
  const before = tables.find((v) => v.id === search.before) ?? tables[Math.max(0, at - 1)] ?? version;
  const [place, setPlace] = useState<Place | null>(null);
  const columns = useMemo(() => new Map(list(facts?.columns).map((c) => [c.name, c])), [facts]);
  const plain: View = { version: version.id, filters: [], order: [] };
  const outline = useOutline(path, plain, true);
  const names = useMemo(() => list(outline.data?.columns), [outline.data]);
  const tab = search.tab ?? "rows";
  return (
    <Tabs
      value={tab}
      onChange={(t) => go({ search: (s) => ({ ...s, tab: t as "rows" }) })}
      className={css.tabs}
      keepMounted={false}
    >
      <div className={css.bar}>
        <Tabs.List className={css.list} aria-label={text.data.tabs}>
          <Tabs.Tab value="rows">{text.data.tabRows}</Tabs.Tab>
          <Tabs.Tab value="columns">{text.data.tabColumns}</Tabs.Tab>
          <Tabs.Tab value="changes">{text.data.tabChanges}</Tabs.Tab>
          <Tabs.Tab value="versions">{text.data.tabVersions}</Tabs.Tab>
        </Tabs.List>
        {(tab === "rows" || tab === "columns") && (
          <Select
            size="xs"
            w={190}
            aria-label={text.data.version}
            data={tables.map((v) => ({ value: v.id, label: `${nameOf(v)} · ${text.result.rows(count(v.rows))}` }))}
            value={version.id}
            onChange={(v) => v && go({ search: (s) => ({ ...s, version: v }), replace: true })}
          />
        )}
      </div>
      <ErrorPanel error={outline.error} retry={() => outline.refetch()} />
      <Tabs.Panel value="rows" className={css.panel}>
        <Rows
          path={path}
          version={version}
          tables={tables}
          names={names}
          facts={columns}
          onOpen={setPlace}
          masked={list(outline.data?.masked)}
        />
      </Tabs.Panel>
      <Tabs.Panel value="columns" className={css.panel}>
        <Profiles
          path={path}
          version={version.id}
          names={names}
          facts={columns}
          column={search.column ?? ""}
          onColumn={(column) => go({ search: (s) => ({ ...s, column }), replace: true })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="changes" className={css.panel}>
        <Diff
          path={path}
          versions={tables}
          before={before.id}
          after={version.id}
          column={search.column ?? ""}
          columns={names}
          onChange={(c) =>
            go({ search: (s) => ({ ...s, ...c, column: (c.column ?? s.column) || undefined }), replace: true })
          }
          onOpen={setPlace}
        />
      </Tabs.Panel>
      <Tabs.Panel value="versions" className={css.panel}>
        <Versions path={path} tables={tables} />
      </Tabs.Panel>
      <CellStory path={path} place={place} onClose={() => setPlace(null)} />
    </Tabs>
  );
}

/** All rows, in their order. */
const whole: Omit<View, "version"> = { filters: [], order: [] };

interface RowsProps {
  path: RunPath;
  version: Schemas["RunVersion"];
  tables: Schemas["RunVersion"][];
  names: string[];
  facts: Map<string, Schemas["Column"]>;
  onOpen: (p: Place) => void;
  masked: string[];
}

function Rows({ path, version, tables, names, facts, onOpen, masked }: RowsProps) {
  const [held, setShown] = useHeld<Omit<View, "version">>(`rows.${path.run}`);
  const shown = held ?? whole;
  const view = { ...shown, version: version.id };
  const filtered = view.filters.length > 0;
  const outline = useOutline(path, view, filtered);
  const total = filtered ? (outline.data?.total ?? 0) : version.rows;
  // The rows of the filter before are drawn on, but their number is not said of this one.
  const counting = filtered && (outline.isPlaceholderData || outline.isPending);
  // Where no row was removed, the number of a row is its place.
  const byNumber = !filtered && view.order.length === 0 && version.rows === tables[0]?.rows;
  const columns = useColumns(path.run, names, facts);
  const sql = useQueryOf(path, view, columns.names);
  const [goTo, setGoTo] = useState<{ row: number } | null>(null);
  if (names.length === 0) return <Skeleton m={16} h={360} radius="lg" role="status" aria-label={text.loading} />;
  return (
    <>
      <div className={css.tools}>
        <NumberInput
          size="xs"
          w={120}
          hideControls
          min={1}
          max={total}
          placeholder={text.data.goTo}
          aria-label={text.data.goTo}
          onKeyDown={(e) => {
            const n = Number(e.currentTarget.value.replace(/\D/g, ""));
            if (e.key === "Enter" && n > 0) setGoTo({ row: Math.min(total, n) - 1 });
          }}
        />
        <ColumnPicker names={names} columns={columns} />
        <Text size="xs" c="dimmed" className="num" aria-live="polite" data-testid="grid-total">
          {counting ? text.data.counting : text.data.shown(count(total), filtered ? count(version.rows) : "")}
        </Text>
        {view.filters.map((f) => {
          const said = `${f.column} ${text.data.operators[f.operator]} ${f.value ?? ""}`.trim();
          return (
            <Button
              key={f.column}
              size="compact-xs"
              variant="light"
              rightSection={<IconX size={12} />}
              aria-label={text.data.dropFilter(said, f.column)}
              onClick={() => setShown({ ...shown, filters: shown.filters.filter((x) => x !== f) })}
            >
              {said}
            </Button>
          );
        })}
        {view.order
          .filter((o) => !columns.isShown(o.column))
          .map((o) => (
            <Button
              key={o.column}
              size="compact-xs"
              variant="light"
              rightSection={<IconX size={12} />}
              aria-label={text.data.dropOrder(o.column)}
              onClick={() => setShown({ ...shown, order: shown.order.filter((x) => x !== o) })}
            >
              {text.data.sortedBy(o.column)}
            </Button>
          ))}
        {masked.length > 0 && (
          <Text size="xs" c="dimmed">
            {text.data.masked(masked.length)}
          </Text>
        )}
        {sql && (
          <div className={css.query}>
            <Sql sql={sql} />
          </div>
        )}
      </div>
      <Grid
        path={path}
        view={view}
        onView={({ filters, order }) => setShown({ filters, order })}
        columns={columns}
        facts={facts}
        total={total}
        byNumber={byNumber}
        goTo={goTo}
        onOpen={onOpen}
      />
    </>
  );
}

function Versions({ path, tables }: { path: RunPath; tables: Schemas["RunVersion"][] }) {
  const may = useMay(path.workspace);
  const at = `/api/v1/workspaces/${encodeURIComponent(path.workspace)}/runs/${encodeURIComponent(path.run)}`;
  return (
    <div className={css.versions}>
      <ol className="card">
        <li>
          <div>
            <strong>{text.result.original}</strong>
            <span className="soft">{text.result.originalWhy}</span>
          </div>
          {may("analyst") && (
            <Button
              component="a"
              href={`${at}/original`}
              download
              variant="default"
              size="xs"
              leftSection={<IconDownload size={15} />}
            >
              {text.result.download}
            </Button>
          )}
        </li>
        {tables.map((v, i) => (
          <li key={v.id}>
            <div>
              <strong>{nameOf(v)}</strong>
              <span className="soft num">
                {text.result.rows(count(v.rows))} · {moment(v.created)}
                {list(v.decisions).length > 0 && ` · ${text.data.byDecisions(list(v.decisions).length)}`}
              </span>
              <code className="soft clip" title={v.content_hash}>
                {v.content_hash.slice(0, 24)}
              </code>
            </div>
            <div className={css.acts}>
              {i > 0 && (
                <Button
                  component={Link}
                  to="/w/$workspace/runs/$run/data"
                  params={path as never}
                  search={{ tab: "changes", version: v.id, before: tables[i - 1]?.id } as never}
                  variant="subtle"
                  size="xs"
                >
                  {text.data.compare}
                </Button>
              )}
              {may("analyst") && (
                <Menu position="bottom-end" shadow="md">
                  <Menu.Target>
                    <Button variant="default" size="xs" rightSection={<IconChevronDown size={14} />}>
                      {text.result.download}
                    </Button>
                  </Menu.Target>
                  <Menu.Dropdown>
                    {["csv", "parquet", "json", "xlsx"].map((f) => (
                      <Menu.Item key={f} component="a" href={`${at}/versions/${v.id}/download?format=${f}`} download>
                        {f.toUpperCase()}
                      </Menu.Item>
                    ))}
                  </Menu.Dropdown>
                </Menu>
              )}
            </div>
          </li>
        ))}
      </ol>
      {!may("analyst") && (
        <Text c="dimmed" size="sm">
          {text.result.notAllowed}
        </Text>
      )}
    </div>
  );
}
