import { IconAlertTriangle } from "@tabler/icons-react";
import { useStatus } from "../features/system/condition.query";
import { moment, text } from "../text/text";
import css from "./outage.module.css";

/** A quiet line at the top of every page while something is out that everybody feels. It goes by itself. */
export function Outage() {
  const out = useStatus().data ?? [];
  return (
    <div role="status" aria-live="polite">
      {out.length > 0 && (
        <div className={css.outage} data-testid="outage">
          {out.map((c) => (
            <p key={c.part}>
              <IconAlertTriangle size={16} aria-hidden />
              <span>
                <strong>{c.title}</strong> {c.held} {c.next}{" "}
                <span className="soft">{text.condition.since(moment(c.since))}</span>
              </span>
            </p>
          ))}
        </div>
      )}
    </div>
  );
}
