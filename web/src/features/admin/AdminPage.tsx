import { Tabs, Title } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { useMay } from "../account/may";
import { useWorkspaces } from "../home/home.query";
import { Webhooks } from "../webhook/Webhooks";
import css from "./admin.module.css";
import { People } from "./People";
import { Usage } from "./Usage";
import { WorkspaceForm } from "./WorkspaceForm";

const from = "/signed-in/w/$workspace/admin";

/** The administration of a workspace: who is in it, how it works, what it has used. */
export function AdminPage() {
  const { workspace } = useParams({ from });
  const { part = "people" } = useSearch({ from });
  const go = useNavigate({ from: "/w/$workspace/admin" });
  const may = useMay(workspace);
  const known = useWorkspaces().isSuccess;
  if (known && !may("administrator")) return <Empty title={text.admin.notYours}>{text.admin.notYoursWhy}</Empty>;
  return (
    <div className="page" style={{ maxWidth: 960 }}>
      <Title order={1} size={22} mb="sm">
        {text.admin.title}
      </Title>
      <Tabs value={part} onChange={(p) => go({ search: { part: p as "people" } })} keepMounted={false}>
        <Tabs.List mb="lg" className={css.tabs}>
          <Tabs.Tab value="people">{text.admin.people}</Tabs.Tab>
          <Tabs.Tab value="workspace">{text.admin.workspace}</Tabs.Tab>
          <Tabs.Tab value="usage">{text.admin.usage}</Tabs.Tab>
          <Tabs.Tab value="webhooks">{text.webhook.title}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people" className={css.panel}>
          <People workspace={workspace} />
        </Tabs.Panel>
        <Tabs.Panel value="workspace" className={css.panel}>
          <WorkspaceForm workspace={workspace} />
        </Tabs.Panel>
        <Tabs.Panel value="usage" className={css.panel}>
          <Usage workspace={workspace} />
        </Tabs.Panel>
        <Tabs.Panel value="webhooks" className={css.panel}>
          <Webhooks workspace={workspace} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
