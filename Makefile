# Every command a person types. `make` alone lists them.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help up down status test check format lock generate bench clean

PYTHON ?= python3
UV_VERSION := 0.13.8
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Two workers suit two cores; each has its own MongoDB and NATS.
TEST_WORKERS ?= 2

help: ## List the commands.
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

up: $(INSTALLED) ## Start everything on this machine and show where it is; Ctrl-C stops it.
	@exec $(BIN)/python -m stack up

down: $(INSTALLED) ## Stop what `make up` started in this checkout.
	@$(BIN)/python -m stack down

status: $(INSTALLED) ## Show what is running in this checkout.
	@$(BIN)/python -m stack status

test: $(INSTALLED) ## Run the whole test suite against real servers.
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --no-loadscope-reorder $(ARGS)

check: $(INSTALLED) ## Everything that needs no server: style, types, import rules, generated files.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m common.catalogue --check
	$(BIN)/python -m stack openapi
	$(BIN)/uv lock --check --quiet

format: $(INSTALLED) ## Put the code into its usual form.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

generate: $(INSTALLED) ## Write the files that are made from code: events and their documents, OpenAPI, routes.
	$(BIN)/python -m common.catalogue --write
	$(BIN)/python -m stack openapi --write
	$(BIN)/python -m stack routes > infra/nginx/routes.conf

lock: $(INSTALLED) ## Take up newer versions of what we depend on.
	$(BIN)/uv lock --upgrade
	$(MAKE) $(INSTALLED)

bench: $(INSTALLED) ## Measure against the bare limit of the same parts, side by side.
	$(BIN)/python -m bench $(ARGS)

clean: ## Remove what was installed and measured, but no data.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(INSTALLED): pyproject.toml uv.lock $(wildcard libs/*/pyproject.toml services/*/pyproject.toml infra/local/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Helpdesk needs Python 3.11 or newer; $(PYTHON) is older. Name another: make PYTHON=python3.13 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "Python has no venv module here (Debian: apt-get install python3-venv)."; rm -rf $(VENV); exit 1; }
	@echo "Installing into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@$(BIN)/uv sync --frozen --quiet --inexact
	@touch $@
