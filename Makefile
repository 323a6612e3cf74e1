# Every target sets up what it needs: a virtual environment for the interpreter, and Sightline in it.
# `make test PYTHON=python3.13` takes another interpreter; each has an environment of its own.
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
PYTHON ?= $(firstword $(foreach p,$(CANDIDATES),$(shell $(p) -c 'import sys; print("$(p)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)) python3)
VENV := .venv-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo none)
BIN := $(VENV)/bin
# What is written for Node is proved where Node 20 or newer and npm are; the last lines of `make test` say so where they are not.
NODE := $(shell node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))' 2>/dev/null && command -v npm)
PACKAGES := $(if $(NODE),$(MAKE) --no-print-directory web/node_modules/.installed || echo "npm could not set up web/node_modules" >&2)

.PHONY: demo page test check bench bench-flame bench-pictures bench-locate bench-locate-speed fmt clean

demo: $(VENV)/.installed ## the whole loop on this machine, without any account
	@$(if $(findstring --page,$(ARGS)),if command -v npm >/dev/null; then $(MAKE) --no-print-directory page || true; else echo "npm is not here: the page is not built anew" >&2; fi)
	@$(BIN)/sightline demo $(ARGS)

page: web/node_modules/.installed ## the page that the endpoint serves at `/`, into web/dist; the only target that needs Node
	@cd web && npm run --silent build

test: $(VENV)/.installed ## every promise, proved over real sockets, and the page in a real browser
	@$(PACKAGES)
	@$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.installed ## style, types, floors
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports
	@$(PACKAGES)
	@$(if $(NODE),cd web && npx --no-install tsc -p tsconfig.json)

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
	@rm -rf .venv-* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage dist bench/.venv tests/clients/node/node_modules web/dist web/lib web/node_modules

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

web/node_modules/.installed: web/package-lock.json
	@command -v npm >/dev/null || { echo "the page is built with Node 20 or newer and npm, and npm is not here; all the rest works without it" >&2; exit 1; }
	@echo "Setting up web/node_modules (once; a minute) ..."
	@cd web && npm ci --silent
	@touch $@
