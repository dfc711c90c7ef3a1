import { ActionIcon, Button, Group, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChecks, IconDots } from "@tabler/icons-react";
import { useEffect } from "react";
import { text } from "../../text/text";
import { type Choice, type Decision, decideOpen, type Item } from "../point/point.model";

interface Props {
  /** What is decided on: all there is, or what the filter shows. */
  items: Item[];
  filtered: boolean;
  decisions: Record<string, Decision>;
  narrow: boolean;
  onTake: (choices: Choice[]) => void;
  onUndo: (items: string[]) => void;
}

/** Decides on many issues at once: on those that the filter shows, where one is set. It can be undone as one. */
export function Bulk({ items, filtered, decisions, narrow, onTake, onUndo }: Props) {
  // What can be undone here cannot be undone elsewhere.
  useEffect(() => () => void notifications.hide("bulk"), []);
  const recommended = decideOpen(items, decisions, "accept");
  const rejected = decideOpen(items, decisions, "reject");
  const take = (choices: Choice[], said: string) => {
    onTake(choices);
    notifications.show({
      id: "bulk",
      message: (
        <span>
          {said}{" "}
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              notifications.hide("bulk");
              onUndo(choices.map((c) => c.item));
            }}
          >
            {text.point.undo}
          </Button>
        </span>
      ),
      autoClose: 12_000,
    });
  };
  if (rejected.length === 0) return null;
  return (
    <Group gap={6} wrap="nowrap">
      {recommended.length > 0 && (
        <Button
          variant="default"
          leftSection={<IconChecks size={16} />}
          onClick={() => take(recommended, text.quality.bulkDone(recommended.length))}
          data-testid="accept-recommended"
        >
          {text.quality.bulk(recommended.length, narrow, filtered)}
        </Button>
      )}
      <Menu position="top-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label={text.quality.bulkMore}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {(["reject", "leave"] as const).map((how) => (
            <Menu.Item
              key={how}
              onClick={() => take(decideOpen(items, decisions, how), text.quality.bulkTook[how](rejected.length))}
            >
              {text.quality.bulkOthers[how](rejected.length, filtered)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
