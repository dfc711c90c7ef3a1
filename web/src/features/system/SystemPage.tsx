import { Skeleton, Text, Title } from "@mantine/core";
import { IconCheck, IconShieldCheck, IconX } from "@tabler/icons-react";
import { list } from "../../api/types";
import { bytes, count, moment, text, words } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { usedBy } from "../admin/usage.model";
import { useWorkspaces } from "../home/home.query";
import { Conditions } from "./Conditions";
import { DeadMessages, DeadTasks } from "./Dead";
import { Diagnostics } from "./Diagnostics";
import { Keys } from "./Keys";
import { Deed, Part } from "./Part";
import { tableOf } from "./queue.model";
import css from "./system.module.css";
import { useHealth, useQueue, useSystemUsage, useVerification } from "./system.query";

/** Whether everything works, what waits, and what was given up. */
export function SystemPage() {
  return (
    <div className="page" style={{ maxWidth: 1000 }}>
      <Title order={1} size={22}>
        {text.system.title}
      </Title>
      <p className="soft" style={{ margin: "4px 0 20px", fontSize: 13 }}>
        {text.system.lead}
      </p>
      <div className={css.all}>
        <Health />
        <Conditions />
        <Queue />
        <DeadTasks />
        <DeadMessages />
        <Keys />
        <Verification />
        <Diagnostics />
        <Use />
      </div>
    </div>
  );
}

/** The same for somebody who is in no workspace. */
export function SystemAlone() {
  return (
    <main id="main">
      <SystemPage />
    </main>
  );
}

function Health() {
  const health = useHealth();
  const parts = [
    [text.system.alive, health.data?.alive],
    [text.system.ready, health.data?.ready],
  ] as const;
  return (
    <Part id="health" title={text.system.health}>
      <ul className={css.health}>
        {parts.map(([name, up]) => (
          <li key={name} className="card" data-up={up}>
            {up === undefined ? <Skeleton h={18} w={18} circle /> : up ? <IconCheck size={18} /> : <IconX size={18} />}
            <span>
              <strong>{name}</strong> {up === undefined ? "" : up ? text.system.up : text.system.down}
            </span>
          </li>
        ))}
      </ul>
      {health.data && (
        <Text size="xs" c="dimmed" mt={6}>
          {text.system.checked(moment(health.data.at))}
        </Text>
      )}
    </Part>
  );
}

function Queue() {
  const queue = useQueue();
  const t = tableOf(queue.data ?? []);
  return (
    <Part id="queue" title={text.system.queue}>
      <ErrorPanel error={queue.error} retry={() => queue.refetch()} />
      {queue.isPending && <Skeleton h={120} radius="lg" role="status" aria-label={text.loading} />}
      {queue.data?.length === 0 && (
        <div className="card">
          <Empty title={text.system.queueEmpty}>{text.system.queueEmptyWhy}</Empty>
        </div>
      )}
      {t.rows.length > 0 && (
        <section className={`card ${css.scroll}`} tabIndex={0} aria-labelledby="queue">
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{text.system.kind}</th>
                {t.states.map((s) => (
                  <th key={s} scope="col">
                    {text.system.states[s] ?? words(s)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {t.rows.map((r) => (
                <tr key={r.kind}>
                  <th scope="row">{r.kind}</th>
                  {r.tasks.map((n, i) => (
                    <td key={t.states[i]} className="num" data-none={n === 0}>
                      {count(n)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Part>
  );
}

function Verification() {
  const check = useVerification();
  const r = check.data;
  return (
    <Part id="log" title={text.system.log}>
      <Deed
        lead={text.system.logWhy}
        label={text.system.verify}
        icon={<IconShieldCheck size={15} />}
        pending={check.isPending}
        onDo={() => check.mutate()}
      />
      <ErrorPanel error={check.error} />
      {r && (
        <p className={css.intact} aria-live="polite">
          {text.system.intact(count(r.first), count(r.last))}{" "}
          {text.system.signatures(r.signatures, moment(r.signed_at))}
        </p>
      )}
    </Part>
  );
}

function Use() {
  const usage = useSystemUsage();
  const named = useWorkspaces().data ?? [];
  const days = list(usage.data);
  const workspaces = [...new Set(days.map((d) => d.workspace))];
  return (
    <Part id="use" title={text.system.usage}>
      <ErrorPanel error={usage.error} retry={() => usage.refetch()} />
      {usage.data && workspaces.length === 0 && (
        <Text size="sm" c="dimmed">
          {text.system.noUsage}
        </Text>
      )}
      {workspaces.length > 0 && (
        <section className={`card ${css.scroll}`} tabIndex={0} aria-labelledby="use">
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{text.admin.workspace}</th>
                <th scope="col">{text.admin.measures.runs}</th>
                <th scope="col">{text.admin.measures.bytes}</th>
                <th scope="col">{text.admin.measures.rows}</th>
                <th scope="col">{text.admin.measures.cells}</th>
                <th scope="col">{text.admin.measures.work}</th>
              </tr>
            </thead>
            <tbody>
              {workspaces.map((w) => {
                const of = days.filter((d) => d.workspace === w);
                return (
                  <tr key={w}>
                    <th scope="row">{named.find((x) => x.id === w)?.name ?? w}</th>
                    <td className="num">{count(usedBy(of, "runs"))}</td>
                    <td className="num">{bytes(usedBy(of, "bytes"))}</td>
                    <td className="num">{count(usedBy(of, "rows"))}</td>
                    <td className="num">{count(usedBy(of, "cells"))}</td>
                    <td className="num">{text.admin.seconds(Math.round(usedBy(of, "work_milliseconds") / 1000))}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      )}
    </Part>
  );
}
