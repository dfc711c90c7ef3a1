import { Alert, Button, Group, Kbd, Title, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowLeft, IconCheck, IconMinus, IconX } from "@tabler/icons-react";
import { list } from "../../api/types";
import { count, number, percent, text, words } from "../../text/text";
import { Clipped, useClip } from "../../ui/Clipped";
import { GrowingText } from "../../ui/GrowingText";
import { Severity } from "../../ui/Severity";
import { Sql } from "../../ui/Sql";
import { Decided } from "../point/Decided";
import type { Decision } from "../point/point.model";
import type { RunPath } from "../run/run.query";
import { Talk } from "../together/Talk";
import css from "./detail.module.css";
import { type Draft, toChoice } from "./draft.model";
import { ParamsEditor } from "./ParamsEditor";
import { Examples, Preview } from "./Preview";
import type { Issue } from "./quality.model";
import { ResolutionPicker } from "./ResolutionPicker";

interface Props {
  path: RunPath;
  issue: Issue;
  decision: Decision | undefined;
  draft: Draft;
  onDraft: (d: Draft) => void;
  /** Whether decisions can be taken, and whether the control point is open at all. */
  live: boolean;
  open: boolean;
  onDecide: (how: "accept" | "reject" | "leave") => void;
  onUndo: () => void;
  onBack?: () => void;
}

/** One issue: what it is, what says so, what can be done, and what that would change. */
export function IssueDetail(p: Props) {
  const { issue, draft, live } = p;
  const resolution = list(issue.resolutions).find((r) => r.id === draft.option);
  return (
    <article className={css.detail} aria-labelledby="issue-title">
      <div className={css.scroll}>
        {p.onBack && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconArrowLeft size={15} />}
            onClick={p.onBack}
            mb={8}
          >
            {text.quality.back}
          </Button>
        )}
        <Head issue={issue} />
        <Decided decision={p.decision} />
        <section className={css.part}>
          <h3 className="eyebrow">{text.quality.what}</h3>
          <ResolutionPicker
            resolutions={list(issue.resolutions)}
            value={draft.option}
            disabled={!live}
            onChange={(option) => p.onDraft({ ...draft, option, params: undefined, rows: null })}
          />
          {resolution && resolution.kind !== "mark_only" && (
            <ParamsEditor
              key={resolution.id}
              params={draft.params ?? (resolution.params as Record<string, unknown>)}
              edited={draft.params !== undefined}
              disabled={!live}
              onChange={(params) => p.onDraft({ ...draft, params, rows: null })}
              onReset={() => p.onDraft({ ...draft, params: undefined })}
            />
          )}
        </section>
        <section className={css.part}>
          {resolution && resolution.kind !== "mark_only" && p.open ? (
            <Preview
              path={p.path}
              issue={issue}
              resolution={resolution.id}
              draft={draft}
              onRows={live ? (rows) => p.onDraft({ ...draft, rows }) : undefined}
            />
          ) : (
            <Examples issue={issue} />
          )}
        </section>
        <Evidence issue={issue} />
        <section className={css.part}>
          <Talk path={p.path} item={issue.id} />
        </section>
        {live && (
          <GrowingText
            className={css.reason}
            label={text.point.reason}
            description={text.point.reasonWhy}
            minRows={1}
            maxRows={5}
            maxLength={2000}
            value={draft.reason}
            onChange={(e) => p.onDraft({ ...draft, reason: e.currentTarget.value })}
          />
        )}
      </div>
      {live && <Actions {...p} />}
    </article>
  );
}

function Head({ issue }: { issue: Issue }) {
  return (
    <header className={css.head}>
      <Group gap={10} mb={6}>
        <Severity of={issue.severity} word />
        <Tooltip label={text.quality.confidenceWhy} multiline w={280}>
          <span className="soft num" style={{ fontSize: 12.5 }}>
            {text.quality.confident(percent(issue.confidence))}
          </span>
        </Tooltip>
        <span className="soft" style={{ fontSize: 12.5 }}>
          {words(issue.check)}
        </span>
      </Group>
      <Title order={2} size={18} id="issue-title" className="wrap" style={{ lineHeight: 1.35 }}>
        {issue.title}
      </Title>
      <div className={css.columns}>
        <Clipped
          all={list(issue.columns)}
          most={24}
          keyOf={(c) => c}
          show={(c) => <code>{c === "*" ? text.quality.wholeRows : c}</code>}
        />
        <span className="soft num">
          {text.quality.extent(count(issue.cells), issue.cells, count(issue.rows), issue.rows)}
        </span>
      </div>
    </header>
  );
}

function Evidence({ issue }: { issue: Issue }) {
  const { first: numbers, more } = useClip(Object.entries(issue.evidence.numbers ?? {}), 24);
  const notes = list(issue.evidence.notes);
  return (
    <section className={css.part} aria-label={text.evidence.title}>
      <h3 className="eyebrow">{text.evidence.title}</h3>
      {numbers.length > 0 && (
        <dl className={css.numbers}>
          {numbers.map(([name, value]) => (
            <div key={name}>
              <dt>{words(name)}</dt>
              <dd className="num">{/share/.test(name) && value <= 1 ? percent(value) : number(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {more}
      {notes.length > 0 && (
        <ul className={css.notes}>
          {notes.map((n) => (
            <li key={n} className="wrap">
              {n}
            </li>
          ))}
        </ul>
      )}
      <Sql sql={issue.evidence.sql} />
    </section>
  );
}

function Actions({ issue, draft, decision, onDecide, onUndo }: Props) {
  const choice = toChoice(issue, draft, "accept").choice;
  const nothing = choice === "leave";
  return (
    <div className={css.actions}>
      <Button
        leftSection={<IconCheck size={16} />}
        rightSection={<Kbd size="xs">a</Kbd>}
        disabled={nothing}
        onClick={() => onDecide("accept")}
        data-testid="accept"
      >
        {text.point.acts[choice]}
      </Button>
      <Button
        variant="default"
        leftSection={<IconX size={16} />}
        rightSection={<Kbd size="xs">r</Kbd>}
        onClick={() => onDecide("reject")}
        data-testid="reject"
      >
        {text.point.acts.reject}
      </Button>
      <Tooltip label={text.point.leaveWhy}>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconMinus size={16} />}
          rightSection={<Kbd size="xs">l</Kbd>}
          onClick={() => onDecide("leave")}
        >
          {text.point.acts.leave}
        </Button>
      </Tooltip>
      {decision && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconArrowBackUp size={16} />}
          rightSection={<Kbd size="xs">u</Kbd>}
          onClick={onUndo}
          ml="auto"
          data-testid="undo"
        >
          {text.point.undo}
        </Button>
      )}
      {nothing && <Alert p="4px 10px">{text.quality.noResolution}</Alert>}
    </div>
  );
}
