import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { list } from "../../api/types";
import { bytes, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { GrowingText } from "../../ui/GrowingText";
import css from "./erase.module.css";
import { type Erasure, useErase } from "./erase.query";

interface Props {
  workspace: string;
  dataset: string;
  name: string;
  /** How many runs are on it, as far as they are known. */
  runs: number;
  onClose: () => void;
}

/** Erases a file: says what goes and what stays, and has its name typed first. */
export function EraseDialog({ workspace, dataset, name, runs, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [why, setWhy] = useState("");
  const erase = useErase(workspace);
  return (
    <Modal opened onClose={onClose} title={erase.data ? text.erase.done : text.erase.ask(name)} size="lg">
      {erase.data ? (
        <>
          <Proof of={erase.data} />
          <Group justify="flex-end" mt="md">
            <Button onClick={onClose}>{text.close}</Button>
          </Group>
        </>
      ) : (
        <form
          onSubmit={(e) => {
            e.preventDefault();
            if (typed === name && why.trim()) erase.mutate({ dataset, why: why.trim() });
          }}
        >
          <div className={css.sides}>
            <section>
              <h3>{text.erase.goes}</h3>
              <ul>
                {text.erase.goesAll.map((x) => (
                  <li key={x}>{x}</li>
                ))}
              </ul>
              <p className="soft">{text.erase.runs(runs)}</p>
            </section>
            <section>
              <h3>{text.erase.stays}</h3>
              <ul>
                {text.erase.staysAll.map((x) => (
                  <li key={x}>{x}</li>
                ))}
              </ul>
            </section>
          </div>
          <TextInput
            label={text.erase.type(name)}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            value={typed}
            onChange={(e) => setTyped(e.currentTarget.value)}
          />
          <GrowingText
            label={text.erase.why}
            mt="sm"
            minRows={2}
            maxRows={8}
            maxLength={1000}
            value={why}
            onChange={(e) => setWhy(e.currentTarget.value)}
          />
          <div style={{ marginTop: 12 }}>
            <ErrorPanel error={erase.error} />
          </div>
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={onClose}>
              {text.cancel}
            </Button>
            <Button type="submit" color="red.9" disabled={typed !== name || !why.trim()} loading={erase.isPending}>
              {text.erase.go}
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}

/** The proof that something was erased. */
export function Proof({ of: e }: { of: Erasure }) {
  return (
    <div data-testid="proof">
      <Text size="sm">{text.erase.proof(e.files, bytes(e.bytes), list(e.runs).length)}</Text>
      <Text size="sm" c="dimmed" className="wrap" mt={4}>
        “{e.why}”
      </Text>
      <Text size="xs" c="dimmed" mt={6}>
        {text.erase.key} · {text.erase.hashes(list(e.hashes).length)}
      </Text>
      <code className="mono wrap">{e.key}</code>
    </div>
  );
}
