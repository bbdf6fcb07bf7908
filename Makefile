# samtale. `make help` lists the targets; `make run` and `make test` are all that a newcomer needs.
# Everything happens in .venv, filled from the hash-pinned requirements.lock.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
# how the tests are spread over the cores; `make pytest WORKERS=` runs them one after another
WORKERS ?= -n auto --dist worksteal
EXAMPLES ?= 1000000
MESSAGES ?= 100000
REGISTRATIONS ?= 500000
# `make campaign`: which entries (all of them), and how much of the full size
CAMPAIGN ?=
SCALE ?= 1
DATABASE_URL ?= sqlite:///samtale.db

# Python.h says whether durable-rules, which has no wheels, can be compiled.
FIT := import ensurepip, pathlib, sys, sysconfig, venv; \
	sys.exit(not (sys.version_info >= (3, 11) and pathlib.Path(sysconfig.get_path("include"), "Python.h").exists()))
# durable-rules 2.0.28 calls a function that Python 3.13 removed, and its setup.py overwrites CFLAGS
# with none that optimizes: both go in through CPPFLAGS. The last two keep the compiler from relying
# on what its C does not promise.
DURABLE_FLAGS := -DPyEval_CallObject=PyObject_CallObject -O2 -fwrapv -fno-strict-aliasing

# --- set-up -------------------------------------------------------------------------------------

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-23s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(VENV)/.installed ## make .venv from requirements.lock; leaves .venv/bin/samtale

$(VENV)/.created:
	@python=""; \
	for candidate in $${PYTHON:-python3 python3.11 python3.12 python3.13}; do \
	  if "$$candidate" -c '$(FIT)' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "no Python 3.11 or later with venv and its C headers found; install one, or name it: make setup PYTHON=/path/to/python3" >&2; exit 3; \
	fi; \
	if ! command -v "$${CC:-cc}" >/dev/null; then echo "no C compiler found: durable-rules has to be compiled" >&2; exit 3; fi; \
	echo "setting up .venv with $$("$$python" --version)"; \
	"$$python" -m venv $(VENV)
	@touch $@

# pip checks every hash. The build tools come first and durable-rules second, so that it is compiled
# with the pinned tools and our flags: --no-cache-dir, lest pip takes a wheel built without them.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
pinned = awk '/^[a-z]/ {keep = /^($(1))==/} keep' requirements.lock > $(VENV)/some.lock

$(VENV)/.locked: requirements.lock $(VENV)/.created
	@$(call pinned,packaging|setuptools|wheel); $(PIP) --require-hashes -r $(VENV)/some.lock
	@$(call pinned,durable-rules); CPPFLAGS="$${CPPFLAGS:-} $(DURABLE_FLAGS)" \
	  $(PIP) --require-hashes --no-deps --no-cache-dir --no-build-isolation -r $(VENV)/some.lock
	@$(PIP) --require-hashes --no-build-isolation -r requirements.lock
	@rm $(VENV)/some.lock
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.locked
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# Apart, since few want them: PySpark (and Java, where apt may bring it), and other rule engines.
$(VENV)/.%: requirements-%.lock $(VENV)/.locked
	@echo "installing $<"
	@$(PIP) --require-hashes --no-build-isolation -r $<
	@touch $@

.PHONY: spark
spark: setup $(VENV)/.spark ## bring PySpark, by which a replay runs on many machines, and Java if it is missing
	@if command -v java >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Java for Spark"; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install default-jre-headless; } >/dev/null 2>&1 \
	    || echo "Java could not be installed: the tests on Spark cannot run" >&2; \
	else \
	  echo "no java here, and no right to install it: the tests on Spark are left out" >&2; \
	fi

# --- using it -----------------------------------------------------------------------------------

.PHONY: run
run: setup ## an invented population, a server on 127.0.0.1:8000, three calls to try
	@$(BIN)/samtale demo --database-url "$(DATABASE_URL)" --host $(HOST) --port $(PORT)
	@exec $(BIN)/samtale serve --watch --database-url "$(DATABASE_URL)" --host $(HOST) --port $(PORT)

