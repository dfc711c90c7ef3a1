import { Button, Group, Modal, NumberInput, Select, Stack, Text } from "@mantine/core";
import type { Schemas } from "../../api/types";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useHeld } from "../account/useHeld";
import type { PointMoves } from "../point/point.query";

interface Props {
  opened: boolean;
  onClose: () => void;
  format: Schemas["Format"];
  moves: PointMoves;
  /** Under which name it is held how the file is to be read. */
  held: string;
}

/** How the file is to be read. */
interface Reading {
  delimiter: string;
  encoding: string;
  header: boolean;
  skip: number | string;
}

/** Has the file read again, otherwise: the stage begins anew, and nothing of the file is lost. */
export function ReadAgain({ opened, onClose, format, moves, held }: Props) {
  const [typed, setTyped] = useHeld<Partial<Reading>>(held);
  const { delimiter, encoding, header, skip }: Reading = {
    delimiter: format.delimiter,
    encoding: "",
    header: format.header,
    skip: "",
    ...typed,
  };
  const set = (change: Partial<Reading>) => setTyped((now) => ({ ...now, ...change }));
  const options: Record<string, unknown> = {};
  if (delimiter !== format.delimiter) options.delimiter = delimiter;
  if (encoding) options.encoding = encoding;
  if (header !== format.header) options.header = header;
  if (skip !== "") options.skip_lines = Number(skip);
  const { sendBack } = moves;
  return (
    <Modal opened={opened} onClose={onClose} title={text.reception.again}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {text.reception.againWhy}
        </Text>
        <Select
          label={text.reception.delimiterLabel}
          data={delimiters(format.delimiter)}
          value={delimiter}
          onChange={(v) => v && set({ delimiter: v })}
        />
        <Select
          label={text.reception.encoding}
          data={[
            { value: "", label: text.reception.asFound(format.encoding) },
            ...["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15", "utf-16le", "utf-16be"].map((e) => ({
              value: e,
              label: e,
            })),
          ]}
          value={encoding}
          onChange={(v) => set({ encoding: v ?? "" })}
        />
        <Select
          label={text.reception.headerLabel}
          data={[
            { value: "true", label: text.reception.header },
            { value: "false", label: text.reception.noHeader },
          ]}
          value={String(header)}
          onChange={(v) => set({ header: v === "true" })}
        />
        <NumberInput
          label={text.reception.skip}
          description={text.reception.skipWhy}
          min={0}
          max={10_000}
          value={skip}
          onChange={(v) => set({ skip: v })}
        />
        <ErrorPanel error={sendBack.error} />
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <Button
            disabled={Object.keys(options).length === 0}
            loading={sendBack.isPending}
            onClick={() => sendBack.mutate(options, { onSuccess: onClose })}
          >
            {text.reception.readAgain}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function delimiters(now: string) {
  const known: [string, string][] = [
    [",", text.reception.comma],
    [";", text.reception.semicolon],
    ["\t", text.reception.tab],
    ["|", text.reception.pipe],
  ];
  const all = known.some(([d]) => d === now) || !now ? known : [...known, [now, now] as [string, string]];
  return all.map(([value, label]) => ({ value, label }));
}
