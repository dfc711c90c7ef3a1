// A table that was copied from a spreadsheet, and a file, are pasted on the home page: shown first, then sent the way that
// files take.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { begin, grave, inOrder, openPage, screen, startBrowser, startServer, until } from "./harness.mjs";

const cells = [["order", "city", "amount", "note"]];
for (let i = 1; i <= 40; i++) cells.push([`o-${i}`, i % 3 ? "Utrecht" : "Delft", String(i * 7), i === 4 ? '"two\nlines"' : ""]);
const copied = `${cells.map((row) => row.join("\t")).join("\n")}\n`;

let server;
let browser;
let page;
let context;
let faults;
let call;
let workspace;
const test = inOrder(() => ({ page, faults }));
const $ = (id) => page.getByTestId(id);

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  ({ page, context, faults } = await openPage(browser, server.origin));
  ({ call, workspace } = await begin(page, server));
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.origin });
  await page.goto(`${server.origin}/w/${workspace}`);
  await page.getByText("No runs yet").waitFor();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Puts a text on the clipboard and presses the keys for pasting. */
async function paste(text) {
  await page.evaluate((t) => navigator.clipboard.writeText(t), text);
  await page.keyboard.press("Control+v");
}

/** Pastes a file into what has the focus, as a file manager's copy does. */
const pasteFile = (name, content) =>
  page.evaluate(
    ([n, c]) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([c], n, { type: "text/csv" }));
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    },
    [name, content],
  );

test("what is no table is not taken, and a field keeps what is pasted into it", async () => {
  await page.locator("#main").focus();
  await paste("just words");
  await page.getByText("That is no table.").waitFor();
  await page.getByLabel("Goal").focus();
  await paste("a\tb\n1\t2");
  assert.match(await page.getByLabel("Goal").inputValue(), /^a\tb/);
  assert.equal(await $("pasted").count(), 0);
  await page.getByLabel("Goal").fill("");
});

test("a table is shown with its size and lines before anything is sent", async () => {
  await page.locator("#main").focus();
  await paste(copied);
  await $("pasted").getByText(/B · 41 lines · 4 columns · not sent yet/).waitFor();
  await $("pasted").getByText("o-1", { exact: true }).waitFor();
  await screen(page, "paste", $("pasted"));
  assert.equal((await call(`/workspaces/${workspace}/datasets`)).json.datasets.length, 0, "it was sent already");
  await page.getByRole("button", { name: "Discard it" }).click();
  await $("pasted").waitFor({ state: "hidden" });
});

test("a field takes it too, where a device has no keys to paste with", async () => {
  await page.getByRole("button", { name: "Paste a table" }).click();
  await page.getByLabel("Paste here").waitFor();
  await paste(copied);
  await $("pasted").waitFor();
});

test("it is sent as it was copied, and a run is started on it with the keyboard alone", async () => {
  await page.keyboard.press("Enter"); // the focus is on sending it
  const datasets = async () => (await call(`/workspaces/${workspace}/datasets`)).json.datasets;
  await until(async () => (await datasets()).some((d) => d.status === "received"), "the table has come");
  const [sent] = await datasets();
  assert.match(sent.name, /^pasted-.*\.tsv$/);
  const original = await call(`/workspaces/${workspace}/datasets/${sent.id}/original`);
  assert.equal(original.text, copied);
  await page.getByLabel("Goal").focus();
  await page.keyboard.type("raise the amount");
  await page.getByRole("button", { name: "Start the run" }).press("Enter");
  await page.waitForURL(/\/runs\//);
  await page.getByText("Columns (4)").waitFor();
  await page.getByText("40 rows, 4 columns").waitFor();
});

test("a pasted file is shown and sent under its own name", async () => {
  await page.goto(`${server.origin}/w/${workspace}`);
  await page.getByLabel("Goal").waitFor();
  await page.locator("#main").focus();
  await pasteFile("cities.csv", "a,b\n1,2\n3,4\n");
  await $("pasted").getByText("cities.csv").waitFor();
  await $("pasted").getByText(/3 lines · 2 columns/).waitFor();
  await page.getByRole("button", { name: "Send it" }).click();
  await until(async () => (await call(`/workspaces/${workspace}/datasets`)).json.datasets.some((d) => d.name === "cities.csv" && d.status === "received"), "the file has come");
});

test("a sample is chosen with the keyboard, brings its goal, and is sent as a file is", async () => {
  await page.goto(`${server.origin}/w/${workspace}`);
  await page.getByRole("button", { name: "Try a sample" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /A club's members/ }).waitFor();
  await screen(page, "samples");
  await page.getByRole("button", { name: /A club's members/ }).click();
  await page.getByText("members.csv", { exact: true }).waitFor();
  await page.getByText("received", { exact: false }).first().waitFor();
  assert.match(await page.getByLabel("Goal").inputValue(), /cancelled/);
  await page.getByRole("button", { name: "Start the run" }).click();
  await page.getByText("delimiter ;", { exact: true }).waitFor();
});

test("it is read again otherwise: the control point opens anew, and what was asked for stands there", async () => {
  await page.getByRole("button", { name: "Read the file otherwise" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Names of the columns").click();
  await page.getByRole("option", { name: "No row of names" }).click();
  await dialog.getByRole("button", { name: "Read again" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("No row of names", { exact: true }).waitFor();
  await $("go-on").waitFor();
  await page.reload();
  await page.getByText("No row of names", { exact: true }).waitFor();
});

test("what the tier does not take is refused before it is sent", async () => {
  const made = await call("/workspaces", { method: "POST", body: { name: "Trial", tier: "demo" } });
  await page.goto(`${server.origin}/w/${made.json.id}`);
  await $("limits").getByText("files up to 10 MiB").waitFor();
  await page.locator("#main").focus();
  await pasteFile("large.csv", "a,b\n".repeat(3 * 1024 * 1024));
  await $("pasted").getByText("large.csv is larger than the 10 MiB").waitFor();
  assert.equal(await page.getByRole("button", { name: "Send it" }).count(), 0);
  await screen(page, "paste-refused", $("pasted"));
});

test("axe finds nothing grave on any screen", () => assert.deepEqual([...new Set(grave)], []));

test("nothing was logged as an error, refused by the policy, or asked of another host", () => {
  assert.deepEqual(faults, []);
});