.PHONY: rules
rules: setup ## check the rulebook and run its cases, as an analyst does
	@$(BIN)/samtale check
	@$(BIN)/samtale test

# --- holding it to its word ---------------------------------------------------------------------

.PHONY: test
test: browser spark engines check pytest ## set up and pass everything

.PHONY: check
check: setup ## ruff, mypy strict, import contracts, rulebook, layout, schemas and documentation, without pytest
	@step() { printf '%-12s' "$$1"; shift; if out=$$("$$@" 2>&1); then echo ok; else echo FAILED; echo "$$out"; exit 1; fi; }; \
	step format $(BIN)/ruff format --check .; \
	step ruff $(BIN)/ruff check .; \
	step mypy $(BIN)/mypy; \
	step imports $(BIN)/lint-imports; \
	step rulebook $(BIN)/samtale check; \
	step layout $(BIN)/samtale fmt --check; \
	step cases $(BIN)/samtale test; \
	step schemas $(BIN)/samtale schemas --check; \
	step docs $(BIN)/samtale docs --check

# The tests in a browser use the system's Chromium. With CI=true and as root they fail without it.
.PHONY: browser
browser: ## bring Chromium by apt, where that is allowed and it is missing
	@if [ -x /usr/bin/chromium ]; then exit 0; fi; \
	if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Chromium for the tests of the workbench"; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install chromium; } >/dev/null 2>&1 \
	    || echo "Chromium could not be installed: the tests in a browser cannot run" >&2; \
	else \
	  echo "no /usr/bin/chromium here, and no right to install it: the tests in a browser are left out" >&2; \
	fi

# The tests that hold the engines of others to our verdicts are left out without them.
.PHONY: engines
engines: setup ## bring the rule engines of others, where they can be had
	@$(MAKE) --no-print-directory $(VENV)/.engines \
	  || echo "the rule engines of others could not be installed: the tests on them are left out" >&2

.PHONY: pytest
pytest: setup ## the tests alone, with coverage of branches
	@$(BIN)/python -m pytest $(WORKERS) --cov --cov-report=term

# --- what is generated --------------------------------------------------------------------------

# Extras stay in the lock (`coverage[toml]==`): where a pin stands without the extra that somebody
# wants, pip takes the newest release and refuses it for lack of a hash, once there is a newer one.
locked = { echo "\# $(2), written by \`make lock\` from pyproject.toml."; \
	  $(BIN)/uv pip compile --quiet $(3) --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	    --no-emit-index-url --no-emit-find-links --no-annotate --no-header $(LOCK_FLAGS); } > $(1).new && mv $(1).new $(1)
