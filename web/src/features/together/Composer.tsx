import { Button } from "@mantine/core";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { text } from "../../text/text";
import { GrowingText } from "../../ui/GrowingText";
import { useMe } from "../account/account.query";
import { useHeld } from "../account/useHeld";
import { useMembers } from "../audit/audit.query";
import { completed, fitting, named, type Person, typedName } from "./mention.model";
import css from "./together.module.css";

interface Props {
  workspace: string;
  busy: boolean;
  onSay: (text: string, mentions: string[], done: () => void) => void;
  /** By which what is typed is held over a reload; empty where it is not. */
  held?: string;
  /** What was said before, to be written anew. */
  before?: string;
  onCancel?: () => void;
}

/** A field for a remark. An @ offers people to name, who are told. */
export function Composer({ workspace, busy, onSay, held = "", before = "", onCancel }: Props) {
  const id = useId();
  const me = useMe();
  const members = useMembers(workspace);
  const people: Person[] = (members.data ?? []).filter((m) => m.account !== me.data?.id);
  const [typing, setTyping] = useHeld<string>(held);
  const said = typing ?? before;
  const setSaid = (next: string) => setTyping(next === before ? null : next);
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const typed = closed ? null : typedName(said, caret);
  const offered = typed ? fitting(people, typed.typed) : [];
  const chosen = Math.min(at, offered.length - 1);

  const pick = (p: Person) => {
    if (!typed) return;
    const next = completed(said, caret, typed.from, p.name);
    setSaid(next.text);
    setCaret(next.caret);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(next.caret, next.caret);
    });
  };
  const say = () => {
    if (!said.trim() || busy || said.trim() === before) return;
    onSay(said.trim(), named(said, people), () => setSaid(""));
  };
  const keys = (e: KeyboardEvent) => {
    const p = offered[chosen];
    if (p) {
      const moves: Record<string, () => void> = {
        ArrowDown: () => setAt((chosen + 1) % offered.length),
        ArrowUp: () => setAt((chosen + offered.length - 1) % offered.length),
        Enter: () => pick(p),
        Tab: () => pick(p),
        Escape: () => setClosed(true),
      };
      const move = moves[e.key];
      if (move) {
        e.preventDefault();
        e.stopPropagation();
        move();
        return;
      }
    }
    if (e.key === "Escape" && onCancel) {
      e.stopPropagation();
      onCancel();
    }
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      say();
    }
  };
  return (
    <div className={css.composer}>
      <GrowingText
        ref={area}
        size="xs"
        aria-label={onCancel ? text.together.editing : text.together.say}
        placeholder={text.together.sayHint}
        data-talk={onCancel ? undefined : true}
        autoFocus={onCancel !== undefined}
        minRows={1}
        maxRows={8}
        maxLength={4000}
        role="combobox"
        aria-expanded={offered.length > 0}
        aria-controls={`${id}people`}
        aria-activedescendant={offered.length > 0 ? `${id}${chosen}` : undefined}
        value={said}
        onChange={(e) => {
          setSaid(e.currentTarget.value);
          setCaret(e.currentTarget.selectionStart);
          setAt(0);
          setClosed(false);
        }}
        onSelect={(e) => setCaret(e.currentTarget.selectionStart)}
        onKeyDown={keys}
      />
      <div
        id={`${id}people`}
        className={css.people}
        role="listbox"
        aria-label={text.together.people}
        hidden={offered.length === 0}
      >
        {offered.map((p, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and answers the keys
          <div
            key={p.account}
            id={`${id}${i}`}
            role="option"
            aria-selected={i === chosen}
            onMouseDown={(e) => e.preventDefault()}
            onClick={() => pick(p)}
          >
            {p.name}
          </div>
        ))}
      </div>
      {(onCancel || said.trim()) && (
        <span className={css.buttons}>
          {onCancel && (
            <Button size="compact-sm" variant="subtle" color="gray" onClick={onCancel}>
              {text.cancel}
            </Button>
          )}
          <Button size="compact-sm" onClick={say} loading={busy} disabled={!said.trim() || said.trim() === before}>
            {onCancel ? text.save : text.together.send}
          </Button>
        </span>
      )}
    </div>
  );
}
