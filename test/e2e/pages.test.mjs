// Everything beside the control points: data, recipes, audit, administration, system. The run is made by the API, for
// flow.test.mjs has taken it by hand.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { ada, begin, binary, grave, inOrder, openPage, reload, screen, startBrowser, startServer, throughAnEnd as throughEnd, until } from "./harness.mjs";

const files = mkdtempSync(join(tmpdir(), "analytix-e2e-pages-"));

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

const reloaded = (...there) => reload(page, ...there);
const counted = () => page.waitForFunction(() => / of /.test(document.querySelector("[data-testid=grid-total]")?.textContent ?? ""));
const throughAnEnd = (act) => throughEnd(page, ada.password, act);

before(async () => {
  execFileSync(binary, ["sample", "--rows", "1000", "--out", files]);
  server = await startServer();
  browser = await startBrowser();
  ({ page, faults } = await openPage(browser, server.origin));
  ({ call, workspace } = await begin(page, server));
});

after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(files, { recursive: true, force: true });
});

test("what is not there yet is said in words", async () => {
  await page.goto(at("/data"));
  await page.getByText("No file was received yet").waitFor();
  await page.goto(at("/recipes"));
  await page.getByText("No recipe is kept yet").waitFor();
  await screen(page, "recipes-empty");
});

test("a run takes what is recommended by itself", async () => {
  const csv = readFileSync(join(files, "orders.csv"));
  await page.goto(at(""));
  await $("file").setInputFiles({ name: "orders.csv", mimeType: "text/csv", buffer: csv });
  await page.getByLabel("Who decides").selectOption("recommended");
  await page.getByText("received", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.waitForURL(/\/runs\//);
  run = new URL(page.url()).pathname.split("/")[4];
  await until(async () => (await call(`/workspaces/${workspace}/runs/${run}`)).json.status === "done", "the run is done");
  await $("keep-recipe").click();
  await page.getByText("is among the recipes of the workspace now").waitFor();
});

test("the rows are looked at: sorted, filtered, with statistics, and the history of a cell", async () => {
  await page.goto(at("/data"));
  await page.getByRole("link", { name: "Look at the data" }).waitFor();
  await screen(page, "data");
  await reloaded(page.getByRole("link", { name: "Look at the data" }));
  await page.getByRole("link", { name: "Look at the data" }).click();
  await page.getByRole("gridcell").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("[role=gridcell] i"));
  await screen(page, "data-rows");
  const total = await $("grid-total").innerText();
  await reloaded(page.getByRole("gridcell"));
  await page.waitForFunction((was) => document.querySelector("[data-testid=grid-total]")?.textContent === was, total);

  await page.getByRole("button", { name: /^order_date / }).click();
  await page.getByRole("img", { name: /Histogram/ }).waitFor();
  await screen(page, "data-column");
  await page.getByRole("button", { name: "Show the queries" }).click();
  await page.getByRole("region", { name: "How often each value is there" }).getByText(/"order_date"/).scrollIntoViewIfNeeded();
  await screen(page, "data-column-queries");
  await page.getByRole("button", { name: "Descending" }).click();
  await page.keyboard.press("Escape");
  await page.locator("[role=columnheader][aria-sort=descending]").waitFor();

  await page.getByRole("button", { name: /^order_id / }).click();
  await page.getByLabel("How to compare").selectOption("contains");
  await page.getByLabel("Text", { exact: true }).fill("9");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await counted();
  assert.notEqual(await $("grid-total").innerText(), total);
  await page.getByRole("button", { name: "Drop the filter of order_id" }).click();
  await page.waitForFunction((was) => document.querySelector("[data-testid=grid-total]")?.textContent === was, total);

  await page.getByLabel("Go to row").fill("900");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => Number(document.querySelector("[data-testid=grid]")?.dataset.top) > 800);
  await $("grid").focus();
  await page.keyboard.press("Control+Home");
  await page.waitForFunction(() => document.querySelector("[data-testid=grid]")?.dataset.top === "0");
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(() => !document.querySelector("[role=gridcell][aria-selected=true] i"));
  await page.keyboard.press("Enter");
  await page.getByTestId("story").waitFor();
  await page.keyboard.press("Escape");
  await page.getByTestId("story").waitFor({ state: "hidden" });
});

/** Waits until a column of the grid is so wide, in pixels. */
const wide = (name, pixels) =>
  page.waitForFunction(
    ([n, want]) => Math.abs((document.querySelector(`[data-edge="${n}"]`)?.parentElement?.offsetWidth ?? 0) - want) <= 1,
    [name, pixels],
  );
const colcount = (n) => page.waitForFunction((want) => document.querySelector("[role=grid]")?.getAttribute("aria-colcount") === want, String(n));
const panelOf = (name) => page.getByRole("button", { name: new RegExp(`^${name} `) }).click();

