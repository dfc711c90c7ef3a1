/** The permissions that a token can be made with, as docs/permissions.md lists them. */
export const scopes = [
  "runs.read",
  "runs.start",
  "runs.abort",
  "decisions.take",
  "points.close",
  "points.reopen",
  "datasets.read",
  "datasets.upload",
  "datasets.download",
  "datasets.erase",
  "data.unmasked",
  "remarks.write",
  "remarks.moderate",
  "items.assign",
  "recipes.read",
  "recipes.write",
  "policies.write",
  "members.read",
  "members.manage",
  "workspace.settings",
  "webhooks.manage",
  "audit.read",
  "accounts.manage",
  "workspaces.manage",
  "settings.manage",
  "keys.rotate",
  "system.observe",
  "system.manage",
  "audit.system",
  "self.manage",
] as const;

type Scope = (typeof scopes)[number];

/** What tokens are commonly for. */
export const presets: Record<"read" | "run" | "observe", Scope[]> = {
  read: ["runs.read", "datasets.read", "recipes.read"],
  run: [
    "runs.read",
    "runs.start",
    "datasets.read",
    "datasets.upload",
    "datasets.download",
    "decisions.take",
    "points.close",
    "recipes.read",
  ],
  observe: ["system.observe"],
};
