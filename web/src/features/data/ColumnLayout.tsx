import { Button } from "@mantine/core";
import { IconEyeOff, IconPin, IconPinnedOff } from "@tabler/icons-react";
import { text } from "../../text/text";
import { step } from "./columns.model";
import css from "./grid.module.css";
import type { Columns } from "./useColumns";

interface Props {
  name: string;
  columns: Columns;
}

/** How wide a column is, whether it stays at the left, and whether it is shown. */
export function ColumnLayout({ name, columns }: Props) {
  const width = columns.width(name);
  const pinned = columns.isPinned(name);
  return (
    <div className={css.panel} style={{ gap: 6 }}>
      <div className={css.tools} role="group" aria-label={text.data.width}>
        <Button size="compact-xs" flex={1} variant="default" onClick={() => columns.resize(name, width - step)}>
          {text.data.narrower}
        </Button>
        <Button size="compact-xs" flex={1} variant="default" onClick={() => columns.resize(name, width + step)}>
          {text.data.wider}
        </Button>
        <Button size="compact-xs" flex={2} variant="default" onClick={() => columns.fit(name)}>
          {text.data.fit}
        </Button>
        <span className="hidden" aria-live="polite">
          {text.data.wide(Math.round(width))}
        </span>
      </div>
      <div className={css.tools}>
        <Button
          size="compact-xs"
          flex={1}
          variant="default"
          leftSection={pinned ? <IconPinnedOff size={14} /> : <IconPin size={14} />}
          onClick={() => columns.pin(name, !pinned)}
        >
          {pinned ? text.data.unpin : text.data.pin}
        </Button>
        <Button
          size="compact-xs"
          flex={1}
          variant="default"
          leftSection={<IconEyeOff size={14} />}
          disabled={columns.names.length === 1}
          onClick={() => columns.show(name, false)}
        >
          {text.data.hide}
        </Button>
      </div>
    </div>
  );
}
