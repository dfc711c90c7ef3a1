import { Button, Checkbox, Modal, Stack, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Problem } from "../../api/problem";
import { list } from "../../api/types";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { events, type Wanted, type Webhook } from "./webhook.query";

interface Props {
  of: Webhook | undefined;
  busy: boolean;
  error: Problem | null;
  onSave: (wanted: Wanted) => void;
  onClose: () => void;
}

/** The address of a webhook, and what it is told of. */
export function WebhookForm({ of, busy, error, onSave, onClose }: Props) {
  const [url, setUrl] = useState(of?.url ?? "");
  const [told, setTold] = useState<string[]>(of ? list(of.events) : ["control_point.opened", "run.done", "run.failed"]);
  const [active, setActive] = useState(of?.active ?? true);
  return (
    <Modal opened onClose={onClose} title={of ? text.webhook.change : text.webhook.make}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          onSave({ url: url.trim(), events: told, active });
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={text.webhook.url}
            description={text.webhook.urlWhy}
            type="url"
            required
            withAsterisk={false}
            maxLength={2048}
            placeholder="https://"
            data-autofocus
            value={url}
            onChange={(e) => setUrl(e.currentTarget.value)}
          />
          <Checkbox.Group label={text.webhook.events} value={told} onChange={setTold}>
            <Stack gap={6} mt={6}>
              {events.map((e) => (
                <Checkbox key={e} value={e} label={text.webhook.kinds[e]} size="sm" />
              ))}
            </Stack>
          </Checkbox.Group>
          <Switch label={text.webhook.active} checked={active} onChange={(e) => setActive(e.currentTarget.checked)} />
          <ErrorPanel error={error} />
          <Button type="submit" loading={busy} disabled={!url.trim() || told.length === 0}>
            {text.save}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
