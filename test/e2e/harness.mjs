// What the tests stand on: the built program with a folder of its own, and Debian's Chromium with a profile of its own.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const binary = process.env.ANALYTIX_BINARY ?? join(root, "bin/analytix");
export const artifacts = fileURLToPath(new URL("artifacts/", import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Starts the server on a free port; says where it answers and what the link of the first start carries. */
export async function startServer() {
  const data = mkdtempSync(join(tmpdir(), "analytix-e2e-"));
  const child = spawn(binary, ["serve", "--data", join(data, "home"), "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "ignore", "pipe"],
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
  context.setDefaultTimeout(60_000); // the machine may be busy
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (e) => faults.push(`script: ${e.message}`));
  page.on("console", (m) => {
    if (m.type() === "error" && !/status of (401|409|412)/.test(m.text())) faults.push(`console: ${m.text()}`);
  });
  page.on("request", (r) => {
    if (/^https?:/.test(r.url()) && !r.url().startsWith(`${origin}/`)) faults.push(`request to another host: ${r.url()}`);
  });
  return { context, page, faults };
}

/** Everything grave that axe finds on the page as it stands. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  return found.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `${v.id} (${v.impact}): ${v.nodes.map((n) => `${n.target.join(" ")} ${n.any[0]?.message ?? ""}`).join("; ")}`);
}

/** Screenshots of the page as it stands: light and dark, wide and narrow. */
export async function picture(page, name) {
  mkdirSync(artifacts, { recursive: true });
  for (const [width, height] of [
    [390, 844],
    [1280, 800],
  ]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      // Charts are drawn anew for the other colours and width.
      await page.waitForFunction(() => [...document.querySelectorAll("[data-chart]")].every((c) => c.querySelector("svg")));
      await page.screenshot({ path: join(artifacts, `${name}-${width}-${colorScheme}.png`) });
    }
  }
}

/** Waits until something holds that the page does not show. */
export async function until(holds, what) {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it did not come about: ${what}`);
    await new Promise((next) => setTimeout(next, 100));
  }
}
