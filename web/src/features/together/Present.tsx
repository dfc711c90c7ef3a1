import { text } from "../../text/text";
import { useMe } from "../account/account.query";
import type { RunPath } from "../run/run.query";
import { Face } from "./Face";
import css from "./together.module.css";
import { useDiscussion } from "./together.query";

/** Who else looks at the run at this moment. */
export function Present({ path }: { path: RunPath }) {
  const me = useMe();
  const others = (useDiscussion(path).data?.present ?? []).filter((p) => p.account !== me.data?.id);
  if (others.length === 0) return null;
  return (
    <div className={css.present} role="group" aria-label={text.together.present} data-testid="present">
      {others.slice(0, 5).map((p) => (
        <span key={p.account}>
          <Face {...p} />
          <span className="hidden">{p.name}</span>
        </span>
      ))}
      {others.length > 5 && <span className="soft num">+{others.length - 5}</span>}
    </div>
  );
}