test("the columns of the rows are made wider, hidden and shown again, and kept at the left, over a reload", async () => {
  const edge = page.locator("[data-edge=order_id]");
  const was = await edge.evaluate((e) => e.parentElement.offsetWidth);
  await panelOf("order_id");
  for (const much of ["Wider", "Wider", "Narrower"]) await page.getByRole("button", { name: much, exact: true }).click();
  await wide("order_id", was + 40);
  await page.getByRole("button", { name: "As wide as needed" }).click();
  await wide("order_id", was);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Wider", exact: true }).waitFor({ state: "hidden" });
  const drag = async (by) => {
    const box = await edge.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + by, box.y + box.height / 2, { steps: 4 });
  };
  await drag(90);
  await wide("order_id", was + 90);
  await page.keyboard.press("Escape"); // as it was before the drag
  await wide("order_id", was);
  await page.mouse.up();
  await drag(70);
  await page.mouse.up();
  await wide("order_id", was + 70);
  await edge.dblclick();
  await wide("order_id", was);
  const fingers = await page.context().newCDPSession(page);
  const touch = (type, ...touchPoints) => fingers.send("Input.dispatchTouchEvent", { type, touchPoints });
  const box = await edge.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await touch("touchStart", { x, y });
  for (const by of [20, 50, 80]) await touch("touchMove", { x: x + by, y });
  await touch("touchEnd");
  await fingers.detach();
  await wide("order_id", was + 80);
  await edge.dblclick();
  await wide("order_id", was);
  await drag(60);
  await page.mouse.up();

  const all = Number(await $("grid").getAttribute("aria-colcount"));
  await panelOf("order_date");
  const hide = page.getByRole("button", { name: "Hide this column" });
  const [came] = await Promise.all([page.waitForResponse((r) => r.url().endsWith("/rows")), hide.click()]);
  assert.ok(!(await came.json()).columns.includes("order_date"), "a hidden column is asked for");
  await colcount(all - 1);
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "grid");
  const pick = page.getByRole("button", { name: /^Columns/ });
  const onlyOne = page.getByRole("button", { name: "Columns · 1 hidden" });
  await page.getByRole("button", { name: "Sorted by order_date: drop the order" }).waitFor();
  await reloaded(onlyOne, edge);
  await colcount(all - 1);
  await wide("order_id", was + 60);

  await panelOf("order_id");
  await page.getByRole("button", { name: "Keep at the left" }).click();
  await page.waitForFunction(() => !document.querySelector("[role=gridcell] i"));
  await $("grid").focus();
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.querySelector("[role=grid]").scrollLeft > 0);
  await page.waitForFunction(() => !document.querySelector("[role=gridcell] i"));
  assert.equal(await $("grid").getByRole("columnheader", { name: /^order_id / }).getAttribute("aria-colindex"), "2");
  await screen(page, "data-pinned");
  await pick.click();
  await page.getByRole("checkbox", { name: "order_id" }).waitFor();
  await screen(page, "data-pick");
  await page.getByLabel("Find a column").fill("order_id");
  await page.getByRole("button", { name: "Show only these 1" }).click();
  await colcount(2);
  assert.ok(await page.getByRole("checkbox", { name: "order_id" }).isDisabled(), "the last column can be hidden");
  await page.getByLabel("Find a column").fill("order_date");
  await page.getByRole("checkbox", { name: "order_date" }).check();
  await colcount(3);
  await page.getByRole("button", { name: "Show all" }).click();
  await colcount(all);
  await page.keyboard.press("Escape");
  await reloaded(page.getByRole("button", { name: "Columns", exact: true }), edge);
  await panelOf("order_id");
  await page.getByRole("button", { name: "Let it scroll" }).click();
  await page.getByRole("button", { name: "Let it scroll" }).waitFor({ state: "hidden" });
});

