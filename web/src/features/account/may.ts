import { useWorkspaces } from "../home/home.query";

const order = ["viewer", "analyst", "steward", "administrator"];

/** Whether the signed-in person has a role of the workspace, or one above it. The server decides; this only hides what would be refused. */
export function useMay(workspace: string): (role: "viewer" | "analyst" | "steward" | "administrator") => boolean {
  const mine = useWorkspaces().data?.find((w) => w.id === workspace)?.role ?? "";
  return (role) => order.indexOf(mine) >= order.indexOf(role);
}
