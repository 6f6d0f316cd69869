"""A folder for the results of a test, and its store."""

import pytest

from teeth_unet.inference import ResultFolder


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def store(folder):
    return ResultFolder.at(folder)
