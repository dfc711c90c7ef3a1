import { list, type Schemas } from "../../api/types";

/** A finding that an action rests on, and the view that shows it with its query. */
export interface Ground {
  id: string;
  title: string;
  view: "insight" | "quality";
}

type Named = Pick<Schemas["Issue"], "id" | "title">;

/** What an action rests on, in its order. What is not among the findings any more is left out. */
export function groundsOf(action: Schemas["ActionItem"], insights: Named[], issues: Named[]): Ground[] {
  return list(action.insights).flatMap((id) => {
    const insight = insights.find((i) => i.id === id);
    const found = insight ?? issues.find((i) => i.id === id);
    return found ? [{ id, title: found.title, view: insight ? "insight" : "quality" }] : [];
  });
}
