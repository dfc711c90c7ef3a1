import { Alert, Button, Group, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body, tagged } from "../../api/client";
import { list } from "../../api/types";
import { ago, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Preferences } from "../together/Preferences";
import css from "./account.module.css";
import { meKey, useMe } from "./account.query";
import { NewPassword } from "./NewPassword";
import { SecondFactor } from "./SecondFactor";
import { Tokens } from "./Tokens";

/** One's own account: name, password, second factor, sessions. */
export function AccountPage() {
  const me = useMe();
  if (!me.data) return null;
  return (
    <div className="page" style={{ maxWidth: 720 }}>
      <Title order={1} size={22} mb="lg">
        {text.account.title}
      </Title>
      {me.data.restricted && (
        <Alert color="yellow" mb="md">
          {text.account.factorMust}
        </Alert>
      )}
      <Stack gap="lg">
        <Profile name={me.data.name} email={me.data.email} />
        {me.data.password && <Password />}
        <SecondFactor me={me.data} />
        {!me.data.restricted && <Preferences />}
        <Sessions />
        {!me.data.restricted && <Tokens />}
      </Stack>
    </div>
  );
}

function Profile({ name: before, email }: { name: string; email: string }) {
  const [name, setName] = useState(before);
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: async () => {
      const seen = await tagged(api.GET("/api/v1/me"));
      return body(
        api.PATCH("/api/v1/me", { params: { header: { "If-Match": seen.tag } }, body: { name: name.trim() } }),
      );
    },
    onSuccess: (me) => {
      queries.setQueryData(meKey, me);
      notifications.show({ message: text.account.profileSaved });
    },
  });
  return (
    <form
      className={`card ${css.part}`}
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <h2>{text.account.profile}</h2>
      <Stack gap="sm" maw={380}>
        <TextInput
          label={text.account.name}
          value={name}
          maxLength={100}
          required
          withAsterisk={false}
          onChange={(e) => setName(e.currentTarget.value)}
        />
        <TextInput label={text.account.email} value={email} readOnly variant="filled" />
        <ErrorPanel error={save.error} />
        <Group>
          <Button
            type="submit"
            variant="default"
            disabled={!name.trim() || name.trim() === before}
            loading={save.isPending}
          >
            {text.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Password() {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useMutation({
    mutationFn: () => body(api.PUT("/api/v1/me/password", { body: { old, new: fresh } })),
    onSuccess: () => {
      setOld("");
      setFresh("");
      notifications.show({ message: text.account.passwordChanged });
    },
  });
  return (
    <form
      className={`card ${css.part}`}
      onSubmit={(e) => {
        e.preventDefault();
        change.mutate();
      }}
    >
      <h2>{text.account.passwordTitle}</h2>
      <Stack gap="sm" maw={380}>
        <PasswordInput
          label={text.account.oldPassword}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={old}
          onChange={(e) => setOld(e.currentTarget.value)}
        />
        <NewPassword value={fresh} onChange={setFresh} />
        <ErrorPanel error={change.error} />
        <Group gap="sm">
          <Button type="submit" variant="default" disabled={!old || !fresh} loading={change.isPending}>
            {text.account.passwordChange}
          </Button>
          <Text size="xs" c="dimmed">
            {text.account.passwordWhy}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

function Sessions() {
  const queries = useQueryClient();
  const key = ["sessions"];
  const all = useQuery({
    queryKey: key,
    queryFn: async () => list((await body(api.GET("/api/v1/me/sessions"))).sessions),
  });
  const end = useMutation({
    mutationFn: async (session: string | null) => {
      if (session === null) await body(api.DELETE("/api/v1/me/sessions"));
      else await body(api.DELETE("/api/v1/me/sessions/{session}", { params: { path: { session } } }));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  return (
    <section className={`card ${css.part}`}>
      <Group justify="space-between">
        <h2>{text.account.sessions}</h2>
        {(all.data?.length ?? 0) > 1 && (
          <Button size="xs" variant="default" onClick={() => end.mutate(null)}>
            {text.account.sessionsEnd}
          </Button>
        )}
      </Group>
      <ErrorPanel error={all.error ?? end.error} />
      <ul className={css.rows}>
        {(all.data ?? []).map((s) => (
          <li key={s.id}>
            <span className="clip" title={s.device}>
              {s.device || s.method}
            </span>
            <span className="soft num">{s.address}</span>
            <span className="soft">{s.current ? text.account.sessionHere : text.account.sessionSeen(ago(s.seen))}</span>
            {s.current ? (
              <span />
            ) : (
              <Button size="compact-xs" variant="subtle" color="red" onClick={() => end.mutate(s.id)}>
                {text.account.sessionEnd}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
