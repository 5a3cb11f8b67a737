# `make demo` plays the story, `make test` checks everything; both set up what they need.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# One more than there are cores: many tests wait for something. Each takes about 1 GB of memory.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(min(os.cpu_count() or 1, 8) + 1)")

.PHONY: demo studio test test-all lint types node clean

demo: $(VENV)/.installed
	$(BIN)/mintmark demo

studio: $(VENV)/.installed
	$(BIN)/mintmark studio --as $${USER:-guest} --role creator

test: lint types node
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow"

test-all: lint types node
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

# Compiler and local chain for tests; users need no Node.js.
node:
	@if command -v npm >/dev/null 2>&1; then \
		if [ ! -e node_modules/.installed ] || [ package-lock.json -nt node_modules/.installed ]; then \
			npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.installed; fi; \
	else echo "npm is not here: the tests that recompile the contract or start anvil are skipped"; fi

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Mintmark needs Python 3.11: install it, or say make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing Mintmark into $(VENV); the first time this takes a few minutes."
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing Mintmark and its test tools into $(VENV); the first time this takes a few minutes."
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache
