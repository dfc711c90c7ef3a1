# Targets of the contract. `make run` and `make test` set everything up that is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  := $(shell git rev-parse --short HEAD 2>/dev/null || echo none)
LDFLAGS := -s -w -X github.com/analytix-flow/analytix/internal/cli.version=$(VERSION) -X github.com/analytix-flow/analytix/internal/cli.commit=$(COMMIT)
EXTENSION := internal/engine/extension/httpfs.duckdb_extension.gz
LINT_VERSION := v2.15.0
# Servers that tests need and Debian does not have, as internal/tooltest names them.
VERSITYGW := bin/tools/versitygw-v1.8.0
NATS := bin/tools/nats-server-v2.15.2
LINT := bin/tools/golangci-lint-$(LINT_VERSION)
HELM_VERSION := v3.22.0
HELM := bin/tools/helm-$(HELM_VERSION)

# mold links the engine in a second where the default linker takes ten; it is used where it is installed.
ifneq ($(shell command -v mold),)
export CGO_LDFLAGS := -O2 -g -fuse-ld=mold
endif

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: bin/analytix ## build bin/analytix

bin/analytix: $(EXTENSION) web FORCE
	go build -ldflags '$(LDFLAGS)' -o $@ ./cmd/analytix
FORCE:

.PHONY: extension
extension: $(EXTENSION) ## fetch the engine's encryption extension (pinned by hash)
$(EXTENSION): internal/engine/extension/requirements.txt
	scripts/fetch-extension.sh $@

.PHONY: web
web: ## build the web application, where it changed
	scripts/build-web.sh

.PHONY: web-api
web-api: $(EXTENSION) ## make the clients from what the server says of its API
	go test -count=1 -run TestTheDescription ./internal/httpapi -update
	go test -count=1 -run TestEveryOperation ./client -update
	scripts/build-web.sh install
	cd web && npm run --silent generate

.PHONY: run
run: build ## start the server with a sample to try, and print the address
	scripts/try-server.sh

.PHONY: demo
demo: build ## take the sample through the flow in this terminal
	scripts/try-sample.sh

.PHONY: test
test: build test-setup $(HELM) ## every test, with the race detector where goroutines meet, and those in a real browser
	scripts/test.sh

.PHONY: test-setup
test-setup: $(VERSITYGW) $(NATS) ## install what the tests need from Debian (PostgreSQL, Chromium)
	scripts/debian-packages.sh postgresql:/usr/lib/postgresql/*/bin/initdb prometheus:/usr/bin/promtool prometheus-alertmanager:/usr/bin/amtool
	scripts/debian-packages.sh chromium:/usr/bin/chromium || test "$$CI" != true

.PHONY: manifests
manifests: $(HELM) ## check the container, the Compose file and the chart
	cd test/manifest && go vet ./... && go test ./...

$(HELM):
	@mkdir -p bin/tools
	GOBIN=$(CURDIR)/bin/tools CGO_ENABLED=0 go install helm.sh/helm/v3/cmd/helm@$(HELM_VERSION)
	mv bin/tools/helm $@

.PHONY: image
image: ## build the container image analytix:dev with Docker
	docker build -f deploy/container/Dockerfile --build-arg VERSION=$(VERSION) --build-arg COMMIT=$(COMMIT) -t analytix:dev .

.PHONY: test-web
test-web: build ## the web application's own tests alone, in a real browser too
	scripts/debian-packages.sh chromium:/usr/bin/chromium || test "$$CI" != true
	scripts/test-web.sh

.PHONY: guide
guide: ## put the pictures that make test-web took into the user guide
	scripts/guide-pictures.sh

.PHONY: unit
unit: $(EXTENSION) ## the quick tests only
	go test -short ./...

.PHONY: lint
lint: $(EXTENSION) $(LINT) ## gofmt, go vet and golangci-lint
	@out=$$(gofmt -l cmd internal); test -z "$$out" || { echo "not formatted: $$out"; exit 1; }
	$(LINT) run ./...

.PHONY: vulnerabilities
vulnerabilities: $(EXTENSION) ## known vulnerabilities that the program calls, where their database can be reached
	scripts/vulnerabilities.sh

$(LINT):
	@mkdir -p bin/tools
	GOBIN=$(CURDIR)/bin/tools go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	mv bin/tools/golangci-lint $@

$(VERSITYGW):
	@mkdir -p bin/tools
	GOBIN=$(CURDIR)/bin/tools go install github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW:bin/tools/versitygw-%=%)
	mv bin/tools/versitygw $@

$(NATS):
	@mkdir -p bin/tools
	GOBIN=$(CURDIR)/bin/tools go install github.com/nats-io/nats-server/v2@$(NATS:bin/tools/nats-server-%=%)
	mv bin/tools/nats-server $@

.PHONY: chaos
chaos: $(EXTENSION) $(VERSITYGW) $(NATS) ## 200 runs through processes that are killed, paused and cut off for five minutes
	go test -count=1 -timeout 60m -v ./test/chaos -chaos.files 200 -chaos.kinds 20 -chaos.for 5m

.PHONY: sbom
sbom: build ## write what the program is made of into bin/sbom (CycloneDX)
	scripts/sbom.sh v1.10.0

.PHONY: fuzz
fuzz: $(EXTENSION) ## every fuzz target for 20 seconds
	scripts/fuzz.sh 20s

.PHONY: bench
bench: build ## reception and quality of a 1 GB file as a ratio to the floor
	scripts/bench.sh

.PHONY: bench-load
bench-load: build ## many clients who poll and decide, and many who watch, on a server of their own for a minute
	go run ./test/load -binary bin/analytix

.PHONY: bench-idle
bench-idle: build ## what the server takes when nobody uses it: processor, memory with children, time to ready
	scripts/measure-idle.sh

.PHONY: bench-queue
bench-queue: $(EXTENSION) ## tasks that do nothing through the queue and the broker, and through Celery on Redis, in memory all but SQLite
	scripts/debian-packages.sh redis-server:/usr/bin/redis-server python3-celery:/usr/lib/python3/dist-packages/celery python3-redis:/usr/lib/python3/dist-packages/redis
	TMPDIR=/dev/shm go test -count=1 -timeout 60m -v ./test/queue -queue.tasks 2000 -queue.disk $(CURDIR)/bin

.PHONY: bench-runs
bench-runs: $(EXTENSION) ## whole runs of small files through one process with one, two and four workers
	go test -count=1 -timeout 30m -v -run TestThroughputOfRuns ./test/chaos -chaos.through 40

.PHONY: clean
clean: ## remove what was built
	rm -rf bin $(EXTENSION) web/node_modules test/e2e/node_modules web/dist/assets web/dist/index.html
