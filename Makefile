# Two commands: `make serve` and `make test`. Both may be repeated; nothing is done twice.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
export ASKED := $(value Q)

.PHONY: help setup models index serve ask test check eval bench bench-setup lock browser fuzz

help:
	@echo "make serve         the chat page and the API on 127.0.0.1:8000"
	@echo "make ask Q='...'   one answer in the terminal"
	@echo "make test          every test, those with the real models too"
	@echo "make check         ruff and mypy"
	@echo "make fuzz          the API, asked by schemathesis (FUZZ_SECONDS=300)"
	@echo "make eval          a short evaluation, its report, and the gate"
	@echo "make bench         times of Dateline and of its peers (BENCH=--quick: a few minutes)"
	@echo "make lock          choose the newest fitting versions anew"

serve: index
	@exec $(BIN)/dateline serve

ask: index
	@exec $(BIN)/dateline ask "$$ASKED"

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Dateline needs Python 3.11 or newer; try make PYTHON=python3.11"; exit 1; }
	@command -v c++ >/dev/null || command -v g++ >/dev/null \
	  || { echo "Dateline needs a C++ compiler; on Debian: apt-get install g++"; exit 1; }
	@test -x $(BIN)/python || { $(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "On Debian: apt-get install python3-venv"; exit 1; }; }
	@echo "Installing the locked dependencies: about 3 minutes, and 6 to 10 more the first time,"
	@echo "while llama.cpp is compiled for this processor (pip keeps the result)."
	@env -u SOURCE_DATE_EPOCH $(BIN)/pip install --disable-pip-version-check -r requirements.lock
	@$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --editable .
	@touch $(READY)

models: setup
	@$(BIN)/dateline models path qwen2.5-coder-1.5b >/dev/null 2>&1 \
	  || echo "Fetching the models, 1.2 GB, once: one to several minutes."
	@$(BIN)/dateline models pull >/dev/null

index: models
	@$(BIN)/dateline index --if-missing

test: models browser
	@$(BIN)/dateline models pull smollm2-135m >/dev/null
	@$(BIN)/python -m pytest -q -m "real or not real"

# The page's tests drive a real browser.
browser:
	@command -v chromium >/dev/null || { \
	  echo "Installing chromium for the tests of the page."; \
	  as=""; test "$$(id -u)" = 0 || as=sudo; \
	  $$as apt-get update -qq; DEBIAN_FRONTEND=noninteractive $$as apt-get install -y -qq chromium; }

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# The real service with fake models; every request is made from its own description.
export FUZZ_SECONDS ?= 300
fuzz: setup
	@$(BIN)/python -m tests.fuzz

# The short form: some questions of our own, some claims for the scorer, the page, and the gate.
SHORT := data/eval/short
eval: models
	@rm -rf $(SHORT)
	@$(BIN)/dateline eval seeds frank summedits wice begin --skip-missing --limit 40 --seed 1 \
	  --system dateline --system scorer --system copy --out $(SHORT)
	@$(BIN)/dateline eval report $(SHORT)
	@$(BIN)/dateline eval gate $(SHORT)

# The peers live in an environment of their own; without it the benchmark says that they are missing.
PEERS := .venv-bench/.ready
BENCH ?=
bench: index $(PEERS)
	@$(BIN)/python -m eval.bench $(BENCH)

bench-setup: $(PEERS)

$(PEERS): requirements-bench.lock
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@echo "Installing the peers of the benchmark: a few minutes, 1.5 GB."
	@env -u SOURCE_DATE_EPOCH .venv-bench/bin/pip install --disable-pip-version-check --quiet \
	  -r requirements-bench.lock
	@touch $(PEERS)

lock: setup
	@$(BIN)/pip-compile --quiet --extra dev --strip-extras --upgrade --no-emit-index-url \
	  --no-emit-find-links --no-header --output-file requirements.lock pyproject.toml
	@$(BIN)/pip-compile --quiet --extra bench --strip-extras --upgrade --no-emit-index-url \
	  --no-emit-find-links --no-header --output-file requirements-bench.lock pyproject.toml
	@sed -i 's/+cpu$$//' requirements.lock requirements-bench.lock
