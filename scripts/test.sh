#!/usr/bin/env bash
# Every test. CI=true turns whatever is missing into a failure. The short tests run with the race detector; then the
# ones that take their time (kill tests, the built binary as a black box) run at full length without it, and the web
# application in a real browser.
set -euo pipefail
go vet ./...
go test -race -short -timeout 15m ./...
go test -timeout 20m ./internal/app ./internal/stage/insight ./internal/upload ./test/...
(cd test/manifest && go vet ./... && go test -timeout 10m ./...)
scripts/test-web.sh
