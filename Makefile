# Every target sets up what it needs: a virtual environment for the interpreter, and Sightline in it.
# `make test PYTHON=python3.13` takes another interpreter; each has an environment of its own.
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
PYTHON ?= $(firstword $(foreach p,$(CANDIDATES),$(shell $(p) -c 'import sys; print("$(p)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)) python3)
VENV := .venv-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo none)
BIN := $(VENV)/bin

.PHONY: demo test check bench bench-flame bench-pictures bench-locate bench-locate-speed fmt clean

demo: $(VENV)/.installed ## the whole loop on this machine, without any account
	@$(BIN)/sightline demo $(ARGS)

test: $(VENV)/.installed ## every promise, proved over real sockets
	@$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.installed ## style, types, floors
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: $(VENV)/.installed $(if $(findstring --quick,$(ARGS)),,bench/.venv/.installed) ## Sightline beside the model itself, nginx, and what else people use
	@$(BIN)/python -m bench.relay $(ARGS)

bench-flame: $(VENV)/.installed bench/.venv/.installed ## where Sightline's own time goes, at one connection and at 32
	@$(BIN)/python -m bench.relay.flame $(ARGS)

bench-pictures: $(VENV)/.installed ## what preparing pictures saves, and what uploads cost the turns of others
	@$(BIN)/python -m bench.pictures $(ARGS)

bench-locate: $(VENV)/.installed ## recordings whose truth is known: right, missed and wrong, for each kind
	@$(BIN)/python -m bench.locate $(ARGS)

bench-locate-speed: $(VENV)/.installed ## how long locate takes for 500 requests of 20 KB
	@$(BIN)/python -m bench.locate.speed

fmt: $(VENV)/.installed
	@$(BIN)/ruff check --fix-only . && $(BIN)/ruff format .

clean:
	@rm -rf .venv-* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage dist bench/.venv tests/clients/node/node_modules

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else 1)' 2>/dev/null || { echo "Sightline needs Python 3.11 or newer, and '$(PYTHON)' is not. Name one: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(VENV) (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "Python could not make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -e '.[all]'
	@touch $@

bench/.venv/.installed: bench/requirements.txt
	@echo "Setting up bench/.venv (once; a minute or two) ..."
	@$(PYTHON) -m venv bench/.venv
	@bench/.venv/bin/python -m pip install -qq --disable-pip-version-check -r bench/requirements.txt
	@touch $@
