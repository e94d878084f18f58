# Everything that is done with this checkout. `make` alone explains.

PYTHON ?= python3
UV := .tools/bin/uv
BIN := .venv/bin
HEADING = @printf '\n==> %s\n'
# Nothing is fetched that is not pinned by a hash; uv uses the Python it was given.
export UV_PYTHON_DOWNLOADS := never
export UV_CUSTOM_COMPILE_COMMAND := make requirements
# A developer's own settings must not steer the tests (tests/stores/session.py clears KEEPWELL_*).
unexport DJANGO_SETTINGS_MODULE

.PHONY: help run demo check test test-embedded test-scale test-journeys drill pictures bench docs \
        requirements system-packages
.DEFAULT_GOAL := help

help:
	@echo 'make run           install and serve; prints the link at which the owner sets up'
	@echo 'make demo          the same with a demo clinic; prints accounts to try'
	@echo 'make check         lint, types, imports, templates'
	@echo 'make test          everything; installs what it needs and says so'
	@echo 'make drill NAME=x  one long exercise of tests/drills'
	@echo 'make pictures      every page, phone and desktop, light and dark, into pictures/'
	@echo 'make bench         Keepwell beside its peers; NAME=x for one topic (docs/reference)'
	@echo 'make docs          the documentation, warnings are errors, into docs/_build/html'
	@echo 'make requirements  pin requirements/*.txt anew, with hashes'

run: .venv/runtime
	@exec $(BIN)/keepwell serve

demo: .venv/runtime
	@exec $(BIN)/keepwell demo

check: .venv/dev
	$(HEADING) 'ruff: lint and format'
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(HEADING) 'mypy: types'
	$(BIN)/mypy
	$(HEADING) 'import-linter: who may import whom'
	$(BIN)/lint-imports
	$(HEADING) 'djlint: templates'
	$(BIN)/djlint --quiet --lint src

test: system-packages check $(if $(wildcard docs/conf.py),docs) test-embedded test-scale \
      $(if $(wildcard tests/journeys),test-journeys)

# In this order also under `make -j`, so that the last line is the last run's summary.
test-embedded: .venv/dev | check
	$(HEADING) 'tests on SQLite'
	KEEPWELL_TEST_SETTING=embedded $(BIN)/pytest -n 2

test-scale: .venv/dev | test-embedded
	$(HEADING) 'tests on PostgreSQL, as a role that row-level security binds'
	KEEPWELL_TEST_SETTING=scale $(BIN)/pytest -n 2

test-journeys: .venv/dev | system-packages test-scale
	$(HEADING) 'journeys in a real browser'
	KEEPWELL_TEST_SETTING=embedded $(BIN)/pytest -m journey tests/journeys

system-packages:
	@tools/system-packages

drill: .venv/dev
	@test -n '$(NAME)' || { echo 'Say which: make drill NAME=x'; ls tests/drills; exit 2; }
	$(BIN)/pytest -m drill tests/drills/test_$(NAME).py

pictures: .venv/dev system-packages
	$(BIN)/python -m tests.journeys.pictures

bench: .venv/dev .bench/made
	$(BIN)/python -m bench $(NAME)

docs: .venv/dev
	$(HEADING) 'sphinx: documentation'
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build/html

requirements: .tools/uv
	$(UV) pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	  requirements/tool.in -o requirements/tool.txt
	$(UV) pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	  pyproject.toml -o requirements/runtime.txt
	$(UV) pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	  pyproject.toml --extra scale -c requirements/runtime.txt -o requirements/scale.txt
	$(UV) pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	  pyproject.toml --extra scale --extra dev -c requirements/runtime.txt -o requirements/dev.txt
	$(UV) pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	  bench/requirements.in -o bench/requirements.txt

# Stamps: a second `make` finds them newer than what they stand for, and does nothing.

.tools/uv: requirements/tool.txt
	@tools/python-version $(PYTHON)
	$(PYTHON) -m venv --clear .tools
	.tools/bin/pip install --quiet --require-hashes -r requirements/tool.txt
	@touch $@

.venv/made: .tools/uv
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@touch $@

.venv/runtime: .venv/made requirements/runtime.txt pyproject.toml
	$(UV) pip install --quiet --require-hashes -r requirements/runtime.txt
	$(UV) pip install --quiet --no-deps -e .
	@touch $@

.venv/dev: .venv/runtime requirements/dev.txt
	$(UV) pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

# The peers' own environment: nothing of theirs comes near Keepwell's.
.bench/made: .tools/uv bench/requirements.txt
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .bench
	VIRTUAL_ENV=$(CURDIR)/.bench $(UV) pip install --quiet --require-hashes -r bench/requirements.txt
	@touch $@
