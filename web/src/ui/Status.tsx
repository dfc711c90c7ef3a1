import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClockExclamation,
  IconEraser,
  IconHandStop,
  IconProgress,
} from "@tabler/icons-react";
import { text } from "../text/text";
import css from "./status.module.css";

const looks = {
  running: IconProgress,
  waiting: IconHandStop,
  expired: IconClockExclamation,
  failed: IconAlertTriangle,
  done: IconCheck,
  aborted: IconBan,
  erased: IconEraser,
} as const;

export type RunStatus = keyof typeof looks;

/** Where a run stands, by word, sign and colour: none of them alone. */
export function Status({ status, stage }: { status: string; stage: string }) {
  const known = (status in looks ? status : "running") as RunStatus;
  const Icon = looks[known];
  return (
    <span className={css.status} data-status={known}>
      <Icon size={14} stroke={2} aria-hidden />
      {text.run.statusAt(known, stage as "quality")}
    </span>
  );
}
