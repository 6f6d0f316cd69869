"""The benchmarks, which no test runs, still fit the code that they measure."""

import importlib
import sys
from pathlib import Path

import pytest

from teeth_unet.unet import Network, Training

FOLDER = Path(__file__).parent / "benchmarks"
MODULES = sorted(path.stem for path in FOLDER.glob("*.py"))
WITH_AN_EXTRA = {"pytorch_unet": "torch"}


@pytest.fixture
def load(monkeypatch):
    """Import a benchmark by its name, as if it were run in its folder."""
    monkeypatch.syspath_prepend(str(FOLDER))
    before = set(sys.modules)

    def load(name):
        if name in WITH_AN_EXTRA:
            pytest.importorskip(WITH_AN_EXTRA[name], reason='needs: pip install -e ".[benchmark]"')
        return importlib.import_module(name)

    yield load
    for name in set(MODULES) & (sys.modules.keys() - before):
        del sys.modules[name]


@pytest.mark.parametrize("name", MODULES)
def test_a_benchmark_imports_what_there_is(load, name):
    assert load(name).__doc__


@pytest.mark.parametrize("environment", ["base", "abdi", "article", "folder"])
def test_benchmarks_measure_the_settings_of_an_environment(load, environment):
    found = load("speed").settings(environment)
    Network(**found["network"])
    assert Training(**found["training"]).epochs == {"base": 15, "article": 100}.get(environment, 20)
