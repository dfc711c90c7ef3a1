// A table of thousands of columns, from a real file, on every screen. What is held is what is on the page, not how long it takes: how
// many elements there are, that the page is no wider than the window, that a column far off can be reached, and long text read.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";
import { begin, grave, inOrder, onward, openPage, reload, screen, startBrowser, startServer } from "./harness.mjs";

const columns = Number(process.env.E2E_COLUMNS ?? 2500); // 5,000 take twice as long
const last = `c${columns - 1}`;
const all = columns.toLocaleString("en-GB");
const rows = 40; // so many that columns are compared with others, and insights sought
const long = Array.from({ length: rows }, (_, r) => `Remark ${r}: ${"it goes on and on ".repeat(560)}`.trim());
const wide = (() => {
  const names = Array.from({ length: columns }, (_, c) => (c === 4 ? "remark" : `c${c}`));
  const cell = (r, c) => {
    if (c === 4) return long[r];
    if (c % 4 === 0) return r === 7 && c % 97 === 0 ? "N/A" : String(((r * 37 + c * 11) % 900) + 100);
    if (c % 4 === 1) return c % 401 === 0 && r === 2 ? "03/02/2026" : `2026-0${1 + (r % 9)}-${10 + ((r + c) % 18)}`;
    if (c % 4 === 2) return (c % 10 === 2 && r === 5 ? "  " : "") + ["north", "south", "east"][(r + c) % 3];
    return `K${c}-${r}`;
  };
  const lines = Array.from({ length: rows }, (_, r) => names.map((_, c) => cell(r, c)));
  return `${[names, ...lines].map((line) => line.join(",")).join("\n")}\n`;
})();

let server;
let browser;
let page;
let faults;
let call;
let workspace;
let run;
const test = inOrder(() => ({ page, faults }));
const $ = (id) => page.getByTestId(id);
const at = (path) => `${server.origin}/w/${workspace}${path}`;

/** What every screen owes: few elements, no page wider than the window, on a wide one and a narrow one. */
async function holds(name, most = 4000) {
  for (const [width, height] of [
    [390, 844],
    [1280, 800],
  ]) {
    await page.setViewportSize({ width, height });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const found = await page.evaluate(() => ({
      nodes: document.querySelectorAll("*").length,
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      body: document.body.scrollWidth - document.body.clientWidth,
    }));
    assert.ok(found.nodes < most, `${name} at ${width}: ${found.nodes} elements`);
    assert.ok(found.wide <= 0 && found.body <= 0, `${name} at ${width}: the page is ${Math.max(found.wide, found.body)} pixels too wide`);
  }
}

/** Counts what moves on the page without anybody having done anything. */
const settled = () =>
  page.evaluate(
    () =>
      new Promise((done) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value;
        }).observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
      }),
  );

/** A page that was just opened moved nothing that anybody might have begun to read. */
async function still(name) {
  const moved = await settled();
  assert.ok(moved < 0.1, `${name} moves about: ${moved}`);
}

/** Takes what is recommended, by the API, and goes on. */
async function goOn(stage) {
  const point = await call(`/workspaces/${workspace}/runs/${run}/point`);
  const decisions = point.json.items
    .filter((i) => i.recommended)
    .map((i) => ({ item: i.id, option: i.recommended, choice: "accept", supersedes: "" }));
  if (decisions.length > 0) {
    const put = await call(`/workspaces/${workspace}/runs/${run}/point/decisions`, { method: "POST", tag: point.tag, body: { decisions } });
    assert.ok(put.status < 300, put.text);
  }
  await onward(call, workspace, run, stage);
}

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  ({ page, faults } = await openPage(browser, server.origin));
  ({ call, workspace } = await begin(page, server));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test(`a file of ${all} columns is sent through the page, and reception shows them all`, async () => {
  await page.goto(at(""));
  await $("file").setInputFiles({ name: "wide.csv", mimeType: "text/csv", buffer: Buffer.from(wide) });
  await page.getByText("received", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.waitForURL(/\/runs\//);
  run = new URL(page.url()).pathname.split("/")[4];
  await page.getByText(`Columns (${all})`).waitFor();
  await page.getByText(`${rows} rows, ${all} columns`).waitFor();
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.url().endsWith("/rows")),
    reload(page, $("first-rows").getByRole("row", { name: /^8 / })),
  ]);
  assert.equal((await answer.json()).columns.length, 40, "it asks for more columns than it shows");
  await $("first-rows").getByRole("link", { name: `… ${(columns - 40).toLocaleString("en-GB")} more columns` }).waitFor();
  await still("reception");
  await holds("reception");
  await screen(page, "wide-reception");
  await page.getByLabel("Find a column").fill(last);
  await page.getByLabel(`Role of ${last}`).selectOption("ignore");
  await reload(page, page.getByText("1 correction", { exact: true }));
  assert.equal(await page.getByLabel(`Role of ${last}`).inputValue(), "ignore");
});

test("quality shows its issues, the columns of the largest in part, and what was not looked at", async () => {
  await goOn("quality");
  const issues = (await call(`/workspaces/${workspace}/runs/${run}/issues`)).json.issues;
  const largest = issues.toSorted((a, b) => b.columns.length - a.columns.length)[0];
  assert.ok(largest.columns.length > 100, `no issue is about more than ${largest.columns.length} columns`);
  assert.ok(largest.title.length < 400, "a title names every column");
  await page.goto(at(`/runs/${run}?view=quality&item=${largest.id}`));
  await page.locator("#issue-title").waitFor();
  await page.getByText(/more columns change: those with most changes are shown/).waitFor(); // the preview has come
  await still("issue");
  await holds("issue");
  await screen(page, "wide-issue");
  const named = page.locator("header code");
  const some = await named.count();
  await page.getByRole("button", { name: `${(largest.columns.length - some).toLocaleString("en-GB")} more` }).first().click();
  assert.equal(await named.count(), Math.min(largest.columns.length, some + 200));
  await $("partly").click();
  await page.getByText("What was not looked at, or only in part").waitFor();
  await page.keyboard.press("Escape");
});

