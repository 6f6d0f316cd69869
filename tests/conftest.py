"""What holds for all tests."""

import os
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
def fake_splitter(monkeypatch):
    """Tell teeth apart without a network, see `fake_segmenter`."""
    from fake_segmenter import FakeSplitter

    from teeth_unet.inference import predicting

    monkeypatch.setattr(predicting, "load_splitter", FakeSplitter)
