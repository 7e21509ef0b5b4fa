# Everything that is done to this repository by command. `make help` lists the targets.

# Packages to test, flags for go test, how long each fuzz target runs, and what the image is called.
PKG      ?= ./...
ARGS     ?=
FUZZTIME ?= 10s
IMAGE    ?= nexo:latest

# How many seeds the simulation runs.
SEEDS    ?= 1000

.DEFAULT_GOAL := help
.PHONY: help run test race lint generate bench sim crash fuzz build image clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z%\/]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Play the whole product on this machine, with a demo venue and a virtual phone
	@# The first build, of half a million lines, is what a newcomer waits for. So what a trial does not use is left out
	@# (the tag), nothing is optimised or kept for a debugger, and each compiler runs on one core, one for each core, and
	@# collects less garbage: it takes less than half the time.
	CGO_ENABLED=0 GOMAXPROCS=1 GOGC=200 go run -tags embedded -p $$(getconf _NPROCESSORS_ONLN) -gcflags=all='-N -l -c=1 -dwarf=false' \
		-ldflags='-s -w' -exec 'env -u GOMAXPROCS -u GOGC' ./apps/nexo serve --demo

test: ## Run every test, with the database and browser they need (PKG=./core/... for a part, ARGS=-v for flags)
	@scripts/test.sh $(ARGS) $(PKG)

race: ## The same with the race detector, which takes several times as long
	@scripts/test.sh -race $(ARGS) $(PKG)

lint: ## Check format, imports, comments, generated files, vet, staticcheck, errcheck
	@scripts/test.sh ./tests

generate: ## Write all generated files anew: tables, pages, wiring
	go generate -skip wire/cmd/wire ./...
	go tool templ generate -path apps/web
	go tool wire gen .

bench: ## Run every benchmark under tests/bench; results are the lines that begin with BENCH
	@for dir in $(filter-out tests/bench/internal/,$(wildcard tests/bench/*/)); do $(MAKE) --no-print-directory bench/$$(basename $$dir) || exit 1; done

bench/%: ## Run one of them, such as bench/dispatch or bench/decide
	@NEXO_TEST_DIR=tests/bench/$* scripts/test.sh -run '^$$' -bench . -timeout 30m $(ARGS) .

sim: ## Run the whole system from SEEDS seeds (1000), with crashes and lost webhooks, against its promises
	CGO_ENABLED=0 go run ./tests/sim -seeds $(SEEDS)

crash: ## Kill workers, ingesters and the database KILLS times (100), and compare the carrier's log with the database
	@NEXO_TEST_DIR=tests/crash NEXO_CRASH_KILLS=$(or $(KILLS),100) scripts/test.sh -v -timeout 24h $(ARGS) .

fuzz: ## Run each fuzz target for FUZZTIME (10s)
	@scripts/fuzz.sh $(FUZZTIME)

build: ## Build the programs into bin/
	CGO_ENABLED=0 go build -trimpath -o bin/ ./apps/...

image: ## Build the container image (IMAGE=nexo:latest) of the programs alone
	rm -rf .cache/image && mkdir -p .cache/image/spool .cache/image/pictures
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o .cache/image/ ./apps/...
	docker build -q -f deploy/Dockerfile -t $(IMAGE) .cache/image

clean: ## Remove what build and the scripts made
	rm -rf bin .cache
