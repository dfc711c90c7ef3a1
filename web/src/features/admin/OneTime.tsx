import { Alert, Button, CopyButton, Group, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { Schemas } from "../../api/types";
import { moment, text } from "../../text/text";

/** A link for somebody else, to be copied now: nobody can see it again. */
export function OneTime({ link, onClose }: { link: Schemas["Link"]; onClose?: () => void }) {
  const address = window.location.origin + link.path;
  return (
    <Alert
      color="pine"
      title={text.admin.linkReady}
      mb="md"
      withCloseButton={!!onClose}
      onClose={onClose}
      role="status"
    >
      <Text size="sm" mb={6}>
        {text.admin.linkWhy(moment(link.expires))}
      </Text>
      <Group gap={8} wrap="nowrap">
        <code className="mono wrap" data-testid="one-time" style={{ flex: 1 }}>
          {address}
        </code>
        <CopyButton value={address}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              onClick={copy}
            >
              {copied ? text.evidence.copied : text.admin.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
