import { Drawer, Skeleton, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { list } from "../../api/types";
import { count, moment, person, text, words } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { shown } from "../quality/diff.model";
import type { Issue } from "../quality/quality.model";
import { useIssues } from "../quality/quality.query";
import { type RunPath, useDecisions } from "../run/run.query";
import { useCellStory } from "./data.query";
import type { Place } from "./Grid";
import css from "./story.module.css";

/** Everything that happened to a cell, from the file as received on: what changed it, who decided that, and why. */
export function CellStory({ path, place, onClose }: { path: RunPath; place: Place | null; onClose: () => void }) {
  return (
    <Drawer
      opened={place !== null}
      onClose={onClose}
      position="right"
      size={420}
      title={place ? text.data.storyOf(place.column, count(place.row)) : ""}
    >
      {place && <Story path={path} place={place} />}
    </Drawer>
  );
}

function Story({ path, place }: { path: RunPath; place: Place }) {
  const story = useCellStory(path, place.row, place.column);
  const decisions = useDecisions(path);
  const issues = useIssues(path);
  if (story.error) return <ErrorPanel error={story.error} retry={() => story.refetch()} />;
  const s = story.data;
  if (!s) return <Skeleton h={180} radius="md" role="status" aria-label={text.loading} />;
  const changes = list(s.changes);
  return (
    <ol className={css.story} data-testid="story">
      <li>
        <span className={css.what}>{text.data.received}</span>
        <Value of={s.received} />
      </li>
      {changes.map((c) => {
        const issue = issues.data?.issues.find((i: Issue) => i.id === c.issue);
        const d = decisions.data?.find((x) => x.decision.id === c.decision)?.decision;
        return (
          <li key={`${c.version}.${c.issue}`}>
            <span className={css.what}>{c.removed ? text.data.removed : text.data.became}</span>
            {!c.removed && <Value of={c.new} />}
            <p className={css.why}>
              {issue ? (
                <Link
                  to="/w/$workspace/runs/$run"
                  params={path}
                  search={{ view: "quality", item: issue.id }}
                  className={css.link}
                >
                  {issue.title}
                </Link>
              ) : (
                words(c.resolution)
              )}
            </p>
            {d && (
              <p className={css.why}>
                {text.point.choices[d.choice as "accept"] ?? words(d.choice)}{" "}
                {text.point.by(person(d.actor.name), d.actor.kind)} · {moment(d.at)}
                {d.reason && ` · “${d.reason}”`}
              </p>
            )}
          </li>
        );
      })}
      {changes.length === 0 && (
        <li>
          <Text size="sm" c="dimmed">
            {text.data.untouched}
          </Text>
        </li>
      )}
    </ol>
  );
}

function Value({ of }: { of: string | null | undefined }) {
  if (of == null) return <span className="soft">{text.preview.missing}</span>;
  return <code className={css.value}>{shown(of)}</code>;
}
