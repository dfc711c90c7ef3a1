// Holds the first load (what index.html names, and what those files import statically) under its budget, gzip-compressed.
// Charts are loaded when they are needed and do not count.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const budget = 350_000;
const dist = new URL("../dist/", import.meta.url);
const html = readFileSync(new URL("index.html", dist), "utf8");
const seen = new Map();

function visit(path) {
  if (seen.has(path)) return;
  const text = readFileSync(new URL(path, dist));
  // Fonts are compressed already.
  seen.set(path, path.endsWith(".woff2") ? text.length : gzipSync(text, { level: 9 }).length);
  if (path.endsWith(".js")) {
    for (const m of text.toString().matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) visit(`assets/${m[1]}`);
  }
  if (path.endsWith(".css")) {
    // The one file of the font that English text needs.
    const latin = /url\(([^)]*inter-latin-wght-normal[^)]*\.woff2)\)/.exec(text.toString());
    if (latin) visit(`assets/${latin[1].replace(/^.*\//, "")}`);
  }
}

for (const m of html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)) visit(m[1]);
if (seen.size < 2) throw new Error("index.html names no scripts: build first");
let total = gzipSync(Buffer.from(html)).length;
for (const [path, size] of [...seen].sort((a, b) => b[1] - a[1])) {
  total += size;
  console.log(`${String(size).padStart(8)}  ${path}`);
}
console.log(`${String(total).padStart(8)}  first load, of ${budget} at most`);
if (total > budget) {
  console.error("the first load is too large");
  process.exit(1);
}
