# Everything a newcomer types. `make` alone lists the targets.
PORT ?= 8000
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# One more than the cores of a small machine: browsers and databases wait, too.
JOBS ?= 3

.PHONY: help setup demo test test-long trust lint types catalogues bench bench-box bench-count bench-review bench-ideas lock clean

help:
	@echo "make demo        run the whole thing with demonstration data on http://127.0.0.1:$(PORT)"
	@echo "make test        set up and pass every check (lint, types, tests on both databases, browser, catalogues)"
	@echo "make test-long   what takes longer than the checks of every day"
	@echo "make trust       the proofs by test of the ballot box in their long form (test runs the short one)"
	@echo "make bench       measure pages and casting against a bare page of the same server"
	@echo "make bench-box   measure opening, tree and count of a box of 100,000 ballots"
	@echo "make bench-ideas measure the list of 10,000 ideas beside one of 100"
	@echo "make bench-count measure counts beside the field's reference library"
	@echo "make bench-review measure a large commission: ways of counting, pages, members who save at once"
	@echo "make catalogues  take new messages into the catalogues and compile them"
	@echo "make lock        write the requirements files anew"

$(VENV)/run.stamp: requirements/run.txt
	@echo "Setting up the virtual environment and what the application runs on ..."
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/test.stamp: requirements/test.txt requirements/oracle.txt $(VENV)/run.stamp
	@echo "Installing what the checks need ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/oracle.txt
	@touch $@

setup: $(VENV)/run.stamp
	@$(PY) -m pb catalogues

demo: $(VENV)/run.stamp
	@PORT=$(PORT) $(PY) -m pb demo

lint: $(VENV)/test.stamp
	$(PY) -m ruff check pb tests wsgi.py migrations
	$(PY) -m ruff format --check pb tests wsgi.py

types: $(VENV)/test.stamp
	$(PY) -m mypy

test: $(VENV)/test.stamp
	@$(PY) -m pb catalogues --check
	@$(MAKE) --no-print-directory lint types
	$(PY) -m pytest -n $(JOBS) -m "not slow"

test-long: $(VENV)/test.stamp
	@$(PY) -m pb catalogues
	PB_LONG_TESTS=1 $(PY) -m pytest -n $(JOBS) -o faulthandler_timeout=3600

trust: $(VENV)/test.stamp
	@$(PY) -m pb catalogues
	PB_TRUST=full $(PY) -m pytest -n $(JOBS) -m trust -o faulthandler_timeout=1800 tests/trust

catalogues: $(VENV)/run.stamp
	@$(PY) -m pb catalogues --update

bench: $(VENV)/run.stamp
	@$(PY) -m pb bench

bench-box: $(VENV)/run.stamp
	@$(PY) -m pb bench-box

bench-count: $(VENV)/test.stamp
	@$(PY) -m pb bench-count

bench-ideas: $(VENV)/run.stamp
	@$(PY) -m pb catalogues
	@$(PY) -m pb bench-ideas
bench-review: $(VENV)/run.stamp
	@$(PY) -m pb bench-review

lock:
	uv pip compile --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --python-version 3.11 requirements/run.in -o requirements/run.txt
	uv pip compile --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --python-version 3.11 requirements/test.in -o requirements/test.txt
	uv pip compile --universal --generate-hashes --no-deps --no-annotate --no-header --no-emit-index-url --python-version 3.11 requirements/oracle.in -o requirements/oracle.txt

clean:
	rm -rf $(VENV) var
