import { Alert, Button, Divider, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { text } from "../../text/text";
import { meKey, useWays } from "./account.query";
import { Front } from "./Front";
import { SignInForm } from "./SignInForm";

/** The page to sign in on. */
export function SignIn() {
  const { to } = useSearch({ from: "/sign-in" });
  const go = useNavigate();
  const queries = useQueryClient();
  const ways = useWays();
  const done = async () => {
    await queries.invalidateQueries({ queryKey: meKey });
    await go({ to: to ?? "/", replace: true });
  };
  const providers = ways.data?.providers ?? [];
  return (
    <Front title={text.account.welcome} lead={text.account.welcomeWhy}>
      <Stack gap="md">
        {ways.data && !ways.data.started && <Alert title={text.account.notStarted}>{text.account.notStartedWhy}</Alert>}
        <SignInForm onDone={done} />
        {providers.length > 0 && <Divider label={text.account.or} />}
        {providers.map((p) => (
          <Button key={p.id} component="a" href={p.path} variant="default">
            {text.account.signInWith(p.name)}
          </Button>
        ))}
        <Text size="xs" c="dimmed">
          {text.account.forgotten}
        </Text>
      </Stack>
    </Front>
  );
}
