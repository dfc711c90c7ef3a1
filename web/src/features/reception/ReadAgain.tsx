import { Button, Group, Modal, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useHeld } from "../account/useHeld";
import type { PointMoves } from "../point/point.query";
import type { RunPath } from "../run/run.query";
import { ReadPreview } from "./ReadPreview";
import { type Format, optionsOf, type Reading, readingOf, same } from "./reading.model";
import css from "./reading.module.css";
import { useReading } from "./reading.query";

interface Props {
  path: RunPath;
  /** Of reception. */
  round: number;
  opened: boolean;
  onClose: () => void;
  format: Format;
  moves: PointMoves;
  /** Under which name it is held how the file is to be read. */
  held: string;
}

/** Has the file read again, otherwise: its beginning is shown so first, then the stage begins anew. Nothing of the file is lost. */
export function ReadAgain({ path, round, opened, onClose, format, moves, held }: Props) {
  const [chosen, setChosen] = useHeld<Partial<Reading>>(held);
  const asRead = useReading(path, round, undefined, opened);
  const asked = asRead.data?.options ?? {};
  const now = readingOf(format, asked);
  const { delimiter, encoding, header, skip }: Reading = { ...now, ...chosen };
  const options = optionsOf(now, asked, chosen ?? {});
  const changed = !same(options, asked);
  const set = (change: Partial<Reading>) => {
    const next = { ...chosen, ...change };
    setChosen(same(optionsOf(now, asked, next), asked) ? null : next);
  };
  const [settled] = useDebouncedValue(JSON.stringify(options), 350);
  const otherwise = useReading(path, round, JSON.parse(settled), opened && asRead.isSuccess && changed);
  const preview = changed && asRead.isSuccess ? otherwise : asRead;
  const late = changed && settled !== JSON.stringify(options);
  const refused = !late && preview.error?.code === "unreadable";
  const { sendBack } = moves;
  const send = () =>
    sendBack.mutate(options, {
      onSuccess: () => {
        setChosen(null);
        onClose();
      },
    });
  return (
    <Modal opened={opened} onClose={onClose} title={text.reception.again} size="xl">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {text.reception.againWhy}
        </Text>
        <div className={css.fields}>
          <Select
            label={text.reception.delimiterLabel}
            data={delimiters(now.delimiter)}
            value={delimiter}
            onChange={(v) => v && set({ delimiter: v })}
          />
          <Select
            label={text.reception.encoding}
            data={encodings(now.encoding, format.encoding)}
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
        </div>
        <ReadPreview
          reading={preview.data ?? asRead.data}
          before={changed ? asRead.data?.columns : undefined}
          changed={changed}
          busy={late || preview.isFetching}
          error={late ? null : preview.error}
          retry={refused ? undefined : preview.refetch}
        />
        <ErrorPanel error={sendBack.error} />
        <Group justify="flex-end" className={css.foot}>
          <Button variant="default" onClick={onClose}>
            {text.cancel}
          </Button>
          <Button disabled={!changed || refused} loading={sendBack.isPending} onClick={send}>
            {text.reception.readAgain}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The encodings to choose from: as it is found, the usual ones, and the one that was asked for. */
function encodings(asked: string, found: string) {
  const usual = ["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15", "utf-16le", "utf-16be"];
  const all = asked && !usual.includes(asked) ? [...usual, asked] : usual;
  return [
    { value: "", label: text.reception.asFound(asked ? "" : found) },
    ...all.map((value) => ({ value, label: value })),
  ];
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
