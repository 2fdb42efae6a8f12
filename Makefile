# qunfa: `make` lists what there is to do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help deps toolchain build demo test check check-all format bench install clean fuzz trials chaos faults soak forge

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# Swift that Package.swift and the sources are written for, at least.
SWIFT_VERSION := 6.2

# Debian's packages; every C library is seen by exactly one module (docs/architecture.md).
PACKAGES := libcurl4-openssl-dev libmicrohttpd-dev libtomlplusplus-dev libphonenumber-dev libxml2-dev libsqlite3-dev \
  libssl-dev zlib1g-dev libxlsxwriter-dev rapidjson-dev g++ pkg-config ca-certificates tzdata

FORMATTED := Package.swift Sources Tests
# The tool carries Swift's library with it, so that it runs where Swift is not installed.
STATIC := --static-swift-stdlib

help: ## lists these targets
	@echo "qunfa (群发): batch SMS campaigns. Targets:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile
	@echo "A new machine: make demo, then sudo make install (PREFIX=$(PREFIX))."

deps: ## installs the Debian packages that are missing (with sudo when not root)
	@if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then \
	  echo "make deps knows Debian and Ubuntu only. Install what these packages hold by your system's means:"; \
	  echo "  $(PACKAGES)"; exit 1; fi; \
	missing=(); \
	for package in $(PACKAGES); do \
	  [[ "$$(dpkg-query -W -f '$${Status}' $$package 2>/dev/null || true)" == *" ok installed" ]] || missing+=($$package); \
	done; \
	if [[ $${#missing[@]} -gt 0 ]]; then \
	  echo "installing: $${missing[*]}"; \
	  root=(); \
	  if [[ $$(id -u) != 0 ]]; then \
	    command -v sudo >/dev/null || { echo "not root, and no sudo: let an administrator install them"; exit 1; }; \
	    root=(sudo); \
	  fi; \
	  "$${root[@]}" apt-get update -q; \
	  "$${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$${missing[@]}"; \
	else echo "all libraries are there"; fi
	@$(MAKE) --no-print-directory toolchain

# Says what to do when Swift is missing or too old.
toolchain:
	@command -v $(SWIFT) >/dev/null || { \
	  echo "Swift $(SWIFT_VERSION) or later is needed and 'swift' was not found: https://www.swift.org/install/linux/"; exit 1; }; \
	found=$$($(SWIFT) --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1); \
	oldest=$$(printf '%s\n' "$(SWIFT_VERSION)" "$${found:-0}" | sort -V | head -n 1); \
	if [[ "$$oldest" != "$(SWIFT_VERSION)" ]]; then \
	  echo "Swift $(SWIFT_VERSION) or later is needed, found $${found:-none}: https://www.swift.org/install/linux/"; exit 1; fi

build: toolchain ## builds the tool: .build/release/qunfa
	$(SWIFT) build -c release --product qunfa $(STATIC)

demo: deps build ## installs what is missing, plans and sends the sample campaigns through the sandbox's five gateways, shows the files
	@scripts/demo.sh .build/release/qunfa

# What the tests look through and disturb the tool with; without them some tests say that they were skipped.
TRIAL_PACKAGES := strace faketime systemd
test: deps ## installs what is missing, runs all tests: ONLY='MutationTests|HTTPSTests' for some of them
	-@$(MAKE) --no-print-directory deps PACKAGES="$(TRIAL_PACKAGES)"
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build $(if $(ONLY),--filter '$(ONLY)')

check: toolchain ## format, warnings, layers: everything but the tests
	$(SWIFT) format lint --strict --configuration .swift-format -r $(FORMATTED)
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error

# What the thread sanitiser does not run, and why: docs/reliability.md, "The thread sanitiser".
UNSANITISED := EndToEndTests|SandboxCommandTests|HugeAnswerTests|HostileXMLTests|MutationTests|TidyTests|50,000 numbers
check-all: check ## check, then the tests under the thread sanitiser: RACES='HTTPTests|LedgerTests' for some of them
	$(SWIFT) build --build-tests --sanitize=thread --scratch-path .build/tsan
	"$$(dirname "$$(readlink -f "$$(command -v $(SWIFT))")")/clang" -O1 -shared -fPIC -o .build/tsan/locks.so \
	  Tests/Sanitizer/locks.c
	LD_PRELOAD="$(CURDIR)/.build/tsan/locks.so" TSAN_OPTIONS="halt_on_error=1 $${TSAN_OPTIONS:-}" \
	  $(SWIFT) test --sanitize=thread --skip-build --scratch-path .build/tsan --skip '$(UNSANITISED)' \
	  $(if $(RACES),--filter '$(RACES)')

format: toolchain ## formats the sources
	$(SWIFT) format format -i --configuration .swift-format -r $(FORMATTED)

bench: build ## measures, beside its peers where they are at hand (docs/performance.md)
	python3 scripts/bench.py

# SECONDS is a clock of bash's own: only make may look at it.
fuzz: toolchain ## tries hostile inputs under the address sanitiser: SECONDS=10 a target, TARGETS="csv xml" (docs/fuzzing.md)
	@SWIFT="$(SWIFT)" scripts/fuzz.sh "$(or $(SECONDS),10)" $(TARGETS)

# The tool and the program that troubles it (docs/reliability.md).
trials: build
	@$(MAKE) --no-print-directory deps PACKAGES="$(TRIAL_PACKAGES)"
	$(SWIFT) build -c release --product chaos $(STATIC)

KILLS ?= 50
chaos: trials ## kills the tool at random moments over all gateways, then lets the judge speak: KILLS=50 SEED=n (docs/reliability.md)
	.build/release/chaos kills kills=$(KILLS) $(if $(SEED),seed=$(SEED))
	.build/release/chaos rivals processes=64

# Most of a point's time is waiting, so several are tried at the same time. POINTS=1000 tries all; SIGKILL=1 kills alone.
POINTS ?= 20
JOBS ?= 8
faults: trials ## kills and spoils every system call of a small run, fills disks, steps clocks: POINTS=20 a kind of call
	.build/release/chaos faults points=$(POINTS) jobs=$(JOBS) $(if $(SIGKILL),kills=1)
	$(if $(SIGKILL),,.build/release/chaos disk)
	$(if $(SIGKILL),,.build/release/chaos clock)

MINUTES ?= 60
RATE ?= 250
soak: trials ## a long run with storms and restarts, memory and descriptors measured: MINUTES=60 RATE=250
	.build/release/chaos soak minutes=$(MINUTES) rate=$(RATE)

PUSHES ?= 1000000
forge: trials ## forged pushes at a listener: wrong, guessed, replayed, oversize, slow; states and memory checked: PUSHES=1000000
	.build/release/chaos forge pushes=$(PUSHES)

# sudo often hides a user's own Swift; then what 'make build' built before is installed.
install: $(if $(shell command -v $(SWIFT)),build) ## installs to PREFIX/bin and PREFIX/share/doc/qunfa (PREFIX=/usr/local)
	@[[ -x .build/release/qunfa ]] || { echo "nothing is built yet: run 'make build' first, without sudo"; exit 1; }
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/doc/qunfa"
	install -m 755 .build/release/qunfa "$(DESTDIR)$(PREFIX)/bin/qunfa"
	install -d "$(DESTDIR)$(PREFIX)/share/doc/qunfa/samples"
	cp -R README.md README.zh-CN.md CHANGELOG.md SECURITY.md LICENSE docs templates "$(DESTDIR)$(PREFIX)/share/doc/qunfa/"
	cp -R samples/*.toml samples/contacts samples/suppress samples/systemd "$(DESTDIR)$(PREFIX)/share/doc/qunfa/samples/"

clean: ## removes what was built
	rm -rf .build
