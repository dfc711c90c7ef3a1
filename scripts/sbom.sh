#!/usr/bin/env bash
# What the program is made of, as CycloneDX documents: the Go modules in the binary, and the packages of the web application.
# Each module that the built binary names must be in the first.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=bin/tools/cyclonedx-gomod-$1 out=bin/sbom
if [ ! -x "$tool" ]; then
  mkdir -p bin/tools
  GOBIN=$PWD/bin/tools go install "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@$1"
  mv bin/tools/cyclonedx-gomod "$tool"
fi
mkdir -p "$out"
"$tool" bin -json -output "$out/analytix.cdx.json" bin/analytix
(cd web && npm sbom --package-lock-only --omit dev --sbom-format cyclonedx) >"$out/web.cdx.json"
go version -m bin/analytix | awk '$1 == "dep" { print $2 }' | node -e '
  const named = require("fs").readFileSync(0, "utf8").trim().split("\n");
  const read = (name) => require(process.cwd() + "/'"$out"'/" + name).components;
  const modules = new Set(read("analytix.cdx.json").map((c) => c.name));
  const missing = named.filter((name) => !modules.has(name));
  const web = read("web.cdx.json");
  if (missing.length || !web.some((c) => c.name === "react")) {
    console.error("not in the documents:", missing.join(", ") || "react");
    process.exit(1);
  }
  console.log(`'"$out"'/analytix.cdx.json: ${modules.size} modules; '"$out"'/web.cdx.json: ${web.length} packages`);
'
