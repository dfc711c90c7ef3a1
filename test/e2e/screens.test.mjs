// Every route of the application, and every part of a page that an address names, has its picture and is looked through by axe,
// light and dark, wide and narrow. The list is read from the router: what is added there and has no picture here fails.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { begin, binary, caller, grave, inOrder, openPage, screen, signIn, startBrowser, startRun, startServer, until } from "./harness.mjs";

const files = mkdtempSync(join(tmpdir(), "analytix-e2e-screens-"));
const router = readFileSync(new URL("../../web/src/app/router.tsx", import.meta.url), "utf8");
const operator = { name: "Olive Operator", email: "olive@example.com", password: "copper lantern meadow swift" };

let server;
let browser;
let page;
let theirs;
let faults = [];
let call;
let workspace;
let run;
let link;
const test = inOrder(() => ({ page, faults }));

/** What the router knows: its paths, and the words that it lets stand in an address. */
function known() {
  const paths = [...router.matchAll(/createRoute\(\{.*\}\);|createRoute\(\{[^]*?\n\}\);/g)].map((m) => m[0]);
  const routes = paths.flatMap((r) => {
    const path = /path: "([^"]+)"/.exec(r)?.[1];
    const parent = /getParentRoute: \(\) => (\w+)/.exec(r)?.[1];
    return path && !/component: (Shell|Gate)\b/.test(r) ? [parent === "workspace" ? `/w/$workspace${path}` : path] : [];
  });
  const words = Object.fromEntries(
    [...router.matchAll(/const (stages|tabs|parts) = \[([^\]]+)\]/g)].map((m) => [m[1], [...m[2].matchAll(/"(\w+)"/g)].map((w) => w[1])]),
  );
  return { routes, words };
}

// How to get to each, and what is there once it has come. Those of nobody who is signed in have a page of their own.
const at = (path) => `${server.origin}/w/${workspace}${path}`;
const heading = (p, name) => p.getByRole("heading", { name }).first();
const screens = {
  "/start": { who: "nobody", to: () => `${server.origin}/start#${server.token}`, there: (p) => p.getByRole("button").first() },
  "/link": { who: "nobody", to: () => `${server.origin}/link#${link}`, there: (p) => p.getByLabel("Password").first() },
  "/sign-in": { who: "nobody", to: () => `${server.origin}/sign-in`, there: (p) => p.getByRole("button", { name: "Sign in" }) },
  "/": { who: "operator", to: () => `${server.origin}/`, there: (p) => p.getByText("You are in no workspace") },
  "/system": { who: "operator", to: () => `${server.origin}/system`, there: (p) => p.getByText("All were handled.") },
  "/w/$workspace/": { to: () => at(""), there: (p) => p.getByText("orders.csv").first() },
  "/w/$workspace/runs": { to: () => at("/runs"), there: (p) => p.getByText("orders.csv").first() },
  "/w/$workspace/runs/$run": { parts: "stages", to: (view) => at(`/runs/${run}?view=${view}`), there: (p) => p.getByRole("navigation", { name: "Route of the run" }) },
  "/w/$workspace/runs/$run/data": { parts: "tabs", to: (tab) => at(`/runs/${run}/data?tab=${tab}`), there: (p) => p.getByRole("tab", { selected: true }) },
  "/w/$workspace/data": { to: () => at("/data"), there: (p) => p.getByRole("link", { name: "Look at the data" }) },
  "/w/$workspace/recipes": { to: () => at("/recipes"), there: (p) => heading(p, "Recipes") },
  "/w/$workspace/audit": { to: () => at("/audit"), there: (p) => p.getByRole("list", { name: "Entries, the latest first" }) },
  "/w/$workspace/admin": { parts: "parts", to: (part) => at(`/admin?part=${part}`), there: (p) => p.getByRole("tab", { selected: true }) },
  "/w/$workspace/system": { to: () => at("/system"), there: (p) => p.getByText("All were handled.") },
  "/w/$workspace/account": { to: () => at("/account"), there: (p) => p.getByText("API tokens") },
};

before(async () => {
  execFileSync(binary, ["sample", "--rows", "1000", "--out", files]);
  server = await startServer();
  browser = await startBrowser();
  ({ page, faults } = await openPage(browser, server.origin));
  theirs = await openPage(browser, server.origin);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(files, { recursive: true, force: true });
});

/** Goes there and takes the pictures, once nothing is under way any more. */
async function take(p, name, { to, there }, part) {
  await p.setViewportSize({ width: 1280, height: 800 });
  await p.goto(to(part));
  await there(p).waitFor();
  await p.waitForFunction(() => !document.querySelector(".mantine-Skeleton-root, [aria-busy=true]"));
  await p.evaluate(() => document.fonts.ready);
  await screen(p, `screen${name}`);
}

const nameOf = (route, part = "") => `${route.replace("/w/$workspace", "-w").replaceAll("/", "-").replaceAll("$", "")}${part && `-${part}`}`.replace(/-+/g, "-").replace(/-$/, "-index");

test("every route of the router is known here, and none that is not there", () => {
  const { routes, words } = known();
  assert.ok(routes.length >= 15, `the router was not understood: ${routes}`);
  assert.equal(routes.length, [...router.matchAll(/path: "/g)].length - 1, "a route was overlooked");
  assert.deepEqual([...routes].sort(), Object.keys(screens).sort());
  assert.deepEqual(Object.values(screens).flatMap((s) => s.parts ?? []).sort(), Object.keys(words).sort());
});

test("who is signed in nowhere sees the first start, a link, and the way in", async () => {
  const p = theirs.page;
  await take(p, nameOf("/start"), screens["/start"]);
  ({ call, workspace } = await begin(page, server));
  const made = await call("/accounts", { method: "POST", body: { name: operator.name, email: operator.email, role: "operator" } });
  assert.equal(made.status, 201, made.text);
  link = made.json.link.token;
  for (const route of ["/link", "/sign-in"]) await take(p, nameOf(route), screens[route]);
  const accepted = await caller(p)("/auth/links/accept", { method: "POST", body: { token: link, password: operator.password } });
  assert.ok(accepted.status < 300, accepted.text);
});

test("who is in no workspace sees so, and an operator the system", async () => {
  const p = theirs.page;
  await signIn(p, operator);
  for (const [route, s] of Object.entries(screens)) if (s.who === "operator") await take(p, nameOf(route), s);
});

test("every page of a workspace, with every part that its address names", async () => {
  run = await startRun(page, workspace, readFileSync(join(files, "orders.csv"), "utf8"), { decide: "recommended" });
  await until(async () => (await call(`/workspaces/${workspace}/runs/${run}`)).json.status === "done", "the run is done");
  const { words } = known();
  for (const [route, s] of Object.entries(screens)) {
    if (s.who) continue;
    for (const part of s.parts ? words[s.parts] : [""]) await take(page, nameOf(route, part), s, part);
  }
});

test("what is not there is said on a page of its own", async () => {
  await page.goto(`${server.origin}/nowhere`);
  await page.getByRole("heading").first().waitFor();
  await screen(page, "screen-nowhere");
});

test("axe finds nothing grave on any screen, and none is wider than the window", () => assert.deepEqual([...new Set(grave)], []));

test("nothing was logged as an error, refused by the policy, or asked of another host", () => {
  assert.deepEqual([...faults, ...theirs.faults], []);
});
