import { Button, Indicator, Popover, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBell } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/types";
import type { RunView } from "../../app/router";
import { ago, moment, text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import css from "./together.module.css";
import { useNotices, useSee } from "./together.query";

/** What one was told of: who named one, what one is to see to, which runs wait. */
export function Notices({ className }: { className?: string }) {
  const [open, panel] = useDisclosure(false);
  const all = useNotices();
  const see = useSee();
  const unseen = all.data?.unseen ?? 0;
  return (
    <Popover opened={open} onChange={(o) => !o && panel.close()} width={360} position="right-end" shadow="lg" trapFocus>
      <Popover.Target>
        <UnstyledButton className={className} onClick={panel.toggle} data-testid="notices">
          <Indicator disabled={unseen === 0} size={8} color="red" offset={2}>
            <IconBell size={18} stroke={1.6} aria-hidden />
          </Indicator>
          <span style={{ fontSize: 13 }}>{text.together.notices}</span>
          {unseen > 0 && (
            <span className={`num ${css.unseen}`}>
              {unseen}
              <span className="hidden"> {text.together.unseen}</span>
            </span>
          )}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={text.together.notices}>
        <div className={css.noticesHead}>
          <strong>{text.together.notices}</strong>
          <Button
            size="compact-sm"
            variant="subtle"
            disabled={unseen === 0}
            loading={see.isPending}
            onClick={() => see.mutate([])}
          >
            {text.together.seeAll}
          </Button>
        </div>
        <ErrorPanel error={all.error ?? see.error} />
        {all.data?.notices.length === 0 && <Empty title={text.together.noNotices}>{text.together.noNoticesWhy}</Empty>}
        <ul className={css.notices}>
          {all.data?.notices.map((n) => (
            <li key={n.id} data-seen={n.seen}>
              <Notice
                notice={n}
                onOpen={() => {
                  panel.close();
                  if (!n.seen) see.mutate([n.id]);
                }}
              />
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

type Told = keyof typeof text.together.told;
const toldAs = (kind: string) => text.together.told[(kind in text.together.told ? kind : "remarked") as Told];

function Notice({ notice: n, onOpen }: { notice: Schemas["Notice"]; onOpen: () => void }) {
  return (
    <Link
      to="/w/$workspace/runs/$run"
      params={{ workspace: n.workspace, run: n.run }}
      search={{ view: n.item ? (n.stage as RunView) : undefined, item: n.item }}
      className={css.notice}
      onClick={onOpen}
    >
      <span>
        {toldAs(n.kind)(n.by?.name ?? "", n.file, n.stage ? text.stage[n.stage as "quality"].toLowerCase() : "")}
      </span>
      {n.text && (
        <Text size="xs" className="wrap" lineClamp={2}>
          “{n.text}”
        </Text>
      )}
      <time className="soft" dateTime={n.at} title={moment(n.at)}>
        {ago(n.at)}
      </time>
    </Link>
  );
}
