import { Badge, Button, Modal, Skeleton, Text, UnstyledButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { list, type Schemas } from "../../api/types";
import { ago, moment, text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import css from "./webhook.module.css";
import { useDeliveries, useDelivery, useReplay, type Webhook } from "./webhook.query";

const colours: Record<string, string> = { delivered: "pine", given_up: "red", dropped: "gray", pending: "gray" };

/** What a webhook was told, what became of it, and sending it again. */
export function Deliveries({
  workspace,
  webhook,
  onClose,
}: {
  workspace: string;
  webhook: Webhook;
  onClose: () => void;
}) {
  const all = useDeliveries(workspace, webhook.id);
  const again = useReplay(workspace, webhook.id);
  const [open, setOpen] = useState("");
  const told = all.data?.pages.flatMap((p) => list(p.deliveries)) ?? [];
  return (
    <Modal opened onClose={onClose} title={text.webhook.logOf(webhook.url)} size="xl">
      <ErrorPanel error={all.error ?? again.error} retry={all.error ? () => all.refetch() : undefined} />
      {all.isPending && <Skeleton h={120} role="status" aria-label={text.loading} />}
      {all.data && told.length === 0 && <Empty title={text.webhook.logNone}>{text.webhook.logNoneWhy}</Empty>}
      <ul className={css.deliveries} data-testid="deliveries">
        {told.map((d) => (
          <li key={d.id}>
            <div className={css.delivery}>
              <UnstyledButton
                className={css.event}
                aria-expanded={open === d.id}
                onClick={() => setOpen(open === d.id ? "" : d.id)}
              >
                <strong>{text.webhook.kinds[d.event] ?? d.event}</strong>{" "}
                <time className="soft" title={moment(d.created)}>
                  {ago(d.created)}
                </time>
                <span className="soft">
                  {" "}
                  · {text.webhook.attempts(d.attempts)}
                  {d.next && ` · ${text.webhook.next(ago(d.next))}`}
                </span>
              </UnstyledButton>
              <Badge size="sm" variant="light" tt="none" color={colours[d.status] ?? "gray"}>
                {text.webhook.statuses[d.status] ?? d.status}
              </Badge>
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconRefresh size={14} />}
                disabled={!webhook.active}
                loading={again.isPending && again.variables === d.id}
                onClick={() =>
                  again.mutate(d.id, { onSuccess: () => notifications.show({ message: text.webhook.sentAgain }) })
                }
              >
                {text.webhook.again}
              </Button>
            </div>
            {open === d.id && <Attempts workspace={workspace} webhook={webhook.id} delivery={d} />}
          </li>
        ))}
      </ul>
      {all.hasNextPage && (
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          loading={all.isFetchingNextPage}
          onClick={() => all.fetchNextPage()}
        >
          {text.home.more}
        </Button>
      )}
    </Modal>
  );
}

function Attempts({
  workspace,
  webhook,
  delivery,
}: {
  workspace: string;
  webhook: string;
  delivery: Schemas["Delivery"];
}) {
  const one = useDelivery(workspace, webhook, delivery.id, delivery.attempts);
  if (!one.data) return one.error ? <ErrorPanel error={one.error} /> : <Skeleton h={60} />;
  return (
    <div className={css.attempts}>
      <ol>
        {list(one.data.log).map((a) => (
          <li key={a.attempt}>
            <time className="soft">{moment(a.at)}</time>{" "}
            {a.status ? text.webhook.answer(a.status, a.milliseconds) : text.webhook.noAnswer(a.milliseconds)}
            {a.error && <div className={`wrap ${css.failing}`}>{a.error}</div>}
            {a.answer && <pre tabIndex={0}>{a.answer}</pre>}
          </li>
        ))}
      </ol>
      <Text size="xs" c="dimmed">
        {text.webhook.sent}
      </Text>
      <pre tabIndex={0}>{one.data.body}</pre>
    </div>
  );
}
