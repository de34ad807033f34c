# The commands of this repository. `make` lists them.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help up down status test soak check audit format lock generate bench drill images screenshots vitals clean

PYTHON ?= python3
UV_VERSION := 0.13.8
PIP_AUDIT_VERSION := 2.10.1
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
WEB_INSTALLED := web/node_modules/.installed
# Two workers suit two cores; each has its own MongoDB and NATS.
TEST_WORKERS ?= 2
TAG ?= dev
FAILED := $(VENV)/.failed
DOCKER ?= docker

help: ## List the commands.
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

up: $(INSTALLED) ## Start everything on this machine and print the address; Ctrl-C stops it.
	@exec $(BIN)/python -m stack up

down: $(INSTALLED) ## Stop the stack of this checkout.
	@$(BIN)/python -m stack down

status: $(INSTALLED) ## Show the components of the stack of this checkout.
	@$(BIN)/python -m stack status

test: $(INSTALLED) $(WEB_INSTALLED) ## Run the test suite against real servers; ARGS are passed to pytest.
	@$(BIN)/python -m stack web build
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --no-loadscope-reorder $(ARGS)

soak: $(INSTALLED) ## Run the longest tests with more seeds and examples (hours); ARGS are passed to pytest.
	HELPDESK_SOAK=1 $(BIN)/python -m pytest -m soak $(ARGS)

# Every step runs, two at a time. Those that fail are listed at the end.
check: $(INSTALLED) $(WEB_INSTALLED) ## Check style, types, import rules, generated files and the web client; needs no server.
	@rm -f $(FAILED)
	@$(MAKE) --no-print-directory --keep-going --jobs=2 --output-sync=target $(STEPS:%=check-%) \
	  || { echo; echo "Failed:"; cat $(FAILED); exit 1; }

STEPS := types style layout names imports lock events openapi tables cluster web-lint web-typecheck web-drift web-test budget
STEP_types := $(BIN)/mypy
STEP_style := $(BIN)/ruff check .
STEP_layout := $(BIN)/ruff format --check .
STEP_names := $(BIN)/python -m tests.architecture.names
STEP_imports := $(BIN)/lint-imports --no-logo
STEP_lock := $(BIN)/uv lock --check --quiet
STEP_events := $(BIN)/python -m common.catalogue --check
STEP_openapi := $(BIN)/python -m stack openapi
STEP_tables := $(BIN)/python -m stack tables
STEP_cluster := $(BIN)/python -m cluster check
STEP_budget := $(BIN)/python -m stack web build && $(BIN)/python -m stack web run budget

check-%:
	@step='$(or $(STEP_$*),$(BIN)/python -m stack web run $(*:web-%=%))'; echo "$$step"; \
	  sh -c "$$step" 2>&1 || { echo "  $$step" >> $(FAILED); exit 1; }

format: $(INSTALLED) $(WEB_INSTALLED) ## Fix everything that `make check` refuses and a program can fix.
	$(BIN)/ruff check --fix --exit-zero --quiet .
	$(BIN)/ruff format .
	$(BIN)/python infra/wrap_prose.py $$(git ls-files --cached --others --exclude-standard '*.py')
	$(BIN)/ruff check .
	$(BIN)/python -m stack web run format

generate: $(INSTALLED) $(WEB_INSTALLED) ## Write the generated files: events, OpenAPI and its client, everything from the table of services.
	$(BIN)/python -m common.catalogue --write
	$(BIN)/python -m stack openapi --write
	$(BIN)/python -m stack tables --write
	$(BIN)/python -m stack web run generate
	$(BIN)/python -m cluster generate

audit: $(INSTALLED) $(WEB_INSTALLED) ## Look up known vulnerabilities of the dependencies; needs the network.
	$(BIN)/uv export --frozen --all-packages --no-emit-workspace --quiet --output-file $(VENV)/requirements.txt
	$(BIN)/uv tool run pip-audit==$(PIP_AUDIT_VERSION) --strict --require-hashes --disable-pip -r $(VENV)/requirements.txt
	$(BIN)/python -m stack web run audit

lock: $(INSTALLED) ## Upgrade the dependencies.
	$(BIN)/uv lock --upgrade
	$(MAKE) $(INSTALLED)

bench: $(INSTALLED) ## Measure Helpdesk against a baseline on the same servers.
	$(BIN)/python -m bench $(ARGS)

screenshots: $(INSTALLED) $(WEB_INSTALLED) ## Capture every page of the web client into web/screenshots.
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

vitals: $(INSTALLED) $(WEB_INSTALLED) ## Measure the load times of the web client's pages into docs/web-vitals.md.
	$(BIN)/python -m tests.browser.vitals

drill: $(INSTALLED) ## Destroy a separate stack, restore it from a backup, and print how long that took.
	$(BIN)/python -m stack drill $(ARGS)

images: $(INSTALLED) $(WEB_INSTALLED) ## Build the images helpdesk/<name>:$(TAG); ARGS are passed to docker build.
	@$(BIN)/python -m stack web build
	for name in $(notdir $(wildcard services/*)) backup; do \
	  $(DOCKER) build $(ARGS) -f infra/docker/service.Dockerfile --build-arg SERVICE=$$name -t helpdesk/$$name:$(TAG) . || exit; \
	done
	$(DOCKER) build $(ARGS) -f infra/docker/web.Dockerfile -t helpdesk/web:$(TAG) .

clean: ## Remove installed packages, builds and caches, but no data.
	rm -rf $(VENV) web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(INSTALLED): pyproject.toml uv.lock $(wildcard libs/*/pyproject.toml services/*/pyproject.toml infra/*/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Helpdesk needs Python 3.11 or newer; $(PYTHON) is older. Name another: make PYTHON=python3.13 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "Python has no venv module here (Debian: apt-get install python3-venv)."; rm -rf $(VENV); exit 1; }
	@echo "Installing into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@$(BIN)/uv sync --frozen --quiet --inexact
	@touch $@

$(WEB_INSTALLED): web/package.json web/package-lock.json | $(INSTALLED)
	@echo "Installing into web/node_modules …"
	@$(BIN)/python -m stack web install
	@touch $@
