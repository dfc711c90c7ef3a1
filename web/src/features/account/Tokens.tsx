import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { Problem } from "../../api/problem";
import { list, type Schemas } from "../../api/types";
import { ago, moment, text } from "../../text/text";
import { Copy } from "../../ui/Copy";
import { ErrorPanel } from "../../ui/ErrorPanel";
import css from "./account.module.css";
import { presets, scopes } from "./token.model";

const key = ["tokens"];

/** One's own API tokens: made with scopes and an end, shown once, revoked. */
export function Tokens() {
  const queries = useQueryClient();
  const all = useQuery({
    queryKey: key,
    queryFn: async () => list((await body(api.GET("/api/v1/me/tokens"))).tokens),
  });
  const [making, make] = useDisclosure(false);
  const [ending, setEnding] = useState<Schemas["APIToken"] | null>(null);
  const revoke = useMutation({
    mutationFn: (token: string) => body(api.DELETE("/api/v1/me/tokens/{token}", { params: { path: { token } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  const t = text.account;
  return (
    <section className={`card ${css.part}`} aria-labelledby="tokens">
      <Group justify="space-between">
        <h2 id="tokens">{t.tokens}</h2>
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={make.open}>
          {t.tokenMake}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mb="xs">
        {t.tokensWhy}
      </Text>
      <ErrorPanel error={all.error ?? revoke.error} />
      {all.isPending && <Skeleton h={40} role="status" aria-label={text.loading} />}
      {all.data?.length === 0 && <Text size="sm">{t.tokenNone}</Text>}
      <ul className={css.rows}>
        {all.data?.map((k) => (
          <li key={k.id}>
            <span className="clip" title={list(k.scopes).join(", ")}>
              {k.name} <span className="soft">({text.account.tokenMay(list(k.scopes).length)})</span>
            </span>
            <span className="soft">{k.used ? t.tokenUsed(ago(k.used)) : t.tokenNever}</span>
            <span className="soft" title={moment(k.expires)}>
              {t.tokenUntil(ago(k.expires))}
            </span>
            <Button
              size="compact-xs"
              variant="subtle"
              color="red"
              onClick={() => setEnding(k)}
              aria-label={t.tokenRevokeOne(k.name)}
            >
              {t.tokenRevoke}
            </Button>
          </li>
        ))}
      </ul>
      <Modal opened={making} onClose={make.close} title={t.tokenMake} size="lg">
        <Make onDone={make.close} />
      </Modal>
      <Modal opened={ending !== null} onClose={() => setEnding(null)} title={t.tokenRevokeOne(ending?.name ?? "")}>
        <Text size="sm">{t.tokenRevokeWhat}</Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setEnding(null)}>
            {text.cancel}
          </Button>
          <Button
            color="red"
            data-autofocus
            loading={revoke.isPending}
            onClick={() => ending && revoke.mutate(ending.id, { onSuccess: () => setEnding(null) })}
          >
            {t.tokenRevoke}
          </Button>
        </Group>
      </Modal>
    </section>
  );
}

function Make({ onDone }: { onDone: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [chosen, setChosen] = useState<string[]>([...presets.read]);
  const make = useMutation<Schemas["NewAPIToken"], Problem, void>({
    mutationFn: () => {
      const expires = new Date(Date.now() + Number(days) * 86_400_000).toISOString();
      return body(api.POST("/api/v1/me/tokens", { body: { name: name.trim(), scopes: chosen, expires } }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
  const t = text.account;
  if (make.data) {
    return (
      <Alert color="pine" title={t.tokenShown} role="status">
        <Group gap={8} wrap="nowrap">
          <code className="mono wrap" style={{ flex: 1 }} data-testid="token">
            {make.data.token}
          </code>
          <Copy value={make.data.token} />
        </Group>
        <Button size="xs" mt="sm" onClick={onDone}>
          {t.tokenKept}
        </Button>
      </Alert>
    );
  }
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        make.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={t.tokenName}
          description={t.tokenNameWhy}
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
        />
        <NativeSelect
          label={t.tokenDays}
          data={["7", "30", "90", "365"].map((d) => ({ value: d, label: t.tokenDaysOf(Number(d)) }))}
          value={days}
          onChange={(e) => setDays(e.currentTarget.value)}
        />
        <Group gap={6}>
          {(Object.keys(presets) as (keyof typeof presets)[]).map((p) => (
            <Button key={p} size="compact-xs" variant="default" onClick={() => setChosen([...presets[p]])}>
              {t.tokenPresets[p]}
            </Button>
          ))}
        </Group>
        <Checkbox.Group label={t.tokenScopes} value={chosen} onChange={setChosen}>
          <div className={css.scopes}>
            {scopes.map((s) => (
              <Checkbox key={s} size="xs" value={s} label={<code>{s}</code>} />
            ))}
          </div>
        </Checkbox.Group>
        <ErrorPanel error={make.error} />
        <Button type="submit" disabled={!name.trim() || chosen.length === 0} loading={make.isPending}>
          {t.tokenMake}
        </Button>
      </Stack>
    </form>
  );
}
