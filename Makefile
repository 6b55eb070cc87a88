# The front door. `make demo` and `make test` need only Python 3.11 or newer, make and a package index.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-slow check fix pins bench picture reference clean help

help:
	@echo "make demo       the whole flow on 6,000 real tracks"
	@echo "make test       the fast tests (make test-slow: the rest)"
	@echo "make check      lint, format, types, layers, dependencies"
	@echo "make fix        let the linter mend what it can"
	@echo "make bench      the measurements behind the README's figures"
	@echo "make reference  write docs/reference/cli.md from the program's help"
	@echo "make picture    draw the README's picture again (needs Chrome or Chromium)"
	@echo "make pins       resolve requirements/*.txt again (needs uv)"
	@echo "make clean      remove what the commands above made"

.venv/core: requirements/core.txt requirements/build.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "partsong needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/core.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/demo: .venv/core requirements/demo.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/demo.txt
	@touch $@

.venv/dev: .venv/demo requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

demo: .venv/demo
	$(BIN)/partsong demo

test: .venv/dev
	$(BIN)/python -m pytest -n auto -m "not slow"

test-slow: .venv/dev
	$(BIN)/python -m pytest -n auto -m slow

check: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src

fix: .venv/dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/dev
	$(BIN)/python benchmarks/flow.py
	$(BIN)/python benchmarks/recipes.py

reference: .venv/core
	$(BIN)/python docs/cli_reference.py

picture: .venv/demo
	$(BIN)/python docs/picture.py

pins:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/core.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml requirements/dev.in -c requirements/core.txt -o requirements/dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-deps requirements/demo.in -o requirements/demo.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/build.in -o requirements/build.txt

clean:
	rm -rf .venv build dist partsong-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
