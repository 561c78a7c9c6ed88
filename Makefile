# Longtail. `make help` lists the targets.

PORT ?= 8000
VENV ?= .venv
PY = $(VENV)/bin/python
PYTEST = $(PY) -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup demo production-local test test-services test-browser test-tensorflow test-quality test-schema test-faults test-production coverage docs screenshots screenshots-docs lint audit format messages migrations benchmark-http benchmark-home evaluation clean scaling

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(VENV)/.runtime ## Set up .venv and start nothing

demo: $(VENV)/.runtime ## Set up and run everything at http://127.0.0.1:$PORT/ (PORT=8000)
	@$(PY) manage.py demo --port $(PORT)

production-local: $(VENV)/.development ## Run the stack of deploy/compose.yaml without containers (FOLDER=var/production-local HTTPS_PORT=8443 WEBS=2)
	@$(PY) -m deploy.production_local $(if $(FOLDER),--folder $(FOLDER)) --https-port $(or $(HTTPS_PORT),8443) --webs $(or $(WEBS),2)

test: $(VENV)/.development ## Set up and run the fast tests (no services, no browser)
	$(PYTEST) -q -n 2

test-services: $(VENV)/.development ## Run the tests on PostgreSQL and Redis (DATABASE_URL, REDIS_URL)
	@test -n "$$DATABASE_URL" -a -n "$$REDIS_URL" || { echo "Set DATABASE_URL and REDIS_URL, or run .ci/run, which starts both."; exit 2; }
	$(PYTEST) -q -n 2 -m "services or not (browser or quality or tensorflow or screenshots or schema or faults or production)"

test-browser: $(VENV)/.development ## Click through the site in Chromium (CHROMIUM=/usr/bin/chromium)
	$(PYTEST) -q -m browser

screenshots: $(VENV)/.development ## Take pictures of every page into var/screenshots (SITE=http://… of a running demo)
	SITE="$(SITE)" $(PYTEST) -q -m screenshots

screenshots-docs: $(VENV)/.development ## Copy the pictures that README and docs show from var/screenshots to docs/screenshots
	$(PY) -m tests.doc_pictures

test-tensorflow: $(VENV)/.development ## Fit the networks on small data, compare numpy with TensorFlow, run the tutorial (minutes)
	$(PYTEST) -q -m tensorflow

test-schema: $(VENV)/.development ## Try the whole API of a live site with schemathesis and a generated client (minutes; DATABASE_URL, else SQLite)
	$(PYTEST) -q -m schema

test-quality: $(VENV)/.development ## Measure the lists on a demo's real log against simpler methods, and print the figures (minutes)
	$(PYTEST) -q -rP -m quality

test-faults: $(VENV)/.development ## Stop and kill real processes, fill disks, move clocks (minutes; REDIS_AWAY_SECONDS=30)
	REDIS_AWAY_SECONDS=$(or $(REDIS_AWAY_SECONDS),30) $(PYTEST) -q -m faults

test-production: $(VENV)/.development ## Run the whole stack behind its proxy, use it, switch its version under load (minutes)
	$(PYTEST) -q -m production

coverage: $(VENV)/.development ## Run the fast tests and print how much of the code they run
	$(PYTEST) -q -n 2 --cov --cov-report=term:skip-covered

docs: $(VENV)/.docs ## Build the documentation's site into var/docs; a broken link is an error
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --strict

lint: $(VENV)/.development ## Check style, types, templates, spelling and migrations (.pre-commit-config.yaml is the list)
	$(VENV)/bin/pre-commit run --all-files --show-diff-on-failure

audit: $(VENV)/.development ## Ask whether what we install has a known vulnerability (AUDIT_UNREACHABLE=allow: go on without an answer)
	$(PY) deploy/audit_dependencies.py

format: $(VENV)/.development ## Put the code into the common style
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

migrations: $(VENV)/.development ## Write migrations for changed models
	$(PY) manage.py makemigrations

messages: $(VENV)/.development ## Collect texts to translate into the .po and compile it (no gettext needed)
	$(PY) -m tests.messages

benchmark-home: $(VENV)/.runtime ## Time a catalogue's home over HTTP against a running demo (SLUG=shop; one web process: demo --workers 1)
	$(PY) deploy/bench_home.py --base http://127.0.0.1:$(PORT) --slug $(or $(SLUG),shop)

benchmark-http: $(VENV)/.runtime ## Time recommendations over HTTP against a running demo (LONGTAIL_KEY)
	$(PY) deploy/bench_http.py --base http://127.0.0.1:$(PORT)

evaluation: $(VENV)/.development ## Measure everything in docs/explanation/evaluation.md anew (DATA="folder folder …", hours at first)
	@test -n "$(DATA)" || { echo 'Set DATA="folder folder …"; docs/explanation/evaluation.md says what is in them.'; exit 2; }
	$(PY) manage.py benchmark --data $(DATA) --seeds 0 1 2
	$(PY) manage.py experiment paper --data $(firstword $(DATA))
	$(PY) manage.py experiment ablation --data $(DATA)

scaling: $(VENV)/.development ## Measure imports, trainings and lists by size, with curves (SIZES="10000 100000", hours for a million)
	$(PY) manage.py scaling --sizes $(or $(SIZES),10000 30000 100000 300000 1000000)

clean: ## Remove the environment and everything that was made (var/)
	rm -rf $(VENV) var

$(VENV)/bin/python:
	@deploy/make_venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python requirements.txt requirements-web.txt requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-compile -r requirements.txt
	@$(PY) -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib || true # on all cores; pip would use one
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt requirements-scale.txt
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VENV)/.docs: $(VENV)/.runtime requirements-docs.txt
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-docs.txt
	@touch $@
