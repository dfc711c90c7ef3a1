// What administrators and operators do on the page: webhooks with their log, the master key, diagnostics, what was given up,
// and erasure. The receiver of the webhook and the failure of the task are real.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { ada, begin, grave, inOrder, openPage, reload, screen, startBrowser, startRun, startServer, throughAnEnd, until } from "./harness.mjs";

const folder = mkdtempSync(join(tmpdir(), "analytix-e2e-operate-"));
const csv = `order,city,amount\n${Array.from({ length: 60 }, (_, i) => `o-${i},${i % 3 ? "Utrecht" : "Delft"},${i * 7}`).join("\n")}\n`;

let server;
let browser;
let page;
let faults;
let call;
let workspace;
let receiver;
const told = [];
let answers = 500;
const test = inOrder(() => ({ page, faults }));
const $ = (id) => page.getByTestId(id);
const at = (path) => `${server.origin}/w/${workspace}${path}`;

/** A program that is told: it keeps what it is sent, and answers as the test says. */
async function startReceiver() {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=receiver",
      "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
    { stdio: "ignore" },
  );
  const s = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      told.push({ body, signature: request.headers["analytix-signature"] });
      response.writeHead(answers).end(answers === 500 ? "not today" : "thanks");
    });
  });
  await new Promise((ready) => s.listen(0, "127.0.0.1", ready));
  return { url: `https://127.0.0.1:${s.address().port}/hook`, cert, stop: () => new Promise((done) => s.close(done)) };
}

