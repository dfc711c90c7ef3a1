import { Alert, Button, Group, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { text } from "../../text/text";
import { useHeld } from "../account/useHeld";
import type { Run } from "../run/run.model";
import { type Corrections, corrected, heldAs, spoken } from "./reception.model";

/** How many of the corrections are said one by one. */
const most = 20;

/** Corrections of this tab that nobody sent before somebody else closed the control point: they are told, not dropped unseen. */
export function Unsent({ run }: { run: Run }) {
  const [typed, setTyped] = useHeld<Corrections>(heldAs(run));
  if (!typed || corrected(typed) === 0) return null;
  const all = spoken(typed);
  return (
    <Alert
      color="yellow"
      icon={<IconUsers size={18} />}
      title={text.reception.unsent(corrected(typed))}
      radius={0}
      role="alert"
    >
      <Group justify="space-between" gap="sm" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" className="wrap">
            {all.slice(0, most).join("; ")}
            {all.length > most && text.reception.unsentMore(all.length - most)}
          </Text>
          <Text size="sm">{text.reception.unsentNext}</Text>
        </div>
        <Button size="xs" variant="default" onClick={() => setTyped(null)}>
          {text.reception.unsentDrop}
        </Button>
      </Group>
    </Alert>
  );
}
