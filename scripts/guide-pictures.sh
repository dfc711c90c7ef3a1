#!/usr/bin/env bash
# Puts the pictures that the tests in the browser took of the application into the user guide: docs/images/web. Run
# `make test-web` first.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p docs/images/web
grep -o 'images/web/[a-z-]*\.png' docs/user-guide.md | sed 's|.*images/web/||; s|\.png$||' | sort -u | while read -r name; do
  cp "test/e2e/artifacts/$name-1280-light.png" "docs/images/web/$name.png"
done
