import { Button, Skeleton, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRefresh } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { ago, text, words } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Part, useManages } from "./Part";
import css from "./system.module.css";
import { type Again, useAgain, useDeadMessages, useDeadTasks } from "./system.query";

/** Something that was given up. */
interface Given {
  id: string;
  what: string;
  more: string;
  run: string;
  again: Again;
}

interface Words {
  title: string;
  none: string;
  act: string;
  done: string;
}

/** The tasks that were given up, each of which stops its run. */
export function DeadTasks() {
  const dead = useDeadTasks();
  const given = dead.data?.map((d) => ({
    id: d.id,
    what: text.run.handlers[d.handler] ?? words(d.handler),
    more: `${text.stage[d.stage as "quality"] ?? d.stage} · ${text.system.attempts(d.attempts)} · ${ago(d.created)}`,
    run: d.run,
    again: { run: d.run },
  }));
  return <Dead id="dead-tasks" query={dead} given={given} say={text.system.deadTasks} />;
}

/** The messages that could not be handled. */
export function DeadMessages() {
  const dead = useDeadMessages();
  const given = dead.data?.map((d) => ({
    id: String(d.seq),
    what: text.system.messages[d.kind.replace(/^(command|event)\./, "")] ?? words(d.kind),
    more: `${text.system.attempts(d.tries)} · ${ago(d.at)}`,
    run: d.run,
    again: { seq: d.seq },
  }));
  return <Dead id="dead-messages" query={dead} given={given} say={text.system.deadMessages} />;
}

interface Props {
  id: string;
  query: Pick<UseQueryResult, "error" | "isPending" | "refetch">;
  given: Given[] | undefined;
  say: Words;
}

function Dead({ id, query, given, say }: Props) {
  const again = useAgain();
  const may = useManages();
  return (
    <Part id={id} title={say.title}>
      <ErrorPanel error={query.error ?? again.error} retry={query.error ? () => query.refetch() : undefined} />
      {query.isPending && <Skeleton h={40} radius="lg" role="status" aria-label={text.loading} />}
      {given?.length === 0 && (
        <Text size="sm" c="dimmed">
          {say.none}
        </Text>
      )}
      {!!given?.length && (
        <ul className={`card ${css.rows}`} data-testid={id}>
          {given.map((d) => (
            <li key={d.id}>
              <span>
                <strong>{d.what}</strong> <span className="soft">{d.more}</span>
                <code className="soft clip">{text.system.runOf(d.run)}</code>
              </span>
              {may && (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconRefresh size={14} />}
                  loading={again.isPending && again.variables === d.again}
                  onClick={() => again.mutate(d.again, { onSuccess: () => notifications.show({ message: say.done }) })}
                >
                  {say.act}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}
