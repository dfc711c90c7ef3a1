import { moment, person, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Proof } from "./EraseDialog";
import css from "./erase.module.css";
import { useErasures } from "./erase.query";

/** What was erased, for those who answer for it. */
export function Erasures({ workspace, may }: { workspace: string; may: boolean }) {
  const all = useErasures(workspace, may);
  if (!may || (!all.error && !all.data?.length)) return null;
  return (
    <section aria-labelledby="erased" style={{ marginTop: 28 }}>
      <h2 id="erased" className={css.sub}>
        {text.erase.list}
      </h2>
      <p className="soft" style={{ margin: "0 0 10px", fontSize: 13 }}>
        {text.erase.listWhy}
      </p>
      <ErrorPanel error={all.error} retry={() => all.refetch()} />
      <ul className={`card ${css.list}`}>
        {all.data?.map((e) => (
          <li key={e.dataset + e.at}>
            <details>
              <summary>
                <code className="mono clip">{e.dataset}</code>{" "}
                <span className="soft">{text.erase.by(person(e.actor.name), moment(e.at))}</span>
              </summary>
              <Proof of={e} />
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}
