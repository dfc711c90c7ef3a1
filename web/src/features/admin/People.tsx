import { ActionIcon, Badge, Button, Menu, Modal, NativeSelect, Skeleton, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { Schemas } from "../../api/types";
import { ago, moment, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useMe } from "../account/account.query";
import { useMembers } from "../audit/audit.query";
import { Add } from "./Add";
import css from "./admin.module.css";
import { type Act, type Role, roles, useAccounts, useLink, usePeople, useSessionsOf } from "./admin.query";
import { OneTime } from "./OneTime";

type Person = Schemas["Member"] & { more?: Schemas["Account"] };

/** Who is in the workspace, with which role, and what can be done about it. */
export function People({ workspace }: { workspace: string }) {
  const me = useMe();
  const instance = me.data?.role === "administrator";
  const members = useMembers(workspace);
  const accounts = useAccounts(instance);
  const act = usePeople(workspace);
  const link = useLink();
  const [adding, add] = useDisclosure(false);
  const [asked, setAsked] = useState<{ act: Act; name: string } | null>(null);
  const [looking, setLooking] = useState("");
  const people: Person[] = (members.data ?? []).map((m) => ({
    ...m,
    more: accounts.data?.find((a) => a.id === m.account),
  }));
  return (
    <>
      <div className={css.top}>
        <Text size="sm" c="dimmed" maw={560}>
          {text.admin.peopleWhy}
        </Text>
        <Button leftSection={<IconUserPlus size={16} />} onClick={add.open}>
          {text.admin.add}
        </Button>
      </div>
      <ErrorPanel
        error={members.error ?? act.error ?? link.error}
        retry={members.error ? () => members.refetch() : undefined}
      />
      {members.isPending && <Skeleton h={160} radius="lg" role="status" aria-label={text.loading} />}
      {link.data && <OneTime link={link.data} onClose={() => link.reset()} />}
      {people.length > 0 && (
        <ul className={`card ${css.people}`}>
          {people.map((p) => (
            <li key={p.account}>
              <div className={css.who}>
                <strong className="clip">
                  {p.name} {p.account === me.data?.id && <span className="soft">({text.admin.you})</span>}
                </strong>
                <span className="soft clip">{p.more?.email ?? text.admin.since(ago(p.since))}</span>
              </div>
              <Standing of={p.more} />
              <NativeSelect
                size="xs"
                aria-label={text.admin.roleOf(p.name)}
                data={roles.map((r) => ({ value: r, label: text.admin.roles[r] }))}
                value={p.role}
                disabled={act.isPending}
                onChange={(e) => act.mutate({ do: "role", account: p.account, role: e.currentTarget.value as Role })}
              />
              <PersonMenu
                person={p}
                self={p.account === me.data?.id}
                onAct={(a) => (a.do === "enable" ? act.mutate(a) : setAsked({ act: a, name: p.name }))}
                onLink={() => link.mutate(p.account)}
                onSessions={() => setLooking(p.account)}
              />
            </li>
          ))}
        </ul>
      )}
      <dl className={css.roles}>
        {roles.map((r) => (
          <div key={r}>
            <dt>{text.admin.roles[r]}</dt>
            <dd>{text.admin.roleWhy[r]}</dd>
          </div>
        ))}
      </dl>
      <Add
        workspace={workspace}
        opened={adding}
        onClose={add.close}
        members={members.data ?? []}
        accounts={accounts.data}
      />
      <Modal
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={asked && text.admin.sure[asked.act.do](asked.name)}
      >
        <Text size="sm">{asked && text.admin.sureWhy[asked.act.do]}</Text>
        <ErrorPanel error={act.error} />
        <div className={css.buttons}>
          <Button variant="default" onClick={() => setAsked(null)}>
            {text.cancel}
          </Button>
          <Button
            color="red"
            loading={act.isPending}
            data-autofocus
            onClick={() => asked && act.mutate(asked.act, { onSuccess: () => setAsked(null) })}
          >
            {asked && text.admin.acts[asked.act.do]}
          </Button>
        </div>
      </Modal>
      <Sessions account={looking} onClose={() => setLooking("")} />
    </>
  );
}

function Standing({ of }: { of: Schemas["Account"] | undefined }) {
  if (!of) return <span />;
  return (
    <span className={css.standing}>
      <Badge size="sm" variant="light" color={of.status === "active" ? "pine" : "gray"} tt="none">
        {text.admin.statuses[of.status]}
      </Badge>
      {of.totp && (
        <Badge size="sm" variant="light" color="gray" tt="none">
          {text.admin.factor}
        </Badge>
      )}
    </span>
  );
}

interface MenuProps {
  person: Person;
  self: boolean;
  onAct: (a: Act) => void;
  onLink: () => void;
  onSessions: () => void;
}

function PersonMenu({ person: p, self, onAct, onLink, onSessions }: MenuProps) {
  const a = p.more;
  const account = p.account;
  return (
    <Menu position="bottom-end" shadow="md" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={text.admin.more(p.name)}>
          <IconDots size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {a && <Menu.Item onClick={onSessions}>{text.admin.sessions}</Menu.Item>}
        {a && a.status !== "disabled" && <Menu.Item onClick={onLink}>{text.admin.link}</Menu.Item>}
        {a?.totp && !self && (
          <Menu.Item onClick={() => onAct({ do: "dropFactor", account })}>{text.admin.acts.dropFactor}</Menu.Item>
        )}
        {a && !self && (
          <Menu.Item onClick={() => onAct({ do: "endSessions", account })}>{text.admin.acts.endSessions}</Menu.Item>
        )}
        {a && <Menu.Divider />}
        {a && !self && a.status !== "disabled" && (
          <Menu.Item color="red" onClick={() => onAct({ do: "disable", account })}>
            {text.admin.acts.disable}
          </Menu.Item>
        )}
        {a?.status === "disabled" && (
          <Menu.Item onClick={() => onAct({ do: "enable", account })}>{text.admin.acts.enable}</Menu.Item>
        )}
        <Menu.Item color="red" onClick={() => onAct({ do: "remove", account })}>
          {text.admin.acts.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Sessions({ account, onClose }: { account: string; onClose: () => void }) {
  const all = useSessionsOf(account);
  return (
    <Modal opened={account !== ""} onClose={onClose} title={text.admin.sessions} size="lg">
      <ErrorPanel error={all.error} retry={() => all.refetch()} />
      {all.isPending && <Skeleton h={80} role="status" aria-label={text.loading} />}
      {all.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {text.admin.noSessions}
        </Text>
      )}
      <ul className={css.sessions}>
        {all.data?.map((s) => (
          <li key={s.id}>
            <span className="clip" title={s.device}>
              {s.device || s.method}
            </span>
            <span className="soft num">{s.address}</span>
            <time className="soft" title={moment(s.seen)}>
              {text.account.sessionSeen(ago(s.seen))}
            </time>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
