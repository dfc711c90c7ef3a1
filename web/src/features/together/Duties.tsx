import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/types";
import type { RunView } from "../../app/router";
import { ago, day, moment, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useMe } from "../account/account.query";
import home from "../home/home.module.css";
import { useDuties } from "./together.query";

/** What one is to see to in the workspace and can decide now. Nothing is shown where there is nothing. */
export function Duties({ workspace }: { workspace: string }) {
  const duties = useDuties(workspace);
  if (!duties.error && !duties.data?.length) return null;
  return (
    <section aria-labelledby="duties" data-testid="duties">
      <h2 id="duties" className={home.head}>
        {text.together.duties}
        {!!duties.data?.length && <span className={`${home.count} num`}>{duties.data.length}</span>}
      </h2>
      <ErrorPanel error={duties.error} retry={() => duties.refetch()} />
      <div className="card">
        {duties.data?.map((d) => (
          <Duty key={`${d.run} ${d.item}`} duty={d} workspace={workspace} />
        ))}
      </div>
    </section>
  );
}

function Duty({ duty: d, workspace }: { duty: Schemas["Duty"]; workspace: string }) {
  const me = useMe();
  const stage = d.stage ? text.stage[d.stage as "quality"] : "";
  const late = d.due !== undefined && new Date(d.due).getTime() < Date.now();
  return (
    <Link
      to="/w/$workspace/runs/$run"
      params={{ workspace, run: d.run }}
      search={{ view: d.stage as RunView, item: d.item }}
      className={home.row}
      data-strong
    >
      <span className={home.what}>
        <span className={`${home.file} clip`}>{d.file}</span>
        <span className="soft clip" style={{ fontSize: 12.5 }}>
          {text.together.duty(stage.toLowerCase())} ·{" "}
          {d.by.account === me.data?.id ? text.together.dutyOwn : text.together.dutyBy(d.by.name)}
        </span>
      </span>
      {d.due ? (
        <span style={{ fontSize: 12.5 }} data-late={late} title={moment(d.due)}>
          {text.together.until(day(d.due))}
          {late && <strong> · {text.together.dutyLate}</strong>}
        </span>
      ) : (
        <span />
      )}
      <span className={home.size} />
      <time className={`${home.when} soft`} dateTime={d.at} title={moment(d.at)}>
        {ago(d.at)}
      </time>
    </Link>
  );
}
