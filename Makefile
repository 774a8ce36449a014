# A shim: every target is one command of the project. README.md has the same three lines for PowerShell.
PYTHON = python3
BIN = .venv/bin
READY = .venv/klar

# Two halves of the suite of about the same length, for two cores; what the first names, the second leaves out.
ONE = tests/disclosure tests/statistics tests/measures tests/synthetic tests/test_measures.py tests/presentation \
	tests/analysis tests/custody tests/intake tests/sketching tests/test_cohorts.py tests/test_cohorts_repeated.py \
	tests/test_cohorts_through.py tests/test_due.py tests/test_files.py tests/test_files_interrupted.py \
	tests/test_files_power_cut.py tests/test_files_repair.py tests/backtests tests/test_typed.py tests/test_site.py \
	tests/test_packaging.py

.PHONY: demo test test-one test-two lint bench docs

demo: $(READY)
	@$(BIN)/isu demo

test: $(READY)
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target test-one test-two

test-one: $(READY)
	@$(BIN)/python -m pytest $(ONE)

test-two: $(READY)
	@$(BIN)/python -m pytest tests $(addprefix --ignore=,$(ONE))

lint: $(READY)
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright

docs: $(READY)
	@$(BIN)/python docs/build.py

bench: $(READY)
	@$(BIN)/python -m benchmarks

# The environment is built again only when what it is made of has changed.
$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Python saknas: installera Python 3.11, 3.12 eller 3.13."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Fel Python: det behövs 3.11, 3.12 eller 3.13. Ange en annan så här: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Pythons venv-modul saknas: installera den (på Debian och Ubuntu heter paketet python3-venv)."; exit 1; }
	@echo "Bygger miljön i .venv. Det tar några minuter första gången."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