test("a filter and an order of the rows outlive a reload", async () => {
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^order_id / }).click();
  await page.getByLabel("How to compare").selectOption("contains");
  await page.getByLabel("Text", { exact: true }).fill("9");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  const drop = page.getByRole("button", { name: "Drop the filter of order_id" });
  await drop.waitFor();
  await counted();
  const some = await $("grid-total").innerText();
  const query = page.getByRole("button", { name: "Show the query", exact: true });
  await query.click();
  await page.locator("pre", { hasText: /^SELECT \* FROM data WHERE contains\(lower\(CAST\("order_id" .* ORDER BY .*"order_date"/ }).waitFor();
  await screen(page, "data-rows-query");
  await query.click();
  await reloaded(drop, page.locator("[role=columnheader][aria-sort=descending]"));
  await page.waitForFunction((was) => document.querySelector("[data-testid=grid-total]")?.textContent === was, some);
  await drop.click();
  await drop.waitFor({ state: "hidden" });
});

test("the columns have profiles, the versions differ where decisions changed them", async () => {
  await page.getByRole("tab", { name: "Columns" }).click();
  const column = page.getByRole("navigation", { name: "Columns" }).getByRole("button", { name: /^order_date/ });
  await column.click();
  await page.getByRole("img", { name: /Histogram/ }).waitFor();
  await screen(page, "data-columns");
  const queries = page.getByRole("button", { name: "Show the queries" });
  await queries.press("Enter");
  for (const numbers of ["Rows, missing, distinct, characters", "Range, mean, quartiles", "Bars of the histogram", "How often each value is there"])
    await page.getByRole("region", { name: numbers }).getByText(/CAST\("order_date" AS VARCHAR\).* FROM data/).waitFor();
  await screen(page, "data-columns-queries", queries);
  await queries.press("Enter");
  await page.getByRole("tab", { name: "Changes" }).click();
  const change = page.locator("ol[aria-label='Rows that differ'] button").first();
  await change.waitFor();
  await screen(page, "data-changes");
  await change.click();
  await page.getByTestId("story").getByText("Became").first().waitFor();
  await screen(page, "data-cell");
  await page.keyboard.press("Escape");
  await page.getByTestId("story").waitFor({ state: "hidden" });
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByText("Cleaned", { exact: true }).waitFor();
  await screen(page, "data-versions");
  await reloaded(page.getByText("Cleaned", { exact: true }));
  await page.getByRole("tab", { name: "Changes" }).click();
  const named = await page.locator("ol[aria-label='Rows that differ'] button span").first().innerText();
  await page.getByRole("textbox", { name: "Column" }).or(page.getByRole("combobox", { name: "Column" })).first().click();
  await page.getByRole("option", { name: named, exact: true }).click();
  await page.waitForURL(/column=/);
  const there = page.url();
  await reloaded(page.locator("ol[aria-label='Rows that differ'] button"));
  assert.equal(page.url(), there);
});

test("policies are written, refused at the line that is wrong, tried on a run, and kept", async () => {
  await page.goto(at("/recipes"));
  await page.getByRole("navigation", { name: "Recipes" }).getByRole("link", { name: /orders\.csv/ }).waitFor();
  await page.getByText("Policies", { exact: true }).click();
  await page.getByRole("button", { name: "New policies" }).click();
  await page.getByLabel("Name").fill("House rules");
  const text = page.getByLabel("Text, in YAML");
  await text.fill("version: 1\npolicies:\n  - name: all spellings\n    choice: accept\n");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Line 3 cannot be used").waitFor();
  await screen(page, "policy-wrong");
  await text.fill("version: 1\npolicies:\n  - name: all spellings\n    check: spelling_variant\n    choice: accept\n");
  await $("dry-run").click();
  await $("dry-told").getByText("would be decided").waitFor();
  await page.getByRole("switch", { name: "Decides by itself" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("decides", { exact: true }).waitFor();
  await screen(page, "policy");
  await page.reload();
  await page.getByRole("navigation", { name: "Policies" }).getByText("House rules").waitFor();
});

test("what is typed into a recipe outlives a reload and the end of a session, and writes over nobody", async () => {
  await page.goto(at("/recipes"));
  await page.getByRole("navigation", { name: "Recipes" }).getByRole("link", { name: /orders\.csv/ }).click();
  const text = page.getByLabel("Text, in YAML");
  await text.waitFor();
  await screen(page, "recipe");
  const before = await text.inputValue();
  const mine = `# looked through with the source's owner\n${before}`;
  await text.fill(mine);
  await reloaded(text);
  assert.equal(await text.inputValue(), mine);
  // Somebody else writes it anew meanwhile: that is said, and not written over.
  const id = new URL(page.url()).searchParams.get("id");
  const path = `/workspaces/${workspace}/recipes/${id}`;
  const kept = await call(path);
  const other = { name: "orders, by somebody else", text: before, active: false };
  assert.equal((await call(path, { method: "PUT", tag: kept.tag, body: other })).status, 200);
  await reloaded(text);
  await throughAnEnd(() => page.getByRole("button", { name: "Save" }).click());
  await page.getByText("Somebody else changed it in the meantime").waitFor();
  await screen(page, "recipe-conflict");
  assert.equal((await call(path)).json.name, other.name);
  assert.equal(await text.inputValue(), mine);
  await page.getByRole("button", { name: "Read theirs" }).click();
  await page.waitForFunction((theirs) => document.querySelector("form textarea")?.value === theirs, before);
  assert.equal(await page.getByLabel("Name").inputValue(), other.name);
  await text.fill(mine);
  await page.getByRole("button", { name: "Save" }).click();
  await until(async () => (await call(path)).json.text === mine, "it is kept");
  await reloaded(text);
  assert.equal(await text.inputValue(), mine);
  assert.ok(await page.getByRole("button", { name: "Save" }).isDisabled(), "there is still something to save");
});

test("people are invited, given another role, deactivated", async () => {
  await page.goto(at("/admin"));
  await page.getByRole("button", { name: "Add somebody" }).click();
  await page.getByLabel("Name").fill("Grace Hopper");
  await page.getByLabel("Mail address").fill("grace@example.com");
  await page.getByRole("dialog").getByLabel("Role").selectOption("steward");
  await page.getByRole("button", { name: "Make the account" }).click();
  assert.match(await $("one-time").innerText(), /\/link#/);
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  const role = page.getByLabel("Role of Grace Hopper");
  await role.waitFor();
  await screen(page, "admin-people");
  await role.selectOption("viewer");
  const members = async () => (await call(`/workspaces/${workspace}/members`)).json.members;
  await until(async () => (await members()).some((m) => m.name === "Grace Hopper" && m.role === "viewer"), "the role is another");
  await page.getByRole("button", { name: "More about Grace Hopper" }).click();
  await page.getByRole("menuitem", { name: "Deactivate the account" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate the account" }).click();
  await page.getByText("Deactivated").waitFor();
  await reloaded(page.getByText("Deactivated"));
});

test("the tier, its use and the settings of the workspace are shown and changed", async () => {
  await page.goto(at("/admin?part=usage"));
  await page.getByText("What the tiers allow").waitFor();
  await page.getByText("10 MiB").waitFor();
  await screen(page, "admin-usage");
  await reloaded(page.getByText("What the tiers allow"), page.getByText("10 MiB"));
  await page.getByRole("tab", { name: "Workspace" }).click();
  await page.getByLabel("Deadline of control points, in hours").fill("48");
  await screen(page, "admin-workspace");
  await page.getByRole("button", { name: "Save" }).click();
  await until(async () => (await call(`/workspaces/${workspace}`)).json.settings.point_hours === 48, "the setting is kept");
  await reloaded(page.getByLabel("Deadline of control points, in hours"));
  assert.equal(await page.getByLabel("Deadline of control points, in hours").inputValue(), "48");
});

test("an API token is made, shown once, used, and revoked", async () => {
  await page.goto(at("/account"));
  await page.getByRole("button", { name: "Make a token" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("CI");
  await page.getByRole("dialog").getByRole("button", { name: "Run files" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make a token" }).click();
  const token = await $("token").innerText();
  const as = (t) => fetch(`${server.origin}/api/v1/workspaces/${workspace}/runs`, { headers: { Authorization: `Bearer ${t}` } });
  assert.equal((await as(token)).status, 200);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("button", { name: "Revoke “CI”" }).waitFor();
  await screen(page, "account-tokens");
  await page.getByRole("button", { name: "Revoke “CI”" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await until(async () => (await as(token)).status === 401, "the token is refused");
});

test("the audit tells what was done, filtered and as a file", async () => {
  await page.goto(at("/audit"));
  await page.getByRole("list", { name: "Entries, the latest first" }).waitFor();
  await screen(page, "audit");
  await page.getByLabel("Operation").fill("create-policy");
  await page.waitForURL(/operation=create-policy/);
  await page.getByRole("button", { name: /Create policy/ }).first().click();
  await page.getByText("Hash of the entry").waitFor();
  await reloaded(page.getByRole("button", { name: /Create policy/ }));
  assert.equal(await page.getByLabel("Operation").inputValue(), "create-policy");
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: /JSON Lines/ }).click(),
  ]);
  const lines = readFileSync(await download.path(), "utf8").trim().split("\n");
  assert.ok(lines.length > 0 && lines.every((l) => JSON.parse(l)), "the export is not JSON Lines");
  await page.getByLabel("Outcome").selectOption("error");
  await page.getByText("Nothing was found").waitFor();
});

test("the system page says whether everything works, and verifies the log", async () => {
  await page.goto(at("/system"));
  await page.getByText("answers").nth(1).waitFor();
  await page.getByRole("button", { name: "Verify now" }).click();
  await page.getByText("are as they were written").waitFor();
  await screen(page, "system");
  await reloaded(page.getByText("answers"), $("keys").getByText(/wrapped by the present one/), page.getByText("All were handled."));
});

test("axe finds nothing grave on any screen", () => assert.deepEqual([...new Set(grave)], []));

test("nothing was logged as an error, refused by the policy, or asked of another host", () => {
  assert.deepEqual(faults, []);
});
