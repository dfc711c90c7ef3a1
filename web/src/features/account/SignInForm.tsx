import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { secondFactor, signIn } from "./account.query";

/** Mail address and password, then the code of the second factor where there is one. */
export function SignInForm({ email: given, onDone }: { email?: string; onDone: () => void }) {
  const [email, setEmail] = useState(given ?? "");
  const [password, setPassword] = useState("");
  const [challenge, setChallenge] = useState("");
  const first = useMutation({
    mutationFn: () => signIn(email, password),
    onSuccess: (r) => {
      if (r.second_factor) setChallenge(r.second_factor.challenge);
      else onDone();
    },
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    first.mutate();
  };
  if (challenge) {
    return <CodeForm challenge={challenge} onDone={onDone} onBack={() => setChallenge("")} />;
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <ErrorPanel error={first.error} />
        <TextInput
          label={text.account.email}
          type="email"
          name="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          onChange={(e) => setEmail(e.currentTarget.value)}
          readOnly={!!given}
          data-autofocus={given ? undefined : true}
        />
        <PasswordInput
          label={text.account.password}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          data-autofocus={given ? true : undefined}
        />
        <Button type="submit" loading={first.isPending} mt={6}>
          {text.account.signIn}
        </Button>
      </Stack>
    </form>
  );
}

function CodeForm({ challenge, onDone, onBack }: { challenge: string; onDone: () => void; onBack: () => void }) {
  const [code, setCode] = useState("");
  const second = useMutation({ mutationFn: () => secondFactor(challenge, code.trim()), onSuccess: onDone });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        second.mutate();
      }}
    >
      <Stack gap="sm">
        <ErrorPanel error={second.error} />
        <TextInput
          label={text.account.code}
          description={text.account.codeWhy}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          value={code}
          onChange={(e) => setCode(e.currentTarget.value)}
          ref={(el) => el?.focus()}
        />
        <Button type="submit" loading={second.isPending} mt={6}>
          {text.account.confirm}
        </Button>
        <Text size="sm">
          <Anchor component="button" type="button" onClick={onBack}>
            {text.account.back}
          </Anchor>
        </Text>
      </Stack>
    </form>
  );
}
