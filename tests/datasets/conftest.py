"""A folder for results, its store, disks on which moving fails, and careless writers."""

import os
import warnings

import pytest

from teeth_unet.datasets import InferenceResultsDataset, whole_files


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def store(folder):
    return InferenceResultsDataset(filepath=str(folder)).load()


@pytest.fixture
def in_two_moves(monkeypatch):
    """Folders are replaced as where two cannot be exchanged in one step."""
    monkeypatch.setattr(whole_files, "_exchanged", lambda one, other: False)


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
