# The two commands: “make demo” opens the app on a made-up caseload, “make test” passes the tests.
# Each builds what it needs in .venv and nothing outside this folder.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests of the screens wait for a clock half of their time: two for each core.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(2 * (os.cpu_count() or 1))")

.PHONY: demo test check lint types contracts packs bench pictures docs lock clean thorough fuzz simulation

demo: $(VENV)/run.stamp
	@$(BIN)/casedesk demo

test: $(VENV)/dev.stamp
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("casedesk needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@echo "Building in $(VENV): about half a minute, once."
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements-dev.txt
	@touch $@

# Everything that must hold besides the tests.
check: lint types contracts packs

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

contracts: $(VENV)/dev.stamp
	$(BIN)/lint-imports

packs: $(VENV)/run.stamp
	$(BIN)/casedesk packs check

# The figures of docs/performance.md.
bench: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks

# The property tests with many more examples, and long kill loops.
thorough: $(VENV)/dev.stamp
	CASEDESK_HYPOTHESIS=thorough $(BIN)/pytest -n $(WORKERS) --dist worksteal

SECONDS ?= 600

# Desks that exchange bundles over media that fail, for SECONDS; a broken law prints the seed that breaks it again.
simulation: $(VENV)/dev.stamp
	$(BIN)/python -m tests.simulation $(SECONDS) $(SEED)

# The parsers of bundles under fuzzing for SECONDS; what is found is added to the corpus.
fuzz: $(VENV)/dev.stamp
	$(BIN)/python -m tests.bundles.fuzz --seconds $(SECONDS) --keep

# The pictures of the README, from the demo caseload.
pictures: $(VENV)/dev.stamp
	$(BIN)/python scripts/pictures.py

# Pages that are made from the program: keys and column lists.
docs: $(VENV)/dev.stamp
	$(BIN)/python scripts/keys_doc.py
	$(BIN)/python scripts/rules_doc.py

# Lock the dependencies again, with hashes, for every platform.
lock: $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --extra build pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --extra build --extra dev pyproject.toml -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
