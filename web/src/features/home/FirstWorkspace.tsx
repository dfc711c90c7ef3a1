import { Center, Loader } from "@mantine/core";
import { Navigate } from "@tanstack/react-router";
import { text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useWorkspaces } from "./home.query";
import { lastWorkspace } from "./lastWorkspace";

/** Goes to the workspace that was used last, or to the first. */
export function FirstWorkspace() {
  const all = useWorkspaces();
  const found = all.data?.find((w) => w.id === lastWorkspace()) ?? all.data?.[0];
  if (found) return <Navigate to="/w/$workspace" params={{ workspace: found.id }} replace />;
  return (
    <Center h="100dvh">
      {all.isPending && <Loader size="sm" aria-label={text.loading} />}
      <ErrorPanel error={all.error} retry={() => all.refetch()} />
      {all.data && <Empty title={text.home.noWorkspace}>{text.home.noWorkspaceWhy}</Empty>}
    </Center>
  );
}
