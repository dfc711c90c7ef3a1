import { Button, Code, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { encode } from "uqr";
import { api, body } from "../../api/client";
import type { Schemas } from "../../api/types";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import css from "./account.module.css";
import { meKey } from "./account.query";

/** Sets up a second factor, or takes it away. */
export function SecondFactor({ me }: { me: Schemas["Me"] }) {
  const queries = useQueryClient();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<string[]>([]);
  const reread = () => queries.invalidateQueries({ queryKey: meKey });
  const enrol = useMutation({ mutationFn: () => body(api.POST("/api/v1/me/totp", { body: { password } })) });
  const confirm = useMutation({
    mutationFn: () => body(api.POST("/api/v1/me/totp/confirm", { body: { code: code.trim() } })),
    onSuccess: (r) => {
      setCodes(r.recovery_codes ?? []);
      setCode("");
      setPassword("");
      enrol.reset();
    },
  });
  const remove = useMutation({
    mutationFn: () => body(api.POST("/api/v1/me/totp/remove", { body: { password, code: code.trim() } })),
    onSuccess: () => {
      setCode("");
      setPassword("");
      return reread();
    },
  });
  const codeField = (
    <TextInput
      label={text.account.code}
      inputMode="numeric"
      autoComplete="one-time-code"
      value={code}
      onChange={(e) => setCode(e.currentTarget.value)}
    />
  );
  const passwordField = me.password && (
    <PasswordInput
      label={text.account.password}
      autoComplete="current-password"
      value={password}
      onChange={(e) => setPassword(e.currentTarget.value)}
    />
  );
  return (
    <section className={`card ${css.part}`}>
      <h2>{text.account.factor}</h2>
      {codes.length > 0 ? (
        <Stack gap="sm">
          <Text size="sm">{text.account.factorCodes}</Text>
          <Code block>{codes.join("\n")}</Code>
          <Group>
            <Button
              variant="default"
              onClick={() => {
                setCodes([]);
                void reread();
              }}
            >
              {text.account.factorKept}
            </Button>
          </Group>
        </Stack>
      ) : me.totp ? (
        <Stack gap="sm" maw={380}>
          <Text size="sm">{text.account.factorOn(me.recovery_codes_left)}</Text>
          {passwordField}
          {codeField}
          <ErrorPanel error={remove.error} />
          <Group>
            <Button
              variant="default"
              color="red"
              disabled={!code}
              loading={remove.isPending}
              onClick={() => remove.mutate()}
            >
              {text.account.factorRemove}
            </Button>
          </Group>
        </Stack>
      ) : enrol.data ? (
        <Stack gap="sm" maw={420}>
          <Text size="sm">{text.account.factorScan}</Text>
          <Qr of={enrol.data.url} />
          <div>
            <Text size="xs" c="dimmed">
              {text.account.factorKey}
            </Text>
            <Code className="wrap">{enrol.data.secret}</Code>
          </div>
          {codeField}
          <ErrorPanel error={confirm.error} />
          <Group>
            <Button disabled={!code} loading={confirm.isPending} onClick={() => confirm.mutate()}>
              {text.account.confirm}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack gap="sm" maw={380}>
          <Text size="sm">{text.account.factorOff}</Text>
          {passwordField}
          <ErrorPanel error={enrol.error} />
          <Group>
            <Button
              variant="default"
              disabled={me.password && !password}
              loading={enrol.isPending}
              onClick={() => enrol.mutate()}
            >
              {text.account.factorBegin}
            </Button>
          </Group>
        </Stack>
      )}
    </section>
  );
}

function Qr({ of }: { of: string }) {
  const { size, data } = useMemo(() => encode(of, { border: 2 }), [of]);
  const path = data.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      width={180}
      height={180}
      role="img"
      aria-label={text.account.factorQr}
      style={{ background: "#fff", borderRadius: 8 }}
    >
      <path d={path} fill="#111" shapeRendering="crispEdges" />
    </svg>
  );
}
