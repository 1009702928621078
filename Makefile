# `make` explains every target. The work is in tools/; this file only names it.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev train understand accuracy run demo-data system lint test check format pictures bench
.PHONY: simulate-day soak races lock clean
# One target after the other; what can go in parallel does so inside its tool.
.NOTPARALLEL:

PYTHON := .venv/bin/python
# The set-up runs on the machine's own Python, whichever is new enough; `make` asks only when it has to.
FIND_PYTHON = python=$$(sh tools/python.sh) || exit 1; exec "$$python"
UV_LOCK := uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  PORT=8001 make run        another port for the gateway (default 8000)"
	@echo "  VERBOSE=1 make run        with everything that the processes say"
	@echo "  make test ARGS='-k slots' with arguments for pytest"

setup:  ## both Python environments, from the locked requirements; part of run
	@$(FIND_PYTHON) -m tools.setup

setup-dev:  ## the same with what tests and checks need; part of test, lint and format
	@$(FIND_PYTHON) -m tools.setup --dev

train: setup  ## a trained assistant, where its sources changed; part of run and test
	@$(PYTHON) -m tools.train

understand: train  ## what the assistant takes phrases for: JSON lines {"id", "text", "language"} on stdin, {"id", "label"} out
	@$(PYTHON) -m tools.understand

accuracy: setup-dev train  ## how well customers are understood, measured anew into docs/accuracy.md
	@$(PYTHON) -m tools.accuracy
	@$(PYTHON) -m tools.accuracy_dialogues page

run: setup  ## the whole product on this machine, until Ctrl-C
	@$(PYTHON) -m tools.run

line-setup: setup  ## the rich menu for your LINE account; LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN in the environment
	@$(PYTHON) -m tools.line_setup

demo-data: setup  ## three months of made-up history in the demo's database, the same every time
	@$(PYTHON) -m tools.demo_data

system:  ## what the tests need from the system (PostgreSQL, Redis, Chromium, Node.js with Prism, a font); part of test
	@$(FIND_PYTHON) -m tools.system

lint: setup-dev  ## format, lint, types and import rules, without changing anything
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports

test: setup-dev system train  ## all tests, with what they need; two at a time
	@$(PYTHON) -m pytest -n 2 --dist loadgroup $(ARGS)

check: lint test  ## everything that must be green: lint and test

format: setup-dev  ## format the code and mend what ruff can mend
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

pictures: setup-dev train  ## the README's pictures, taken anew from the running product
	@$(PYTHON) -m tools.pictures

bench: setup-dev train  ## what docs/benchmarks.md says, measured anew; about twenty-five minutes
	@$(PYTHON) -m benchmarks.foundation
	@$(PYTHON) -m benchmarks.booking

simulate-day: setup-dev  ## a day of promises on the real dispatch code, with a picture; ARGS='--seeds 20 --callbacks 4500 --outage'
	@$(PYTHON) -m tools.simulate_day $(ARGS)

soak: setup-dev  ## a thousand seeded runs of every fault at once; ARGS='--seed 17' runs one again, ARGS=--rows kills real processes
	@$(PYTHON) -m tools.soak $(ARGS)

races: setup-dev  ## ten thousand trials of each race for a place, on both databases; ARGS='--trials 500 --on SQLite'
	@$(PYTHON) -m tools.races $(ARGS)

lock:  ## write the requirements files anew from pyproject.toml, newest versions that fit (needs uv)
	@$(UV_LOCK) --upgrade --python-version 3.11 pyproject.toml --output-file requirements/app.txt
	@$(UV_LOCK) --upgrade --python-version 3.11 pyproject.toml --group dev --constraint requirements/app.txt --output-file requirements/dev.txt
	@$(UV_LOCK) --upgrade --python-version 3.10 --group assistant --output-file requirements/assistant.txt

clean:  ## remove var/ (all data, a fresh start) and caches; the environments and models stay
	rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .rasa
	@find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
