import { Alert, Badge, Button, Group, Modal, Skeleton, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { list } from "../../api/types";
import { text } from "../../text/text";
import { Copy } from "../../ui/Copy";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useHeld } from "../account/useHeld";
import { Deliveries } from "./Deliveries";
import { WebhookForm } from "./WebhookForm";
import css from "./webhook.module.css";
import { useWebhookActs, useWebhooks, type Wanted, type Webhook } from "./webhook.query";

/** Which webhook is changed, and what was typed. */
interface Draft {
  of: string;
  typed: Wanted | null;
}

/** The programs that are told of what happens in the workspace. */
export function Webhooks({ workspace }: { workspace: string }) {
  const all = useWebhooks(workspace);
  const act = useWebhookActs(workspace);
  // The form outlives a reload, with what was typed into it.
  const [draft, setDraft] = useHeld<Draft>(`webhook.${workspace}`);
  const form = draft?.of === "new" ? "new" : (all.data?.find((w) => w.id === draft?.of) ?? null);
  const [asked, setAsked] = useState<{ do: "secret" | "remove"; webhook: Webhook } | null>(null);
  const [log, setLog] = useState<Webhook | null>(null);
  const [secret, setSecret] = useState("");
  const test = (w: Webhook) =>
    act.mutate(
      { do: "test", webhook: w.id },
      {
        onSuccess: () => {
          notifications.show({ message: text.webhook.tested });
          setLog(w);
        },
      },
    );
  return (
    <>
      <div className={css.top}>
        <Text size="sm" c="dimmed" maw={560}>
          {text.webhook.lead}
        </Text>
        <Button leftSection={<IconPlus size={16} />} onClick={() => setDraft({ of: "new", typed: null })}>
          {text.webhook.make}
        </Button>
      </div>
      {secret && <Secret secret={secret} onKept={() => setSecret("")} />}
      <ErrorPanel
        error={all.error ?? (form || asked ? null : act.error)}
        retry={all.error ? () => all.refetch() : undefined}
      />
      {all.isPending && <Skeleton h={120} radius="lg" role="status" aria-label={text.loading} />}
      {all.data?.length === 0 && (
        <div className="card">
          <Empty title={text.webhook.none}>{text.webhook.noneWhy}</Empty>
        </div>
      )}
      {!!all.data?.length && (
        <ul className={`card ${css.list}`}>
          {all.data.map((w) => (
            <li key={w.id}>
              <div className={css.what}>
                <strong className="wrap">{w.url}</strong>
                <span className="soft">
                  {list(w.events)
                    .map((e) => text.webhook.kinds[e] ?? e)
                    .join(" · ")}
                </span>
                <State of={w} />
              </div>
              <Group gap={6}>
                <Button size="xs" variant="default" onClick={() => test(w)} disabled={!w.active}>
                  {text.webhook.test}
                </Button>
                <Button size="xs" variant="default" onClick={() => setLog(w)} aria-label={text.webhook.logOf(w.url)}>
                  {text.webhook.log}
                </Button>
                <Button size="xs" variant="default" onClick={() => setDraft({ of: w.id, typed: null })}>
                  {text.webhook.change}
                </Button>
                <Button size="xs" variant="default" onClick={() => setAsked({ do: "secret", webhook: w })}>
                  {text.webhook.rotate}
                </Button>
                <Button size="xs" variant="subtle" color="red" onClick={() => setAsked({ do: "remove", webhook: w })}>
                  {text.webhook.remove}
                </Button>
              </Group>
            </li>
          ))}
        </ul>
      )}
      {form && (
        <WebhookForm
          of={form === "new" ? undefined : form}
          typed={draft?.typed ?? null}
          onType={(typed) => setDraft((now) => now && { ...now, typed })}
          busy={act.isPending}
          error={act.error}
          onClose={() => {
            setDraft(null);
            act.reset();
          }}
          onSave={(wanted) =>
            act.mutate(form === "new" ? { do: "make", wanted } : { do: "change", webhook: form.id, wanted }, {
              onSuccess: (w) => {
                setSecret(w?.secret ?? "");
                setDraft(null);
              },
            })
          }
        />
      )}
      <Modal
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={asked?.do === "remove" ? text.webhook.removeSure(asked.webhook.url) : text.webhook.rotateSure}
      >
        <Text size="sm">{asked?.do === "remove" ? text.webhook.removeWhat : text.webhook.rotateWhat}</Text>
        <ErrorPanel error={act.error} />
        <Group justify="flex-end" mt="md" gap={8}>
          <Button variant="default" onClick={() => setAsked(null)}>
            {text.cancel}
          </Button>
          <Button
            color="red.9"
            loading={act.isPending}
            data-autofocus
            onClick={() =>
              asked &&
              act.mutate(
                { do: asked.do, webhook: asked.webhook.id },
                {
                  onSuccess: (w) => {
                    if (asked.do === "secret") setSecret(w?.secret ?? "");
                    setAsked(null);
                  },
                },
              )
            }
          >
            {asked?.do === "remove" ? text.webhook.remove : text.webhook.rotate}
          </Button>
        </Group>
      </Modal>
      {log && <Deliveries workspace={workspace} webhook={log} onClose={() => setLog(null)} />}
    </>
  );
}

function State({ of: w }: { of: Webhook }) {
  if (w.active && w.failures === 0) return null;
  return (
    <span>
      {!w.active && (
        <Badge size="sm" color="gray" variant="light" tt="none" mr={8}>
          {text.webhook.off}
        </Badge>
      )}
      {w.failures > 0 && <span className={css.failing}>{text.webhook.failing(w.failures)}. </span>}
      {w.note && <span className="soft">{w.note}</span>}
    </span>
  );
}

function Secret({ secret, onKept }: { secret: string; onKept: () => void }) {
  return (
    <Alert color="pine" title={text.webhook.secretShown} role="status">
      <Text size="sm" mb={6}>
        {text.webhook.secretWhy}
      </Text>
      <Group gap={8} wrap="nowrap">
        <code className="mono wrap" data-testid="webhook-secret" style={{ flex: 1 }}>
          {secret}
        </code>
        <Copy value={secret} />
      </Group>
      <Button size="xs" mt="sm" onClick={onKept}>
        {text.webhook.kept}
      </Button>
    </Alert>
  );
}
