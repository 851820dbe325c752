# `make run` and `make test` do all the set-up themselves; scripts/setup.sh says what it does.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test check coverage bench eval eval-follow-ups train lock setup

BIN := .venv/bin
MODULES := voice_coach tests scripts
# As many at once as there are processors; those that keep time with a sound card by themselves.
BESIDE := -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder -m 'not alone'
ALONE := -m alone

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do printf 'make %-15s %s\n' "$$name" "$$what"; done

setup: ## set up into .venv/ and the cache folder; nothing happens when that is done
	@scripts/setup.sh run

run: setup ## set up, then rehearse
	@$(BIN)/voice-coach practice

test: ## set up, then all tests, the slow ones too
	@scripts/setup.sh test
	@$(BIN)/python -m pytest $(BESIDE)
	@$(BIN)/python -m pytest $(ALONE)

check: ## what CI runs: format, lint, types, layers, all tests
	@scripts/setup.sh test
	@echo '== format' && $(BIN)/ruff format --check .
	@echo '== lint' && $(BIN)/ruff check .
	@echo '== types' && $(BIN)/mypy $(MODULES)
	@echo '== layers' && $(BIN)/lint-imports --no-logo
	@echo '== tests' && $(BIN)/python -m pytest $(BESIDE)
	@echo '== tests with a sound card' && $(BIN)/python -m pytest $(ALONE)

coverage: ## the tests again, and which lines none of them reaches
	@scripts/setup.sh test
	@$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered

bench: ## the speed figures: one JSON line each on stdout, and a table
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.bench

eval: ## how well the judge agrees with the annotators, on answers that it was not trained on
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.evaluate

eval-follow-ups: ## how good the follow-ups are: checks, and a page for blind judging in build/follow_ups
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.eval_follow_ups

train: ## train the judge again from the labelled answers
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.train_judge

lock: ## renew requirements.lock and the wheels' hashes in models.lock
	@scripts/setup.sh run
	@scripts/lock.sh
