# make run    set up, then run the main job on the sample articles
# make test   set up, then all checks and tests
# make help   the rest

ARTICLES ?= seeds/articles
WAREHOUSE ?= data/onrecord.duckdb
UV_VERSION := 0.13.9
STAMP := .venv/.complete
SHARED ?= ../shared
TRAIN ?= $(SHARED)/bench/polnear/train.jsonl
WHO ?= $(SHARED)/bench/who
GOLD ?= $(WHO)/dev.jsonl
ANNOTATED ?=
UNSEEN ?=
QUOTES ?= $(SHARED)/bench/quotes
ENTITIES ?= $(SHARED)/bench/entities/dev.jsonl
NAMES ?= $(wildcard $(SHARED)/bench/names/*_train.jsonl)
DEVICE ?= cpu
HELD_OUT ?= $(SHARED)/bench/polnear/dev.jsonl
TEXTS := $(wildcard $(TRAIN) $(HELD_OUT))
TRAINING := .training/bin/python -m training
# The order is that of tests/conftest.py. Slow tests wait for servers a third of the time, so one worker more than the
# machine has cores keeps it busy; the workers read only the files that have such tests.
WORKERS := --dist loadfile --no-loadscope-reorder --numprocesses
SLOW_WORKERS ?= $(shell expr 1 + `nproc 2>/dev/null || echo 2`)
SLOW = $(shell grep --recursive --files-with-matches --include='test_*.py' 'mark\.slow' tests)
export ORT_DISABLE_TELEMETRY := 1

.PHONY: test-fast screenshots docs-site bench-install golden train-references test-slow bench bench-runs bench-crash bench-loading bench-pages bench-explore bench-who bench-shares bench-quotes help setup run test check format docs bench-quality bench-queries bench-statements bench-entities train clean
.DEFAULT_GOAL := help

help:
	@echo "make setup   .venv from the lock file; every other target does it first"
	@echo "make run     set up, then run the main job on $(ARTICLES) into $(WAREHOUSE)"
	@echo "make test    set up, then lint, types, generated files and all tests but the slow ones"
	@echo "make test-fast  all tests but the slow ones, without the checks"
	@echo "make test-slow  servers and workers, killed runs, the commands of docs/operations.md"
	@echo "make check   lint, types, generated files"
	@echo "make format  let ruff fix and format the code"
	@echo "make golden  write the expected files of tests/golden_formats, and of new cases in tests/golden, for review"
	@echo "make docs    write the generated pages in docs/: tables.md, checks.md, cli.md, settings.md, formats.md, cookbook.md"
	@echo "make docs-site  the site of docs/ in build/site: opens from disk, can be searched"
	@echo "make screenshots  the pictures in README.md and docs/; needs Chromium"
	@echo "make bench   start, extraction, increments, a large warehouse, Dask, a lake, dlt; BENCH='--large 100000' and other options"
	@echo "make bench-runs        whole runs by size and step: time, processor, memory; takes three quarters of an hour"
	@echo "make bench-crash       runs killed at a hundred random moments"
	@echo "make bench-install     pip install into empty environments of Python 3.11, 3.12, 3.13, and the command in a bare environment"
	@echo "make bench-loading     staging and publishing against dlt"
	@echo "make bench-queries     what views, the cookbook and search cost on a million statements"
	@echo "make bench-quality     what the gate and the report cost in runs over 20 and 1,000 articles"
	@echo "make bench-statements  how well statements are found, and how fast"
	@echo "make bench-who         who said what, on annotated news of many kinds, or on your own (GOLD=FILE): statements, speakers, confidence"
	@echo "make bench-shares      how often the intervals of shares contain the true share, in 1,000 simulations"
	@echo "make bench-quotes      the share of quotations in news texts that a statement covers"
	@echo "make bench-entities    how well actors are found and distinguished, and how fast"
	@echo "make bench-explore     what each page of the explorer costs on a million statements"
	@echo "make bench-pages       how well web pages are read: title, authors, day, text"
	@echo "make train   the tagger from TRAIN, WHO, NAMES and your own ANNOTATED=FILE, without teachers; training/README.md describes all steps"
	@echo "make train-references   the model that resolves pronouns and descriptions, from WHO, ENTITIES and your own ANNOTATED=FILE;"
	@echo "             UNSEEN=FILE for annotated articles that the tagger did not learn from, which also calibrate confidence"
	@echo "make clean   remove what runs and tests wrote (data/, caches); keeps .venv"
	@echo "make help    this list; CONTRIBUTING.md says more"

setup: $(STAMP)

$(STAMP): pyproject.toml uv.lock
	@UV_VERSION=$(UV_VERSION) sh .ci/setup
	@touch $(STAMP)

run: setup
	@.venv/bin/onrecord ingest "$(ARTICLES)" --warehouse "$(WAREHOUSE)"

# mypy uses one core for most of a minute, so the tests start meanwhile.
test: setup
	@$(MAKE) --no-print-directory --jobs 2 check test-fast

test-fast: setup
	.venv/bin/python -m pytest -m "not slow" $(WORKERS) auto

test-slow: setup
	.venv/bin/python -m pytest -m slow $(WORKERS) $(SLOW_WORKERS) $(SLOW)

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/python -m schema.derive --check docs/tables.md
	.venv/bin/python -m expectations.checks_page --check docs/checks.md
	.venv/bin/python -m flows.doc_pages cli --check docs/cli.md
	.venv/bin/python -m flows.doc_pages settings --check docs/settings.md

format: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

golden: setup
	.venv/bin/python -m tests.golden_files

docs: setup
	.venv/bin/python -m schema.derive docs/tables.md
	.venv/bin/python -m expectations.checks_page docs/checks.md
	.venv/bin/python -m flows.doc_pages cli docs/cli.md
	.venv/bin/python -m flows.doc_pages settings docs/settings.md
	.venv/bin/onrecord formats --markdown > docs/formats.md
	.venv/bin/python -m tests.cookbook docs/cookbook.md

docs-site: setup
	@.venv/bin/python docs/site.py build/docs
	@.uv/bin/uv run --frozen --quiet --isolated --only-group docs zensical build --clean --strict
	@echo "open build/site/index.html"

screenshots: setup
	.venv/bin/python -m tests.screenshots docs

bench: setup
	.venv/bin/python -m bench.scale $(BENCH)

bench-runs: setup
	.venv/bin/python -m bench.runs $(if $(TEXTS),--texts $(TEXTS))

bench-crash: setup
	.venv/bin/python -m bench.crash --kills 100 --out bench/results/crash.json

bench-install: setup
	.venv/bin/python -m bench.install

bench-loading: setup
	.uv/bin/uv run --frozen --group bench python -m bench.loading

bench-queries: setup
	.venv/bin/python -m bench.queries --out bench/results/queries.json

bench-quality: setup
	.venv/bin/python -m bench.quality seeds/articles --out bench/results/quality.json

bench-statements: setup
	@if [ -f "$(HELD_OUT)" ]; then .venv/bin/python -m bench.statements "$(HELD_OUT)" "$(SHARED)/bench/score_statements.py"; \
	else echo "skipped: no annotated articles at $(HELD_OUT)"; fi

bench-who: setup
	@mkdir -p build
	@if [ -f "$(GOLD)" ] && [ -f "$(WHO)/score_who.py" ]; then .venv/bin/python -m bench.who "$(GOLD)" "$(WHO)/score_who.py" --bootstrap 1000 --calibration --out build/who_found.jsonl \
	$(if $(filter-out $(WHO)/dev.jsonl,$(GOLD)),,&& .venv/bin/python -m bench.shares "$(GOLD)" "$(WHO)/score_who.py" --found build/who_found.jsonl --write warehouse/views/measured_quality.sql); \
	else echo "skipped: no annotated articles at $(GOLD), or no scorer in $(WHO)"; fi

bench-shares: setup
	@if [ -f "$(WHO)/train.jsonl" ]; then .venv/bin/python -m bench.shares "$(WHO)/train.jsonl" "$(WHO)/score_who.py" --draws 1000; \
	else echo "skipped: no annotated articles at $(WHO)"; fi

bench-quotes: setup
	@if [ -f "$(QUOTES)/coverage.py" ]; then .venv/bin/python -m bench.who "$(QUOTES)/bbc2022_sample.jsonl" "$(QUOTES)/coverage.py"; \
	else echo "skipped: no texts at $(QUOTES)"; fi

bench-entities: setup
	@if [ -f "$(ENTITIES)" ]; then .venv/bin/python -m bench.entities "$(ENTITIES)" "$(SHARED)/bench/score_entities.py" \
	--statements "$(HELD_OUT)" "$(SHARED)/bench/score_statements.py"; \
	else echo "skipped: no annotated texts at $(ENTITIES)"; fi

bench-explore: setup
	@test -e data/demo.duckdb || .venv/bin/onrecord demo
	@.venv/bin/python -m bench.explore data/demo.duckdb --publish

bench-pages: setup
	.venv/bin/python -m bench.pages "$(SHARED)/real/pages" "$(SHARED)/real/pages.expected.json"

# An environment of its own: PyTorch is large, and nothing but training needs it.
.training/.complete: pyproject.toml
	.venv/bin/python -m venv .training
	.training/bin/python -m pip install --quiet torch==2.13.0
	.training/bin/python -m pip install --quiet --editable ".[training]"
	@touch $@

train: setup .training/.complete
	@mkdir -p build
	cat "$(WHO)/train.jsonl" $(ANNOTATED) > build/annotated.jsonl
	$(TRAINING).who build/annotated.jsonl --out build/who
	$(TRAINING).pack --statements "$(TRAIN)" --who build/annotated.jsonl:3 $(addprefix --names ,$(NAMES)) --out build/pack.npz
	$(TRAINING).learn student build/pack.npz --device $(DEVICE) --epochs 12 --words 6000 --rate 2e-3 --out build/network.pt
	$(TRAINING).export_model build/network.pt build/pack.npz
	$(TRAINING).fixed_steps "$(TRAIN)"
	$(TRAINING).guesses build/annotated.jsonl
	$(TRAINING).calibrate build/who/held_out.jsonl "$(HELD_OUT)"

train-references: setup
	@mkdir -p build
	cat "$(WHO)/train.jsonl" $(ANNOTATED) > build/annotated.jsonl
	.venv/bin/python -m training.references build/annotated.jsonl "$(ENTITIES)"
ifneq ($(strip $(UNSEEN)),)
	cat $(UNSEEN) > build/unseen.jsonl
	cat build/annotated.jsonl build/unseen.jsonl > build/both.jsonl
	.venv/bin/python -m training.references build/both.jsonl "$(ENTITIES)" --join models/references.npz
endif
	.venv/bin/python -m training.speaker_confidence build/annotated.jsonl "$(ENTITIES)" $(if $(strip $(UNSEEN)),--unseen build/unseen.jsonl)

clean:
	rm -rf data .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -not -path './.uv/*' -prune -exec rm -rf {} +
