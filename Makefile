# Cairn's workshop. `make help` lists what it can do.
.DEFAULT_GOAL := help
.PHONY: help setup roadmap test test-wide check format lock bench

# A goal may hold quotes, dollars, anything: it is taken as it was typed (`value` does not expand
# it) and reaches the command through the environment, which no shell parses again.
override GOAL := $(value GOAL)
override FORMAT := $(or $(value FORMAT),text)
export GOAL FORMAT
# Packages of another environment are none of ours.
unexport PYTHONHOME PYTHONPATH

python := .venv/bin/python
# Hundreds of processes are started: modules are compiled once, not by each of them.
tested := env -u PYTHONDONTWRITEBYTECODE $(python) -m pytest
# What `make test` runs: what is wide has a target of its own, and FAST=1 leaves out the slow kinds.
kinds := not wide$(if $(FAST), and not fleet and not browser and not chaos and not slow)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: .venv/.ready ## build .venv with everything the other targets need

.venv/.ready: requirements/dev.txt requirements/redis-binary.txt
	@sh config/setup.sh >&2

roadmap: .venv/.ready ## generate and print a roadmap: make roadmap GOAL="..." [FORMAT=json]
	@exec $(python) manage.py generate_roadmap --format="$$FORMAT" -- "$$GOAL"

.PHONY: serve
serve: .venv/.ready ## the site and its workers until Ctrl-C: make serve [PORT=8000]
	@exec $(python) -m config.serve --port="$${PORT:-8000}"

test: .venv/.ready ## all tests but the wide ones; FAST=1 leaves out the slow kinds
	@$(tested) -n 4 --dist loadfile --no-loadscope-reorder --durations=20 --durations-min=8 -m "$(kinds)"

test-wide: .venv/.ready ## slow and broad: the image, every statement, every expression
	@$(tested) -n 3 --dist loadfile --durations=20 --durations-min=8 -m wide

check: .venv/.ready ## lint, types, layers, missing migrations, migration linter
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(python) -m mypy .
	@.venv/bin/lint-imports
	@$(python) manage.py check --fail-level WARNING
	@$(python) manage.py makemigrations --check --dry-run
	@$(python) manage.py lintmigrations --quiet ok ignore warning

format: .venv/.ready ## put the code into shape
	@$(python) -m ruff check --fix .
	@$(python) -m ruff format .

.PHONY: audit
audit: .venv/.ready ## precision and recall of what judges content, kind by kind
	@exec $(python) -m generation.audit tests/corpus

.PHONY: screenshots
screenshots: .venv/.ready ## pictures of every page in every state: make screenshots [TO=folder] [ONLY=words], or README=1
	@exec $(python) -m screenshots --to="$${TO:-.cairn/screenshots}" --only="$${ONLY:-}" $(if $(README),--readme)

.PHONY: mutants
mutants: .venv/.ready ## defects put back one by one, each must turn a test red: make mutants [ONLY=words]
	@exec $(python) -m tests.mutants $${ONLY:-}

bench: .venv/.ready ## measured claims, one JSON line each
	@$(python) -m benchmarks

lock: .venv/.ready ## compile the pins in requirements/*.txt from *.in
	@for set in base dev production; do \
	  .venv/bin/uv --quiet pip compile --universal --python-version 3.11 --no-header \
	    -o "requirements/$$set.txt" "requirements/$$set.in"; \
	done
