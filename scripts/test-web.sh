#!/usr/bin/env bash
# The web application's tests: types, lint, logic, the client against the description of the API, the size of the first
# load, and whole jobs in a real browser (Debian's Chromium) against the built program. Without Node.js or Chromium they
# are left out with a message; with CI=true that is a failure. `scripts/test-web.sh quick` leaves the browser out.
set -euo pipefail
cd "$(dirname "$0")/.."
lacking() {
  echo "the tests of the web application were NOT run: $1" >&2
  [ "${CI:-}" = true ] && exit 1
  exit 0
}
command -v node >/dev/null && command -v npm >/dev/null || lacking "Node.js is missing (on Debian: apt-get install nodejs npm)"
scripts/build-web.sh
cd web
npm run --silent check
npm run --silent lint
npm run --silent test
npx openapi-typescript openapi.json -o node_modules/.schema.d.ts >/dev/null
cmp -s node_modules/.schema.d.ts src/api/schema.d.ts || { echo "web/src/api/schema.d.ts is not made from web/openapi.json: run make web-api" >&2; exit 1; }
npm run --silent size
cd ..
[ "${1:-}" = quick ] && exit 0
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || lacking "Chromium is missing (on Debian: apt-get install chromium)"
scripts/install-web.sh test/e2e
cd test/e2e
npm test --silent
