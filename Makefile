# make run    set up, then run the main job on the sample articles
# make test   set up, then all checks and tests
# make help   the rest

ARTICLES ?= seeds/articles
WAREHOUSE ?= data/onrecord.duckdb
UV_VERSION := 0.13.9
STAMP := .venv/.complete

.PHONY: help setup run test check format docs clean
.DEFAULT_GOAL := help

help:
	@echo "make run     set up, then run the main job on $(ARTICLES) into $(WAREHOUSE)"
	@echo "make test    set up, then lint, types, generated files and all tests"
	@echo "make check   lint, types, generated files"
	@echo "make format  let ruff format the code"
	@echo "make docs    write docs/tables.md anew from warehouse/tables.py"
	@echo "make clean   remove what runs and tests wrote (data/, caches); keeps .venv"

setup: $(STAMP)

$(STAMP): pyproject.toml uv.lock
	@UV_VERSION=$(UV_VERSION) sh .ci/setup
	@touch $(STAMP)

run: setup
	@.venv/bin/onrecord ingest "$(ARTICLES)" --warehouse "$(WAREHOUSE)"

test: check
	.venv/bin/python -m pytest

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/python -m warehouse.derive --check docs/tables.md

format: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

docs: setup
	.venv/bin/python -m warehouse.derive docs/tables.md

clean:
	rm -rf data .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -not -path './.uv/*' -prune -exec rm -rf {} +
