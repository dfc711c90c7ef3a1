import { text } from "../../text/text";
import { parts, shown } from "./diff.model";
import css from "./preview.module.css";

/** A cell before and after. After is undefined where the row goes, null where the cell becomes missing. */
export function Cell({
  before,
  after,
  changed,
}: {
  before: string | null;
  after: string | null | undefined;
  changed: boolean;
}) {
  if (after === undefined) return before === null ? <Missing /> : <del className={css.old}>{shown(before)}</del>;
  if (!changed) return before === null ? <Missing /> : shown(before);
  if (before === null || after === null) {
    return (
      <span className={css.change}>
        <del className={css.old}>{before === null ? <Missing /> : shown(before)}</del>
        <ins className={css.new}>{after === null ? <Missing /> : shown(after)}</ins>
      </span>
    );
  }
  const p = parts(shown(before), shown(after));
  return (
    <span className={css.change}>
      <del className={css.old}>
        {p.before.head}
        <mark>{p.before.middle}</mark>
        {p.before.tail}
      </del>
      <ins className={css.new}>
        {p.after.head}
        <mark>{p.after.middle}</mark>
        {p.after.tail}
      </ins>
    </span>
  );
}

function Missing() {
  return <span className={css.missing}>{text.preview.missing}</span>;
}
