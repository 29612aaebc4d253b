# What a person does with this project. Needs make and Python 3.11 or newer (PYTHON=... names one).
#
# Each virtual environment is made once; a stamp inside it says when it was last brought up to
# date with pyproject.toml. Nothing is fetched while the stamps are fresh.

PYTHON ?=
VENV := .venv
CLIENTS := .venv-strangers
PIP := -m pip install --quiet --disable-pip-version-check

.PHONY: run test check long strangers bench lab clean help

help:
	@echo 'make run        console of a C9300 with its CSLU and CSSM, all on loopback'
	@echo 'make test       every check and test of the project'
	@echo 'make long       the searches that take minutes: fuzzing, stateful runs'
	@echo 'make strangers  netmiko, scrapli, pyATS, Genie and ntc-templates against a running lab'
	@echo 'make bench      measure speed and size'
	@echo 'make clean      remove what make made'

.DEFAULT_GOAL := help

run: $(VENV)/.installed
	@$(VENV)/bin/slp console

lab: $(VENV)/.installed
	@$(VENV)/bin/slp up labs/quickstart.yaml

test check: $(VENV)/.installed-test
	@VENV=$(VENV) scripts/check

long: $(VENV)/.installed-test
	@$(VENV)/bin/pytest --numprocesses auto --timeout 600 -m long

strangers: $(VENV)/.installed $(CLIENTS)/.installed
	@SLP="$(CURDIR)/$(VENV)/bin/slp" $(CLIENTS)/bin/pytest -c tests/strangers/pytest.ini tests/strangers

bench: $(VENV)/.installed
	@$(VENV)/bin/slp bench

$(VENV)/bin/python:
	@PYTHON="$(PYTHON)" scripts/make-venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo 'installing slp-emulator into $(VENV)'
	@$(VENV)/bin/python $(PIP) --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(VENV)/bin/python
	@echo 'installing slp-emulator and its checks into $(VENV)'
	@$(VENV)/bin/python $(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.installed

# The clients have an environment of their own: they judge what comes over the wire and import
# nothing of ours. (pyATS also brings a top-level folder named yang, which would hide ours.)
$(CLIENTS)/bin/python:
	@PYTHON="$(PYTHON)" scripts/make-venv $(CLIENTS)

$(CLIENTS)/.installed: pyproject.toml scripts/extra | $(CLIENTS)/bin/python
	@echo 'installing the clients into $(CLIENTS) (a few minutes the first time)'
	@$(CLIENTS)/bin/python scripts/extra strangers > $(CLIENTS)/requirements.txt
	@$(CLIENTS)/bin/python $(PIP) --requirement $(CLIENTS)/requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) $(CLIENTS) build dist *.egg-info .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
