import { Button, Group, Text } from "@mantine/core";
import { bytes, text } from "../../text/text";
import { GrowingText } from "../../ui/GrowingText";
import type { Pasted } from "./paste.model";
import css from "./upload.module.css";

interface Props {
  file: File;
  table: Pasted | null;
  /** Why it cannot be sent; empty where it can. */
  refused: string;
  onSend: () => void;
  onDrop: () => void;
}

/** What was pasted, to be looked at before it is sent. */
export function PastedTable({ file, table, refused, onSend, onDrop }: Props) {
  return (
    <section className={css.chosen} aria-label={text.upload.pasted} data-testid="pasted">
      <Text size="sm" fw={550} className="clip" title={file.name}>
        {file.name}
      </Text>
      <Text size="xs" c="dimmed" className="num" role="status">
        {table
          ? text.upload.pastedSize(bytes(file.size), table.rows, table.columns)
          : text.upload.pastedOnly(bytes(file.size))}
      </Text>
      {table && (
        <section className={css.sheet} tabIndex={0} aria-label={text.upload.pastedRows}>
          <table>
            <tbody>
              {table.head.map((row, i) => (
                <tr key={i}>
                  {row.map((cell, k) => (
                    <td key={k}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {refused && (
        <Text size="sm" role="alert" mt={8} style={{ color: "var(--critical)" }}>
          {refused}
        </Text>
      )}
      <Group gap={8} mt={10}>
        {!refused && (
          <Button size="xs" onClick={onSend} autoFocus>
            {text.upload.pastedSend}
          </Button>
        )}
        <Button size="xs" variant="default" onClick={onDrop}>
          {text.upload.pastedDrop}
        </Button>
      </Group>
    </section>
  );
}

/** A field to paste into, for those whose device pastes only into fields. What is pasted does not stay in it. */
export function PasteHere({ onPaste, refused }: { onPaste: (from: DataTransfer) => void; refused: boolean }) {
  return (
    <GrowingText
      label={text.upload.pasteHere}
      description={text.upload.pasteHereWhy}
      error={refused && text.upload.pasteRefused}
      minRows={2}
      maxRows={2}
      autoFocus
      value=""
      onChange={() => undefined}
      onPaste={(e) => {
        e.preventDefault();
        onPaste(e.clipboardData);
      }}
    />
  );
}
