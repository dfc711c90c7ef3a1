// Two people at one control point, in two browsers; and the limits of the demo tier.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { addPerson, begin, binary, grave, inOrder, openPage, screen, signIn, startBrowser, startRun, startServer, throughAnEnd, until, ada as person } from "./harness.mjs";

const grace = { name: "Grace Hopper", email: "grace@example.com", password: "amber ferry pillow cosmos" };
const files = mkdtempSync(join(tmpdir(), "analytix-e2e-together-"));

let server;
let browser;
let ada;
let hers;
let page;
let faults;
let call;
let workspace;
let run;
let graceId;
let csv;
const test = inOrder(() => ({ page, faults: [...(ada?.faults ?? []), ...(hers?.faults ?? [])] }));
const status = async () => (await call(`/workspaces/${workspace}/runs/${run}`)).json;

before(async () => {
  execFileSync(binary, ["sample", "--rows", "1000", "--out", files]);
  csv = readFileSync(join(files, "orders.csv"), "utf8");
  server = await startServer();
  browser = await startBrowser();
  ada = await openPage(browser, server.origin);
  ({ page, faults } = ada);
  ({ call, workspace } = await begin(page, server));
  graceId = await addPerson(call, workspace, grace, "steward");
  hers = await openPage(browser, server.origin);
  await hers.page.goto(`${server.origin}/sign-in`);
  await signIn(hers.page, grace);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(files, { recursive: true, force: true });
});

test("a run that waits is told of to whoever began it", async () => {
  await page.goto(`${server.origin}/w/${workspace}`);
  run = await startRun(page, workspace, csv);
  await page.getByTestId("notices").getByText(/^1\b/).waitFor();
  await page.getByTestId("notices").click();
  await page.getByText("orders.csv waits for you (reception)").waitFor();
  await screen(page, "notices");
  await page.getByRole("link", { name: /orders\.csv waits for you/ }).click();
  await page.getByText("Columns (25)").waitFor();
});

test("corrections that were not sent before somebody else closed the control point are told, and dropped when they were seen", async () => {
  await page.getByLabel("Find a column").fill("notes");
  await page.getByLabel("Role of notes").selectOption("ignore");
  await page.getByText("1 correction", { exact: true }).waitFor();
  await hers.page.goto(`${server.origin}/w/${workspace}/runs/${run}`);
  await hers.page.getByTestId("go-on").click();
  await hers.page.getByTestId("confirm-go-on").click();
  await page.getByRole("listbox", { name: "Issues" }).waitFor();
  const told = page.getByRole("alert").filter({ hasText: "1 correction of yours was sent" });
  await told.getByText("notes: role ignore").waitFor();
  await screen(page, "unsent");
  await page.reload();
  await told.getByRole("button", { name: "Drop", exact: true }).click();
  await told.waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("listbox", { name: "Issues" }).waitFor();
  assert.equal(await told.count(), 0);
  await hers.page.goto(`${server.origin}/w/${workspace}`);
});

test("both see that the other is there", async () => {
  await hers.page.goto(`${server.origin}/w/${workspace}/runs/${run}`);
  await hers.page.getByRole("listbox", { name: "Issues" }).waitFor();
  await page.getByTestId("present").getByText(grace.name).waitFor();
  await hers.page.getByTestId("present").getByText("Ada Lovelace").waitFor();
});

test("what one decides the other sees at once, and both decide at the same time without collision", async () => {
  await page.getByRole("option").first().click();
  await page.keyboard.press("a");
  await hers.page.getByText(/^1 of \d+ decided$/).first().waitFor();
  await hers.page.getByText("Accepted", { exact: true }).first().waitFor();
  const options = hers.page.getByRole("option");
  await options.nth(3).click();
  await page.getByRole("option").nth(5).click();
  await Promise.all([hers.page.keyboard.press("r"), page.keyboard.press("r")]);
  await until(async () => {
    const p = await call(`/workspaces/${workspace}/runs/${run}/point`);
    return Object.keys(p.json.decisions).length === 3;
  }, "both decisions stand");
  for (const p of [page, hers.page]) await p.getByText(/^3 of \d+ decided$/).first().waitFor();
  assert.equal(await page.getByText("Somebody else decided in the meantime").count(), 0);
});

