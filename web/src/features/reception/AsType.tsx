import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { type ColumnType, useProfileAs } from "../data/data.query";
import type { RunPath } from "../run/run.query";
import { readable, takesAll } from "./reception.model";

interface Props {
  path: RunPath;
  version: string | undefined;
  column: string;
  as: string;
}

/** What becomes of the values of a column that is read as another type: how many cannot be, and some of those. */
export function AsType({ path, version, column, as }: Props) {
  const all = takesAll(as);
  const profile = useProfileAs(path, version, column, as as ColumnType, !all);
  if (all) return <p>{text.corrected.asWritten}</p>;
  if (profile.error) return <ErrorPanel error={profile.error} retry={() => profile.refetch()} />;
  if (!profile.data) return <p>{text.corrected.looking}</p>;
  return <p data-unfit={profile.data.unfit > 0}>{readable(profile.data)}</p>;
}
