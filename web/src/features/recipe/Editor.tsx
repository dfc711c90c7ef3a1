import { Alert, Button, Group, Modal, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { problemOf } from "../../api/problem";
import type { Schemas } from "../../api/types";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useHeld } from "../account/useHeld";
import { DryRun } from "./DryRun";
import { lineOf, newPolicies, newRecipe } from "./recipe.model";
import css from "./recipe.module.css";
import { type Kind, useRemove, useSave, type Text as Written } from "./recipe.query";

/** What somebody typed, and the tag of the version on which it stands. */
type Typed = Written & { tag: string };

interface Props {
  workspace: string;
  kind: Kind;
  before?: Schemas["KeptRecipe"];
  tag?: string;
  writable: boolean;
  /** Reads what is kept again. */
  onReread?: () => Promise<unknown>;
}

/** A recipe or a set of policies as text, with what is wrong shown at its line, and a dry run beside it. */
export function Editor({ workspace, kind, before, tag = "", writable, onReread }: Props) {
  // What was typed stands on the version that was seen as it was begun: whoever changed it since is not written over.
  const [typed, setTyped] = useHeld<Typed>(`${kind}.${workspace}.${before?.id ?? "new"}`);
  const shown: Typed = typed ?? {
    name: before?.name ?? "",
    text: before?.text ?? (kind === "policies" ? newPolicies : newRecipe),
    active: before?.active ?? false,
    tag,
  };
  const { name, text: body, active } = shown;
  const type = (part: Partial<Typed>) => setTyped({ ...shown, ...part });
  const save = useSave(workspace, kind);
  const remove = useRemove(workspace, kind);
  const [removing, dialog] = useDisclosure(false);
  const go = useNavigate({ from: "/w/$workspace/recipes" });
  const changed = !before || name !== before.name || body !== before.text || active !== before.active;
  const problem = save.error ? problemOf(save.error) : null;
  const line = problem ? lineOf(problem.message, body) : 0;
  const readTheirs = async () => {
    await onReread?.();
    save.reset();
    setTyped(null);
  };
  const submit = () =>
    save.mutate(
      { id: before?.id ?? "", tag: shown.tag, name: name.trim(), text: body, active },
      {
        onSuccess: (kept) => {
          setTyped(null);
          notifications.show({ message: text.recipe.saved });
          void go({ search: { kind, id: kept.body.id }, replace: true });
        },
      },
    );
  return (
    <form
      className={css.editor}
      onSubmit={(e) => {
        e.preventDefault();
        submit();
      }}
    >
      <Group gap="md" align="flex-end">
        <TextInput
          label={text.recipe.name}
          required
          withAsterisk={false}
          maxLength={200}
          readOnly={!writable}
          value={name}
          onChange={(e) => type({ name: e.currentTarget.value })}
          style={{ flex: 1, minWidth: 200 }}
        />
        {kind === "policies" && (
          <Switch
            label={text.recipe.decides}
            description={text.recipe.decidesWhy}
            checked={active}
            disabled={!writable}
            onChange={(e) => type({ active: e.currentTarget.checked })}
          />
        )}
      </Group>
      <Lines
        value={body}
        onChange={(text) => type({ text })}
        readOnly={!writable}
        wrong={line}
        onSave={() => writable && changed && submit()}
      />
      {problem && !problem.conflict && (
        <ErrorPanel error={problem} title={line ? text.recipe.wrongAt(line) : text.recipe.wrong} />
      )}
      {problem?.conflict && (
        <Alert color="yellow" role="alert" title={text.recipe.conflict}>
          <Text size="sm">{text.recipe.conflictWhy}</Text>
          <Button size="xs" variant="default" mt={8} onClick={() => readTheirs()}>
            {text.recipe.conflictRead}
          </Button>
        </Alert>
      )}
      {writable && (
        <Group gap={8}>
          <Button type="submit" loading={save.isPending} disabled={!changed || !name.trim() || !body.trim()}>
            {text.save}
          </Button>
          {before && (
            <Button variant="subtle" color="red" onClick={dialog.open}>
              {text.recipe.remove}
            </Button>
          )}
        </Group>
      )}
      <DryRun workspace={workspace} text={body} />
      <Modal opened={removing} onClose={dialog.close} title={text.recipe.removeSure(before?.name ?? "")}>
        <Stack gap="sm">
          <Text size="sm">{text.recipe.removeWhat}</Text>
          <ErrorPanel error={remove.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              {text.cancel}
            </Button>
            <Button
              color="red"
              loading={remove.isPending}
              onClick={() =>
                before &&
                remove.mutate(
                  { id: before.id, tag: shown.tag },
                  {
                    onSuccess: () => {
                      setTyped(null);
                      void go({ search: { kind }, replace: true });
                    },
                  },
                )
              }
            >
              {text.recipe.remove}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </form>
  );
}

interface LinesProps {
  value: string;
  onChange: (v: string) => void;
  readOnly: boolean;
  /** The line that something is wrong with, from 1; 0 for none. */
  wrong: number;
  onSave: () => void;
}

/** A text with the numbers of its lines. Tab stays a way out: blanks are typed. */
function Lines({ value, onChange, readOnly, wrong, onSave }: LinesProps) {
  const numbers = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = value.split("\n").length;
  useEffect(() => {
    if (wrong && area.current) area.current.scrollTop = Math.max(0, (wrong - 4) * 20);
  }, [wrong]);
  return (
    <div className={css.lines}>
      <div className={css.numbers} ref={numbers} aria-hidden>
        {Array.from({ length: lines }, (_, i) => (
          <span key={i} data-wrong={i + 1 === wrong}>
            {i + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={area}
        className={css.text}
        aria-label={text.recipe.text}
        aria-invalid={wrong > 0}
        spellCheck={false}
        wrap="off"
        readOnly={readOnly}
        value={value}
        onChange={(e) => onChange(e.currentTarget.value)}
        onScroll={(e) => {
          if (numbers.current) numbers.current.scrollTop = e.currentTarget.scrollTop;
        }}
        onKeyDown={(e) => {
          if (e.key === "s" && (e.ctrlKey || e.metaKey)) {
            e.preventDefault();
            onSave();
          }
        }}
      />
    </div>
  );
}