test("the rows are looked at from the first column to the last, and long text is read whole", async () => {
  await goOn("insight");
  await page.goto(at(`/runs/${run}/data`));
  const filled = () => page.waitForFunction(() => document.querySelector("[role=gridcell]") && !document.querySelector("[role=gridcell] i"));
  await filled();
  assert.equal(await $("grid").getAttribute("aria-colcount"), String(columns + 1));
  await still("rows");
  await holds("rows");
  await screen(page, "wide-rows");
  await page.locator("#cell-0-4").click();
  await $("story").getByText(long[0].slice(0, 40)).first().waitFor();
  assert.ok((await $("story").innerText()).includes(long[0].slice(-200)), "the long text is not shown whole");
  await page.keyboard.press("Escape");
  await $("story").waitFor({ state: "hidden" });
  await $("grid").focus();
  await page.keyboard.press("End");
  await page.getByRole("button", { name: new RegExp(`^${last} `) }).waitFor();
  await filled();
  await page.getByText(`K${columns - 1}-0`, { exact: true }).waitFor();
  await holds("last-column");
  await page.getByRole("button", { name: "Columns", exact: true }).click();
  await page.getByRole("checkbox", { name: "c0", exact: true }).waitFor();
  await holds("columns-to-show");
  const some = Array.from({ length: columns }, (_, c) => `c${c}`).filter((n) => n.includes("c12")).length;
  await page.getByLabel("Find a column").fill("c12");
  await page.getByRole("button", { name: `Show only these ${some}` }).click();
  await page.getByRole("button", { name: `Columns · ${(columns - some).toLocaleString("en-GB")} hidden` }).waitFor();
  await page.keyboard.press("Escape");
  await $("grid").focus();
  await page.keyboard.press("Home");
  await page.locator("#cell-0-0").filter({ hasText: /^232$/ }).waitFor(); // that of c12
  assert.equal(await $("grid").getAttribute("aria-colcount"), String(some + 1));
  await page.getByRole("button", { name: /^Columns · / }).click();
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("button", { name: "Columns", exact: true }).waitFor();
  await page.keyboard.press("Escape");
});

test("the profile of a column far off is found and shown", async () => {
  await page.goto(at(`/runs/${run}/data?tab=columns`));
  const far = `c${columns - 4}`;
  await page.getByLabel("Find a column").fill(far);
  await page.getByRole("button", { name: new RegExp(`^${far}`) }).click();
  await page.getByRole("heading", { name: far }).waitFor();
  await page.getByText("Most frequent").waitFor();
  await still("profile");
  await holds("profile");
  await screen(page, "wide-profile");
});

test("what changed in any of the columns is shown, as the API tells it", async () => {
  await page.goto(at(`/runs/${run}/data?tab=changes`));
  const rows = page.getByRole("list", { name: "Rows that differ" });
  await rows.waitFor();
  await still("changes");
  await holds("changes");
  await screen(page, "wide-changes");
  const path = `/workspaces/${workspace}/runs/${run}/versions`;
  const [before, after] = (await call(path)).json.versions.slice(-2);
  const told = (await call(`${path}/${after.id}/diff?before=${before.id}`)).json;
  assert.equal(await rows.getByRole("listitem").count(), told.rows.length);
  const most = told.rows.toSorted((a, b) => b.cells.length - a.cells.length)[0];
  assert.ok(most.cells.length > 100, `no row has more than ${most.cells.length} changes`);
  const row = rows.getByRole("listitem").nth(told.rows.indexOf(most));
  await row.getByRole("button", { name: `${(most.cells.length - 24).toLocaleString("en-GB")} more` }).click();
  await row.getByText(most.cells[30].column, { exact: true }).waitFor();
});

test("insights open", async () => {
  await page.goto(at(`/runs/${run}`));
  await page.getByText(/statistical tests/).waitFor();
  await still("insight");
  await holds("insight");
  await screen(page, "wide-insight");
});

test("recommendations and results open, and the cleaned file is the one that the API gives", async () => {
  await goOn("recommendation");
  await page.goto(at(`/runs/${run}`));
  await $("go-on").waitFor();
  await holds("recommendation");
  await goOn();
  await page.goto(at(`/runs/${run}`));
  await $("download-data").waitFor();
  await holds("results");
  await screen(page, "wide-results");
  const [download] = await Promise.all([page.waitForEvent("download"), $("download-data").click()]);
  const file = readFileSync(await download.path(), "utf8");
  const given = await call(`/workspaces/${workspace}/runs/${run}/versions/latest/download?format=csv`);
  assert.equal(file, given.text);
  const lines = file.trimEnd().split(/\r?\n/);
  assert.equal(lines.length, rows + 1);
  for (const line of lines) assert.equal(line.split(",").length, columns);
  assert.equal(lines[6].split(",")[2], "south", "the blanks are still there");
  const report = await call(`/workspaces/${workspace}/runs/${run}/results/report.html`);
  assert.ok(report.status === 200 && report.text.length < 4_000_000, `the report: ${report.status}, ${report.text.length} bytes`);
});

test("axe finds nothing grave on any screen", () => assert.deepEqual([...new Set(grave)], []));

test("nothing was logged as an error, refused by the policy, or asked of another host", () => assert.deepEqual(faults, []));
