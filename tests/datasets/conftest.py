"""A folder for results, and its store."""

import pytest

from teeth_unet.datasets import InferenceResultsDataset


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def store(folder):
    return InferenceResultsDataset(filepath=str(folder)).load()
