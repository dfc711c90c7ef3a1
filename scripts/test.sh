#!/usr/bin/env bash
# Every test. CI=true turns whatever is missing into a failure. The tests of the packages run short and with the race
# detector; then what takes its time or does not bear the detector: tests named TestLong, at full length, the uploads, and
# those that drive the built binary, which has no detector; then the web application in a real browser.
set -euo pipefail
go vet ./...
go list ./... | grep -v /test/ | xargs go test -race -short -timeout 15m
go test -timeout 10m -run '^TestLong' ./internal/app ./internal/stage/insight
go test -timeout 20m ./internal/upload ./test/...
(cd test/manifest && go vet ./... && go test -timeout 10m ./...)
scripts/test-web.sh
