"""Every dataset of the catalog, failing or killed before and after each change to the disk."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import crashing_process
import pytest
from crashing_process import CASES, SURVIVED, save

from teeth_unet import datasets

pytestmark = pytest.mark.slow

pytest.importorskip("resource")

CONF = Path(__file__).parents[2] / "conf"
NEVER_SAVED = {
    "FoldSegmentersDataset",
    "ImageFolderDataset",
    "NewXraysDataset",
    "PhantomDataset",
    "RemoteArchiveDataset",
    "StartDataset",
    "XraySetDataset",
}
A_CASE_AT_A_TIME = {"InferenceResultsDataset", "ShardsDataset"}
"""Tested in test_inference_results.py: what is whole there is a case, in several files."""


@pytest.fixture(scope="module")
def process():
    """A process that forks to save under a fault, see `crashing_process`."""
    command = [sys.executable, crashing_process.__file__]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def trial(process, tmp_path):
    """A function that saves old data, and then new ones under a fault, in another process."""

    def attempt(name, killed, changes, length=None):
        dataset_class, file_name, old, *_ = CASES[name]
        folder = tmp_path / f"{changes}-{length}"
        dataset = dataset_class(filepath=str(folder / file_name))
        save(dataset, old)
        order = [name, str(folder / file_name), killed, changes, length]
        print(json.dumps(order), file=process.stdin, flush=True)
        return int(process.stdout.readline()), dataset, folder

    return attempt


@cache
def expected(name):
    """What old and new data look like when they are loaded."""
    dataset_class, file_name, *both, comparable = CASES[name]
    looks = []
    for data in both:
        with TemporaryDirectory() as folder:
            dataset = dataset_class(filepath=str(Path(folder) / file_name))
            save(dataset, data)
            looks.append(comparable(dataset))
    return looks


def state_of(name, dataset, folder, killed):
    """Say whether old or new data are there, and that nothing else is seen."""
    state = ["old", "new"][expected(name).index(CASES[name][4](dataset))]
    left = {path.name for path in folder.iterdir()} - {CASES[name][1]}
    assert all(path.startswith(".") for path in left)
    assert not left or killed or state == "new"  # where it could not be removed
    return state


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "failing"])
@pytest.mark.parametrize("name", CASES)
def test_before_and_after_every_change_to_the_disk(trial, name, killed):
    states, code, changes = [], None, 0
    while code != 0:
        code, dataset, folder = trial(name, killed, changes)
        state = state_of(name, dataset, folder, killed)
        assert state == "new" or code not in (0, SURVIVED)
        if code != SURVIVED:  # making a folder that is there, for instance
            states.append(state)
        save(dataset, CASES[name][3])
        assert state_of(name, dataset, folder, killed) == "new"
        changes += 1
        assert changes < 30
    # Old data until they are replaced, new ones from then on.
    assert states == sorted(states, reverse=True)
    assert len(states) >= 3
    assert states[:2] == ["old", "old"]  # before the file is opened, and before it is moved


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "disk full"])
@pytest.mark.parametrize("name", CASES)
def test_in_the_middle_of_every_write(trial, name, killed):
    code, dataset, folder = trial(name, killed, changes=-1)
    assert code == 0
    written = folder / CASES[name][1]
    size = max(path.stat().st_size for path in [written, *written.glob("*")] if path.is_file())
    for length in sorted({0, 1, size // 2, size - 1}):
        code, dataset, folder = trial(name, killed, -1, length)
        assert code != 0
        assert state_of(name, dataset, folder, killed) == "old"


def test_these_are_all_datasets_of_the_catalog_that_write():
    files = [path.read_text("utf-8") for path in CONF.rglob("catalog*.yml")]
    used = {kind for text in files for kind in re.findall(r"^ *type: (\S+)$", text, re.MULTILINE)}
    assert len(files) >= 4
    names = {kind.removeprefix("teeth_unet.datasets.") for kind in used}
    known = CASES.keys() | NEVER_SAVED | A_CASE_AT_A_TIME
    assert names <= known
    assert known == set(datasets.__all__)
