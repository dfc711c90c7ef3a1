import { Button, Group, Modal, Text } from "@mantine/core";
import type { useDisclosure } from "@mantine/hooks";
import { IconArrowRight } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import type { Tally } from "./point.model";
import css from "./point.module.css";
import type { PointMoves } from "./point.query";

interface Props {
  tally: Tally;
  changes: string;
  moves: PointMoves;
  /** What happens next, in words. */
  next: string;
  confirm: ReturnType<typeof useDisclosure>;
  mayClose: boolean;
  /** What is to be decided first, where going on takes something along. */
  before?: () => Promise<unknown> | undefined;
  /** The label of the way on. */
  label?: string;
  children?: ReactNode;
}

/** The foot of a control point: how far it is decided, what that changes, and the way on. */
export function PointBar({ tally, changes, moves, next, confirm, mayClose, before, label, children }: Props) {
  const [open, dialog] = confirm;
  const rest = tally.items - tally.decided;
  const { close, decide } = moves;
  const follow = useNavigate({ from: "/w/$workspace/runs/$run" });
  const go = async () => {
    try {
      await before?.();
    } catch {
      return; // shown below
    }
    close.mutate(undefined, {
      onSuccess: () => {
        dialog.close();
        void follow({ search: {} }); // to wherever the run goes
      },
    });
  };
  return (
    <div className={css.bar} role="region" aria-label={text.point.bar}>
      <div className={css.told} aria-live="polite">
        <span className="num">
          <strong>{tally.decided}</strong> {text.point.of(tally.items)}
        </span>
        <span className={`${css.track}`} aria-hidden>
          <span style={{ width: `${tally.items ? (100 * tally.decided) / tally.items : 0}%` }} />
        </span>
        <span className="soft num">{changes}</span>
      </div>
      <Group gap={8} wrap="nowrap">
        {children}
        {!mayClose && (
          <Text size="sm" c="dimmed" data-testid="viewer">
            {text.point.viewer}
          </Text>
        )}
        {mayClose && (
          <Button rightSection={<IconArrowRight size={16} />} onClick={dialog.open} data-testid="go-on">
            {label ?? text.point.goOn}
          </Button>
        )}
      </Group>
      <Modal opened={open} onClose={dialog.close} title={text.point.confirmTitle}>
        <Text size="sm">{changes || text.point.nothingChanges}</Text>
        {rest > 0 && !before && (
          <Text size="sm" mt={8}>
            {text.point.rest(rest)}
          </Text>
        )}
        <Text size="sm" c="dimmed" mt={8}>
          {next}
        </Text>
        {(close.error ?? (before && decide.error)) && (
          <div style={{ marginTop: 12 }}>
            <ErrorPanel error={close.error ?? decide.error} />
          </div>
        )}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={dialog.close}>
            {text.point.notYet}
          </Button>
          <Button
            data-autofocus
            // Decisions that are on their way go first; closing waits for them by itself.
            loading={close.isPending || (before !== undefined && decide.isPending)}
            onClick={go}
            data-testid="confirm-go-on"
          >
            {label ?? text.point.goOn}
          </Button>
        </Group>
      </Modal>
    </div>
  );
}
