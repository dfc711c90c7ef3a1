#!/usr/bin/env bash
# Builds the web application into web/dist, from where the program embeds it. What is installed follows the lock file, and
# neither installing nor building is done again where nothing changed.
set -euo pipefail
cd "$(dirname "$0")/../web"
command -v npm >/dev/null || { echo "npm is missing: install Node.js 20.19 or later (on Debian: apt-get install nodejs npm)" >&2; exit 1; }
if ! cmp -s package-lock.json node_modules/.installed-lock; then
  npm install --no-save --no-audit --no-fund # npm ci does not take a lock file without addresses of optional packages
  cp package-lock.json node_modules/.installed-lock
fi
[ "${1:-}" = install ] && exit 0
stamp=node_modules/.built
newer=$(find src public index.html vite.config.ts package-lock.json -newer "$stamp" -print -quit 2>/dev/null || echo all)
[ -f dist/index.html ] && [ -f "$stamp" ] && [ -z "$newer" ] && exit 0
npm run --silent build -- --logLevel warn
touch "$stamp"
