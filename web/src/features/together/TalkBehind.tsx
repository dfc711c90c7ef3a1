import { Button, Collapse } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMessageCircle } from "@tabler/icons-react";
import { text } from "../../text/text";
import type { RunPath } from "../run/run.query";
import { Talk } from "./Talk";
import { useDiscussion } from "./together.query";

/** The discussion of an item behind a button that says how much was said. */
export function TalkBehind({ path, item }: { path: RunPath; item: string }) {
  const [open, panel] = useDisclosure(false);
  const said = (useDiscussion(path).data?.remarks ?? []).filter((r) => r.item === item).length;
  return (
    <div>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={<IconMessageCircle size={14} />}
        aria-expanded={open}
        onClick={panel.toggle}
      >
        {text.together.open(said)}
      </Button>
      <Collapse expanded={open}>{open && <Talk path={path} item={item} />}</Collapse>
    </div>
  );
}
