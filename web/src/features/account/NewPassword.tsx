import { PasswordInput, Progress, Stack, Text } from "@mantine/core";
import { text } from "../../text/text";
import { strength } from "./password.model";

/** A field for a password that somebody chooses. The server has the last word; the bar only says how it looks from here. */
export function NewPassword({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (v: string) => void;
  label?: string;
}) {
  const s = strength(value);
  return (
    <Stack gap={6}>
      <PasswordInput
        label={label ?? text.account.newPassword}
        description={text.account.passwordRule}
        name="new-password"
        autoComplete="new-password"
        required
        withAsterisk={false}
        minLength={12}
        maxLength={1024}
        value={value}
        onChange={(e) => onChange(e.currentTarget.value)}
      />
      <Progress
        value={s * 25}
        size={4}
        color={s < 2 ? "red" : s < 3 ? "yellow" : "pine"}
        aria-label={text.account.strength}
      />
      <Text size="xs" c="dimmed" mih={18}>
        {value ? text.account.strengths[s] : ""}
      </Text>
    </Stack>
  );
}
