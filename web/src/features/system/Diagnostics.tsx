import { Button, Group, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Part, useManages } from "./Part";
import css from "./system.module.css";
import { useDiagnostics } from "./system.query";

/** A file for those who help an operator. */
export function Diagnostics() {
  const bundle = useDiagnostics();
  if (!useManages()) return null;
  return (
    <Part id="diagnostics" title={text.diagnostics.title}>
      <Group gap="md">
        <Text size="sm" c="dimmed" maw={560}>
          {text.diagnostics.lead}
        </Text>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={15} />}
          loading={bundle.isPending}
          onClick={() => bundle.mutate()}
        >
          {text.diagnostics.get}
        </Button>
      </Group>
      <ErrorPanel error={bundle.error} />
      {bundle.data && (
        <p className={css.intact} role="status">
          {text.diagnostics.ready(bundle.data)}
        </p>
      )}
    </Part>
  );
}