.PHONY: lock
lock: setup ## renew the lock files from pyproject.toml (versions and hashes, no registry's address)
	@$(PIP) uv
	@$(call locked,requirements.lock,Versions and hashes for Python 3.11 and later,pyproject.toml --group dev --group build)
	@sed -n 's/^\([a-z][a-z0-9-]*\)\(\[[a-z]*\]\)\{0,1\}\(==[^ ]*\).*/\1\3/p' requirements.lock > $(VENV)/pins.txt
	@for group in spark engines; do \
	  $(call locked,requirements-$$group.lock,Versions and hashes of the group \`$$group\` beside requirements.lock,--group pyproject.toml:$$group --constraint $(VENV)/pins.txt); \
	done

.PHONY: schemas
schemas: setup ## write the JSON Schemas of the analysts' files
	@$(BIN)/samtale schemas

.PHONY: docs
docs: setup ## write the rule pages under docs/rules/ and docs/asyncapi.json
	@$(BIN)/samtale docs
	@$(BIN)/python -m web.api.asyncapi > docs/asyncapi.json

.PHONY: screenshots
screenshots: setup browser ## write the pictures of the analysts' guide to docs/analyst/pictures
	@if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null && [ ! -e /usr/lib/chromium/locales/da.pak ]; then \
	  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install chromium-l10n >/dev/null 2>&1 \
	    || echo "the Danish of Chromium could not be installed: fields show days as Americans write them" >&2; \
	fi
	@$(BIN)/python -m tests.ui.guide_pictures docs/analyst/pictures

# --- long runs ----------------------------------------------------------------------------------

# Each keeps its figures in benchmarks/results.json and writes docs/performance.md anew.
.PHONY: benchmark
benchmark: setup ## everything that is timed, side by side, and docs/performance.md
	@$(BIN)/python -m benchmarks

.PHONY: benchmark-engines
benchmark-engines: setup $(VENV)/.engines ## one decision by every other rule engine, and ours
	@$(BIN)/python -m benchmarks engines

.PHONY: benchmark-rules
benchmark-rules: setup ## one decision in words and with its trace, and thousands of rules
	@$(BIN)/python -m benchmarks decisions many-rules

.PHONY: benchmark-loading
benchmark-loading: setup ## reading and checking a rulebook of 10 to 10,000 rules, and finding it again
	@$(BIN)/python -m benchmarks loading

.PHONY: benchmark-replay
benchmark-replay: setup ## five million registrations decided again, beside row by row
	@$(BIN)/python -m benchmarks replay

.PHONY: benchmark-replay-large
benchmark-replay-large: setup ## the same with twenty million (some gigabytes of disk)
	@$(BIN)/python -m benchmarks replay-large

.PHONY: benchmark-requests
benchmark-requests: setup ## POST requests: what the rules cost, where the time goes, how many
	@$(BIN)/python -m benchmarks profile bare requests throughput

.PHONY: benchmark-messages
benchmark-messages: setup ## messages fetched in sequences and sent by webhook
	@$(BIN)/python -m benchmarks messages

.PHONY: benchmark-workbench
benchmark-workbench: setup ## the analysts' pages on the server, with a thousand rules more
	@$(BIN)/python -m benchmarks workbench

.PHONY: campaign-engines
campaign-engines: setup ## a million random rulebooks and facts: both engines must agree
	@$(BIN)/python -m tests.engine.campaign --examples $(EXAMPLES)

.PHONY: campaign-messages
campaign-messages: setup ## 100,000 waiting messages, moody receivers, killed relays: all come, in order
	@$(BIN)/python -m tests.web.relay.campaign --messages $(MESSAGES)

.PHONY: campaign-replay
campaign-replay: setup ## half a million registrations: the plan on DuckDB and the compiled engine must agree
	@$(BIN)/python -m tests.registry.replay.campaign --registrations $(REGISTRATIONS)

.PHONY: campaign
campaign: setup ## the reliability catalogue at full size, one table (SCALE=0.1, CAMPAIGN="r1 k1")
	@$(BIN)/python -m tests.campaign $(CAMPAIGN) --scale $(SCALE) $(if $(CAMPAIGN),,--output docs/reliability.md)

.PHONY: clean
clean: ## remove .venv and what the tools left behind; the database stays
	@rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage

# The editor of the workbench. Its bundle is committed; node and npm are needed only to renew it.
EDITOR := build/editor-bundle
VENDOR := web/ui/static/vendor

.PHONY: editor-bundle
editor-bundle: ## renew the editor of the workbench from npm (needs node; the result is committed)
	@mkdir -p $(EDITOR) && cp web/ui/editor_bundle/package.json web/ui/editor_bundle/package-lock.json web/ui/editor_bundle/editor.js $(EDITOR)/
	@cd $(EDITOR) && npm ci --ignore-scripts --no-audit --no-fund
	@cd $(EDITOR) && node_modules/@esbuild/$$(node -p 'process.platform+"-"+process.arch')/bin/esbuild editor.js --bundle --minify --format=iife --global-name=samtaleEditor --target=es2021 --legal-comments=none --outfile=codemirror.min.js
	@cp $(EDITOR)/codemirror.min.js $(VENDOR)/codemirror.min.js
	@cd $(EDITOR) && for folder in $$(find node_modules -name LICENSE -not -path '*/esbuild*' -exec dirname {} \; | sort); do \
	  node -p "const p=require('./$$folder/package.json'); p.name+' '+p.version"; echo; cat $$folder/LICENSE; echo; echo; done > ../../$(VENDOR)/codemirror-LICENSES.txt
	@ls -l $(VENDOR)/codemirror.min.js
