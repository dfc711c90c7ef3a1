// What people see while something is out: the disk of the server is really full, a receiver of webhooks really gone. What is out is
// said, and goes from the page by itself when it is back; nothing is restarted.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { begin, grave, inOrder, openPage, screen, startBrowser, startServer, until } from "./harness.mjs";

const small = mkdtempSync(join(tmpdir(), "analytix-e2e-outage-"));
const filler = join(small, "filler");
let mounted = false;
try {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=256m", "tmpfs", small], { stdio: "ignore" });
  mounted = true;
} catch {
  // Only root can: what needs a small disk is left out.
}

let server;
let browser;
let page;
let faults;
let call;
let workspace;
const test = inOrder(() => ({ page, faults }));
const $ = (id) => page.getByTestId(id);

/** An address of this machine at which nothing answers. */
async function free() {
  const s = createServer();
  await new Promise((ready) => s.listen(0, "127.0.0.1", ready));
  const { port } = s.address();
  await new Promise((done) => s.close(done));
  return `127.0.0.1:${port}`;
}

function fill() {
  const piece = Buffer.alloc(64 << 10);
  const file = openSync(filler, "w");
  try {
    for (;;) writeSync(file, piece);
  } catch (e) {
    assert.equal(e.code, "ENOSPC");
  } finally {
    closeSync(file);
  }
}

before(async () => {
  const before = process.env.TMPDIR;
  if (mounted) process.env.TMPDIR = small; // where the state of the server lies
  server = await startServer(["--allow-target", "127.0.0.1"]);
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  browser = await startBrowser();
  ({ page, faults } = await openPage(browser, server.origin));
  ({ call, workspace } = await begin(page, server));
});

after(async () => {
  await browser?.close();
  rmSync(filler, { force: true });
  await server?.stop();
  if (mounted) execFileSync("umount", [small]);
  rmSync(small, { recursive: true, force: true });
});

test("while everything is in order the page of the system says so, and no line stands above the pages", async () => {
  await page.goto(`${server.origin}/w/${workspace}/system`);
  await $("in-order").waitFor();
  assert.equal(await $("outage").count(), 0);
});

test("a receiver of webhooks that is gone is told to operators, and to nobody else; when its webhook goes, so does that", async () => {
  const host = await free();
  const made = await call(`/workspaces/${workspace}/webhooks`, { method: "POST", body: { url: `https://${host}/?token=secret`, events: ["run.done"], active: true } });
  assert.equal(made.status, 201, made.text);
  const id = JSON.parse(made.text).id;
  const sent = await call(`/workspaces/${workspace}/webhooks/${id}/test`, { method: "POST", body: {} });
  assert.ok(sent.status < 300, sent.text);
  const one = $("conditions").getByText("A receiver of webhooks does not answer.");
  await one.waitFor();
  await $("conditions").getByText(host).waitFor();
  await $("conditions").getByText(/it refuses connections/).waitFor();
  await $("conditions").getByText("Deliveries to this one wait, each for a day.").waitFor();
  assert.equal(await page.getByText("token=secret").count(), 0);
  assert.equal(await $("outage").count(), 0);
  await screen(page, "system-conditions", one);
  assert.equal((await call(`/workspaces/${workspace}/webhooks/${id}`, { method: "DELETE" })).status, 204);
  await $("in-order").waitFor();
});

test("while the disk is full a line says what is held back on every page, what is refused says why, and both go by themselves", async () => {
  if (!mounted) return;
  fill();
  await until(async () => (await call("/status")).text.includes('"disk"'), "the server notices that its disk is full");
  await page.goto(`${server.origin}/w/${workspace}`);
  await $("outage").getByText("The disk of the server is full.").waitFor();
  await $("outage").getByText(/Uploads and decisions are refused and not kept\. Everything before is kept/).waitFor();
  await screen(page, "outage", $("outage"));
  const refused = await call("/workspaces", { method: "POST", body: { name: "next" } });
  assert.ok([503, 507].includes(refused.status), `${refused.status} ${refused.text}`);
  assert.ok(JSON.parse(refused.text).kept, refused.text);
  rmSync(filler);
  await until(async () => JSON.parse((await call("/status")).text).conditions.length === 0, "the server notices that there is room");
  await $("outage").waitFor({ state: "detached" });
  assert.equal((await call("/workspaces", { method: "POST", body: { name: "next" } })).status, 201);
});

test("axe finds nothing grave on any screen", () => assert.deepEqual([...new Set(grave)], []));

test("nothing was refused by the policy, or asked of another host", () => {
  // What failed while the disk was full is the purpose.
  assert.deepEqual(faults.filter((f) => !/status of (503|507)/.test(f)), []);
});
