# The front door. `make demo` and `make test` need only Python 3.11 or newer, make and a package index.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-slow check check-native kernels docs fix pins bench picture reference clean help

help:
	@echo "make demo       the whole flow on 6,000 real tracks"
	@echo "make test       the fast tests (make test-slow: the rest)"
	@echo "make check      lint, format, types, layers, dependencies"
	@echo "make kernels    compile the kernels again, after a change to a C file"
	@echo "make check-native  the kernels under address and undefined-behaviour sanitizers"
	@echo "make fix        let the linter mend what it can"
	@echo "make docs       the documentation as pages, with the examples run (docs/_build/html)"
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

# The installation above has built them; this is for C files that have changed since.
.venv/kernels: .venv/core setup.py $(wildcard src/partsong/nmf/native/*.[ch])
	$(BIN)/python setup.py -q build_ext --inplace --build-temp build/kernels --parallel 2
	@touch $@

.venv/demo: .venv/kernels requirements/demo.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/demo.txt
	@touch $@

.venv/dev: .venv/demo requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

demo: .venv/demo
	$(BIN)/partsong demo

test: .venv/dev
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow"

test-slow: .venv/dev
	$(BIN)/python -m pytest -n auto --dist loadfile -m slow

check: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src

kernels: .venv/kernels

# A build of its own, so that the one in use stays as it is. The sanitizers must be the first
# libraries of the process, and Python must leave memory to malloc, or nothing is watched.
SANITIZED := build/sanitized
SANITIZERS := -fsanitize=address,undefined
check-native: .venv/dev
	PARTSONG_CFLAGS="$(SANITIZERS) -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g" \
	PARTSONG_LDFLAGS="$(SANITIZERS)" $(BIN)/python setup.py -q \
		build_py --build-lib $(SANITIZED)/lib \
		build_ext --build-lib $(SANITIZED)/lib --build-temp $(SANITIZED)/objects --parallel 2
	for instructions in baseline avx2 avx512; do \
		echo "instructions: $$instructions"; \
		PARTSONG_INSTRUCTIONS=$$instructions PARTSONG_SANITIZED=1 PYTHONPATH=$(SANITIZED)/lib \
		PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=1:leak_check_at_exit=0 \
		UBSAN_OPTIONS=print_stacktrace=1 \
		LD_PRELOAD="$$($(CC) -print-file-name=libasan.so) $$($(CC) -print-file-name=libstdc++.so.6)" \
		$(BIN)/python -m pytest -q -s -n 0 -p no:randomly tests/native/test_misuse.py || exit 1; \
	done

fix: .venv/dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/dev
	$(BIN)/python benchmarks/flow.py
	$(BIN)/python benchmarks/recipes.py

.venv/docs: .venv/dev requirements/docs.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/docs.txt
	@touch $@

# GALLERY=0 leaves the examples unrun: quick, and all that CI needs, whose tests run them.
GALLERY ?= 1
docs: .venv/docs
	$(BIN)/sphinx-build -q -W --keep-going -D plot_gallery=$(GALLERY) -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

reference: .venv/core
	$(BIN)/python docs/cli_reference.py

picture: .venv/demo
	$(BIN)/python docs/picture.py

pins:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/core.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml requirements/dev.in -c requirements/core.txt -o requirements/dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-deps requirements/demo.in -o requirements/demo.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/docs.in -c requirements/core.txt -c requirements/dev.txt -o requirements/docs.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements/build.in -o requirements/build.txt

clean:
	rm -rf .venv build dist docs/_build docs/gallery docs/_static src/partsong/nmf/native/*.so partsong-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
