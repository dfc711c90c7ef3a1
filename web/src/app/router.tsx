import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
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
  signedIn.addChildren([index, workspace.addChildren([home, runs, run, account])]),
]);

export const router = createRouter({ routeTree: tree, scrollRestoration: true, defaultPreload: "intent" });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
