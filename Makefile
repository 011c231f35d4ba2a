# Two commands do all: `make build` (the release, in public/) and `make test` (everything checked);
# `make check` is the quick part of the second.
# Each sets up what it needs: a virtual environment in .venv/, and for the tests Debian's packages.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := uv==0.13.9
# Compiled once here: where Python may write no bytecode, each command would compile all it imports.
INSTALL := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python
# What is installed stands in these files, version by version, each with its checksums.
LOCK := requirements.txt
TEST_LOCK := requirements-test.txt
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
  --no-annotate --no-header --group build pyproject.toml

# The portals' readers have environments of their own: each brings a hundred packages, in versions of
# its own.
CKAN := .venv-ckan
UDATA := .venv-udata
# So do those of research data.
METADATA := .venv-metadata
# So has Morph-KGC, beside which the mapping is measured.
BENCH := .venv-bench
# Spark too: it wants an older pandas.
SPARK := .venv-spark

# SPARQL clients from npm, to point at the service.
CLIENTS := tests/clients/node_modules

# Debian package and the command it brings: what only tests need, and what only the benchmark needs.
TEST_PACKAGES = raptor2-utils:rapper apache2-bin:apache2 nginx-light:nginx chromium:chromium gdal-bin:ogrinfo \
  virtuoso-opensource-7-bin:virtuoso-t r-base-core:Rscript $(JAVA)
BENCH_PACKAGES := wrk:wrk
# What a portal of CKAN stands on.
PORTAL_PACKAGES := postgresql:pg_createcluster redis-server:redis-server
JAVA := openjdk-17-jre-headless:java

.PHONY: build test check style ckan udata metadata spark lock manual bench serve debian clean
.DEFAULT_GOAL := build

# What browsers load: bundled from npm packages. Made anew only where its sources changed.
STATIC := twingraph/web/static/manifest.json

# A release is dated by the commit of its data, where there is one.
build: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct -- data 2>/dev/null)
build: $(VENV)/.run $(STATIC)
	$(BIN)/twingraph build
	$(BIN)/twingraph verify --quiet

test: PACKAGES := $(TEST_PACKAGES)
test: $(VENV)/.test $(CKAN)/.ready $(UDATA)/.ready $(METADATA)/.ready $(SPARK)/.ready $(STATIC) $(CLIENTS)/.ready debian style
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# For the habit: the style, and the tests that need no Debian package and no server.
check: $(VENV)/.test style
	$(BIN)/python -m pytest -m 'not whole'

style: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

ckan: PACKAGES := $(PORTAL_PACKAGES)
ckan: $(VENV)/.test $(CKAN)/.ready debian
	$(BIN)/python -m pytest tests/test_ckan.py tests/test_ckan_portal.py

udata: $(VENV)/.test $(UDATA)/.ready
	$(BIN)/python -m pytest tests/test_udata.py

metadata: $(VENV)/.test $(METADATA)/.ready
	$(BIN)/python -m pytest tests/test_metadata.py

spark: PACKAGES := $(JAVA)
spark: $(VENV)/.test $(SPARK)/.ready debian
	$(BIN)/python -m pytest tests/spark

bench: PACKAGES := $(BENCH_PACKAGES)
bench: $(VENV)/.test $(BENCH)/.ready debian
	$(BIN)/python -m bench --json bench.json --plot bench.svg

serve: build
	$(BIN)/twingraph serve

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/python3.11" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { \
	  echo "setting up Python's venv module (Debian package python3-venv)" >&2; \
	  rm -rf $(VENV); $(call apt,python3-venv) && $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check '$(UV)'

$(VENV)/.run: pyproject.toml $(LOCK) | $(BIN)/uv
	$(call install,$(LOCK))
	@touch $@

$(VENV)/.test: pyproject.toml $(TEST_LOCK) | $(BIN)/uv
	$(call install,$(TEST_LOCK))
	@touch $@ $(VENV)/.run

install = $(INSTALL) --require-hashes --requirements $(1) \
	&& $(INSTALL) --no-deps --no-build-isolation --editable . \
	&& $(BIN)/python -m compileall -q twingraph

# The newest versions that pyproject.toml allows.
lock: | $(BIN)/uv
	$(COMPILE) --upgrade --extra full --output-file $(LOCK)
	$(COMPILE) --upgrade --extra test --constraint $(LOCK) --output-file $(TEST_LOCK)

# The reference of docs/curator.md: every column, concept and key.
manual: $(VENV)/.run
	$(BIN)/python -c "from twingraph.sources.curated import manual; manual.renew('docs/curator.md')"

define environment
$(BIN)/uv venv --quiet --python $(BIN)/python --clear $(@D)
$(BIN)/uv pip install --quiet --compile-bytecode --python $(@D)/bin/python -r $<
@touch $@
endef

.venv-%/.ready: tests/%/requirements.txt | $(BIN)/uv
	$(environment)

$(BENCH)/.ready: bench/requirements.txt | $(BIN)/uv
	$(environment)

$(SPARK)/.ready: $(LOCK)

$(STATIC): $(wildcard frontend/*.json frontend/build.* frontend/src/* frontend/src/*/*) | $(BIN)/uv
	@$(BIN)/python frontend/build.py

$(CLIENTS)/.ready: tests/clients/package-lock.json tests/clients/install.py | $(BIN)/uv
	$(BIN)/python tests/clients/install.py
	@touch $@

# Install Debian packages, or say plainly which are missing.
apt = { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(1) >/dev/null; } \
	|| { echo "please install the Debian package(s) $(1), as root: apt-get install $(1)" >&2; exit 2; }

debian:
	@missing=; for pair in $(PACKAGES); do \
	  PATH="$$PATH:/usr/sbin" command -v $${pair#*:} >/dev/null || missing="$$missing $${pair%%:*}"; done; \
	[ -z "$$missing" ] || { echo "installing$$missing" >&2; $(call apt,$$missing); }

clean:
	rm -rf frontend/node_modules $(CLIENTS) $(dir $(STATIC))
	rm -rf $(VENV) $(CKAN) $(UDATA) $(METADATA) $(SPARK) $(BENCH) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