test("a remark names somebody, who is told and answers; somebody is to see to it", async () => {
  await page.getByRole("option").nth(6).click();
  await page.keyboard.press("c");
  await page.keyboard.type("Is this right, @gra");
  // What was typed is there again after a reload, at this item and no other.
  await page.reload();
  assert.equal(await page.getByLabel("Say something").inputValue(), "Is this right, @gra");
  await page.getByRole("option").nth(5).click();
  await page.waitForFunction(() => document.querySelector("[data-talk]")?.value === "");
  await page.getByRole("option").nth(6).click();
  await page.waitForFunction(() => document.querySelector("[data-talk]")?.value !== "");
  await page.keyboard.press("c");
  await page.keyboard.press("End");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("a");
  await page.getByRole("listbox", { name: "People to name" }).getByText(grace.name).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.type("?");
  await throughAnEnd(page, person.password, () => page.getByRole("button", { name: "Send" }).click());
  await page.getByTestId("talk").getByText("Is this right,").waitFor();
  await screen(page, "talk", page.getByLabel("Say something"));

  await hers.page.getByTestId("notices").getByText(/^2\b/).waitFor(); // a control point waits, and she was named
  await hers.page.getByTestId("notices").click();
  await hers.page.getByRole("link", { name: /Ada Lovelace named you/ }).click();
  await hers.page.getByTestId("talk").getByText("Is this right,").waitFor();
  await hers.page.keyboard.press("c");
  await hers.page.keyboard.type("It is. The source has it so.");
  await hers.page.keyboard.press("Control+Enter");
  await page.getByTestId("talk").getByText("The source has it so.").waitFor();

  await page.getByTestId("talk").getByRole("button", { name: "Assign" }).click();
  await page.getByRole("option", { name: grace.name }).click();
  await page.getByText("Grace Hopper sees to it").waitFor();
  await hers.page.getByText("Grace Hopper sees to it").waitFor();
  await page.reload();
  await page.getByTestId("talk").getByText("The source has it so.").waitFor();
});

test("a remark is written anew and taken back by whoever said it, and removed by a steward", async () => {
  const remark = (p, words) => p.getByTestId("remark").filter({ hasText: words });
  await remark(page, "Is this right,").getByRole("button", { name: "Edit" }).click();
  const field = page.getByLabel("Write it anew");
  await screen(page, "talk-edit", field);
  await field.fill("Is this really right, @Grace Hopper?");
  await page.getByRole("button", { name: "Save" }).click();
  await remark(hers.page, "Is this really right,").getByText("edited").waitFor();
  assert.equal(await remark(hers.page, "Is this really right,").getByRole("button", { name: "Edit" }).count(), 0);

  await remark(hers.page, "The source has it so.").getByRole("button", { name: "Remove" }).click();
  await hers.page.getByText("Take it back?").waitFor();
  await hers.page.getByRole("group", { name: "Remove" }).getByRole("button", { name: "Cancel" }).click();
  await remark(hers.page, "Is this really right,").getByRole("button", { name: "Remove" }).click();
  await hers.page.getByText("Remove what Ada Lovelace said?").waitFor();
  await screen(hers.page, "talk-remove", hers.page.getByRole("group", { name: "Remove" }));
  await hers.page.getByRole("group", { name: "Remove" }).getByRole("button", { name: "Remove" }).click();
  await remark(page, "Is this really right,").waitFor({ state: "detached" });
  await remark(page, "The source has it so.").waitFor();
});

test("what one is to see to stands on one's first page, and leads to it", async () => {
  await hers.page.goto(`${server.origin}/w/${workspace}`);
  const duties = hers.page.getByTestId("duties");
  await duties.getByText("Ada Lovelace asks you").waitFor();
  await screen(hers.page, "duties", duties);
  assert.equal(await page.getByTestId("duties").count(), 0);
  await duties.getByRole("link").click();
  await hers.page.getByText("Grace Hopper sees to it").waitFor();
});

