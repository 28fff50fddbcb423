# `make` lists every habit. Each target is thin: the work is in ./gongyou and in scripts/.
.DEFAULT_GOAL := help
.PHONY: help up test test-conversations check test-fast format bench sbom lock down test-failures load promises promises-bite

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

up: ## build what is missing, start everything, stay in front
	@./gongyou up

down: ## stop what `./gongyou up --detach` started
	@./gongyou down

test: ## build what is missing and run all tests
	@./gongyou env --dev
	@./gongyou train
	@.envs/app/bin/python scripts/run_tests.py

test-conversations: ## play the written conversations through the whole product
	@.envs/app/bin/python -m tests.support.conversations

promises: ## test every promise in full (under an hour) and write docs/PROMISES.md
	@./gongyou env --dev
	@./gongyou train
	@.envs/app/bin/python scripts/promises.py

promises-bite: ## break each promise on purpose and expect its test to go red
	@./gongyou env --dev
	@.envs/app/bin/python scripts/promises_bite.py

test-fast: ## the tests that need no Rasa, browser or server
	@./gongyou env --dev
	@.envs/app/bin/python -m pytest -m "not rasa and not browser and not kannel and not slow and not postgres and not redis"

check: ## style, types, imports, policy base, generated files
	@./gongyou env --dev
	@scripts/check

format: ## put the code into its usual shape
	@.envs/app/bin/ruff check --fix . ; .envs/app/bin/ruff format .

bench: ## measure speed (./gongyou bench --help for one at a time)
	@./gongyou bench turn

test-failures: ## everything that breaks between hosts, with the full times and counts
	@./gongyou env --dev
	@GONGYOU_PROMISES=full .envs/app/bin/python -m pytest tests/failures

load: ## a city's Monday morning, on one box and spread out, counted afterwards
	@./gongyou env --dev
	@./gongyou train
	@.envs/app/bin/python -m tests.load.drive

sbom: ## write the list of everything that is installed
	@./gongyou env --dev
	@scripts/sbom

lock: ## compile the locks again from requirements/*.in (needs uv)
	@scripts/lock
