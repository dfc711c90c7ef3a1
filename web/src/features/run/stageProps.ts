import type { Run } from "./run.model";
import type { RunPath } from "./run.query";

/** What the page of a run hands to the view of a stage. */
export interface StageProps {
  path: RunPath;
  run: Run;
  /** Whether its control point is open: decisions can be taken. */
  open: boolean;
}
