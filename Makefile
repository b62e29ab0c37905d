# broadsheet: `make run` shows it, `make test` checks it, `make help` names the rest.

VENV := .venv
BIN := $(VENV)/bin
LAKE := lake
DOCUMENTS := 2000

# The newest Python of those that broadsheet is tested with, else whatever python3 is; it must be able to make an environment.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)

PRISM := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/broadsheet/bin/prism

COLUMNS_SHOWN := source, date, date_basis, language, words, title
REFUSED_SHOWN := kind, stage, reason, parse_filename(uri) as file

.PHONY: run demo check test test-all test-cluster chaos power-cuts chaos-stream setup-stream lint types imports wheel docs site constraints clean help rows
.DELETE_ON_ERROR:

run: $(VENV)/installed  ## ingest the sample pages into ./lake and show the table
	@$(BIN)/broadsheet ingest samples/pages --lake $(LAKE)
	@echo
	@$(BIN)/broadsheet query "select $(COLUMNS_SHOWN) from documents order by source, date, title" --lake $(LAKE)
	@$(BIN)/broadsheet query "select $(REFUSED_SHOWN) from rejects order by file" --lake $(LAKE)
	@echo 'Go on: $(BIN)/broadsheet query "select title, text from documents limit 1" --lake $(LAKE)'

demo: $(VENV)/installed  ## play a week of an invented publisher network: nightly runs, a warehouse, a report (3 minutes at most)
	@PYTHONPATH=samples $(BIN)/python -m demo demo

check: lint  ## what a change must pass before it is sent: lint, types, import rules, and the fast tests, docs included
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 -m "not slow and not service and not cluster and not shared"

test: $(VENV)/installed-test  ## the test suite with coverage, without what is slow or needs a service
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 -m "not slow and not service" --cov --cov-report=term:skip-covered

test-all: $(VENV)/installed-test  ## the whole suite
	@$(BIN)/python -m pytest

test-cluster: $(VENV)/installed-test setup-stream  ## fetch Flink, Spark, Prism and Kafka, and run the tests on them; DOCUMENTS=20000 is the long form
	@PYTHON=$(BIN)/python deploy/fetch.sh flink job-server boot spark spark-job-server kafka
	@BROADSHEET_CLUSTER_DOCUMENTS=$(DOCUMENTS) timeout --foreground --signal=INT 25m $(BIN)/python -m pytest -n 2 --dist loadfile -m cluster

chaos: $(VENV)/installed-test  ## kills and failures at 200 points of ingest, replay, compact and others (half an hour)
	@PYTHONPATH=.:tests $(BIN)/python -m helpers.chaos_round --points 155 --s3-points 45 --seed 1

power-cuts: $(VENV)/installed-test  ## lose power at 540 points of all commands, by a model of what a disk keeps (an hour)
	@PYTHONPATH=.:tests $(BIN)/python -m helpers.power_round --points 540

chaos-stream: $(VENV)/installed-test  ## twenty rounds of kill -9 while files and messages arrive, and a stream on Flink (an hour)
	@BROADSHEET_STREAM_RECORDS=5000 BROADSHEET_STREAM_SECONDS=120 BROADSHEET_STREAM_ROUNDS=20 \
		$(BIN)/python -m pytest tests/crash/test_stream.py -s
	@BROADSHEET_UNBOUNDED_RECORDS=5000 BROADSHEET_UNBOUNDED_SECONDS=600 BROADSHEET_UNBOUNDED_TASKMANAGERS=3 BROADSHEET_UNBOUNDED_WORKERS=2 \
		$(BIN)/python -m pytest tests/crash/test_unbounded.py -s

setup-stream:  ## build Prism, Beam's engine for streams on one machine, with go
	@if [ ! -x $(PRISM) ]; then \
		command -v go >/dev/null || { echo 'Prism is built with go, and there is none: https://go.dev/dl' >&2; exit 1; }; \
		echo 'building $(PRISM)'; \
		GOBIN=$(dir $(PRISM)) go install github.com/apache/beam/sdks/v2/go/cmd/prism@v$(shell sed -n 's/^apache-beam==//p' constraints.txt); \
	fi
	@echo 'Prism is $(PRISM)'

lint: $(VENV)/installed-test types imports  ## ruff, mypy and the import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/installed-test
	@$(BIN)/mypy

imports: $(VENV)/installed-test
	@$(BIN)/lint-imports

wheel: $(VENV)/installed-test  ## build the wheel into dist/ and check what is in it
	@rm -rf dist
	@$(BIN)/python -m build --outdir dist >$(VENV)/build.log 2>&1 || { cat $(VENV)/build.log; exit 1; }
	@$(BIN)/check-wheel-contents --toplevel broadsheet dist/*.whl

docs: $(VENV)/installed-test  ## run the commands that README.md and docs/ show, and write down what they print
	@PYTHONPATH=tests $(BIN)/python tests/house/data_model_page.py
	@PYTHONPATH=tests $(BIN)/python tests/house/transforms_page.py
	@$(BIN)/python tests/house/console.py
	@[ -z "$$BROADSHEET_NOTEBOOK" ] || $(BIN)/python tests/house/notebook.py

rows: $(VENV)/installed-test  ## note what rows the rules make of the golden pages; raises RULES_VERSION if they changed
	@PYTHONPATH=tests $(BIN)/python tests/house/golden_rows.py

site: $(VENV)/site/installed  ## the documentation as a site, in build/site
	@NO_MKDOCS_2_WARNING=1 $(VENV)/site/bin/mkdocs build -q
	@echo 'open build/site/index.html'

constraints: $(VENV)/made  ## resolve constraints.txt again; the oldest Python decides: make constraints PYTHON=python3.11 VENV=/tmp/pins
	@$(BIN)/python -m pip install --quiet --dry-run --ignore-installed --report $(VENV)/report.json '.[test,lint]'
	@$(BIN)/python .ci/pins.py <$(VENV)/report.json >constraints.txt

clean:  ## remove the environment, the lake of `make run` and all that tools left behind
	rm -rf $(VENV) $(LAKE) demo build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@awk -F ':.*##' '/^[a-z-]+:.*##/ {printf "make %-12s%s\n", $$1, $$2}' Makefile

$(VENV)/made:
	@if [ -z "$(PYTHON)" ]; then \
		echo 'broadsheet needs Python 3.11 or newer with its venv module; on Debian and Ubuntu: apt-get install python3 python3-venv' >&2; \
		echo 'Elsewhere: make PYTHON=/path/to/python3' >&2; \
		exit 1; \
	fi
	@echo 'making $(VENV) with $(PYTHON)'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/made setup.py constraints.txt
	@echo 'installing broadsheet into $(VENV)'
	@$(BIN)/python -m pip install -qq --use-pep517 --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	@echo 'installing what tests and linters need into $(VENV)'
	@$(BIN)/python -m pip install -qq --use-pep517 --disable-pip-version-check -c constraints.txt -e '.[test,lint]'
	@touch $@

$(VENV)/site/installed: $(VENV)/made .ci/site.txt
	@echo 'installing mkdocs into $(VENV)/site'
	@$(BIN)/python -m venv $(VENV)/site
	@$(VENV)/site/bin/python -m pip install -qq --disable-pip-version-check -r .ci/site.txt
	@touch $@
