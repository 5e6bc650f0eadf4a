# Gridtag: `make run` and `make test` are all a newcomer needs; `make` lists the rest.
#
# Everything installed goes into .venv, from the pinned requirements; deleting it is safe.
# PYTHON chooses the interpreter (3.11 or later), WORKERS how many tests run at once.

PYTHON  ?= python3
WORKERS ?= 2
BENCH   ?= scan
ODK_ENGINE := @getodk/xforms-engine@0.22.0

BIN    := .venv/bin
PYTEST := $(BIN)/python -m pytest -n $(WORKERS)
UNIT   := tests/unit tests/qr

# Without a SECRET_KEY of one's own it is the demo: invented people, secrets drawn at random.
ifndef SECRET_KEY
run: export DEMO ?= 1
endif

.DEFAULT_GOAL := help
.PHONY: help run walk test check proof bench fix pins clean app dev chrome \
        style types imports unit services api property crash house browser postgresql odk

help:  ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ------------------------------------------------------------------------------ to use it

run: app  ## Serve the demo town on http://127.0.0.1:8000 (PORT=8080 for another port)
	@exec $(BIN)/python -m mobile_api

walk: app  ## Play the scene against the running server, as a phone would
	@exec $(BIN)/python -m mobile_api.walk

# -------------------------------------------------------------------------- to work on it

test:  ## Set up and run everything CI runs
	@exec .ci/run

check: style types imports  ## The quick suite, while working (about a minute)
	$(PYTEST) -m "not proof and not wide" $(UNIT) tests/services tests/api tests/property tests/house

fix: dev  ## Format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

proof: dev chrome  ## The long proofs: full-size data, 500 kills, long simulations
	$(PYTEST) -m proof tests

bench: dev  ## Measure, one `name value` a line (BENCH=scan)
	@exec $(BIN)/python -m bench $(BENCH)

odk: dev chrome  ## Let ODK's own form engine read the forms we export (needs npm)
	@command -v npm >/dev/null || { echo 'No npm here: the engine of ODK cannot be fetched.'; exit 0; }; \
	npm install --silent --no-save --ignore-scripts --prefix var/odk $(ODK_ENGINE) && \
	exec $(PYTEST) -m odk tests/browser

pins: dev  ## After changing a requirement: pin what it brings along
	grep -ohE '^[A-Za-z][A-Za-z0-9-]*' requirements*.txt | sed 's/$$/==/' > .venv/direct
	sed -i '/^[^#]/d' constraints.txt
	$(BIN)/python -m pip freeze | tr _ - | grep -viF -f .venv/direct >> constraints.txt

clean:  ## Remove what make installed and tools left; the database in var/ stays
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ------------------------------------------------------ one by one, in the order of .ci/run

style: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev
	$(BIN)/mypy

imports: dev
	$(BIN)/lint-imports --no-cache  # it takes a second; its cache has been wrong

unit: dev
	$(PYTEST) -m "not proof" $(UNIT)

services api property crash house: dev
	$(PYTEST) -m "not proof" tests/$@

browser: dev chrome
	$(PYTEST) -m "not proof" tests/browser

postgresql: dev
	TEST_DATABASE=postgresql $(PYTEST) -m "not proof" tests/services tests/api

# -------------------------------------------------------------------------------- set-up

app dev chrome:
	@command -v $(PYTHON) >/dev/null || \
	  { echo 'Python is missing. Mend it with:  sudo apt-get install -y python3-venv' >&2; exit 1; }
	@$(PYTHON) .ci/bootstrap.py $@
