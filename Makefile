# Every command a person types. `make` alone lists them.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help up down status test check format lock generate bench drill images screenshots vitals clean

PYTHON ?= python3
UV_VERSION := 0.13.8
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
WEB_INSTALLED := web/node_modules/.installed
# Two workers suit two cores; each has its own MongoDB and NATS.
TEST_WORKERS ?= 2
TAG ?= dev
DOCKER ?= docker

help: ## List the commands.
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

up: $(INSTALLED) ## Start everything on this machine and show where it is; Ctrl-C stops it.
	@exec $(BIN)/python -m stack up

down: $(INSTALLED) ## Stop what `make up` started in this checkout.
	@$(BIN)/python -m stack down

status: $(INSTALLED) ## Show what is running in this checkout.
	@$(BIN)/python -m stack status

test: $(INSTALLED) $(WEB_INSTALLED) ## Run the whole test suite against real servers.
	@$(BIN)/python -m stack web build
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --no-loadscope-reorder $(ARGS)

check: $(INSTALLED) $(WEB_INSTALLED) ## Everything that needs no server: style, types, import rules, generated files.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m common.catalogue --check
	$(BIN)/python -m stack openapi
	$(BIN)/python -m cluster check
	$(BIN)/uv lock --check --quiet
	@$(MAKE) --no-print-directory -j2 --output-sync=target web-lint web-typecheck web-drift web-test
	@$(BIN)/python -m stack web build
	$(BIN)/python -m stack web run budget

web-%: $(INSTALLED) $(WEB_INSTALLED)
	$(BIN)/python -m stack web run $*

format: $(INSTALLED) $(WEB_INSTALLED) ## Put the code into its usual form.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m stack web run format

generate: $(INSTALLED) $(WEB_INSTALLED) ## Write the files that are made from code: events, OpenAPI and its client, routes.
	$(BIN)/python -m common.catalogue --write
	$(BIN)/python -m stack openapi --write
	$(BIN)/python -m stack web run generate
	$(BIN)/python -m stack routes > infra/nginx/routes.conf
	$(BIN)/python -m cluster generate

lock: $(INSTALLED) ## Take up newer versions of what we depend on.
	$(BIN)/uv lock --upgrade
	$(MAKE) $(INSTALLED)

bench: $(INSTALLED) ## Measure Helpdesk against a baseline on the same servers.
	$(BIN)/python -m bench $(ARGS)

screenshots: $(INSTALLED) $(WEB_INSTALLED) ## Take pictures of every page of the web client, into web/screenshots.
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

vitals: $(INSTALLED) $(WEB_INSTALLED) ## Measure how fast the web client's pages are there, into docs/web-vitals.md.
	$(BIN)/python -m tests.browser.vitals

drill: $(INSTALLED) ## Lose everything on purpose and get it back from a backup; says how long that took.
	$(BIN)/python -m stack drill $(ARGS)

images: $(INSTALLED) $(WEB_INSTALLED) ## Build the images, tagged helpdesk/<name>:$(TAG); ARGS are given to docker build.
	@$(BIN)/python -m stack web build
	for name in auth tickets notifications mailer backup; do \
	  $(DOCKER) build $(ARGS) -f infra/docker/service.Dockerfile --build-arg SERVICE=$$name -t helpdesk/$$name:$(TAG) . || exit; \
	done
	$(DOCKER) build $(ARGS) -f infra/docker/web.Dockerfile -t helpdesk/web:$(TAG) .

clean: ## Remove what was installed and measured, but no data.
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
