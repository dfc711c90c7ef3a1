import { Button, Group, Modal, Progress, Skeleton, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey } from "@tabler/icons-react";
import { ago, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Part, useManages } from "./Part";
import css from "./system.module.css";
import { useKeyState, useRotation } from "./system.query";

/** The master key: where it is, what it wraps, and rotating it. */
export function Keys() {
  const rotation = useRotation();
  const keys = useKeyState(rotation.isPending);
  const may = useManages();
  const [asking, ask] = useDisclosure(false);
  const k = keys.data;
  return (
    <Part id="keys" title={text.keysOf.title}>
      <ErrorPanel error={keys.error} retry={() => keys.refetch()} />
      {keys.isPending && <Skeleton h={60} radius="lg" role="status" aria-label={text.loading} />}
      {k && (
        <Group gap="md" justify="space-between" align="flex-start">
          <div className={css.keys} data-testid="keys">
            <Text size="sm" c="dimmed">
              {text.keysOf.lead}
            </Text>
            <Text size="sm">
              {text.keysOf.places[k.place] ?? k.place} {k.changed && text.keysOf.changed(ago(k.changed))}{" "}
              {k.keys > 1 && text.keysOf.several(k.keys)}
            </Text>
            <Text size="sm">{text.keysOf.wrapped(k.datasets, k.old)}</Text>
          </div>
          {may && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconKey size={15} />}
              onClick={ask.open}
              loading={rotation.isPending || k.rotating}
            >
              {text.keysOf.rotate}
            </Button>
          )}
        </Group>
      )}
      {k && (rotation.isPending || k.rotating) && (
        <div className={css.keys}>
          <Progress value={k.total ? (100 * k.done) / k.total : 0} size={6} mt={8} aria-label={text.keysOf.rotate} />
          <Text size="xs" c="dimmed" className="num">
            {text.keysOf.progress(k.done, k.total)}
          </Text>
        </div>
      )}
      {rotation.data && (
        <p className={css.intact} role="status">
          {text.keysOf.done(rotation.data.datasets, rotation.data.made, rotation.data.retired)}
          {rotation.data.next && <span className="soft"> {text.error.next(rotation.data.next)}</span>}
        </p>
      )}
      <Modal opened={asking} onClose={ask.close} title={text.keysOf.sure}>
        <Text size="sm">{k && text.keysOf.what[k.place]}</Text>
        <ErrorPanel error={rotation.error} />
        <Group justify="flex-end" mt="md" gap={8}>
          <Button variant="default" onClick={ask.close}>
            {text.cancel}
          </Button>
          <Button
            data-autofocus
            loading={rotation.isPending}
            onClick={() => rotation.mutate(undefined, { onSuccess: ask.close })}
          >
            {text.keysOf.rotate}
          </Button>
        </Group>
      </Modal>
    </Part>
  );
}
