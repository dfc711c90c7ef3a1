import { ActionIcon, Button } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { Schemas } from "../../api/types";
import { ago, moment, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useMe } from "../account/account.query";
import { useMay } from "../account/may";
import type { RunPath } from "../run/run.query";
import { Composer } from "./Composer";
import { Face } from "./Face";
import { pieces } from "./mention.model";
import css from "./together.module.css";
import { useTalk } from "./together.query";

/** What somebody said. Whoever said it can write it anew or take it back; a steward removes what others said. */
export function Remark({ path, remark: r }: { path: RunPath; remark: Schemas["Remark"] }) {
  const [state, setState] = useState<"shown" | "edited" | "removed">("shown");
  const talk = useTalk(path);
  const own = r.by.account === useMe().data?.id;
  const moderator = useMay(path.workspace)("steward");
  const show = () => setState("shown");
  return (
    <li data-testid="remark">
      <Face {...r.by} small />
      <div className={css.said}>
        <span>
          <strong>{r.by.name}</strong>{" "}
          <time className="soft" dateTime={r.at} title={moment(r.at)}>
            {ago(r.at)}
          </time>
          {r.edited && (
            <span className="soft" title={text.together.editedWhen(moment(r.edited))}>
              {" "}
              · {text.together.edited}
            </span>
          )}
        </span>
        {state === "edited" ? (
          <Composer
            workspace={path.workspace}
            busy={talk.isPending}
            before={r.text}
            onCancel={show}
            onSay={(said, mentions) =>
              talk.mutate({ do: "edit", remark: r.id, text: said, mentions }, { onSuccess: show })
            }
          />
        ) : (
          <p className="wrap">
            {pieces(r.text, r.mentions ?? []).map((x, i) => (x.name ? <mark key={i}>{x.text}</mark> : x.text))}
          </p>
        )}
        {state === "removed" && (
          <div className={css.remove} role="group" aria-label={text.together.remove}>
            <span>
              {own ? text.together.removeOwn : text.together.removeForeign(r.by.name)} {text.together.removeWhy}
            </span>
            <Button size="compact-sm" variant="subtle" color="gray" onClick={show}>
              {text.cancel}
            </Button>
            <Button
              size="compact-sm"
              color="red.9"
              autoFocus
              loading={talk.isPending}
              onClick={() => talk.mutate({ do: "unsay", remark: r.id })}
            >
              {text.together.remove}
            </Button>
          </div>
        )}
        <ErrorPanel error={talk.error} />
      </div>
      {state === "shown" && (
        <span className={css.acts}>
          {own && <Act label={text.together.edit} icon={<IconPencil size={14} />} onClick={() => setState("edited")} />}
          {(own || moderator) && (
            <Act label={text.together.remove} icon={<IconTrash size={14} />} onClick={() => setState("removed")} />
          )}
        </span>
      )}
    </li>
  );
}

function Act({ label, icon, onClick }: { label: string; icon: React.ReactNode; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} title={label} onClick={onClick}>
      {icon}
    </ActionIcon>
  );
}
