import { ActionIcon, Drawer, Menu, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconActivity,
  IconChecklist,
  IconDeviceDesktop,
  IconHistory,
  IconHome,
  IconLogout,
  IconMenu2,
  IconMoon,
  IconSelector,
  IconSun,
  IconTable,
  IconUserCircle,
  IconUsers,
} from "@tabler/icons-react";
import { Link, Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useMe, useSignOut } from "../features/account/account.query";
import { useMay } from "../features/account/may";
import { useWaiting, useWorkspaces } from "../features/home/home.query";
import { useWorkspaceEvents } from "../features/run/events";
import { Notices } from "../features/together/Notices";
import { text } from "../text/text";
import { Brand } from "../ui/Brand";
import { Outage } from "./Outage";
import css from "./shell.module.css";

/** What surrounds every page of somebody who is signed in. */
export function Shell() {
  const { workspace } = useParams({ from: "/signed-in/w/$workspace" });
  const [open, drawer] = useDisclosure(false);
  useWorkspaceEvents(workspace);
  return (
    <div className={css.frame}>
      <a className={css.skip} href="#main">
        {text.shell.skip}
      </a>
      <aside className={css.side}>
        <Navigation workspace={workspace} />
      </aside>
      <header className={css.top}>
        <Link to="/w/$workspace" params={{ workspace }} className={css.brand}>
          <Brand />
        </Link>
        <ActionIcon variant="subtle" color="gray" size="lg" onClick={drawer.open} aria-label={text.shell.menu}>
          <IconMenu2 size={20} />
        </ActionIcon>
      </header>
      <Drawer opened={open} onClose={drawer.close} size={260} padding="sm" title={text.product}>
        <div style={{ display: "flex", flexDirection: "column", gap: 16, minHeight: "80dvh" }}>
          <Navigation workspace={workspace} onMove={drawer.close} bare />
        </div>
      </Drawer>
      <main id="main" className={css.main} tabIndex={-1}>
        <Outage />
        <Outlet />
      </main>
    </div>
  );
}

function Navigation({ workspace, onMove, bare }: { workspace: string; onMove?: () => void; bare?: boolean }) {
  return (
    <>
      {!bare && (
        <Link to="/w/$workspace" params={{ workspace }} className={css.brand}>
          <Brand />
        </Link>
      )}
      <Workspaces workspace={workspace} />
      <Places workspace={workspace} onMove={onMove} />
      <div>
        <Notices className={css.user} />
        <Person workspace={workspace} />
      </div>
    </>
  );
}

/** The pages of the workspace, as far as one's role has them. */
function Places({ workspace, onMove }: { workspace: string; onMove?: () => void }) {
  const waiting = useWaiting(workspace);
  const may = useMay(workspace);
  const instance = useMe().data?.role;
  const places = [
    ["/w/$workspace", text.shell.home, IconHome, true],
    ["/w/$workspace/data", text.data.files, IconTable, true],
    ["/w/$workspace/recipes", text.recipe.title, IconChecklist, true],
    ["/w/$workspace/audit", text.audit.title, IconHistory, may("steward")],
    ["/w/$workspace/admin", text.admin.title, IconUsers, may("administrator")],
    ["/w/$workspace/system", text.system.title, IconActivity, instance === "administrator" || instance === "operator"],
  ] as const;
  return (
    <nav className={css.nav} aria-label={text.shell.navigation}>
      {places
        .filter(([, , , shown]) => shown)
        .map(([to, name, Icon]) => (
          <Link
            key={to}
            to={to}
            params={{ workspace }}
            className={css.link}
            activeOptions={{ exact: to === "/w/$workspace" }}
            onClick={onMove}
          >
            <Icon size={17} stroke={1.7} aria-hidden />
            {name}
            {to === "/w/$workspace" && !!waiting.data?.length && (
              <span className={`${css.end} num`} title={text.home.waiting}>
                {waiting.data.length}
              </span>
            )}
          </Link>
        ))}
    </nav>
  );
}

function Workspaces({ workspace }: { workspace: string }) {
  const all = useWorkspaces();
  const go = useNavigate();
  const list = all.data ?? [];
  const here = list.find((w) => w.id === workspace);
  if (!here || list.length < 2) {
    return (
      <div style={{ padding: "0 8px" }}>
        <Text size="sm" fw={550} className="clip">
          {here?.name ?? " "}
        </Text>
        <Text size="xs" c="dimmed">
          {here ? text.tier[here.tier as "demo"] : " "}
        </Text>
      </div>
    );
  }
  return (
    <Menu width={220} position="bottom-start" shadow="md">
      <Menu.Target>
        <UnstyledButton className={css.user} title={text.shell.workspace}>
          <div style={{ minWidth: 0, flex: 1 }}>
            <Text size="sm" fw={550} className="clip">
              {here.name}
            </Text>
            <Text size="xs" c="dimmed">
              {text.tier[here.tier as "demo"]}
            </Text>
          </div>
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {list.map((w) => (
          <Menu.Item key={w.id} onClick={() => go({ to: "/w/$workspace", params: { workspace: w.id } })}>
            {w.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Person({ workspace }: { workspace: string }) {
  const me = useMe();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const schemes = [
    ["light", IconSun],
    ["dark", IconMoon],
    ["auto", IconDeviceDesktop],
  ] as const;
  return (
    <Menu width={220} position="top-start" shadow="md">
      <Menu.Target>
        <UnstyledButton className={css.user} title={text.shell.account}>
          <IconUserCircle size={20} stroke={1.5} aria-hidden />
          <span className="clip" style={{ fontSize: 13 }}>
            {me.data?.name}
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component={Link}
          to="/w/$workspace/account"
          params={{ workspace } as never}
          leftSection={<IconUserCircle size={16} />}
        >
          {text.account.title}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{text.shell.scheme}</Menu.Label>
        {schemes.map(([id, Icon]) => (
          <Menu.Item
            key={id}
            leftSection={<Icon size={16} />}
            onClick={() => setColorScheme(id)}
            fw={colorScheme === id ? 600 : undefined}
            aria-current={colorScheme === id}
          >
            {text.shell.schemes[id]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {text.account.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
