import { Button, Group, NativeSelect, NumberInput, Skeleton, Stack, Switch, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { Schemas } from "../../api/types";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useMe } from "../account/account.query";
import { useChangeWorkspace, useTagged } from "./admin.query";

/** The settings of the workspace. */
export function WorkspaceForm({ workspace }: { workspace: string }) {
  const now = useTagged(workspace);
  if (now.error) return <ErrorPanel error={now.error} retry={() => now.refetch()} />;
  if (!now.data) return <Skeleton h={260} radius="lg" role="status" aria-label={text.loading} />;
  return <Form key={now.data.tag} before={now.data.body} tag={now.data.tag} />;
}

function Form({ before, tag }: { before: Schemas["Workspace"]; tag: string }) {
  const me = useMe();
  const [name, setName] = useState(before.name);
  const [tier, setTier] = useState(before.tier);
  const [settings, setSettings] = useState(before.settings);
  const save = useChangeWorkspace(before.id, tag);
  const instance = me.data?.role === "administrator";
  const t = text.admin;
  return (
    <form
      className="card"
      style={{ padding: 20 }}
      onSubmit={(e) => {
        e.preventDefault();
        const change: Schemas["WorkspaceChange"] = { name: name.trim(), settings };
        if (tier !== before.tier) change.tier = tier;
        save.mutate(change, { onSuccess: () => notifications.show({ message: text.account.profileSaved }) });
      }}
    >
      <Stack gap="md" maw={460}>
        <TextInput
          label={t.workspaceName}
          required
          withAsterisk={false}
          maxLength={100}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
        />
        <NativeSelect
          label={t.tier}
          description={instance ? t.tierWhy : t.tierNot}
          disabled={!instance}
          data={[
            { value: "demo", label: text.tier.demo ?? "" },
            { value: "professional", label: text.tier.professional ?? "" },
          ]}
          value={tier}
          onChange={(e) => setTier(e.currentTarget.value as "demo")}
        />
        <Switch
          label={t.fourEyes}
          description={t.fourEyesWhy}
          checked={settings.four_eyes}
          onChange={(e) => setSettings({ ...settings, four_eyes: e.currentTarget.checked })}
        />
        <NumberInput
          label={t.pointHours}
          description={t.pointHoursWhy}
          min={0}
          max={8760}
          allowDecimal={false}
          value={settings.point_hours}
          onChange={(v) => setSettings({ ...settings, point_hours: Number(v) || 0 })}
        />
        <NumberInput
          label={t.retention}
          description={t.retentionWhy}
          min={0}
          max={36500}
          allowDecimal={false}
          value={settings.retention_days}
          onChange={(v) => setSettings({ ...settings, retention_days: Number(v) || 0 })}
        />
        <ErrorPanel error={save.error} />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!name.trim()}>
            {text.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
