// What the tests stand on: the built program with a folder of its own, and Debian's Chromium with a profile of its own.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const binary = process.env.ANALYTIX_BINARY ?? join(root, "bin/analytix");
export const artifacts = fileURLToPath(new URL("artifacts/", import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Starts the server on a free port, with further flags and environment; says where it answers, what the link of the first
 * start carries, and where its state lies.
 */
export async function startServer(flags = [], env = {}) {
  const data = mkdtempSync(join(tmpdir(), "analytix-e2e-"));
  const home = join(data, "home");
  const child = spawn(binary, ["serve", "--data", home, "--listen", "127.0.0.1:0", ...flags], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  let told = "";
  const origin = await new Promise((resolve, reject) => {
    child.stderr.on("data", (chunk) => {
      told += chunk;
      const at = /answers at (\S+)/.exec(told);
      if (at) resolve(at[1]);
    });
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${told}`)));
  });
  const token = /start#(\S+)/.exec(told)?.[1] ?? "";
  return {
    origin,
    token,
    home,
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Starts Chromium. Nothing is looked up or updated by it. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * A page that writes down what must not happen: errors of scripts, what the content security policy refused, and requests
 * to any other host.
 */
export async function openPage(browser, origin, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(Number(process.env.E2E_TIMEOUT ?? 120_000)); // the machine may be busy
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (e) => faults.push(`script: ${e.message}`));
  page.on("console", (m) => {
    if (m.type() === "error" && !/status of (401|409|412|422)/.test(m.text())) faults.push(`console: ${m.text()}`);
  });
  page.on("request", (r) => {
    if (/^https?:/.test(r.url()) && !r.url().startsWith(`${origin}/`)) faults.push(`request to another host: ${r.url()}`);
  });
  return { context, page, faults };
}

/** Everything grave that axe finds on the page as it stands. */
async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const found = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  return found.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `${v.id} (${v.impact}): ${v.nodes.map((n) => `${n.target.join(" ")} ${n.any[0]?.message ?? ""}`).join("; ")}`);
}

/** What axe found grave on any screen, by name. */
export const grave = [];

/**
 * A screen as it should be: pictures of it are kept, and what axe finds grave in light and dark, wide and narrow. What the
 * picture is about is brought into sight.
 */
export const screen = (page, name, about) =>
  picture(
    page,
    name,
    async () => {
      grave.push(...(await violations(page)).map((v) => `${name}: ${v}`));
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (over > 0) grave.push(`${name}: at ${page.viewportSize().width} pixels it is ${over} wider than the window`);
    },
    about,
  );

/** Screenshots of the page as it stands: light and dark, wide and narrow; something may be done in each. */
export async function picture(page, name, also = async () => undefined, about = undefined) {
  if (process.env.E2E_PICTURES === "none") return; // while working on a test
  mkdirSync(artifacts, { recursive: true });
  for (const [width, height] of [
    [390, 844],
    [1280, 800],
  ]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      // Colours go over into the others: what is looked at is the end of it.
      await page.evaluate(() =>
        Promise.allSettled(
          document
            .getAnimations()
            .filter((a) => a.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
            .map((a) => a.finished),
        ),
      );
      // Charts are drawn anew for the other colours and width.
      await page.waitForFunction(() => [...document.querySelectorAll("[data-chart]")].every((c) => c.querySelector("svg")));
      await about?.scrollIntoViewIfNeeded();
      await page.screenshot({ path: join(artifacts, `${name}-${width}-${colorScheme}.png`) });
      await also();
    }
  }
}

/** Parts that stand on one another: after a failure the rest would only say the same again. */
export function inOrder(now) {
  let broken = false;
  return (name, work) =>
    test(name, async (t) => {
      if (broken) return t.skip("a part before it failed");
      try {
        await work();
      } catch (e) {
        broken = true;
        const { page, faults } = now();
        mkdirSync(artifacts, { recursive: true });
        await page?.screenshot({ path: join(artifacts, "failure.png") }).catch(() => undefined);
        throw new Error(`${e.message}\nat ${page?.url()}\n${(faults ?? []).join("\n")}`, { cause: e });
      }
    });
}

/** Calls the API as the page does. */
export function caller(page) {
  return (path, init = {}) =>
    page.evaluate(
      async ([p, { method = "GET", body, tag }]) => {
        const csrf = /analytix_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";
        const headers = { "X-CSRF-Token": decodeURIComponent(csrf), "Content-Type": "application/json" };
        if (tag) headers["If-Match"] = tag;
        const r = await fetch(`/api/v1${p}`, { method, headers, body: body ? JSON.stringify(body) : undefined });
        const text = await r.text();
        const json = /json(;|$)/.test(r.headers.get("Content-Type") ?? "") && text ? JSON.parse(text) : null;
        return { status: r.status, tag: r.headers.get("ETag"), json, text };
      },
      [path, init],
    );
}

export const ada = { name: "Ada Lovelace", email: "ada@example.com", password: "violet tram onion glacier" };

/** Makes the first account by the API and signs it in; says how to call the API, and which workspace there is. */
export async function begin(page, server) {
  await page.goto(`${server.origin}/sign-in`);
  const call = caller(page);
  const made = await call("/auth/first-start", { method: "POST", body: { token: server.token, ...ada } });
  if (made.status >= 300) throw new Error(`no first account: ${made.text}`);
  await signIn(page, ada);
  await page.evaluate(() => localStorage.setItem("analytix.tour", "seen"));
  const workspace = (await call("/workspaces")).json.workspaces[0].id;
  return { call, workspace };
}

/** Makes an account in a workspace by the API, as somebody who may. */
export async function addPerson(call, workspace, who, role) {
  const made = await call("/accounts", { method: "POST", body: { name: who.name, email: who.email } });
  if (made.status !== 201) throw new Error(`no account: ${made.text}`);
  await call(`/workspaces/${workspace}/members/${made.json.account.id}`, { method: "PUT", body: { role } });
  await call("/auth/links/accept", { method: "POST", body: { token: made.json.link.token, password: who.password } });
  return made.json.account.id;
}

/** Sends a file and starts a run on it by the API; the id of the run. */
export async function startRun(page, workspace, csv, ask = {}, file = "orders.csv") {
  const call = caller(page);
  const sent = await page.evaluate(
    async ([w, text, name]) => {
      const csrf = decodeURIComponent(/analytix_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "");
      const r = await fetch(`/api/v1/workspaces/${w}/files/${name}`, { method: "PUT", headers: { "X-CSRF-Token": csrf }, body: text });
      return { status: r.status, text: await r.text() };
    },
    [workspace, csv, file],
  );
  if (sent.status >= 300) throw new Error(`not sent: ${sent.text}`);
  const dataset = JSON.parse(sent.text).id;
  const run = await call(`/workspaces/${workspace}/runs`, { method: "POST", body: { dataset, goal: "reduce late deliveries", ...ask } });
  if (run.status !== 201) throw new Error(`no run: ${run.text}`);
  return run.json.id;
}

/** Closes the control point of a run that is open, by the API, and waits for that of the next stage, or without one for the end. */
export async function onward(call, workspace, run, stage) {
  const at = `/workspaces/${workspace}/runs/${run}`;
  const point = await call(`${at}/point`);
  const closed = await call(`${at}/point/close`, { method: "POST", tag: point.tag });
  if (closed.status !== 200) throw new Error(`not closed: ${closed.text}`);
  await until(
    async () => {
      const s = (await call(at)).json;
      if (s.status === "failed") throw new Error(`it failed: ${s.failure?.message}`);
      return stage ? s.stage === stage && s.status === "waiting" : s.status === "done";
    },
    `${stage ?? "the end"} is reached`,
  );
}

/** Signs in by the API, with cookies. */
export async function signIn(page, { email, password }) {
  const r = await caller(page)("/auth/sign-in", { method: "POST", body: { email, password, cookies: true } });
  if (r.status >= 300) throw new Error(`not signed in: ${r.text}`);
}

/** Reloads the page as it stands, and waits until what should be there is there again. */
export async function reload(page, ...there) {
  await page.reload();
  for (const what of there) await what.first().waitFor();
}

/** Lets the session end in the middle, does something, and signs in again where the page asks for it. */
export async function throughAnEnd(page, password, act, name = undefined) {
  await page.context().clearCookies();
  await act();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.waitFor();
  if (name) await screen(page, name);
  await dialog.locator("input[name=password]").fill(password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "hidden" });
}

/** Waits until something holds that the page does not show. */
export async function until(holds, what) {
  const end = Date.now() + 180_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it did not come about: ${what}`);
    await new Promise((next) => setTimeout(next, 100));
  }
}
