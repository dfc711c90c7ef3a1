import { Alert, Button, Group, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import type { PointMoves } from "./point.query";

/** Decisions that were not taken: because somebody was quicker, or because something is wrong with them. They stay here until
 * they are taken after all, or somebody has seen them, and the control point is not closed before. */
export function NotTaken({ moves }: { moves: PointMoves }) {
  const all = Object.values(moves.lost);
  const first = all[0];
  const asked = moves.ask.error ?? moves.sendBack.error;
  if (!first) {
    return asked ? (
      <div style={{ padding: "10px 16px" }}>
        <ErrorPanel error={asked} />
      </div>
    ) : null;
  }
  const conflict = all.every((p) => p.conflict);
  return (
    <Alert
      color="yellow"
      icon={<IconUsers size={18} />}
      title={conflict ? text.point.conflict : text.point.notTaken(all.length)}
      radius={0}
      role="alert"
    >
      <Group justify="space-between" gap="sm" align="flex-start">
        <div>
          <Text size="sm">{conflict ? text.point.conflictWhy(all.length) : first.message}</Text>
          {!conflict && first.next && <Text size="sm">{text.error.next(first.next)}</Text>}
        </div>
        <Button size="xs" variant="default" onClick={moves.seen}>
          {text.point.conflictSeen}
        </Button>
      </Group>
    </Alert>
  );
}
