// A control point of 500 issues, from a real file. What a key costs is told in processor time of the page's thread, beyond
// what a picture costs it in the same run, for how long it takes also depends on what else the machine does.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { begin, inOrder, onward, openPage, startBrowser, startRun, startServer, until } from "./harness.mjs";

// In each column one cell that is no number and three that hold what stands for a gap: two issues each, that are of their own.
const columns = 255;
const faulty = (() => {
  const names = ["note", ...Array.from({ length: columns }, (_, c) => `reading_${c}`)];
  const number = (r, c) => 100 + ((Math.imul(r * 31 + c * 17 + 7, 2654435761) >>> 0) % 9000);
  const cell = (r, c) => (r % 6 === c % 6 ? "99999" : r === (c + 1) % 6 ? `see note ${c}` : number(r, c));
  const row = (r) => [`note ${r}`, ...Array.from({ length: columns }, (_, c) => cell(r, c))].join(",");
  return `${names.join(",")}\n${Array.from({ length: 19 }, (_, r) => row(r)).join("\n")}\n`;
})();

// What measure gives on the machine on which 100 ms are held: two processors of an AMD EPYC. A slower one is given more time.
const usual = 200;

let server;
let browser;
let page;
let faults;
let call;
let workspace;
let thread;
const underway = new Set();
let answered = 0;
const test = inOrder(() => ({ page, faults }));
const at = (path) => `${server.origin}/w/${workspace}${path}`;
const state = async (id) => (await call(`/workspaces/${workspace}/runs/${id}`)).json;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  ({ page, faults } = await openPage(browser, server.origin));
  ({ call, workspace } = await begin(page, server));
  page.on("request", (r) => !r.url().endsWith("/events") && underway.add(r));
  for (const end of ["requestfinished", "requestfailed"]) {
    page.on(end, (r) => {
      underway.delete(r);
      answered = performance.now();
    });
  }
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

let many;

test("a control point of 500 issues opens, with no more on the page than is seen", async () => {
  many = await startRun(page, workspace, faulty);
  await until(async () => (await state(many)).status === "waiting", "reception waits");
  await onward(call, workspace, many, "quality");
  const issues = (await call(`/workspaces/${workspace}/runs/${many}/issues`)).json.issues;
  assert.ok(issues.length >= 500, `${issues.length} issues`);
  await page.goto(at(`/runs/${many}`));
  await page.getByRole("option").first().waitFor();
  assert.ok((await page.getByRole("option").count()) < 60, "every issue is on the page");
});

/** What the page's own thread has worked so far, in milliseconds of processor time: what else the machine does is not in it. */
async function worked() {
  const { metrics } = await thread.send("Performance.getMetrics");
  return 1000 * metrics.find((m) => m.name === "TaskDuration").value;
}

/** What the page works until what a key did is painted: the middle of several times. Without a key, a picture alone. */
async function middle(key) {
  const took = [];
  for (let i = 0; i < 5; i++) {
    await until(() => underway.size === 0 && performance.now() - answered > 300, "all that was asked for has come");
    const from = await worked();
    await page.evaluate(
      async ([k, n]) => {
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        const main = document.querySelector("#main");
        const shows = () => [document.querySelector("#issue-title")?.textContent, main.dataset.touched].join();
        const was = shows();
        if (k) main.dispatchEvent(new KeyboardEvent("keydown", { key: k, bubbles: true, cancelable: true }));
        else main.dataset.touched = String(n);
        while (shows() === was) await frame();
        await frame(); // painted with it
      },
      [key, i],
    );
    took.push((await worked()) - from);
  }
  return took.sort((a, b) => a - b)[2];
}

/** What work that never changes takes on this machine: making, sorting and laying out a list, as the page does. */
async function measure() {
  const from = await worked();
  await page.evaluate(() => {
    const box = document.createElement("div");
    for (let round = 0; round < 10; round++) {
      const words = Array.from({ length: 4000 }, (_, i) => `word ${Math.imul(i + round, 2654435761) >>> 0}`).sort();
      box.innerHTML = words.slice(0, 300).map((w) => `<p>${w}</p>`).join("");
      document.body.append(box);
      box.getBoundingClientRect();
      box.remove();
    }
  });
  return (await worked()) - from;
}

/** The best of three: a busy machine, whose caches others fill, only ever adds. */
const paced = async (key) => Math.min(await middle(key), await middle(key), await middle(key));

test("a key costs the page less than 100 ms on a control point of 500 issues", async () => {
  thread = await page.context().newCDPSession(page);
  await thread.send("Performance.enable", { timeDomain: "threadTicks" });
  const selected = page.getByRole("option", { selected: true });
  const first = await selected.getAttribute("id");
  const floor = await paced();
  const pace = Math.min(await measure(), await measure(), await measure());
  const most = 100 * Math.max(1, pace / usual);
  console.log(`# what never changes: ${pace.toFixed(0)} ms, so that a key may take ${most.toFixed(0)} ms`);
  for (const [key, does] of [
    ["j", "moving"],
    ["r", "deciding"],
    ["k", "moving back"],
  ]) {
    const took = (await paced(key)) - floor;
    console.log(`# ${does}: ${took.toFixed(0)} ms beyond the ${floor.toFixed(0)} ms of a picture`);
    assert.ok(took < most, `${does} takes ${took} ms`);
  }
  assert.notEqual(await selected.getAttribute("id"), first);
  const kept = async () => Object.keys((await call(`/workspaces/${workspace}/runs/${many}/point`)).json.decisions).length;
  await until(async () => (await kept()) === 15, "all that was decided is kept");
});

test("a decision does not have all issues read again", async () => {
  const asked = [];
  page.on("request", (r) => asked.push(new URL(r.url()).pathname.split("/").pop()));
  const read = page.waitForResponse((r) => r.request().method() === "GET" && r.url().endsWith("/point"));
  await page.keyboard.press("l");
  await read; // what was decided came back as an event
  assert.ok(asked.includes("decisions"));
  assert.ok(!asked.includes("issues"), asked.join(" "));
});

test("nothing was logged as an error, refused by the policy, or asked of another host", () => {
  assert.deepEqual(faults, []);
});
