"""One training, begun by the same command in two places."""

import importlib.util
import os
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from tiny_project import Project

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None,
    reason='JAX is not installed; it is an extra: pip install -e ".[jax]"',
)


def state(project):
    """When each entry of the catalog was last changed; records of lineage tell of copies, too."""
    names = {name for name in project.files() if ".lineage" not in name}
    return {name: (project.path / "data" / name).stat().st_mtime_ns for name in names}


def test_the_first_process_writes_the_catalog_and_the_others_nothing(project, tmp_path):
    project.kedro("run", "--pipeline", "data_processing", "--env", "tiny")
    other = Project(tmp_path / "other")
    shutil.copytree(project.path, other.path)
    before = state(other)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    settings = f"kind=data_parallel,address={address},processes=2".split(",")

    def run(each, number):
        given = [f"training.distribution.{one}" for one in (*settings, f"process={number}")]
        return each.kedro(
            "run", "--pipeline", "data_science", "--env", "tiny", "--params", ",".join(given)
        )

    with ThreadPoolExecutor() as threads:
        printed, helping = threads.map(run, (project, other), (0, 1))
    assert "make_segmenter" in printed
    assert "Segmenter, for kedro run" in printed
    assert "[2/2] fit_unet" in helping
    assert (project.path / "data/06_models/segmenter.zip").exists()
    assert state(other) == before
    # A word for the kind takes the place of the whole block in conf/base.
    mirrored = ("--params", "training.distribution=mirrored")
    if "CUDA_VISIBLE_DEVICES" not in os.environ and not os.path.exists("/dev/nvidia0"):
        refused = project.kedro(
            "run", "--pipeline", "data_science", "--env", "tiny", *mirrored, code=1
        )
        assert "training.distribution=mirrored: expected a GPU" in refused
