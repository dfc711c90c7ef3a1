#!/usr/bin/env bash
# Installs the packages of a folder with a package.json, exactly those of its lock file, where that changed. A lock file
# names a version and a hash of every package and no address (omit-lockfile-registry-resolved), so that any registry serves.
set -euo pipefail
cd "$(dirname "$0")/../$1"
cmp -s package-lock.json node_modules/.installed-lock && exit 0
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  { echo "Node.js $(node --version) is too old: 20.19 or later is needed" >&2; exit 1; }
npm ci --silent
cp package-lock.json node_modules/.installed-lock
