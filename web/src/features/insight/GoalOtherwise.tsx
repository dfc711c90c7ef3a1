import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { Schemas } from "../../api/types";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import type { PointMoves } from "../point/point.query";
import { GoalFields } from "../reception/GoalFields";
import { type RunPath, runKey } from "../run/run.query";

interface Props {
  path: RunPath;
  goal: Schemas["Goal"];
  moves: PointMoves;
  live: boolean;
}

type Direction = "up" | "down" | "";

/** How the goal was read for these insights. Read otherwise, the stage looks again. */
export function GoalOtherwise({ path, goal, moves, live }: Props) {
  const [open, dialog] = useDisclosure(false);
  const [typed, type] = useState<{ kpi?: string; direction?: Direction }>({});
  const facts = useQuery({
    queryKey: [...runKey(path.workspace, path.run), "reception"],
    queryFn: () => body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/reception", { params: { path } })),
    enabled: open,
  });
  const read = { kpi: goal.kpi, direction: goal.direction as Direction };
  const { kpi, direction } = { ...read, ...typed };
  const { sendBack } = moves;
  return (
    <div>
      <Text size="sm" c="dimmed">
        {text.insight.reading(read.kpi, text.reception.directions[read.direction || "none"].toLowerCase())}{" "}
        {live && (
          <Button variant="subtle" size="compact-sm" onClick={dialog.open}>
            {text.insight.otherwise}
          </Button>
        )}
      </Text>
      <Modal opened={open} onClose={dialog.close} title={text.insight.otherwise}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {text.insight.otherwiseWhy}
          </Text>
          <GoalFields
            facts={facts.data}
            kpi={kpi}
            direction={direction}
            live
            onKpi={(v) => type({ ...typed, kpi: v })}
            onDirection={(v) => type({ ...typed, direction: v as Direction })}
          />
          <ErrorPanel error={facts.error ?? sendBack.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              {text.cancel}
            </Button>
            <Button
              disabled={kpi === read.kpi && direction === read.direction}
              loading={sendBack.isPending}
              onClick={() => sendBack.mutate({ goal: { kpi, direction } }, { onSuccess: dialog.close })}
            >
              {text.insight.lookAgain}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  );
}
