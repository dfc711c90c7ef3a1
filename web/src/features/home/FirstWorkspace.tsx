import { Button, Center, Loader } from "@mantine/core";
import { Link, Navigate } from "@tanstack/react-router";
import { text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useMe } from "../account/account.query";
import { useWorkspaces } from "./home.query";
import { lastWorkspace } from "./lastWorkspace";

/** Goes to the workspace that was used last, or to the first. */
export function FirstWorkspace() {
  const all = useWorkspaces();
  const me = useMe();
  const found = all.data?.find((w) => w.id === lastWorkspace()) ?? all.data?.[0];
  if (found) return <Navigate to="/w/$workspace" params={{ workspace: found.id }} replace />;
  return (
    <Center h="100dvh">
      {all.isPending && <Loader size="sm" aria-label={text.loading} />}
      <ErrorPanel error={all.error} retry={() => all.refetch()} />
      {all.data && (
        <div>
          <Empty title={text.home.noWorkspace}>{text.home.noWorkspaceWhy}</Empty>
          {(me.data?.role === "operator" || me.data?.role === "administrator") && (
            <Center>
              <Button component={Link} to="/system" variant="default">
                {text.system.title}
              </Button>
            </Center>
          )}
        </div>
      )}
    </Center>
  );
}
