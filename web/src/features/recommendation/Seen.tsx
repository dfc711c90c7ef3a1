import { Badge } from "@mantine/core";
import { day, text } from "../../text/text";
import type { RunPath } from "../run/run.query";
import { Face } from "../together/Face";
import { useDiscussion } from "../together/together.query";
import { late } from "./due.model";
import css from "./recommendation.module.css";

interface Props {
  path: RunPath;
  item: string;
  /** The day of the decision, where one was set. */
  due: string | undefined;
}

/** By when something is to be done, and who sees to it. */
export function Seen({ path, item, due }: Props) {
  const owner = useDiscussion(path).data?.assignments.find((a) => a.item === item);
  if (!due && !owner) return null;
  return (
    <p className={css.seen} data-testid={`seen-${item}`}>
      {due && (
        <span>
          {text.action.dueOn(day(due))}{" "}
          {late(due, new Date()) && (
            <Badge size="xs" color="red" variant="light" tt="none">
              {text.action.overdue}
            </Badge>
          )}
        </span>
      )}
      {owner && (
        <span className={css.owner}>
          <Face {...owner.to} small />
          {text.together.seesTo(owner.to.name)}
          {owner.due && ` ${text.together.until(day(owner.due))}`}
        </span>
      )}
    </p>
  );
}
