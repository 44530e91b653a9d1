# Everyday commands. `make site` and `make test` set up a fresh Debian machine by themselves, each what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# `make lock` writes its hashes to supply/uv.txt.
UV_VERSION := 0.13.9
INSTALL_UV = $(BIN)/pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r supply/uv.txt
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make lock'
PIP_AUDIT ?= .audit/venv/bin/pip-audit
NPM ?= npm
# The folder that contains content/, if it is not this one, and where its site is built.
SOURCE ?= $(or $(KLARTEKST_SOURCE),.)
OUT ?= $(if $(filter-out .,$(SOURCE)),$(SOURCE)/out,out)
FORMAT ?= text
SIZE ?= medium
MINUTES ?= 10
CODE := common languages policy changelog generator adoption deployment editing notifier verifier build.py

.DEFAULT_GOAL := help
.PHONY: help setup setup-site site test test-long check serve questions admin schemas reference plugin plugin-languages plugin-files lock audit sbom release format screenshots debian bench bench-mail storm coverage-notifier mutation readers fuzz

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

setup: $(VENV)/.ready ## install everything into .venv/: also what mail, time stamps and tests need

# An environment that `setup` has completed stays complete.
setup-site: $(or $(wildcard $(VENV)/.ready),$(VENV)/.site) ## install what is needed to write, check, preview and build a policy

$(VENV)/.site: site.lock supply/uv.txt
$(VENV)/.ready: requirements.lock supply/uv.txt | $(if $(wildcard $(VENV)/.ready),,$(VENV)/.site)
$(VENV)/.site $(VENV)/.ready:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(INSTALL_UV)
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes $(filter %.lock,$^)
	@touch $@

site: setup-site ## build the policy of this repository, or of SOURCE=../our-policy, into its out/
	@$(BIN)/python build.py build --source "$(SOURCE)" --out "$(OUT)"

PYTEST = $(BIN)/python -m pytest -n auto --maxprocesses 8 --dist loadgroup

test: setup debian node_modules/.ready ## run the tests that CI runs; as root, install what they need first
	@$(PYTEST) -m 'not long'

test-long: setup debian node_modules/.ready ## run the long tests, and every property with more examples
	@$(PYTEST) -m 'long or hypothesis' --hypothesis-profile long

ifeq ($(SOURCE),.)
check: setup ## check the code and the policy; with SOURCE=../our-policy only that policy
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python build.py check
	@$(BIN)/python -m bench.naming_gauges $(CODE)
else
check: setup-site
	@$(BIN)/python build.py check --source "$(SOURCE)"
endif

serve: setup-site ## start the live preview of the policy, or of SOURCE=../our-policy, on 127.0.0.1
	@$(BIN)/python build.py serve --source "$(SOURCE)"

questions: setup-site ## print the questions that only the controller can answer, FORMAT=html for a page to print
	@$(BIN)/python build.py check --source "$(SOURCE)" --questions $(FORMAT)

admin: setup-site node_modules/.ready ## start the preview with the admin page, forms for editors
	@$(BIN)/python build.py serve

format: setup ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --quiet .

schemas: setup ## generate schemas/ and the forms of admin/ from the models
	@$(BIN)/python -m policy.schemas schemas
	@$(BIN)/python -m editing.admin_forms admin nb

reference: setup ## generate parts of docs/reference/ from the code
	@PYTHONPATH=. $(BIN)/python docs/generate_reference.py

plugin-languages: setup ## compile the translations of the WordPress plugin
	@PYTHONPATH=. $(BIN)/python integrations/wordpress/compile_catalogues.py

plugin: setup plugin-files plugin-languages ## pack the WordPress plugin: out/klartekst-policy-notice.zip
	@$(BIN)/python integrations/wordpress/build_plugin.py out/klartekst-policy-notice.zip

plugin-files: ## copy notice.js into the WordPress plugin
	@cp templates/notice.js integrations/wordpress/klartekst-policy-notice/assets/notice.js

lock: supply/uv.txt ## update every lock file: of both environments, uv itself, pip-audit, and the peers in bench/
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(INSTALL_UV); }
	@echo 'uv==$(UV_VERSION)' | $(COMPILE) --output-file supply/uv.txt -
	@$(COMPILE) --all-extras --output-file requirements.lock pyproject.toml
	@$(COMPILE) --no-annotate --constraint requirements.lock --extra serve --extra import --output-file site.lock pyproject.toml
	@$(COMPILE) --output-file supply/audit.txt supply/audit.in
	@$(COMPILE) --output-file bench/requirements.txt bench/requirements.in