test("who is not to see personal data sees what looks like it masked in what others say, too", async () => {
  const item = new URL(hers.page.url()).searchParams.get("item");
  const said = await call(`/workspaces/${workspace}/runs/${run}/discussion/remarks`, { method: "POST", body: { item, text: "Ask jane.doe@example.org" } });
  assert.equal(said.status, 201, said.text);
  await hers.page.getByText("Ask jane.doe@example.org").waitFor();
  const role = (as) => call(`/workspaces/${workspace}/members/${graceId}`, { method: "PUT", body: { role: as } });
  assert.ok((await role("viewer")).status < 300);
  await hers.page.reload();
  await hers.page.getByText("Ask j***@example.org").waitFor();
  assert.equal(await hers.page.getByText("Ask jane.doe").count(), 0);
  assert.equal(await hers.page.getByTestId("remark").filter({ hasText: "Ask j***" }).getByRole("button").count(), 0);
  assert.ok((await role("steward")).status < 300);
});

test("which notices one gets is chosen on the page of one's account, and holds", async () => {
  await hers.page.goto(`${server.origin}/w/${workspace}`);
  const unseen = hers.page.getByTestId("notices").getByText(/^\d+\b/);
  const before = Number.parseInt(await unseen.innerText(), 10);
  await hers.page.goto(`${server.origin}/w/${workspace}/account`);
  const chosen = hers.page.getByTestId("preferences");
  const here = chosen.getByLabel("You are to see to something: Here");
  await here.waitFor();
  await chosen.getByText("This server sends no mail").waitFor();
  assert.ok(await chosen.getByLabel("You are to see to something: By mail").isDisabled());
  await screen(hers.page, "preferences", chosen);
  await here.click(); // it is set when the server has it
  await hers.page.getByTestId("notices").getByText(new RegExp(`^${before - 1}\\b`)).waitFor();
  await hers.page.reload();
  await here.waitFor();
  assert.equal(await here.isChecked(), false);
  await here.click();
  await hers.page.getByTestId("notices").getByText(new RegExp(`^${before}\\b`)).waitFor();
});

test("the demo tier says what it allows before anything is sent, and what to do when a limit is hit", async () => {
  const made = await call("/workspaces", { method: "POST", body: { name: "Trial", tier: "demo" } });
  assert.equal(made.status, 201, made.text);
  const demo = made.json.id;
  await call(`/workspaces/${demo}/members/${graceId}`, { method: "PUT", body: { role: "steward" } });
  await hers.page.goto(`${server.origin}/w/${demo}`);
  await hers.page.getByTestId("limits").getByText("files up to 10 MiB, 0 of 3 runs begun today").waitFor();
  await hers.page.keyboard.press("Escape"); // the tour
  await hers.page.getByTestId("tour").waitFor({ state: "hidden" });
  await hers.page.getByTestId("file").setInputFiles({ name: "large.csv", mimeType: "text/csv", buffer: Buffer.alloc(10 * 1024 * 1024 + 1, "a,b\n") });
  await hers.page.getByText("large.csv is larger than the 10 MiB").waitFor();
  await screen(hers.page, "demo-too-large");

  const first = await startRun(hers.page, demo, csv);
  await hers.page.reload();
  await hers.page.getByText("A run is under way, and the tier allows no further one").waitFor();
  await screen(hers.page, "demo-full");
  // The server holds it too, with words of its own.
  const second = await startRun(hers.page, demo, csv).catch((e) => e.message);
  assert.match(second, /tier_limit/);
  await hers.page.goto(`${server.origin}/w/${demo}/recipes`);
  await hers.page.getByText("The demo tier has no recipes").waitFor();
  assert.equal(await hers.page.getByRole("button", { name: "New recipe" }).count(), 0);
  assert.ok(first);
});

test("axe finds nothing grave on any screen", () => assert.deepEqual([...new Set(grave)], []));

test("nothing was logged as an error, refused by the policy, or asked of another host", async () => {
  assert.equal((await status()).status, "waiting");
  // The one refusal that was asked for: a second run in the demo tier.
  assert.deepEqual(ada.faults.concat(hers.faults).filter((f) => !/status of 403/.test(f)), []);
});
