import { Button, Checkbox, Modal, Stack, Switch, TextInput } from "@mantine/core";
import type { Problem } from "../../api/problem";
import { list } from "../../api/types";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { events, type Wanted, type Webhook } from "./webhook.query";

interface Props {
  of: Webhook | undefined;
  /** What somebody typed and did not save yet. */
  typed: Wanted | null;
  onType: (typed: Wanted) => void;
  busy: boolean;
  error: Problem | null;
  onSave: (wanted: Wanted) => void;
  onClose: () => void;
}

const usual: Wanted = {
  url: "",
  events: ["control_point.opened", "control_point.expired", "run.done", "run.failed"],
  active: true,
};

/** The address of a webhook, and what it is told of. */
export function WebhookForm({ of, typed, onType, busy, error, onSave, onClose }: Props) {
  const wanted = typed ?? (of ? { url: of.url, events: list(of.events), active: of.active } : usual);
  const { url, events: told, active } = wanted;
  const type = (part: Partial<Wanted>) => onType({ ...wanted, ...part });
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
            onChange={(e) => type({ url: e.currentTarget.value })}
          />
          <Checkbox.Group label={text.webhook.events} value={told} onChange={(chosen) => type({ events: chosen })}>
            <Stack gap={6} mt={6}>
              {events.map((e) => (
                <Checkbox key={e} value={e} label={text.webhook.kinds[e]} size="sm" />
              ))}
            </Stack>
          </Checkbox.Group>
          <Switch
            label={text.webhook.active}
            checked={active}
            onChange={(e) => type({ active: e.currentTarget.checked })}
          />
          <ErrorPanel error={error} />
          <Button type="submit" loading={busy} disabled={!url.trim() || told.length === 0}>
            {text.save}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
