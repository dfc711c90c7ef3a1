import { Button, Menu, NativeSelect, Skeleton, TextInput, Title, UnstyledButton } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight, IconDownload } from "@tabler/icons-react";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { list, type Schemas } from "../../api/types";
import { count, moment, text, words } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { exportUrl, type Search } from "./audit.model";
import css from "./audit.module.css";
import { useAudit, useMembers } from "./audit.query";

const from = "/signed-in/w/$workspace/audit";

/** Who did what, when, from where: searched, filtered, and taken away as a file that can be verified. */
export function AuditPage() {
  const { workspace } = useParams({ from });
  const search = useSearch({ from });
  const found = useAudit(workspace, search);
  const entries = found.data?.pages.flatMap((p) => list(p.entries)) ?? [];
  return (
    <div className="page">
      <header className={css.head}>
        <div>
          <Title order={1} size={22}>
            {text.audit.title}
          </Title>
          <p className="soft">{text.audit.lead}</p>
        </div>
        <Menu position="bottom-end" shadow="md" width={250}>
          <Menu.Target>
            <Button
              variant="default"
              leftSection={<IconDownload size={15} />}
              rightSection={<IconChevronDown size={14} />}
            >
              {text.audit.export}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(["jsonl", "cef", "syslog"] as const).map((f) => (
              <Menu.Item key={f} component="a" href={exportUrl(workspace, search, f)} download>
                {text.audit.formats[f]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </header>
      <Filters workspace={workspace} search={search} />
      <ErrorPanel error={found.error} retry={() => found.refetch()} />
      {found.isPending && <Skeleton h={320} radius="lg" role="status" aria-label={text.loading} />}
      {found.data && entries.length === 0 && (
        <div className="card">
          <Empty title={text.audit.none}>{text.audit.noneWhy}</Empty>
        </div>
      )}
      {entries.length > 0 && (
        <ol className={`card ${css.list}`} aria-label={text.audit.entries}>
          {entries.map((e) => (
            <Entry key={e.seq} entry={e} />
          ))}
        </ol>
      )}
      {found.hasNextPage && (
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          mt={8}
          loading={found.isFetchingNextPage}
          onClick={() => found.fetchNextPage()}
        >
          {text.home.more}
        </Button>
      )}
    </div>
  );
}

function Filters({ workspace, search }: { workspace: string; search: Search }) {
  const members = useMembers(workspace);
  const go = useNavigate({ from: "/w/$workspace/audit" });
  const set = (part: Search) => void go({ search: (s) => clean({ ...s, ...part }), replace: true });
  const later = useDebouncedCallback(set, 350);
  const t = text.audit;
  return (
    <form className={css.filters} onSubmit={(e) => e.preventDefault()} aria-label={t.filters}>
      <NativeSelect
        size="xs"
        label={t.who}
        data={[
          { value: "", label: t.anybody },
          ...(members.data ?? []).map((m) => ({ value: m.account, label: m.name })),
        ]}
        value={search.account ?? ""}
        onChange={(e) => set({ account: e.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        label={t.action}
        data={[
          { value: "all", label: t.anything },
          ...Object.entries(t.actions).map(([value, label]) => ({ value, label })),
        ]}
        value={search.action ?? "change.ended"}
        onChange={(e) => set({ action: e.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        label={t.outcome}
        data={[
          { value: "", label: t.anyOutcome },
          ...Object.entries(t.outcomes).map(([value, label]) => ({ value, label })),
        ]}
        value={search.outcome ?? ""}
        onChange={(e) => set({ outcome: e.currentTarget.value })}
      />
      <TextInput
        size="xs"
        label={t.operation}
        placeholder="close-point"
        defaultValue={search.operation}
        onChange={(e) => later({ operation: e.currentTarget.value.trim() })}
      />
      <TextInput
        size="xs"
        label={t.object}
        placeholder="run:…"
        defaultValue={search.object}
        onChange={(e) => later({ object: e.currentTarget.value.trim() })}
      />
      <TextInput
        size="xs"
        type="date"
        label={t.from}
        value={search.from ?? ""}
        onChange={(e) => set({ from: e.currentTarget.value })}
      />
      <TextInput
        size="xs"
        type="date"
        label={t.to}
        value={search.to ?? ""}
        onChange={(e) => set({ to: e.currentTarget.value })}
      />
    </form>
  );
}

function clean(s: Search): Search {
  return Object.fromEntries(Object.entries(s).filter(([, v]) => v)) as Search;
}

function Entry({ entry: e }: { entry: Schemas["Entry"] }) {
  const [open, setOpen] = useState(false);
  const details: [string, string | undefined][] = [
    [text.audit.number, count(e.seq)],
    [text.audit.object, e.object],
    [text.audit.address, e.address],
    [text.audit.agent, e.agent],
    [text.audit.request, e.request],
    [text.audit.status, e.status ? String(e.status) : undefined],
    [text.audit.code, e.code],
    [text.audit.note, e.note],
    [text.audit.beforeHash, e.before],
    [text.audit.afterHash, e.after],
    [text.audit.hash, e.hash],
  ];
  return (
    <li>
      <UnstyledButton className={css.row} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight size={14} aria-hidden style={{ transform: open ? "rotate(90deg)" : undefined }} />
        <time className="num soft" dateTime={e.at}>
          {moment(e.at)}
        </time>
        <span className="clip">{e.name || words(e.kind ?? e.actor)}</span>
        <span className="clip">
          {e.operation
            ? words(e.operation.replaceAll("-", "_"))
            : (text.audit.actions[e.action as "event"] ?? e.action)}
        </span>
        <span className={css.outcome} data-outcome={e.outcome}>
          {e.outcome ? (text.audit.outcomes[e.outcome as "success"] ?? e.outcome) : ""}
        </span>
      </UnstyledButton>
      {open && (
        <dl className={css.details}>
          {details
            .filter(([, v]) => v)
            .map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="mono wrap">{value}</dd>
              </div>
            ))}
        </dl>
      )}
    </li>
  );
}
