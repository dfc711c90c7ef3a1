import { moment, person, text, words } from "../../text/text";
import css from "./decided.module.css";
import { applies, type Decision } from "./point.model";

/** Who decided what, when and why. */
export function Decided({ decision }: { decision: Decision | undefined }) {
  if (!decision) return null;
  const who = person(decision.actor.name);
  return (
    <p className={css.line} data-applies={applies(decision)}>
      <strong>{text.point.choices[decision.choice as "accept"] ?? words(decision.choice)}</strong>
      {who && ` ${text.point.by(who, decision.actor.kind)}`}
      {" · "}
      <time dateTime={decision.at}>{moment(decision.at)}</time>
      {decision.reason && <span className="wrap"> · “{decision.reason}”</span>}
    </p>
  );
}
