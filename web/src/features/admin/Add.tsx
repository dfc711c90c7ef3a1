import { Button, Modal, NativeSelect, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Schemas } from "../../api/types";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { type Role, roles, useInvite, usePeople } from "./admin.query";
import { OneTime } from "./OneTime";

interface Props {
  workspace: string;
  opened: boolean;
  onClose: () => void;
  members: Schemas["Member"][];
  /** Of the instance; undefined for those who may not see them. */
  accounts: Schemas["Account"][] | undefined;
}

/** Adds somebody: a new account with a link for its owner, or one that there is. */
export function Add({ workspace, opened, onClose, members, accounts }: Props) {
  const [way, setWay] = useState<"new" | "known">("new");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [account, setAccount] = useState("");
  const [role, setRole] = useState<Role>("analyst");
  const invite = useInvite(workspace);
  const put = usePeople(workspace);
  const fresh = accounts !== undefined && way === "new";
  const others = (accounts ?? []).filter((a) => !members.some((m) => m.account === a.id));
  const close = () => {
    onClose();
    invite.reset();
    put.reset();
    setName("");
    setEmail("");
    setAccount("");
  };
  return (
    <Modal opened={opened} onClose={close} title={text.admin.add}>
      {invite.data ? (
        <>
          <OneTime link={invite.data} />
          <Button onClick={close}>{text.close}</Button>
        </>
      ) : (
        <form
          onSubmit={(e) => {
            e.preventDefault();
            if (fresh) invite.mutate({ name: name.trim(), email: email.trim(), role });
            else put.mutate({ do: "role", account: account.trim(), role }, { onSuccess: close });
          }}
        >
          <Stack gap="sm">
            {accounts && (
              <SegmentedControl
                aria-label={text.admin.add}
                data={[
                  { value: "new", label: text.admin.addNew },
                  { value: "known", label: text.admin.addKnown },
                ]}
                value={way}
                onChange={(v) => setWay(v as "new")}
              />
            )}
            {fresh ? (
              <>
                <TextInput
                  label={text.account.name}
                  required
                  withAsterisk={false}
                  maxLength={100}
                  data-autofocus
                  value={name}
                  onChange={(e) => setName(e.currentTarget.value)}
                />
                <TextInput
                  label={text.account.email}
                  type="email"
                  required
                  withAsterisk={false}
                  value={email}
                  onChange={(e) => setEmail(e.currentTarget.value)}
                />
              </>
            ) : accounts ? (
              <Select
                label={text.admin.account}
                searchable
                nothingFoundMessage={text.admin.noAccount}
                data={others.map((a) => ({ value: a.id, label: `${a.name} · ${a.email}` }))}
                value={account || null}
                onChange={(v) => setAccount(v ?? "")}
              />
            ) : (
              <TextInput
                label={text.admin.accountId}
                description={text.admin.accountIdWhy}
                required
                withAsterisk={false}
                value={account}
                onChange={(e) => setAccount(e.currentTarget.value)}
              />
            )}
            <NativeSelect
              label={text.admin.role}
              data={roles.map((r) => ({ value: r, label: text.admin.roles[r] }))}
              value={role}
              onChange={(e) => setRole(e.currentTarget.value as Role)}
            />
            <Text size="xs" c="dimmed">
              {text.admin.roleWhy[role]}
            </Text>
            <ErrorPanel error={fresh ? invite.error : put.error} />
            <Button
              type="submit"
              loading={invite.isPending || put.isPending}
              disabled={fresh ? !name.trim() || !email.trim() : !account.trim()}
            >
              {fresh ? text.admin.invite : text.admin.addGo}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
