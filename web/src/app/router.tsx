import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import type { Search as AuditSearch } from "../features/audit/audit.model";
import { ErrorPage, NotFound } from "../ui/ErrorPanel";
import { Gate } from "./Gate";
import { Shell } from "./Shell";

const root = createRootRoute({ component: Outlet, errorComponent: ErrorPage, notFoundComponent: NotFound });

const start = createRoute({
  getParentRoute: () => root,
  path: "/start",
  component: lazyRouteComponent(() => import("../features/account/FirstStart"), "FirstStart"),
});
const link = createRoute({
  getParentRoute: () => root,
  path: "/link",
  component: lazyRouteComponent(() => import("../features/account/OneTimeLink"), "OneTimeLink"),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    // Only a path of this application: never an address that a link brought along.
    typeof search.to === "string" && /^\/(?![/\\])/.test(search.to) ? { to: search.to } : {},
  component: lazyRouteComponent(() => import("../features/account/SignIn"), "SignIn"),
});

const signedIn = createRoute({ getParentRoute: () => root, id: "signed-in", component: Gate });
const index = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  component: lazyRouteComponent(() => import("../features/home/FirstWorkspace"), "FirstWorkspace"),
});
const workspace = createRoute({ getParentRoute: () => signedIn, path: "/w/$workspace", component: Shell });
const home = createRoute({
  getParentRoute: () => workspace,
  path: "/",
  component: lazyRouteComponent(() => import("../features/home/Home"), "Home"),
});

const stages = ["reception", "quality", "insight", "recommendation", "results"] as const;
export type RunView = (typeof stages)[number];

const run = createRoute({
  getParentRoute: () => workspace,
  path: "/runs/$run",
  validateSearch: (search: Record<string, unknown>): { view?: RunView; item?: string } => ({
    view: stages.find((s) => s === search.view),
    item: typeof search.item === "string" ? search.item : undefined,
  }),
  component: lazyRouteComponent(() => import("../features/run/RunPage"), "RunPage"),
});
const tabs = ["rows", "columns", "changes", "versions"] as const;
const word = (x: unknown) => (typeof x === "string" && x !== "" ? x : undefined);

const data = createRoute({
  getParentRoute: () => workspace,
  path: "/runs/$run/data",
  validateSearch: (
    s: Record<string, unknown>,
  ): { tab?: (typeof tabs)[number]; version?: string; before?: string; column?: string } => ({
    tab: tabs.find((t) => t === s.tab),
    version: word(s.version),
    before: word(s.before),
    column: word(s.column),
  }),
  component: lazyRouteComponent(() => import("../features/data/DataPage"), "DataPage"),
});
const datasets = createRoute({
  getParentRoute: () => workspace,
  path: "/data",
  component: lazyRouteComponent(() => import("../features/data/DatasetsPage"), "DatasetsPage"),
});
const recipes = createRoute({
  getParentRoute: () => workspace,
  path: "/recipes",
  validateSearch: (s: Record<string, unknown>): { kind?: "recipes" | "policies"; id?: string } => ({
    kind: s.kind === "policies" || s.kind === "recipes" ? s.kind : undefined,
    id: word(s.id),
  }),
  component: lazyRouteComponent(() => import("../features/recipe/RecipesPage"), "RecipesPage"),
});
const audit = createRoute({
  getParentRoute: () => workspace,
  path: "/audit",
  validateSearch: (s: Record<string, unknown>): AuditSearch => ({
    account: word(s.account),
    operation: word(s.operation),
    object: word(s.object),
    action: word(s.action),
    outcome: word(s.outcome),
    from: word(s.from),
    to: word(s.to),
  }),
  component: lazyRouteComponent(() => import("../features/audit/AuditPage"), "AuditPage"),
});
const parts = ["people", "workspace", "usage", "webhooks"] as const;
const admin = createRoute({
  getParentRoute: () => workspace,
  path: "/admin",
  validateSearch: (s: Record<string, unknown>): { part?: (typeof parts)[number] } => ({
    part: parts.find((p) => p === s.part),
  }),
  component: lazyRouteComponent(() => import("../features/admin/AdminPage"), "AdminPage"),
});
const system = createRoute({
  getParentRoute: () => workspace,
  path: "/system",
  component: lazyRouteComponent(() => import("../features/system/SystemPage"), "SystemPage"),
});
// For operators, who may be in no workspace.
const bareSystem = createRoute({
  getParentRoute: () => signedIn,
  path: "/system",
  component: lazyRouteComponent(() => import("../features/system/SystemPage"), "SystemAlone"),
});
const account = createRoute({
  getParentRoute: () => workspace,
  path: "/account",
  component: lazyRouteComponent(() => import("../features/account/AccountPage"), "AccountPage"),
});
const runs = createRoute({
  getParentRoute: () => workspace,
  path: "/runs",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/w/$workspace", params });
  },
});

const tree = root.addChildren([
  start,
  link,
  signIn,
  signedIn.addChildren([
    index,
    bareSystem,
    workspace.addChildren([home, runs, run, data, datasets, recipes, audit, admin, system, account]),
  ]),
]);

export const router = createRouter({ routeTree: tree, scrollRestoration: true, defaultPreload: "intent" });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
