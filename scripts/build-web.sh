#!/usr/bin/env bash
# Builds the web application into web/dist, from where the program embeds it. What is installed follows the lock file, and
# neither installing nor building is done again where nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v npm >/dev/null || scripts/debian-packages.sh nodejs:/usr/bin/node npm:/usr/bin/npm
scripts/install-web.sh web
[ "${1:-}" = install ] && exit 0
cd web
stamp=node_modules/.built
newer=$(find src public index.html vite.config.ts package-lock.json -newer "$stamp" -print -quit 2>/dev/null || echo all)
[ -f dist/index.html ] && [ -f "$stamp" ] && [ -z "$newer" ] && exit 0
npm run --silent build -- --logLevel warn
touch "$stamp"
