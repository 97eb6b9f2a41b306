# An Sinh. `make` alone lists the targets. Needs git, make and Python 3.11 or newer, nothing else.

VENV    := .venv
BIN     := $(VENV)/bin
DEMO_DB := var/demo/ansinh.db
PYTHON  ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
JOBS    ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PIP      = $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo serve test test-long check format bench cheat assets requirements clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/base.stamp ## a province's month on made-up people, from nothing; results in var/demo
	rm -rf var/demo
	$(BIN)/ansinh demo

serve: $(VENV)/base.stamp $(DEMO_DB) ## the pages of the demo month on 127.0.0.1:8000
	ANSINH_TRAINING=true $(BIN)/ansinh serve --database sqlite:///$(DEMO_DB)

test: $(VENV)/dev.stamp ## every test but the long ones, on SQLite and PostgreSQL
	@sh requirements/system.sh
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal

test-long: $(VENV)/dev.stamp ## the tests that take minutes, an hour of them a call; goes on where it was, FRESH=1 anew
	@sh requirements/system.sh
	@test -z "$(FRESH)" || rm -rf var/long
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal -m long -p tests.support.long_runs

check: $(VENV)/dev.stamp ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev.stamp ## put the code in format, mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev.stamp ## measure: all, or one with BENCH=name; tables in var/bench
	$(BIN)/python -m benchmarks $(BENCH)

cheat: $(VENV)/base.stamp $(DEMO_DB) ## twelve frauds on a copy of the demo database, each refused or found
	rm -rf var/cheat
	cp -R var/demo var/cheat
	$(BIN)/ansinh cheat --database sqlite:///var/cheat/ansinh.db

assets: ## rebuild app/static from its sources (the built files are committed)
	@if [ -x app/static/build ]; then app/static/build; \
	else echo "app/static holds plain files: nothing to build"; fi

requirements: ## compile requirements/*.in to the hashed lock files
	$(PYTHON) -m venv var/lock-venv
	var/lock-venv/bin/pip --disable-pip-version-check --quiet install pip-tools
	cd requirements && for lock in "base.txt base.in build.in" "dev.txt dev.in" "bench.txt bench.in"; do set -- $$lock; \
	out=$$1; shift; ../var/lock-venv/bin/pip-compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	--no-emit-options -o $$out "$$@" || exit 1; done

clean: ## remove what make made: environment, demo, caches
	rm -rf $(VENV) var/demo var/cheat var/lock-venv .mypy_cache .ruff_cache .pytest_cache \
	.import_linter_cache .hypothesis an_sinh.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(DEMO_DB):
	@echo "There is no demo month yet. Make one first: make demo" >&2; exit 1

# Each stamp is younger than what it was made from, so nothing is installed twice.
$(VENV)/base.stamp: requirements/base.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (set PYTHON=...)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	echo "Python's venv module is missing; on Debian: apt-get install -y python3-venv" >&2; exit 1; }
	$(PIP) install --require-hashes -r requirements/base.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/base.stamp requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
