import { ActionIcon, Button, Group, Menu, Modal, Select, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBan, IconDots, IconRewindBackward5, IconTable } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { bytes, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { GrowingText } from "../../ui/GrowingText";
import { Status } from "../../ui/Status";
import { useMay } from "../account/may";
import { Present } from "../together/Present";
import { hasFindings, type Run, routeOf, type Stage, type Stop } from "./run.model";
import css from "./run.module.css";
import { type RunPath, useMove } from "./run.query";

/** Which file, for which goal, and where it stands. */
export function RunHead({ run, path }: { run: Run; path: RunPath }) {
  const [ending, end] = useDisclosure(false);
  const [reopening, reopen] = useDisclosure(false);
  const may = useMay(path.workspace);
  const done = routeOf(run).filter((s) => s.mark === "done" && s.items > 0);
  const read = run.status !== "erased" && hasFindings(routeOf(run)[0] as Stop);
  const over = ["done", "aborted", "erased"].includes(run.status);
  return (
    <header className={css.head}>
      <div style={{ minWidth: 0 }}>
        <nav className={css.crumb} aria-label={text.run.crumbs}>
          <Link to="/w/$workspace" params={{ workspace: path.workspace }}>
            {text.shell.home}
          </Link>
        </nav>
        <Group gap={10} wrap="nowrap">
          <Title order={1} size={20} className="clip" title={run.file}>
            {run.file}
          </Title>
          <Status status={run.status} stage={run.stage} />
        </Group>
        <Text size="sm" c="dimmed" className="wrap" lineClamp={2}>
          {bytes(run.bytes)} · {run.goal ? text.run.goal(run.goal) : text.run.noGoal}
        </Text>
      </div>
      <Group gap={8} wrap="nowrap">
        <Present path={path} />
        {read && (
          <Button
            component={Link}
            to="/w/$workspace/runs/$run/data"
            params={path as never}
            variant="default"
            size="sm"
            leftSection={<IconTable size={16} />}
          >
            {text.data.files}
          </Button>
        )}
        <Menu position="bottom-end" shadow="md" width={230}>
          <Menu.Target>
            <ActionIcon variant="default" size="lg" aria-label={text.run.more}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconRewindBackward5 size={16} />}
              disabled={!may("steward") || done.length === 0}
              onClick={reopen.open}
            >
              {text.run.reopen}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconBan size={16} />}
              color="red"
              disabled={!may("analyst") || over}
              onClick={end.open}
            >
              {text.run.abort}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <AbortDialog path={path} opened={ending} onClose={end.close} />
      <ReopenDialog path={path} opened={reopening} onClose={reopen.close} stages={done.map((s) => s.stage)} />
    </header>
  );
}

function AbortDialog({ path, opened, onClose }: { path: RunPath; opened: boolean; onClose: () => void }) {
  const [why, setWhy] = useState("");
  const move = useMove(path);
  return (
    <Modal opened={opened} onClose={onClose} title={text.run.abort}>
      <Text size="sm" mb="sm">
        {text.run.abortWhat}
      </Text>
      <GrowingText
        label={text.run.abortWhy}
        required
        withAsterisk={false}
        minRows={2}
        maxRows={8}
        maxLength={1000}
        value={why}
        onChange={(e) => setWhy(e.currentTarget.value)}
        data-autofocus
      />
      <ErrorPanel error={move.error} />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {text.cancel}
        </Button>
        <Button
          color="red"
          disabled={!why.trim()}
          loading={move.isPending}
          onClick={() => move.mutate({ do: "abort", why: why.trim() }, { onSuccess: onClose })}
        >
          {text.run.abort}
        </Button>
      </Group>
    </Modal>
  );
}

function ReopenDialog({
  path,
  opened,
  onClose,
  stages,
}: {
  path: RunPath;
  opened: boolean;
  onClose: () => void;
  stages: Stage[];
}) {
  const [stage, setStage] = useState<Stage | null>(null);
  const move = useMove(path);
  const chosen = stage ?? stages.at(-1);
  return (
    <Modal opened={opened} onClose={onClose} title={text.run.reopen}>
      <Text size="sm" mb="sm">
        {text.run.reopenWhat}
      </Text>
      <Select
        label={text.run.reopenStage}
        data={stages.map((s) => ({ value: s, label: text.stage[s] }))}
        value={chosen ?? null}
        onChange={(v) => setStage(v as Stage)}
      />
      <ErrorPanel error={move.error} />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {text.cancel}
        </Button>
        <Button
          disabled={!chosen}
          loading={move.isPending}
          onClick={() => chosen && move.mutate({ do: "reopen", stage: chosen }, { onSuccess: onClose })}
        >
          {text.run.reopen}
        </Button>
      </Group>
    </Modal>
  );
}
