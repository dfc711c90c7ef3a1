import { Button, Skeleton, Text, Title } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Schemas } from "../../api/types";
import { list } from "../../api/types";
import { ago, bytes, moment, text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Status } from "../../ui/Status";
import { useMe } from "../account/account.query";
import { Duties } from "../together/Duties";
import { NewRun } from "../upload/NewRun";
import css from "./home.module.css";
import { useRuns, useWaiting } from "./home.query";
import { rememberWorkspace } from "./lastWorkspace";
import { Tour } from "./Tour";

/** What waits for me, a new run, and the runs before. */
export function Home() {
  const { workspace } = useParams({ from: "/signed-in/w/$workspace/" });
  const me = useMe();
  useEffect(() => rememberWorkspace(workspace), [workspace]);
  return (
    <div className="page">
      <Title order={1} size={24} mb={20} style={{ letterSpacing: "-0.02em" }}>
        {text.home.hello(me.data?.name ?? "")}
      </Title>
      <div className={css.columns}>
        <div className={css.main}>
          <Duties workspace={workspace} />
          <Waiting workspace={workspace} />
          <Recent workspace={workspace} />
        </div>
        <NewRun workspace={workspace} key={workspace} />
      </div>
      <FirstTour workspace={workspace} />
    </div>
  );
}

/** The tour is for those who have no run before them yet. */
function FirstTour({ workspace }: { workspace: string }) {
  const runs = useRuns(workspace, "");
  return runs.data && list(runs.data.pages[0]?.runs).length === 0 ? <Tour /> : null;
}

function Waiting({ workspace }: { workspace: string }) {
  const waiting = useWaiting(workspace);
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting" className={css.head}>
        {text.home.waiting}
        {!!waiting.data?.length && <span className={`${css.count} num`}>{waiting.data.length}</span>}
      </h2>
      <ErrorPanel error={waiting.error} retry={() => waiting.refetch()} />
      {waiting.isPending && <Skeleton h={64} radius="lg" />}
      {waiting.data?.length === 0 && (
        <div className={css.quiet}>
          <Text size="sm" c="dimmed">
            {text.home.nothingWaits}
          </Text>
        </div>
      )}
      {!!waiting.data?.length && (
        <div className="card">
          {waiting.data.map((r) => (
            <RunRow key={r.id} run={r} workspace={workspace} strong />
          ))}
        </div>
      )}
    </section>
  );
}

function Recent({ workspace }: { workspace: string }) {
  const runs = useRuns(workspace, "");
  const all = runs.data?.pages.flatMap((p) => list(p.runs)) ?? [];
  return (
    <section aria-labelledby="recent">
      <h2 id="recent" className={css.head}>
        {text.home.recent}
      </h2>
      <ErrorPanel error={runs.error} retry={() => runs.refetch()} />
      <div className="card">
        {runs.isPending && [0, 1, 2].map((i) => <Skeleton key={i} h={44} m={10} />)}
        {runs.data && all.length === 0 && <Empty title={text.home.noRuns}>{text.home.noRunsWhy}</Empty>}
        {all.map((r) => (
          <RunRow key={r.id} run={r} workspace={workspace} />
        ))}
      </div>
      {runs.hasNextPage && (
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          mt={8}
          loading={runs.isFetchingNextPage}
          onClick={() => runs.fetchNextPage()}
        >
          {text.home.more}
        </Button>
      )}
    </section>
  );
}

function RunRow({ run, workspace, strong }: { run: Schemas["RunSummary"]; workspace: string; strong?: boolean }) {
  return (
    <Link to="/w/$workspace/runs/$run" params={{ workspace, run: run.id }} className={css.row} data-strong={strong}>
      <span className={css.what}>
        <span className={`${css.file} clip`}>{run.file}</span>
        <span className="soft clip" style={{ fontSize: 12.5 }}>
          {run.goal || text.run.noGoal}
        </span>
      </span>
      <Status status={run.status} stage={run.stage} />
      <span className={`${css.size} soft num`}>{bytes(run.bytes)}</span>
      <time className={`${css.when} soft`} dateTime={run.updated} title={moment(run.updated)}>
        {ago(run.updated)}
      </time>
    </Link>
  );
}
