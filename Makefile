# Every target sets up what it needs: Python 3.11 to 3.13 and make are enough.
# Outside build/ and .venv/ only what was made is deleted: notebooks and checks whose source is gone.

PYTHON ?= python3
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := .venv/ready
ORACLE := .venv/oracle
OTTER := build/otter-venv/ready
# nbgrader calls other programs of the environment by name.
export PATH := $(CURDIR)/$(BIN)$(if $(findstring ;,$(PATH)),;,:)$(PATH)
export PYTHONUTF8 := 1
# Without it every program compiles all that it imports again, which takes longer than what most of them do.
unexport PYTHONDONTWRITEBYTECODE
PYTEST := $(BIN)/python -m pytest -n auto

.DEFAULT_GOAL := help
.PHONY: help demo lab test test-all test-student test-gpu lint gate attacks bench lessons experiments checks course pages release lock

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.lock)"
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(ORACLE): $(READY) requirements-oracle.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-oracle.lock
	@touch $@

$(OTTER): $(READY) benchmarks/requirements-otter.lock
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/otter-venv
	$(BIN)/uv pip install --quiet --python build/otter-venv/bin/python -r benchmarks/requirements-otter.lock
	@touch $@

demo: $(READY) ## Grade a class: build the course, hand in, grade, write grades and feedback
	@$(BIN)/python -m tools.demo

lab: $(READY) ## Open JupyterLab on a copy of the students' notebooks in build/lab/
	@mkdir -p build/lab && cp -Rn notebooks/. build/lab/
	$(BIN)/jupyter lab --notebook-dir=build/lab

test: $(READY) lint ## Run the tests that take minutes at most
	$(PYTEST) -m "not slow"

test-all: $(READY) $(ORACLE) lint ## Run all tests
	$(PYTEST)

test-gpu: $(READY) ## Run the step functions on CuPy, or on a strict stand-in where there is no GPU
	@$(BIN)/python -m pytest tests/test_gpu.py

test-student: $(READY) ## Run the tests of what students use, on any system
	$(PYTEST) -m "not slow" $(addprefix tests/test_,$(addsuffix .py,arrays carry check data landscapes network outcomes plots prediction progress submit training widgets))
	$(PYTEST) -k untouched tests/test_lessons.py

lint: $(READY) ## Check style, formatting and spelling
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/codespell --quiet-level 3

gate: $(READY) ## Try the grader on right and wrong functions: make gate [ONLY=ewa] [SEED=1] [WRITE=1]
	@$(BIN)/python -m tools.gate --seed $(or $(SEED),0) $(if $(WRITE),--write) $(ONLY)

attacks: $(READY) ## Try what a submission may try; make attacks STOCK=1 tries some of it on stock nbgrader
	@$(BIN)/python -m tests.attacks $(if $(STOCK),--stock)

bench: $(READY) $(OTTER) ## Time a class: ours against stock nbgrader and otter; writes benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks $(BENCH)

checks: $(READY) ## Make optimlab/checks/ from the exercise tables
	@$(BIN)/python -m tools.checks

lessons: checks ## Make solutions/ and notebooks/ from lessons/: make lessons [ONLY=03]
	@$(BIN)/python -m tools.lessons $(ONLY)

experiments: checks ## Make datasets/experiments/, the recorded runs and figures: make experiments [ONLY=03]
	@$(BIN)/python -m tools.experiments $(ONLY)

pages: $(READY) ## Run the commands of docs/ and write what they print into the pages
	@$(BIN)/python -m tools.pages

course: $(READY) ## Enter the lessons in nbgrader's gradebook
	@$(BIN)/python -m tools.course

release: $(READY) ## Make the students' archive in build/: make release [SOLUTIONS="01 03"]
	@$(BIN)/python -m tools.release --solutions $(SOLUTIONS)

lock: $(READY) ## Lock the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --upgrade --universal --no-header --python-version 3.11 \
	  --extra grading --extra dev pyproject.toml -o requirements.lock
