import { Skeleton } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Unsent } from "../reception/Unsent";
import { useRunEvents } from "./events";
import { Failure } from "./Failure";
import { Progress } from "./Progress";
import { RouteRail } from "./RouteRail";
import { RunHead } from "./RunHead";
import { hasFindings, type Run, routeOf, viewOf } from "./run.model";
import css from "./run.module.css";
import { useRun } from "./run.query";

const Reception = lazy(() => import("../reception/Reception"));
const Quality = lazy(() => import("../quality/Quality"));
const Insights = lazy(() => import("../insight/Insights"));
const Recommendations = lazy(() => import("../recommendation/Recommendations"));
const Results = lazy(() => import("../result/Results"));
const views = {
  reception: Reception,
  quality: Quality,
  insight: Insights,
  recommendation: Recommendations,
  results: Results,
};

/** A run: the way it takes, where it stands, and what is to be decided. */
export function RunPage() {
  const path = useParams({ from: "/signed-in/w/$workspace/runs/$run" });
  const run = useRun(path);
  const progress = useRunEvents(path.workspace, path.run);
  if (run.isPending) return <Loading />;
  if (!run.data) {
    return (
      <div className="page">
        <ErrorPanel error={run.error} retry={() => run.refetch()} />
      </div>
    );
  }
  return <Loaded run={run.data} workspace={path.workspace} progress={progress} />;
}

function Loaded({
  run,
  workspace,
  progress,
}: {
  run: Run;
  workspace: string;
  progress: ReturnType<typeof useRunEvents>;
}) {
  const { view: wanted } = useSearch({ from: "/signed-in/w/$workspace/runs/$run" });
  const go = useNavigate({ from: "/w/$workspace/runs/$run" });
  const stops = routeOf(run);
  const view = wanted ?? viewOf(run);
  const stop = stops.find((s) => s.stage === view);
  const isHere = run.stage === view;
  const path = { workspace, run: run.id };
  const open = isHere && run.status === "waiting";
  const working = isHere && run.status === "running";
  const Findings = views[view];
  // What a stage found stays readable while its decisions are carried out.
  const readable =
    view === "results"
      ? true
      : stop !== undefined &&
        hasFindings(stop) &&
        !(working && stop.phase !== "applying" && stop.phase !== "concluding");
  return (
    <div className={css.page}>
      <RunHead run={run} path={path} />
      <RouteRail stops={stops} run={run} view={view} onView={(v) => go({ search: { view: v } })} />
      {run.stage !== "reception" && run.status !== "erased" && <Unsent run={run} />}
      {(run.status === "erased" || (isHere && ["failed", "expired", "aborted"].includes(run.status))) && (
        <Failure run={run} path={path} />
      )}
      {working && stop && <Progress run={run} stop={stop} live={progress} />}
      {run.status === "erased" ? null : readable ? (
        <Suspense fallback={<Loading bare />}>
          <Findings path={path} run={run} open={open} key={`${run.id}.${view}.${stop?.round ?? 0}`} />
        </Suspense>
      ) : (
        !isHere && <p className={css.notyet}>{text.run.notYet}</p>
      )}
    </div>
  );
}

function Loading({ bare }: { bare?: boolean }) {
  return (
    <output className={css.loading} aria-busy="true" aria-label={text.loading}>
      {!bare && <Skeleton h={28} w={260} mb={18} />}
      {!bare && <Skeleton h={72} mb={22} radius="lg" />}
      <Skeleton h={320} radius="lg" />
    </output>
  );
}
