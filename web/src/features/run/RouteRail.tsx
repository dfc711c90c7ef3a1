import { Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClockExclamation,
  IconFileDownload,
  IconHandStop,
  IconMinus,
} from "@tabler/icons-react";
import type { RunView } from "../../app/router";
import { person, text } from "../../text/text";
import css from "./route.module.css";
import { hasFindings, type Mark, type Run, type Stop } from "./run.model";

const signs: Record<Mark, typeof IconCheck | null> = {
  ahead: null,
  running: null,
  waiting: IconHandStop,
  expired: IconClockExclamation,
  failed: IconAlertTriangle,
  done: IconCheck,
  stopped: IconBan,
  skipped: IconMinus,
};

/** The route of a run: its four stages with the control point at the end of each, and why each is as it is. */
export function RouteRail({
  stops,
  run,
  view,
  onView,
}: {
  stops: Stop[];
  run: Run;
  view: RunView;
  onView: (v: RunView) => void;
}) {
  const results = stops.some((s) => s.mark === "done");
  return (
    <nav className={css.rail} aria-label={text.run.route}>
      {stops.map((s, i) => {
        const Icon = signs[s.mark];
        const reachable = s.stage === run.stage || hasFindings(s);
        return (
          <Tooltip key={s.stage} label={s.why} disabled={!s.why} multiline w={320} position="bottom">
            <button
              type="button"
              className={css.stop}
              data-mark={s.mark}
              aria-current={view === s.stage ? "step" : undefined}
              disabled={!reachable}
              onClick={() => onView(s.stage)}
            >
              <span className={css.sign} aria-hidden>
                {Icon ? <Icon size={14} stroke={2.2} /> : s.mark === "running" ? <span className={css.pulse} /> : i + 1}
              </span>
              <span className={css.words}>
                <span className={css.name}>{text.stage[s.stage]}</span>
                <span className={css.state}>{stateOf(s)}</span>
              </span>
            </button>
          </Tooltip>
        );
      })}
      <button
        type="button"
        className={css.stop}
        data-mark={run.status === "done" ? "done" : "ahead"}
        aria-current={view === "results" ? "step" : undefined}
        disabled={!results}
        onClick={() => onView("results")}
      >
        <span className={css.sign} aria-hidden>
          <IconFileDownload size={14} stroke={2} />
        </span>
        <span className={css.words}>
          <span className={css.name}>{text.stage.results}</span>
          <span className={css.state}>{run.status === "done" ? text.run.ready : text.run.soFar}</span>
        </span>
      </button>
    </nav>
  );
}

function stateOf(s: Stop): string {
  switch (s.mark) {
    case "waiting":
      return text.run.decided(s.decided, s.items);
    case "done":
      return s.closedBy ? text.run.closed(person(s.closedBy)) : text.run.marks.done;
    case "running":
      return text.run.phases[s.phase as "planning"] ?? text.run.marks.running;
    default:
      return text.run.marks[s.mark];
  }
}