audit: .audit/.ready ## look for known vulnerabilities in every locked package, over the network
	@failed=0; \
	for file in requirements.lock site.lock supply/uv.txt supply/audit.txt bench/requirements.txt; do \
		$(PIP_AUDIT) --disable-pip --require-hashes --progress-spinner off --requirement $$file || failed=1; \
	done; \
	for folder in . bench; do $(NPM) audit --package-lock-only --prefix $$folder || failed=1; done; \
	exit $$failed

.audit/.ready: supply/audit.txt | setup-site
	@$(BIN)/uv venv --quiet --allow-existing .audit/venv
	@$(BIN)/uv pip sync --quiet --python .audit/venv/bin/python --require-hashes supply/audit.txt
	@touch $@

sbom: setup ## write the bill of materials, CycloneDX, to klartekst.cdx.json
	@$(BIN)/python supply/sbom.py klartekst.cdx.json

release: setup ## write the files of a release and tag it, VERSION=1.2.3; uploads nothing
	@$(BIN)/python supply/release.py "$(VERSION)"

# `debian` must run first on a fresh machine: it installs npm.
node_modules/.ready: package-lock.json | debian
	@npm ci --silent --no-audit --no-fund
	@touch $@

screenshots: setup debian node_modules/.ready ## take the pictures of README and docs/ again (docs/images/)
	@PYTHONPATH=. $(BIN)/python docs/screenshots.py
	@PYTHONPATH=. $(BIN)/python docs/gallery.py
	@PYTHONPATH=. $(BIN)/python docs/screenshots_letters.py
	@PYTHONPATH=. $(BIN)/python docs/screenshots_wordpress.py

debian: ## install the Debian packages that the tests need, when run as root
	@tests/debian-packages

storm: setup debian ## run the full kill storm and write its figures into docs/notification-job.md
	@$(BIN)/python -m tests.notifier.kill_storm sqlite postgresql --members 10000 --kills 215 --processes 4 --delay 0.02 \
		--write docs/notification-job.md

readers: setup debian ## let readers in a loop watch killed deployments, and write the figures into docs/publishing.md
	@$(BIN)/python -m tests.deployment.reader_loop --requests 20000 --deployments 20 --kills 5 --write docs/publishing.md \
		nginx apache

coverage-notifier: setup debian ## measure branch coverage of ledger, sender and bounces, which must be 100 %
	@$(BIN)/coverage erase
	@$(BIN)/coverage run --parallel-mode --source notifier -m pytest -q -p no:xdist tests/notifier --deselect tests/notifier/test_kill_storm.py
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report --show-missing --fail-under 100 --include \
		'notifier/bounces.py,notifier/bulk_insertion.py,notifier/coverage.py,notifier/decisions.py,notifier/deliveries.py,notifier/delivery_reports.py,notifier/due_deliveries.py,notifier/erasure.py,notifier/event_loop.py,notifier/freezing.py,notifier/frozen_letters.py,notifier/gates.py,notifier/ledger_session.py,notifier/letter_audiences.py,notifier/log_returns.py,notifier/lookup.py,notifier/mail_stores.py,notifier/mime_parts.py,notifier/narrowing.py,notifier/outcomes.py,notifier/reconcile.py,notifier/relay.py,notifier/replies.py,notifier/run_log.py,notifier/runs.py,notifier/send_queue.py,notifier/send_run.py,notifier/smtp.py,notifier/text_reports.py,notifier/timing.py,notifier/trial_letters.py,notifier/unfreezing.py,notifier/web_impressions.py,notifier/worker.py'

mutation: setup ## run mutation tests of ledger and sender; takes a quarter of an hour
	@rm -rf mutants
	@$(BIN)/mutmut run
	@$(BIN)/python -m tests.notifier.mutation --write docs/notification-job.md

fuzz: setup ## feed changed files to every reader of files, MINUTES=10 for each
	@$(BIN)/python -m tests.fuzz $(MINUTES)

bench: setup .bench/.ready ## run all benchmarks against their peers and update docs/speed.md (SIZE=small: a quick try)
	@$(BIN)/python -m bench --size $(SIZE) $(if $(filter medium,$(SIZE)),--write docs/speed.md)

# A peer that cannot be installed is left out, and its rows of the table say so.
.bench/.ready: bench/requirements.txt bench/package-lock.json | setup
	@mkdir -p .bench
	-@$(BIN)/uv venv --quiet --allow-existing .bench/venv && $(BIN)/uv pip sync --quiet \
		--python .bench/venv/bin/python --require-hashes bench/requirements.txt
	-@cp bench/package.json bench/package-lock.json .bench/ && cd .bench && npm ci --silent --no-audit --no-fund
	@touch $@

bench-mail: setup ## benchmark the notification job against other senders
	@$(BIN)/python -m bench.mail
