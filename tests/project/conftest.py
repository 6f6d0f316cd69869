"""Commands in a temporary copy of the project; all tests of this folder are slow."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_project import Project, copy_project

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder as slow: they run commands."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a fresh project without any results."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def finished_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project in which `training` has run on the tiny phantoms; not to be changed."""
    project = copy_project(tmp_path_factory.mktemp("finished") / "project")
    printed = project.kedro("run", "--pipeline", "training", "--env", "tiny")
    return replace(project, printed=printed)


@pytest.fixture
def finished_copy(finished_project: Project, tmp_path: Path) -> Project:
    """Return a copy of the finished project that a test may change."""
    shutil.copytree(finished_project.path, tmp_path / "copy")
    return Project(tmp_path / "copy")
