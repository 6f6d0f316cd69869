"""What holds for all tests."""

import os
import warnings
from pathlib import Path

import hypothesis
import kedro.framework.project
import pytest

# Kedro would find conf/logging.yml and write into the project's own log.
os.environ["KEDRO_LOGGING_CONFIG"] = str(
    Path(kedro.framework.project.__file__).with_name("default_logging.yml")
)

# Machines that test are shared: a slow example is not a fault.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture
def fake_separation_network(monkeypatch):
    """Tell teeth apart without a network, see `fake_segmenter`."""
    from fake_segmenter import FakeSeparationNetwork

    from teeth_unet.inference import predicting

    monkeypatch.setattr(predicting, "load_separation_network", FakeSeparationNetwork)


@pytest.fixture
def in_two_moves(monkeypatch):
    """Folders are replaced as where two cannot be exchanged in one step."""
    from teeth_unet.storage import atomic

    monkeypatch.setattr(atomic, "_exchanged", lambda one, other: False)


@pytest.fixture
def replace_fails(monkeypatch, in_two_moves):
    """Returns a function that makes the given call of os.replace fail, counted from 1."""
    replace, calls = os.replace, []

    def arm(call):
        def failing(source, target):
            calls.append(target)
            if len(calls) == call:
                raise OSError("no space left")
            replace(source, target)

        monkeypatch.setattr(os, "replace", failing)

    return arm


@pytest.fixture
def careless(monkeypatch):
    """Let pydicom write what no file should have."""
    from pydicom import config

    monkeypatch.setattr(config.settings, "writing_validation_mode", config.IGNORE)
    with warnings.catch_warnings(action="ignore"):
        yield
