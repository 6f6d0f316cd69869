"""Versions of the software that a training is told to have been made with."""

import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import teeth_unet
from teeth_unet.unet import resuming


@pytest.fixture
def hidden(monkeypatch):
    """Returns a function that hides an installed distribution."""
    found = metadata.Distribution.from_name

    def hide(name):
        def from_name(asked_for):
            if asked_for == name:
                raise metadata.PackageNotFoundError(name)
            return found(asked_for)

        monkeypatch.setattr(metadata.Distribution, "from_name", from_name)

    return hide


def test_versions_are_told_where_the_project_is_not_installed(hidden):
    installed = resuming.software_versions()
    hidden("teeth-unet")
    assert resuming.software_versions() == installed
    assert installed["teeth-unet"] == teeth_unet.__version__


def test_versions_are_told_where_a_package_is_installed_under_another_name(hidden, monkeypatch):
    installed = resuming.software_versions()
    hidden("tensorflow")
    monkeypatch.setattr(resuming, "packages_distributions", lambda: {"tensorflow": ["keras"]})
    assert resuming.software_versions() == {**installed, "tensorflow": installed["keras"]}
    monkeypatch.setattr(resuming, "packages_distributions", dict)
    assert resuming.software_versions() == {**installed, "tensorflow": "unknown"}


def test_the_version_stands_in_one_place():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {
        "attr": "teeth_unet.version.VERSION"
    }
