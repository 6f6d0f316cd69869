"""A folder for the results of a test."""

import pytest

from teeth_unet.datasets import InferenceResultsDataset


@pytest.fixture
def store(tmp_path):
    return InferenceResultsDataset(filepath=str(tmp_path / "results")).load()
