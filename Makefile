# Every target does its own set-up: a fresh clone needs Python 3.11 or newer, make and the package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check lint types imports setup clean format chaos many-workers pictures

demo: $(READY)  ## run the simulated press through the whole pipeline and report
	@$(BIN)/copydesk demo

test: $(READY)  ## the whole test suite
	$(BIN)/python -m pytest

check: lint types imports test  ## what CI runs

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

chaos: $(READY)  ## crawl the demo press, killing processes at random: make chaos SEED=1 KILLS=20 DATABASE=postgresql; or OUTAGES=1 HOLD=60
	$(BIN)/python -m tests.chaos --seed $(or $(SEED),1) $(if $(OUTAGES),--outages --hold $(or $(HOLD),60),--kills $(or $(KILLS),20) --database $(or $(DATABASE),sqlite))

many-workers: $(READY)  ## the stories of many workers are those of one: make many-workers WORKERS=8 RUNS=5 KILLS=10
	$(BIN)/python tests/integration/many_workers.py --workers $(or $(WORKERS),8) --runs $(or $(RUNS),5) --kills $(or $(KILLS),10)

pictures: $(READY)  ## take the pictures of docs/web anew (needs Chromium on PATH)
	$(BIN)/python -m tests.web.pictures

format: $(READY)  ## rewrite the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 15) else f"copydesk needs Python 3.11 to 3.14, this is {v.major}.{v.minor}: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (once, about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

clean:
	rm -rf $(VENV) copydesk-data .mypy_cache .ruff_cache .pytest_cache
