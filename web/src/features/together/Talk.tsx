import { Button, CloseButton, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Schemas } from "../../api/types";
import { day, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useMay } from "../account/may";
import { useMembers } from "../audit/audit.query";
import type { RunPath } from "../run/run.query";
import { Composer } from "./Composer";
import { Face } from "./Face";
import { Remark } from "./Remark";
import css from "./together.module.css";
import { useDiscussion, useTalk } from "./together.query";

/** What is said about an item, and who is to see to it. */
export function Talk({ path, item }: { path: RunPath; item: string }) {
  const all = useDiscussion(path);
  const talk = useTalk(path);
  const remarks = (all.data?.remarks ?? []).filter((r) => r.item === item);
  return (
    <section className={css.talk} aria-label={text.together.talk} data-testid="talk">
      <div className={css.head}>
        <h3 className="eyebrow">{text.together.talk}</h3>
        <Assigned path={path} item={item} of={all.data?.assignments.find((a) => a.item === item)} />
      </div>
      <ErrorPanel error={all.error ?? talk.error} />
      <ul className={css.remarks}>
        {remarks.map((r) => (
          <Remark key={r.id} path={path} remark={r} />
        ))}
      </ul>
      <Composer
        key={item}
        held={`remark.${path.run}.${item}`}
        workspace={path.workspace}
        busy={talk.isPending}
        onSay={(said, mentions, done) => talk.mutate({ do: "say", item, text: said, mentions }, { onSuccess: done })}
      />
    </section>
  );
}

interface AssignedProps {
  path: RunPath;
  item: string;
  of: Schemas["Assignment"] | undefined;
}

function Assigned({ path, item, of }: AssignedProps) {
  const may = useMay(path.workspace);
  const members = useMembers(path.workspace);
  const talk = useTalk(path);
  const [choosing, setChoosing] = useState(false);
  const [due, setDue] = useState("");
  if (of && !choosing) {
    return (
      <span className={css.assigned}>
        <Face {...of.to} small />
        <span>
          {text.together.seesTo(of.to.name)}
          {of.due && <span className="soft"> · {text.together.until(day(of.due))}</span>}
        </span>
        {may("analyst") && (
          <CloseButton
            size="sm"
            aria-label={text.together.unassign}
            onClick={() => talk.mutate({ do: "unassign", item })}
          />
        )}
      </span>
    );
  }
  if (!may("analyst")) return null;
  if (!choosing) {
    return (
      <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setChoosing(true)}>
        {text.together.assign}
      </Button>
    );
  }
  return (
    <span className={css.choose}>
      <Select
        size="xs"
        aria-label={text.together.assign}
        placeholder={text.together.assign}
        data={(members.data ?? []).map((m) => ({ value: m.account, label: m.name }))}
        value={null}
        searchable
        defaultDropdownOpened
        autoFocus
        onChange={(account) => {
          if (!account) return;
          talk.mutate({
            do: "assign",
            item,
            account,
            due: due ? new Date(`${due}T23:59:59`).toISOString() : undefined,
          });
          setChoosing(false);
        }}
      />
      <TextInput
        size="xs"
        type="date"
        aria-label={text.together.due}
        value={due}
        onChange={(e) => setDue(e.currentTarget.value)}
      />
      <CloseButton size="sm" aria-label={text.cancel} onClick={() => setChoosing(false)} />
    </span>
  );
}
