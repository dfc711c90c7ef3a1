import { Button, Kbd, Menu } from "@mantine/core";
import { IconZoomIn } from "@tabler/icons-react";
import type { Schemas } from "../../api/types";
import { text } from "../../text/text";
import type { Ask } from "./insight.model";

const ways = ["kind", "columns"] as const;

interface Props {
  item: string;
  asked: Schemas["Asked"][];
  onMore: (like: Ask["like"]) => void;
}

/** Asks for more like an insight: of its kind, or about its columns. */
export function MoreLike({ item, asked, onMore }: Props) {
  return (
    <Menu position="bottom-start" shadow="md" width={250}>
      <Menu.Target>
        <Button
          data-more={item}
          size="xs"
          variant="default"
          leftSection={<IconZoomIn size={15} />}
          rightSection={<Kbd size="xs">m</Kbd>}
        >
          {text.insight.more}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ways.map((like) => (
          <Menu.Item
            key={like}
            onClick={() => onMore(like)}
            disabled={asked.some((a) => a.like === like && a.found === 0)}
          >
            {text.insight.moreLike[like]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
