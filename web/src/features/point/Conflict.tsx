import { Alert, Button, Group, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import type { PointMoves } from "./point.query";

/** A decision that was not taken: because somebody was quicker, or because something is wrong with it. */
export function NotTaken({ moves }: { moves: PointMoves }) {
  const failed = moves.decide.error ? moves.decide : moves.withdraw.error ? moves.withdraw : moves.sendBack;
  const error = failed.error;
  if (!error) return null;
  if (!error.conflict) {
    return (
      <div style={{ padding: "10px 16px" }}>
        <ErrorPanel error={error} />
      </div>
    );
  }
  return (
    <Alert color="yellow" icon={<IconUsers size={18} />} title={text.point.conflict} radius={0} role="alert">
      <Group justify="space-between" gap="sm">
        <Text size="sm">{text.point.conflictWhy}</Text>
        <Button size="xs" variant="default" onClick={() => failed.reset()}>
          {text.point.conflictSeen}
        </Button>
      </Group>
    </Alert>
  );
}