before(async () => {
  receiver = await startReceiver();
  server = await startServer(["--allow-target", "127.0.0.1"], { SSL_CERT_FILE: receiver.cert });
  browser = await startBrowser();
  ({ page, faults } = await openPage(browser, server.origin));
  ({ call, workspace } = await begin(page, server));
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await receiver?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let secret;

test("a webhook is made, and its secret is shown once", async () => {
  await page.goto(at("/admin?part=webhooks"));
  await page.getByText("Nobody is told yet").waitFor();
  await screen(page, "admin-webhooks-empty");
  await page.getByRole("button", { name: "Make a webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Address" }).fill("https://192.168.7.7/inside");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("alert").waitFor(); // not where the operator allows
  await dialog.getByRole("textbox", { name: "Address" }).fill(receiver.url);
  for (const event of ["A run begins", "Somebody is mentioned in a remark", "A deadline is near"]) await dialog.getByLabel(event).check();
  await screen(page, "admin-webhook-form");
  // What was typed outlives a reload, and the end of the session.
  await reload(page, dialog.getByRole("textbox", { name: "Address" }));
  assert.equal(await dialog.getByRole("textbox", { name: "Address" }).inputValue(), receiver.url);
  assert.ok(await dialog.getByLabel("Somebody is mentioned in a remark").isChecked());
  await throughAnEnd(page, ada.password, () => dialog.getByRole("button", { name: "Save" }).click());
  secret = await $("webhook-secret").innerText();
  assert.ok(secret.length > 20, secret);
  await screen(page, "admin-webhook-secret");
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.reload();
  await page.getByText(receiver.url).waitFor();
  assert.equal(await page.getByText(secret).count(), 0, "the secret is shown again");
});

test("a test that fails is in the log with its reason, and is delivered when it is sent again", async () => {
  await page.getByRole("button", { name: "Send a test" }).click();
  const log = $("deliveries");
  await log.getByText("A test").first().waitFor();
  await log.getByText("On its way").waitFor();
  await until(() => told.length > 0, "the receiver is told");
  await log.getByRole("button", { expanded: false }).first().click();
  await log.getByText(/answered 500 in/).waitFor();
  await log.getByText("not today").waitFor();
  await screen(page, "admin-webhook-log");
  answers = 200;
  await log.getByRole("button", { name: "Send again" }).first().click();
  await log.getByText("Delivered").first().waitFor();
  const last = told.at(-1);
  const [, seconds, hmac] = /t=(\d+),v1=([0-9a-f]+)/.exec(last.signature);
  assert.equal(createHmac("sha256", secret).update(`${seconds}.${last.body}`).digest("hex"), hmac, "the signature is not by the secret that was shown");
  await page.keyboard.press("Escape");
});

test("a webhook is changed, gets a new secret, and is removed", async () => {
  await page.getByRole("button", { name: "New secret" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "New secret" }).click();
  assert.notEqual(await $("webhook-secret").innerText(), secret);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByRole("dialog").getByLabel("Switched on").uncheck();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("switched off").waitFor();
  await screen(page, "admin-webhooks");
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("Nobody is told yet").waitFor();
});

let run;
let dataset;

test("a task that was given up is on the page of the system, and is tried again from there", async () => {
  run = await startRun(page, workspace, csv);
  const state = async () => (await call(`/workspaces/${workspace}/runs/${run}`)).json;
  await until(async () => (await state()).status === "waiting", "reception waits");
  dataset = (await state()).dataset;
  // The data that the next stage reads is gone for a while, as when a disk is not there; what was found is still there.
  const there = join(server.home, "files", dataset);
  const gone = readdirSync(there).filter((name) => !name.startsWith("document-"));
  assert.ok(gone.length > 0, "there is no data");
  for (const name of gone) renameSync(join(there, name), join(folder, name));
  const point = await call(`/workspaces/${workspace}/runs/${run}/point`);
  assert.equal((await call(`/workspaces/${workspace}/runs/${run}/point/close`, { method: "POST", tag: point.tag })).status, 200);
  await until(async () => (await state()).status === "failed", "the task is given up");
  await page.goto(at("/system"));
  const dead = $("dead-tasks");
  await dead.getByText(`run ${run}`).first().waitFor();
  await page.getByText("All were handled.").waitFor();
  await screen(page, "system-dead", dead);
  for (const name of gone) renameSync(join(folder, name), join(there, name));
  await dead.getByRole("button", { name: "Try the run again" }).first().click();
  await page.getByText("The run takes up its work again.").first().waitFor();
  await until(async () => (await state()).stage === "quality" && (await state()).status === "waiting", "the run goes on where it stopped");
  await page.getByText("None was given up.").waitFor();
});

test("a message that could not be handled is on the page, fails again honestly, and is handled once its cause is gone", async () => {
  const other = await startRun(page, workspace, csv, {}, "other.csv");
  const state = async () => (await call(`/workspaces/${workspace}/runs/${other}`)).json;
  await until(async () => (await state()).status === "waiting", "reception waits");
  const point = await call(`/workspaces/${workspace}/runs/${other}/point`);
  // What was found is gone for a while: the manager of the stage cannot write the decisions down, however often it tries.
  const there = join(server.home, "files", (await state()).dataset);
  const gone = readdirSync(there).filter((name) => name.startsWith("document-"));
  assert.ok(gone.length > 0, "nothing was found");
  for (const name of gone) renameSync(join(there, name), join(folder, name));
  assert.equal((await call(`/workspaces/${workspace}/runs/${other}/point/close`, { method: "POST", tag: point.tag })).status, 200);
  const letters = async () => (await call("/system/dead-messages")).json.messages;
  await until(async () => (await letters()).length === 1, "the message is set aside");
  const [first] = await letters();
  assert.equal(first.run, other);
  assert.ok(first.tries > 1, `it was tried ${first.tries} times`);

  await page.goto(at("/system"));
  const dead = $("dead-messages");
  await dead.getByText(`run ${other}`).waitFor();
  await dead.getByText("Writing the decisions of a control point down").waitFor();
  await screen(page, "system-dead-message", dead);
  await dead.getByRole("button", { name: "Send again" }).click();
  await page.getByText("The message was sent again.").first().waitFor();
  await until(async () => (await letters()).some((m) => m.seq > first.seq), "it is set aside again");
  await page.reload();
  await dead.getByText(`run ${other}`).waitFor();
  assert.equal((await letters()).length, 1, "the one that was sent again is still listed");

  for (const name of gone) renameSync(join(folder, name), join(there, name));
  await dead.getByRole("button", { name: "Send again" }).click();
  await page.getByText("All were handled.").waitFor();
  await until(async () => (await state()).stage === "quality" && (await state()).status === "waiting", "the run goes on");
  assert.deepEqual(await letters(), []);
  assert.equal((await call(`/workspaces/${workspace}/runs/${other}/abort`, { method: "POST", body: { why: "enough" } })).status, 200);
});

test("the master key is rotated, and what it wraps can still be read", async () => {
  const before = readFileSync(join(server.home, "master.key"), "utf8");
  await page.goto(at("/system"));
  await $("keys").getByText("2 datasets have keys, all wrapped by the present one.").waitFor();
  await screen(page, "system-keys", $("keys"));
  await page.getByRole("button", { name: "Rotate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
  await page.getByText("2 keys were wrapped anew by a new master key; the old one is gone.").waitFor();
  assert.notEqual(readFileSync(join(server.home, "master.key"), "utf8"), before);
  const original = await call(`/workspaces/${workspace}/runs/${run}/original`);
  assert.equal(original.text, csv);
});

test("the bundle of diagnostics is downloaded, without anybody's data", async () => {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the bundle" }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^analytix-diagnostics-.*\.json$/);
  const text = readFileSync(await download.path(), "utf8");
  const bundle = JSON.parse(text);
  assert.equal(bundle.ready, "");
  assert.ok(bundle.figures.includes("analytix_"));
  for (const secret of ["Utrecht", "orders.csv", "ada@example.com"]) assert.ok(!text.includes(secret), `${secret} is in the bundle`);
  await page.getByText(download.suggestedFilename()).waitFor();
  await screen(page, "system-diagnostics", page.getByRole("heading", { name: "Diagnostics" }));
});

test("a file is erased once its name was typed: what goes and what stays is said, and the proof stays", async () => {
  await page.goto(at("/data"));
  await page.getByRole("button", { name: "Erase orders.csv" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("What goes, for good").waitFor();
  await dialog.getByText("1 run is on it, and is ended.").waitFor();
  const go = dialog.getByRole("button", { name: "Erase for good" });
  await dialog.getByLabel("Why, for the record").fill("the customer asked for it");
  await dialog.getByLabel(/type its name/).fill("orders");
  assert.ok(await go.isDisabled(), "it can be erased without its name");
  await dialog.getByLabel(/type its name/).fill("orders.csv");
  await screen(page, "erase", go);
  await go.click();
  await dialog.getByTestId("proof").getByText(/can never be read again/).waitFor();
  await screen(page, "erase-proof", dialog.getByTestId("proof"));
  await page.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("heading", { name: "Erased" }).waitFor();
  await page.getByText("erased", { exact: true }).first().waitFor();
  await page.locator("details summary").first().click();
  await screen(page, "data-erased");
  const gone = await call(`/workspaces/${workspace}/datasets/${dataset}/original`);
  assert.ok([404, 410].includes(gone.status), `it is still there: ${gone.status}`);
  await page.goto(at(`/runs/${run}`));
  await page.getByText("The run was erased").waitFor();
  await screen(page, "run-erased");
});

test("axe finds nothing grave on any screen", () => assert.deepEqual([...new Set(grave)], []));

test("nothing was logged as an error, refused by the policy, or asked of another host", () => {
  // What was asked for on purpose after the erasure, and the address that the operator does not allow.
  assert.deepEqual(faults.filter((f) => !/status of (404|410|422)/.test(f)), []);
});
