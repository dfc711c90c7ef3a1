import { Link } from "@tanstack/react-router";
import { list, type Schemas } from "../../api/types";
import { text } from "../../text/text";
import { useInsights } from "../insight/insight.query";
import { useIssues } from "../quality/quality.query";
import type { RunPath } from "../run/run.query";
import { groundsOf } from "./grounds.model";
import css from "./recommendation.module.css";

/** The findings that an action rests on: there stand its numbers with the queries behind them. */
export function Grounds({ path, action }: { path: RunPath; action: Schemas["ActionItem"] }) {
  const insights = useInsights(path);
  const issues = useIssues(path);
  const grounds = groundsOf(action, list(insights.data?.insights), issues.data?.issues ?? []);
  if (grounds.length === 0) return null;
  return (
    <p className={css.grounds}>
      {text.action.restsOn}
      {grounds.map((g) => (
        <Link
          key={g.id}
          to="/w/$workspace/runs/$run"
          params={path}
          search={{ view: g.view, item: g.id }}
          className="clip"
          title={g.title}
        >
          {g.title}
        </Link>
      ))}
    </p>
  );
}
