#!/usr/bin/env bash
# The web application's tests: types, lint, logic, the client against the description of the API, the size of the first
# load, and the whole job in a real browser against the built program.
set -euo pipefail
cd "$(dirname "$0")/.."
cd web
npm run --silent check
npm run --silent lint
npm run --silent test
npx openapi-typescript openapi.json -o node_modules/.schema.d.ts >/dev/null
cmp -s node_modules/.schema.d.ts src/api/schema.d.ts || { echo "web/src/api/schema.d.ts is not made from web/openapi.json: run make web-api" >&2; exit 1; }
npm run --silent size
cd ../test/e2e
if ! cmp -s package-lock.json node_modules/.installed-lock; then
  npm install --no-save --no-audit --no-fund
  cp package-lock.json node_modules/.installed-lock
fi
npm test --silent
