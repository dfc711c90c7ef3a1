// The main job, as a person does it: from the first start to the cleaned file, with the keyboard, in a real browser,
// against the built program. The parts follow one another on one server.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { ada as person, binary, caller, grave, inOrder, openPage, picture, reload, screen, startBrowser, startServer, throughAnEnd as throughEnd, until } from "./harness.mjs";

const guest = { name: "Vera Viewer", email: "vera@example.com", password: "copper lantern meadow quartz" };
const files = mkdtempSync(join(tmpdir(), "analytix-e2e-files-"));
const file = join(files, "orders.csv");

let server;
let browser;
let page;
let context;
let faults;
let workspace;
let run;

before(async () => {
  execFileSync(binary, ["sample", "--rows", "1000", "--out", files]);
  server = await startServer();
  browser = await startBrowser();
  ({ page, context, faults } = await openPage(browser, server.origin));
});

after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(files, { recursive: true, force: true });
});

const test = inOrder(() => ({ page, faults }));
const $ = (id) => page.getByTestId(id);
const call = (on, path, init) => caller(on)(path, init);
const api = (path, init) => call(page, path, init);

const runPath = (rest = "") => `/workspaces/${workspace}/runs/${run}${rest}`;
const point = async () => (await api(runPath("/point"))).json;


/** Closes the control point with the keyboard: once the dialog has the focus. */
async function goOn() {
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-testid") === "confirm-go-on");
  await page.keyboard.press("Enter");
  await $("confirm-go-on").waitFor({ state: "hidden" });
}

const reloaded = (...there) => reload(page, ...there);
const throughAnEnd = (act, name) => throughEnd(page, person.password, act, name);

