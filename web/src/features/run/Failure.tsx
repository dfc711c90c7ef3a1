import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconBan, IconClockExclamation } from "@tabler/icons-react";
import { text, words } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useMay } from "../account/may";
import type { Run } from "./run.model";
import css from "./run.module.css";
import { type RunPath, useMove } from "./run.query";

/** Why a run stands still, what was kept, and what can be done. */
export function Failure({ run, path }: { run: Run; path: RunPath }) {
  const move = useMove(path);
  const may = useMay(path.workspace);
  const f = run.failure;
  const kind = run.status as "failed" | "expired" | "aborted" | "erased";
  const refused = kind === "failed" && f?.refused;
  const Icon = kind === "expired" ? IconClockExclamation : kind === "aborted" ? IconBan : IconAlertTriangle;
  return (
    <div className={css.note}>
      <Alert
        color={kind === "failed" ? "red" : "gray"}
        icon={<Icon size={18} />}
        title={refused ? text.run.refused : text.run.stopped[kind]}
        maw={760}
      >
        {f && kind === "failed" && (
          <Text size="sm" className="wrap">
            {f.message}
            {f.handler && <span className="soft"> ({words(f.handler.replace(".", ": "))})</span>}
          </Text>
        )}
        <Text size="sm" mt={6}>
          {text.run.kept[kind]}
        </Text>
        <Text size="sm">{refused ? text.run.refusedNext : text.run.nextStep[kind]}</Text>
        <Group mt="sm" gap="xs">
          {kind === "failed" && !refused && may("analyst") && (
            <Button size="xs" loading={move.isPending} onClick={() => move.mutate({ do: "retry" })}>
              {text.run.retry}
            </Button>
          )}
          {kind === "expired" && may("steward") && (
            <Button size="xs" loading={move.isPending} onClick={() => move.mutate({ do: "renew" })}>
              {text.run.renew}
            </Button>
          )}
        </Group>
        <ErrorPanel error={move.error} />
      </Alert>
    </div>
  );
}
