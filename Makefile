# Needs only make and Python 3.11 or newer; everything else is set up in .venv by the targets themselves.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV = .venv/bin

.PHONY: help run test check bench format lock set-up set-up-dev

help:
	@echo 'make run     set up and serve the demonstration at http://127.0.0.1:8000/ (HENGJIAN_PORT=8001 for another port)'
	@echo 'make test    set up and run every test: SQLite, PostgreSQL, browser'
	@echo 'make check   lint, types, import contracts, migrations, translations'
	@echo 'make bench   measure, with a table at the end (make bench ONLY=ledger)'
	@echo 'make format  rewrite the code in the agreed layout'
	@echo 'make lock    rewrite requirements/ after a change of pyproject.toml (UPGRADE=1 takes new versions)'

set-up set-up-dev:
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or newer is needed and was not found; say where it is: make PYTHON=/path/to/python' >&2; exit 2; }
	@$(PYTHON) scripts/bootstrap.py $(if $(filter %-dev,$@),dev,run)

run: set-up
	@exec $(VENV)/python -m hengjian serve run --demo

test: set-up-dev
	@$(VENV)/python scripts/test.py $(ARGS)

check: set-up-dev
	@$(VENV)/python scripts/check.py

bench: set-up-dev
	@$(VENV)/python -m hengjian bench $(ONLY)

format: set-up-dev
	@$(VENV)/python -m ruff check --fix --quiet . ; $(VENV)/python -m ruff format .

lock: set-up-dev
	@$(VENV)/python scripts/lock.py $(if $(UPGRADE),--upgrade)