test("whoever opens the link of the first start becomes the administrator", async () => {
  await page.goto(`${server.origin}/start#${server.token}`);
  await page.getByLabel("Name").fill(person.name);
  assert.equal(new URL(page.url()).hash, "", "the token stays in the address");
  await screen(page, "start");
  await page.getByLabel("Mail address").fill(person.email);
  await page.locator("input[name=new-password]").fill(person.password);
  await page.getByRole("button", { name: "Create account and begin" }).click();
  await page.waitForURL(/\/w\//);
  workspace = new URL(page.url()).pathname.split("/")[2];
  await $("tour").waitFor();
  await screen(page, "tour");
  for (let i = 0; i < 4; i++) await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("button", { name: "Begin" }).click();
  await $("tour").waitFor({ state: "hidden" });
  await page.getByText("Nothing waits for a decision.").waitFor();
  await screen(page, "home-empty");
  await page.reload();
  await page.getByText("Nothing waits for a decision.").waitFor();
  assert.equal(await $("tour").count(), 0, "the tour comes back");
});

test("a wrong password is refused in words, the right one lets in", async () => {
  await context.clearCookies();
  await page.goto(`${server.origin}/w/${workspace}`);
  await page.waitForURL(/sign-in/);
  await screen(page, "sign-in");
  await page.getByLabel("Mail address").fill(person.email);
  await page.locator("input[name=password]").fill("not the password");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("is wrong").waitFor();
  await page.locator("input[name=password]").fill(person.password);
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/w/${workspace}`));
});

test("a file is sent and a run started with a goal", async () => {
  await page.getByLabel("Goal").fill("reduce late deliveries");
  await reloaded(page.getByText("No runs yet"));
  assert.equal(await page.getByLabel("Goal").inputValue(), "reduce late deliveries");
  await $("file").setInputFiles(file);
  await page.getByText("received", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.waitForURL(/\/runs\//);
  run = new URL(page.url()).pathname.split("/")[4];
  await page.getByRole("navigation", { name: "Route of the run" }).waitFor();
  await picture(page, "run-working");
  await reloaded(page.getByRole("navigation", { name: "Route of the run" }));
});

/** What this tab holds of corrections at reception; empty where it holds none. */
const corrections = () =>
  page.evaluate(() =>
    Object.keys(sessionStorage)
      .filter((k) => k.includes(".corrections."))
      .map((k) => sessionStorage.getItem(k))
      .join(),
  );

test("how a file would be read otherwise is shown before it is read again", async () => {
  await $("go-on").waitFor();
  await page.getByRole("button", { name: "Read the file otherwise" }).click();
  const preview = $("read-preview");
  const choose = async (label, option) => {
    await page.getByRole("combobox", { name: label }).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };
  const again = page.getByRole("button", { name: "Read again" });
  await preview.getByText(/^25 columns/).waitFor();
  await preview.getByText("As it is read now").waitFor();
  await screen(page, "reception-again");
  assert.equal(await preview.getByRole("row").count(), 11, "the names and ten rows");
  assert.ok(await again.isDisabled(), "there is nothing to read otherwise");
  await choose("Delimiter", "Semicolon");
  await preview.getByText(/^1 column[,;]/).waitFor();
  await preview.getByText("(25 columns now)").waitFor();
  await preview.getByText("As it would be read").waitFor();
  await picture(page, "reception-otherwise");
  await page.getByLabel("Lines to skip").fill("9999");
  await preview.getByRole("alert").getByText("9999 lines before the table are to be skipped").waitFor();
  assert.ok(await again.isDisabled(), "it cannot be read so");
  await picture(page, "reception-unreadable");
  await page.getByLabel("Lines to skip").fill("");
  await preview.getByText(/^1 column[,;]/).waitFor();
  await choose("Delimiter", "Comma");
  await preview.getByText("As it is read now").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await preview.waitFor({ state: "hidden" });
  assert.equal((await point()).round, 1, "the stage began anew");
});

test("the facts of reception are corrected and accepted", async () => {
  await $("go-on").waitFor();
  await page.getByText("Columns (25)").waitFor();
  const first = page.getByRole("region", { name: /^First rows of the table/ });
  await first.getByRole("row", { name: /^8 / }).waitFor();
  assert.equal(await first.getByRole("columnheader").count(), 26, "the columns and the number of the row");
  await screen(page, "reception");
  await reloaded($("go-on"), page.getByText("Columns (25)"));
  await page.getByLabel("Find a column").fill("notes");
  await page.getByLabel("Role of notes").selectOption("ignore");
  await page.getByText("1 correction", { exact: true }).waitFor();
  await page.getByText("Role ignore: is left out of insights").waitFor();
  // What another type would make of the values is told before it is accepted.
  await page.getByLabel("Type of notes").selectOption("integer");
  await page.getByText(/^(None of the|[0-9,]+ of [0-9,]+) values can(not)? be read as integer: “/).waitFor();
  await screen(page, "reception-as-type", page.getByLabel("Type of notes"));
  await page.getByLabel("Type of notes").selectOption("text");
  await page.getByText("1 correction", { exact: true }).waitFor();
  await page.getByLabel("Find a column").fill("quantity");
  await page.getByLabel("Type of quantity").selectOption("text");
  await reloaded(page.getByText("2 corrections", { exact: true }));
  assert.equal(await page.getByLabel("Find a column").inputValue(), "quantity");
  assert.equal(await page.getByLabel("Type of quantity").inputValue(), "text");
  await page.getByLabel("Type of quantity").selectOption("integer"); // as it was understood
  await page.getByLabel("Find a column").fill("notes");
  await page.getByText("1 correction", { exact: true }).waitFor();
  // A number leads to the profile of the column, and the correction is held meanwhile.
  await page.getByRole("link", { name: /^Distinct in notes: / }).press("Enter");
  await page.getByRole("button", { name: "Show the queries" }).click();
  await page.getByText(/count\(CAST\("notes" AS VARCHAR\)\).* FROM data/).waitFor();
  await page.goBack();
  await page.getByText("1 correction", { exact: true }).waitFor();
  // The number knows its version once that has been asked for: nothing may be under way as the session ends.
  const known = page.locator("a[href*='version=']", { hasText: /\d/ });
  await reloaded(page.getByText("1 correction", { exact: true }), known, first.getByRole("row", { name: /^8 / }));
  assert.equal(await page.getByLabel("Role of notes").inputValue(), "ignore");
  assert.match(await corrections(), /notes/);
  await page.locator("#main").focus();
  // The session ends before it is accepted: the correction is still there, and is sent after signing in again.
  await page.keyboard.press("Enter");
  await throughAnEnd(() => $("confirm-go-on").click());
  await page.getByRole("listbox", { name: "Issues" }).waitFor();
  const decisions = (await api(runPath("/decisions"))).json.decisions;
  assert.equal(decisions.length, 1, "it was sent twice");
  assert.equal(decisions[0].decision.choice, "edit");
  assert.deepEqual(decisions[0].decision.params.columns, { notes: { role: "ignore" } });
  assert.equal(await corrections(), "", "what was sent is still held");
  await page.goto(`${server.origin}/w/${workspace}/runs/${run}?view=reception`);
  await page.getByText("Columns (1)").waitFor();
  assert.equal(await page.locator("[data-changed=true]").count(), 0);
  await page.goto(`${server.origin}/w/${workspace}/runs/${run}`);
});

test("issues are triaged with the keyboard, one decision is undone, a reload keeps all", async () => {
  await page.getByRole("listbox", { name: "Issues" }).waitFor();
  await page.getByRole("heading", { name: "Before and after" }).or(page.getByText("Cells concerned")).first().waitFor();
  await screen(page, "quality");
  const issues = (await api(runPath("/issues"))).json.issues;
  assert.ok(issues.length > 10, `${issues.length} issues`);
  const selected = () => page.getByRole("option", { selected: true }).getAttribute("id");
  const chosen = (id, is = true) =>
    page.waitForFunction(([x, y]) => (document.querySelector("[role=option][aria-selected=true]")?.id === x) === y, [id, is]);

  const first = await selected();
  await page.keyboard.press("j");
  await chosen(first, false);
  await page.keyboard.press("k");
  await chosen(first);

  const settled = (n) => page.getByText(`${n} of ${issues.length} decided`, { exact: true }).first().waitFor();
  await page.keyboard.press("a");
  await settled(1);
  await chosen(first, false); // the next open issue
  const second = await selected();
  await page.keyboard.press("r");
  await settled(2);
  await until(async () => Object.values((await point()).decisions).length === 2, "two decisions stand");
  const two = (await point()).decisions;
  assert.deepEqual(Object.values(two).map((d) => d.choice).sort(), ["accept", "reject"]);

  // Undo the second.
  await chosen(second, false);
  await page.keyboard.press("k");
  await chosen(second);
  await page.keyboard.press("u");
  await settled(1);

  await page.keyboard.press("/");
  await page.keyboard.type("missing");
  await page.keyboard.press("Escape");
  await page.waitForFunction((n) => document.querySelectorAll("[role=option]").length < n, issues.length);
  await page.getByRole("button", { name: "Clear the search" }).click();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "hidden" });

  await page.reload();
  await settled(1);
});

test("a session that ends in the middle loses nothing", async () => {
  await page.getByLabel("Reason").fill("seen at the source");
  await throughAnEnd(() => $("reject").click(), "session-ended");
  await page.getByText(/^2 of \d+ decided$/).first().waitFor();
  const kept = Object.values((await point()).decisions).find((d) => d.reason === "seen at the source");
  assert.equal(kept?.choice, "reject");
});

test("who was quicker is told, and their decision stands", async () => {
  const before = faults.length;
  const item = await page.evaluate(() => document.querySelector("[role=option][aria-selected=true]")?.id.replace("issue-", ""));
  const other = await context.newPage();
  await other.goto(`${server.origin}/w/${workspace}`);
  const seen = await call(other, runPath("/point"));
  assert.equal(seen.json.decisions[item], undefined, "the issue is decided already");
  // The page does not hear of it in time.
  await page.route("**/point", (route) => route.abort());
  const taken = await call(other, runPath("/point/decisions"), {
    method: "POST",
    tag: seen.tag,
    body: { decisions: [{ item, choice: "leave", supersedes: "" }] },
  });
  assert.equal(taken.status, 200, taken.text);
  await page.keyboard.press("r");
  await page.getByText("Somebody else decided in the meantime").waitFor();
  await page.unroute("**/point");
  assert.equal((await point()).decisions[item].choice, "leave");
  await page.getByRole("button", { name: "I have seen it" }).click();
  await other.close();
  assert.ok(faults.splice(before).every((f) => f.includes("ERR_FAILED")));
});

test("a control point is not closed while any of the decisions that were sent before was not taken", async () => {
  const before = Object.keys((await point()).decisions).length;
  // Three decisions follow one another; the first is refused, the two after it are taken.
  let refused = false;
  await page.route("**/point/decisions", (route) => {
    if (refused) return route.continue();
    refused = true;
    return route.fulfill({
      status: 422,
      contentType: "application/problem+json",
      body: JSON.stringify({ status: 422, code: "invalid", detail: "This decision cannot be taken.", next: "decide otherwise" }),
    });
  });
  for (const key of ["r", "l", "l"]) await page.keyboard.press(key);
  await page.getByText("A decision was not taken").waitFor();
  await until(async () => Object.keys((await point()).decisions).length === before + 2, "the other two stand");
  await page.unroute("**/point/decisions");
  await page.locator("#main").focus();
  await page.keyboard.press("Enter");
  await $("confirm-go-on").click();
  await page.getByRole("dialog").getByText("was not taken, so the control point was not closed").waitFor();
  assert.equal((await api(runPath())).json.status, "waiting");
  await page.keyboard.press("Escape");
  await screen(page, "quality-not-taken");
  await page.getByRole("button", { name: "I have seen it" }).click();
  await page.getByText("A decision was not taken").waitFor({ state: "hidden" });
  await reloaded(page.getByText(`${before + 2} of`, { exact: false }));
});

test("a viewer sees everything and decides nothing", async () => {
  const made = await api("/accounts", { method: "POST", body: { name: guest.name, email: guest.email } });
  assert.equal(made.status, 201, made.text);
  const member = await api(`/workspaces/${workspace}/members/${made.json.account.id}`, { method: "PUT", body: { role: "viewer" } });
  assert.equal(member.status, 200, member.text);
  const theirs = await openPage(browser, server.origin);
  await theirs.page.goto(server.origin + made.json.link.path);
  await theirs.page.locator("input[name=new-password]").fill(guest.password);
  await screen(theirs.page, "invitation");
  await theirs.page.getByRole("button", { name: "Set password and sign in" }).click();
  await theirs.page.waitForURL(/\/w\//);
  await theirs.page.getByRole("link", { name: /orders\.csv/ }).first().click();
  await theirs.page.getByRole("option").first().waitFor();
  for (const id of ["accept", "reject", "go-on", "accept-recommended"]) {
    assert.equal(await theirs.page.getByTestId(id).count(), 0, `a viewer is offered ${id}`);
  }
  await theirs.page.getByText("Your role may look here, not decide.").waitFor();
  await screen(theirs.page, "viewer");
  await theirs.page.keyboard.press("a");
  const seen = await call(theirs.page, runPath("/point"));
  const tried = await call(theirs.page, runPath("/point/decisions"), {
    method: "POST",
    tag: seen.tag,
    body: { decisions: [{ item: seen.json.items[0].id, choice: "reject" }] },
  });
  assert.equal(tried.status, 403);
  assert.deepEqual(theirs.faults.filter((f) => !f.includes("403")), []);
  await theirs.context.close();
});

test("what the filter shows is decided on at once, and taken back as one", async () => {
  const before = Object.keys((await point()).decisions).length;
  await page.getByLabel("Search issues").fill("blanks");
  await page.getByText(/^\d+ of \d+ issues$/).waitFor();
  const open = await page.getByRole("option").count();
  await page.getByRole("button", { name: "More for all at once" }).click();
  await page.getByRole("menuitem", { name: /^Reject those shown that are open/ }).click();
  await until(async () => Object.keys((await point()).decisions).length > before, "they are rejected");
  const now = await point();
  assert.ok(Object.keys(now.decisions).length - before <= open, "more was decided than is shown");
  await page.getByRole("button", { name: "Undo", exact: true }).first().click();
  await until(async () => Object.keys((await point()).decisions).length === before, "all of it is taken back");
  await page.getByLabel("Search issues").fill("");
});

test("all that is recommended is accepted at once, and carried out", async () => {
  await Promise.all([
    page.waitForResponse((r) => r.url().endsWith("/point/decisions") && r.request().method() === "POST"),
    $("accept-recommended").click(),
  ]);
  await page.getByText("accepted.").first().waitFor();
  await $("accept-recommended").waitFor({ state: "hidden" });
  const { items, decisions } = await point();
  assert.ok(items.every((i) => !i.recommended || decisions[i.id]), "something recommended is left open");
  await page.locator("#main").focus();
  await goOn();
});

test("the goal is read otherwise at the insights, and the stage looks again", async () => {
  await page.getByText("statistical tests").waitFor();
  const { round } = await point();
  const read = async (direction) => {
    await page.getByRole("button", { name: "Read the goal otherwise" }).click();
    await page.getByRole("dialog").getByLabel("Better is").click();
    await page.getByRole("option", { name: direction, exact: true }).click();
    await screen(page, "goal-otherwise");
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByText(`better is: ${direction.toLowerCase()}.`).waitFor();
  };
  await read("More");
  await until(async () => (await point()).round === round + 1, "the control point opens again");
  assert.equal((await api(runPath("/insights"))).json.goal.direction, "up");
  await reloaded(page.getByText("better is: more."));
  await read("Less");
});

test("more is asked for like an insight, and comes to the same control point", async () => {
  await page.getByRole("article").first().waitFor();
  await page.locator("#main").focus();
  await page.getByText("statistical tests").waitFor();
  await page.waitForFunction(() => document.querySelector("[data-chart] svg"));
  await screen(page, "insights");
  await page.locator("#main").focus();
  const shown = (await api(runPath("/insights"))).json.insights.map((i) => i.id);
  const round = (await point()).round;
  await page.keyboard.press("a");
  await page.getByText("1 insight kept.").first().waitFor();
  await until(async () => Object.keys((await point()).decisions).length === 1, "the decision stands");
  await page.keyboard.press("k");
  // Of the kinds that are shown, one of which there is more.
  const cards = page.getByRole("article");
  let added = [];
  for (let i = 0; i < Math.min(6, shown.length) && added.length === 0; i++) {
    await page.locator("#main").focus();
    await page.keyboard.press("m"); // of the card that the cursor is at
    await page.getByRole("menuitem", { name: "About the same columns" }).press("Enter");
    await until(async () => {
      const list = (await api(runPath("/insights"))).json;
      added = list.insights.filter((x) => x.like === shown[i]);
      return (await api(runPath())).json.status === "waiting" && (list.asked ?? []).some((x) => x.item === shown[i]);
    }, "the stage has looked again");
    await cards.nth(shown.length - 1).waitFor();
    if (added.length === 0) for (let k = 0; k <= i; k++) await page.keyboard.press("j"); // the view began anew
  }
  assert.ok(added.length > 0, "nothing more was found");
  assert.ok(added.every((x) => !shown.includes(x.id) && x.q_value <= 0.05), "what was added was shown, or is chance");
  await page.getByText("More that was asked for").waitFor();
  await page.getByText(/more insights? about these columns/).first().waitFor();
  const now = await point();
  assert.equal(now.round, round, "it is another control point");
  assert.equal(Object.values(now.decisions)[0].choice, "accept", "the decision is gone");
  const audit = (await api(runPath("/results/audit.jsonl"))).text;
  assert.match(audit, /point\.asked/);
  await page.waitForFunction(() => [...document.querySelectorAll("[data-chart]")].every((c) => c.querySelector("svg")));
  await screen(page, "insights-more", page.locator(`#item-${added[0].id}`));
  await reloaded(page.getByText("More that was asked for"));
  await page.locator("#main").focus();
  await page.keyboard.press("u");
  await page.getByText("0 insights kept.").first().waitFor();
});

test("insights are kept and dismissed", async () => {
  await page.getByRole("article").first().waitFor();
  await page.getByText("statistical tests").waitFor();
  await page.waitForFunction(() => document.querySelector("[data-chart] svg"));
  await page.keyboard.press("a");
  await page.getByText("1 insight kept.").first().waitFor();
  await until(async () => Object.keys((await point()).decisions).length === 1, "the decision stands");
  await throughAnEnd(() => page.keyboard.press("r")); // what was decided as the session ended is not lost
  await until(async () => Object.keys((await point()).decisions).length === 2, "both decisions stand");
  await reloaded(page.getByText("1 insight kept."));
  await page.getByRole("button", { name: "Show the query" }).first().click();
  await page.getByText("SELECT", { exact: false }).first().waitFor();
  await page.locator("#main").focus();
  await goOn();
});

test("recommendations are decided and the run is finished", async () => {
  await page.getByText("Impact").first().waitFor();
  await page.keyboard.press("d"); // the day by which it is to be done
  await page.keyboard.type("12012027"); // month, day, year, as the browser's field takes them
  await page.keyboard.press("Escape");
  const day = await page.getByLabel("Until").first().inputValue();
  assert.match(day, /^2027-/);
  await throughAnEnd(() => page.keyboard.press("a"));
  await page.getByText("1 action taken on.").first().waitFor();
  const first = Object.values((await point()).decisions)[0];
  assert.equal(first.due, day);
  await page.getByText("due 1 Dec 2027").or(page.getByText("due 12 Jan 2027")).first().waitFor();
  // Somebody is asked to see to it.
  const row = page.locator(`#item-${first.item}`);
  await row.getByRole("button", { name: "Discuss" }).click();
  await row.getByRole("button", { name: "Assign" }).click();
  await page.getByRole("option", { name: person.name }).click();
  await $(`seen-${first.item}`).getByText(`${person.name} sees to it`).waitFor();
  await row.getByRole("button", { name: "Discuss" }).click();
  await screen(page, "recommendations");
  // What an action rests on is shown with its query.
  await page.getByText("Rests on").locator("a[href*='view=insight']").first().click();
  await page.waitForURL(/view=insight&item=/);
  const insight = page.locator(`#item-${new URL(page.url()).searchParams.get("item")}[data-current=true]`);
  await insight.getByRole("button", { name: "Show the query" }).waitFor();
  await page.goBack();
  await page.getByText("1 action taken on.").first().waitFor();
  await reloaded(page.getByText("1 action taken on."), $(`seen-${first.item}`).getByText(`${person.name} sees to it`));
  assert.equal(await page.getByLabel("Until").first().inputValue(), day, "the day is gone");
  await page.locator("#main").focus();
  await goOn();
  await $("download-data").waitFor();
  await reloaded($("download-data"));
  const told = (await api(runPath("/results/findings.json"))).json.recommendations.find((r) => r.id === first.item);
  assert.equal(told.decision.due, day);
  assert.equal(told.owner.name, person.name);
  const report = (await api(runPath("/results/report.html"))).text;
  assert.match(report, new RegExp(`due \\d+ \\w+ 2027; ${person.name} sees to it`));
  await page.getByText("Done", { exact: true }).first().waitFor();
  await page.getByText("Cleaned", { exact: true }).first().waitFor();
  await screen(page, "results");
});

test("the cleaned file is the one that the API gives, and it is cleaned", async () => {
  const [download] = await Promise.all([page.waitForEvent("download"), $("download-data").click()]);
  const text = readFileSync(await download.path(), "utf8");
  const given = await api(runPath("/versions/latest/download?format=csv"));
  assert.equal(given.status, 200);
  assert.equal(text.replace(/^\ufeff/, ""), given.text.replace(/^\ufeff/, ""));
  const received = readFileSync(file, "utf8");
  assert.notEqual(text, received, "nothing was changed");
  // What the sample plants and a recommendation mends.
  assert.ok(received.includes("Electroncs") && !text.includes("Electroncs"), "a misspelling is still there");
});

test("home shows the run, and the account page what is one's own", async () => {
  await page.goto(`${server.origin}/w/${workspace}`);
  await page.getByRole("link", { name: /orders\.csv/ }).first().waitFor();
  await screen(page, "home");
  await page.goto(`${server.origin}/w/${workspace}/account`);
  await page.getByRole("heading", { name: "Sessions" }).waitFor();
  await screen(page, "account");
});

test("axe finds nothing grave on any screen", () => assert.deepEqual([...new Set(grave)], []));

test("nothing was logged as an error, refused by the policy, or asked of another host", () => {
  assert.deepEqual(faults, []);
});
