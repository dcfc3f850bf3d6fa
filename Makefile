# Two commands: `make demo` grades a class, `make test` runs everything. Both set up .venv by themselves. `make demo-all`
# grades the sample class of every assignment.
PYTHON ?= python3
unexport PYTHONDONTWRITEBYTECODE # so that pytest's processes share the test files that one of them has compiled
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# the documentation; every warning is an error
SITE := $(BIN)/python -m sphinx -q -W --keep-going -b html -d out/docs-cache docs out/docs

DEMO := backprop

.PHONY: demo demo-all docs test suite prove lint bench gpu clean

demo: .venv/installed
	@rm -rf out/demo
	@$(BIN)/autograder grade $(DEMO) assignments/$(DEMO)/submissions --seed 17 --out out/demo
	@$(BIN)/autograder report out/demo --format html >/dev/null
	@printf '\nThe class on one page:     out/demo/report.html\nWhat one student is told:  %s\nAll assignments:           make demo-all\n' \
	  '$(BIN)/autograder check backprop assignments/backprop/submissions/charles.ipynb'

demo-all: .venv/installed
	@rm -rf out/demo-all
	@for folder in assignments/*/submissions; do \
	  slug=$$(basename $$(dirname $$folder)); \
	  $(BIN)/autograder grade $$slug $$folder --seed 17 --out out/demo-all || exit $$?; \
	done
	@$(BIN)/autograder report out/demo-all --format html

test: .venv/tested
	@$(MAKE) --no-print-directory -j3 lint docs suite

# One BLAS thread in each of pytest's processes: they use the cores already. tests/conftest.py says how many there are,
# which tests go to one of them, and which begin. Modules are compiled first: the suite starts hundreds of processes, and
# a sandbox's worker can write no bytecode.
suite: .venv/tested
	$(BIN)/python -m compileall -q -x submissions autograder assignments reference bench
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto --dist loadscope --no-loadscope-reorder

# every assignment with all its mutants; `make test` tries a tenth of them, another tenth each day
prove: .venv/tested
	$(BIN)/autograder prove --mutants

lint: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: .venv/tested
	$(SITE)

bench: .venv/tested
	$(BIN)/python -m bench

# on a CUDA machine, with the Python that has PyTorch there; GPU="--quick --save FILE" goes with it (docs/speed-gpu.md)
gpu:
	$(PYTHON) -m bench.gpu $(GPU)

# bubblewrap gives the strongest isolation; without it grading says which level holds instead
.venv/installed: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) -e '.[torch]'
	@touch $@

.venv/tested: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) -e '.[test]'
	@touch $@ .venv/installed

clean:
	rm -rf .venv out
