import { Skeleton } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef } from "react";
import { list, type Schemas } from "../../api/types";
import { count, text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Partly } from "../../ui/Partly";
import { useMay } from "../account/may";
import { useHeld } from "../account/useHeld";
import { NotTaken } from "../point/Conflict";
import { PointBar } from "../point/PointBar";
import { type Choice, type Decision, tally } from "../point/point.model";
import { usePoint, usePointMoves } from "../point/point.query";
import type { StageProps } from "../run/stageProps";
import { Bulk } from "./Bulk";
import { type Draft, draftOf, toChoice } from "./draft.model";
import { IssueDetail } from "./IssueDetail";
import { IssueList } from "./IssueList";
import { KeyHelp } from "./KeyHelp";
import { changed, everything, type Issue, neighbour, nextOpen, visible } from "./quality.model";
import css from "./quality.module.css";
import { useIssues } from "./quality.query";
import { useKeys } from "./useKeys";

/** Opens the parameters of what is chosen, and goes to the first of them. */
function edit() {
  document.querySelector<HTMLElement>("[data-edit-open]")?.click();
  requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-edit] input, [data-edit] textarea")?.focus());
}

/** The control point of the quality stage: what is wrong with the data, and what to do about each of it. */
export default function Quality({ path, open }: StageProps) {
  const found = useIssues(path);
  const point = usePoint(path, open);
  if (found.isPending || (open && point.isPending)) return <Skeleton m={20} h={380} radius="lg" />;
  const error = found.error ?? (open ? point.error : null);
  if (error || !found.data) {
    return (
      <div style={{ padding: 20 }}>
        <ErrorPanel error={error} retry={() => Promise.all([found.refetch(), open && point.refetch()])} />
      </div>
    );
  }
  if (found.data.issues.length === 0 && !open) {
    return (
      <Empty title={text.quality.clean}>
        {text.quality.cleanWhy} <Partly skipped={found.data.skipped} />
      </Empty>
    );
  }
  return <Triage path={path} open={open} issues={found.data.issues} skipped={found.data.skipped} />;
}

interface Found {
  issues: Issue[];
  skipped: Schemas["Skipped"][];
}

function Triage({ path, open, issues, skipped }: Pick<StageProps, "path" | "open"> & Found) {
  const point = usePoint(path, open);
  const moves = usePointMoves(path, point.data);
  const may = useMay(path.workspace);
  const live = open && may("analyst");
  const { item } = useSearch({ from: "/signed-in/w/$workspace/runs/$run" });
  const go = useNavigate({ from: "/w/$workspace/runs/$run" });
  const narrow = useMediaQuery("(max-width: 62em)") ?? false;
  const [chosen, setFilter] = useHeld<typeof everything>(`filter.${path.run}`);
  const filter = chosen ?? everything;
  const [held, setDrafts] = useHeld<Record<string, Draft>>(`issues.${path.run}`);
  const drafts = held ?? {};
  const search = useRef<HTMLInputElement>(null);
  const confirm = useDisclosure(false);
  const [help, helping] = useDisclosure(false);

  // After the control point the decisions stand in the document itself.
  const decisions = useMemo<Record<string, Decision>>(() => {
    if (point.data && open) return point.data.body.decisions;
    return Object.fromEntries(issues.flatMap((i) => (i.decision ? [[i.id, i.decision]] : [])));
  }, [point.data, open, issues]);
  const shown = useMemo(() => visible(issues, decisions, filter), [issues, decisions, filter]);
  const selected = item && issues.some((i) => i.id === item) ? item : narrow ? "" : (shown[0]?.id ?? "");
  const issue = issues.find((i) => i.id === selected);
  const begun = issue && drafts[issue.id];
  const fits = begun && (!begun.option || list(issue.resolutions).some((r) => r.id === begun.option));
  const draft = issue && (fits ? begun : draftOf(issue, decisions[issue.id]));

  const select = useCallback(
    (id: string) => void go({ search: { view: "quality", item: id || undefined }, replace: !narrow }),
    [go, narrow],
  );
  const setDraft = (d: Draft) => issue && setDrafts((all) => ({ ...(all ?? {}), [issue.id]: d }));

  const take = (choices: Choice[], onward = true) => {
    if (!live || choices.length === 0) return;
    moves.withdraw.reset();
    moves.decide.mutate(choices);
    const ids = new Set(choices.map((c) => c.item));
    setDrafts((all) => Object.fromEntries(Object.entries(all ?? {}).filter(([id]) => !ids.has(id))));
    if (onward && !narrow) {
      const taken = { ...decisions, ...Object.fromEntries(choices.map((c) => [c.item, {} as Decision])) };
      select(nextOpen(shown, taken, selected));
    }
  };
  const decide = (how: "accept" | "reject" | "leave") => issue && draft && take([toChoice(issue, draft, how)]);
  const undo = () => issue && live && decisions[issue.id] && moves.withdraw.mutate([issue.id]);
  const items = list(point.data?.body.items);
  const ids = new Set(shown.map((i) => i.id));
  const filtered = shown.length < issues.length;

  useKeys(!confirm[0], {
    j: () => select(neighbour(shown, selected, 1)),
    ArrowDown: () => select(neighbour(shown, selected, 1)),
    k: () => select(neighbour(shown, selected, -1)),
    ArrowUp: () => select(neighbour(shown, selected, -1)),
    a: () => decide("accept"),
    r: () => decide("reject"),
    l: () => decide("leave"),
    u: () => undo(),
    e: edit,
    c: () => document.querySelector<HTMLElement>("[data-talk]")?.focus(),
    "/": () => search.current?.focus(),
    "?": () => helping.toggle(),
    Enter: () => live && confirm[1].open(),
    ...Object.fromEntries(
      list(issue?.resolutions)
        .slice(0, 9)
        .map((r, i) => [
          String(i + 1),
          () => issue && setDraft({ option: r.id, params: undefined, rows: null, reason: draft?.reason ?? "" }),
        ]),
    ),
  });

  const sum = changed(issues, decisions);
  const listShown = !narrow || !issue;
  return (
    <>
      <NotTaken moves={moves} />
      <div className={css.split}>
        {listShown && (
          <IssueList
            shown={shown}
            total={issues.length}
            decisions={decisions}
            selected={selected}
            filter={filter}
            onFilter={setFilter}
            onSelect={select}
            search={search}
            skipped={skipped}
          />
        )}
        {issue && draft ? (
          <IssueDetail
            key={issue.id}
            path={path}
            issue={issue}
            decision={decisions[issue.id]}
            draft={draft}
            onDraft={setDraft}
            live={live}
            open={open}
            onDecide={decide}
            onUndo={undo}
            onBack={narrow ? () => select("") : undefined}
          />
        ) : (
          !narrow && <Empty title={text.quality.choose} />
        )}
      </div>
      {open && (
        <PointBar
          tally={tally(items, decisions)}
          changes={text.quality.changes(sum.issues, count(sum.cells), sum.cells)}
          moves={moves}
          next={text.point.next.quality}
          confirm={confirm}
          mayClose={live}
        >
          {live && (
            <Bulk
              items={filtered ? items.filter((i) => ids.has(i.id)) : items}
              filtered={filtered}
              decisions={decisions}
              narrow={narrow}
              onTake={(choices) => take(choices, false)}
              onUndo={(taken) => moves.withdraw.mutate(taken)}
            />
          )}
        </PointBar>
      )}
      <KeyHelp opened={help} onClose={helping.close} />
    </>
  );
}
