import { Alert, Group, Text } from "@mantine/core";
import type { Schemas } from "../../api/types";
import { moment, text } from "../../text/text";
import { Copy } from "../../ui/Copy";

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
        <Copy value={address} />
      </Group>
    </Alert>
  );
}
