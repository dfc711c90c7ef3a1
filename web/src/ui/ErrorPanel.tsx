import { Alert, Button, Center, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { problemOf } from "../api/problem";
import { text } from "../text/text";

/** What went wrong, to what, what was kept, and what to do next. */
export function ErrorPanel({ error, retry, title }: { error: unknown; retry?: () => void; title?: string }) {
  if (!error) return null;
  const p = problemOf(error);
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      title={title ?? p.message}
      maw={640}
      role="alert"
    >
      <Stack gap={4}>
        {title && <Text size="sm">{p.message}</Text>}
        {p.fields.map((f) => (
          <Text size="sm" key={f.where + f.what}>
            {f.where ? `${f.where}: ` : ""}
            {f.what}
          </Text>
        ))}
        {p.kept && <Text size="sm">{text.error.kept(p.kept)}</Text>}
        {p.next && <Text size="sm">{text.error.next(p.next)}</Text>}
        {p.request && p.status >= 500 && (
          <Text size="xs" c="dimmed">
            {text.error.request(p.request)}
          </Text>
        )}
        {retry && (
          <Group mt={6}>
            <Button variant="default" size="xs" onClick={retry}>
              {text.error.retry}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

/** A page that failed as a whole. */
export function ErrorPage({ error, reset }: { error: unknown; reset?: () => void }) {
  return (
    <Center mih="60dvh" p="md">
      <ErrorPanel error={error} title={text.error.page} retry={reset} />
    </Center>
  );
}

/** Nothing is there. */
export function NotFound() {
  return (
    <Center mih="60dvh" p="md">
      <Stack align="center" gap="xs">
        <Text component="h1" fw={600} m={0}>
          {text.error.notFound}
        </Text>
        <Text c="dimmed" size="sm">
          {text.error.notFoundWhy}
        </Text>
        <Button component={Link} to="/" variant="default" mt="xs">
          {text.error.home}
        </Button>
      </Stack>
    </Center>
  );
}
