"""A whole project on a disk that gets full, or that nothing may be written to."""

import os
import shutil
import subprocess

import pytest

COMMAND = ("run", "--pipeline", "data_processing", "--env", "tiny")


@pytest.fixture
def mounted(finished_copy):
    """A maker of a small file system for `data`, with what is there; and of other options."""
    data = finished_copy.path / "data"

    def mount(options):
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(data)]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as failure:
            pytest.skip(f"no file system can be mounted here: {failure}")

    staged = data.rename(data.with_name("staged"))
    data.mkdir()
    mount("size=16m")
    shutil.copytree(staged, data, dirs_exist_ok=True)
    yield mount
    while os.path.ismount(data):
        subprocess.run(["umount", str(data)], check=True)


def contents(project):
    data = project.path / "data"
    return {name: (data / name).read_bytes() for name in project.files()}


def test_a_full_disk_is_told_and_earlier_results_stay(finished_copy, mounted):
    before = contents(finished_copy)
    mounted(f"remount,size={shutil.disk_usage(finished_copy.path / 'data').used + 8192}")
    printed = finished_copy.kedro(*COMMAND, "--params", "preparation.size=64", code=1)
    message = printed[printed.index("Error: ") :]
    assert "No space left on device: " in message
    assert "02_intermediate" in message
    assert "Make room" in message
    assert "Traceback" not in printed
    after = contents(finished_copy)
    assert {name: after[name] for name in before} == before
    # A note that it was begun may stay: it counts only where the file has changed.
    assert all(name.endswith(".begun") for name in after.keys() - before.keys())


def test_a_read_only_disk_is_told_in_a_few_lines(finished_copy, mounted):
    before = contents(finished_copy)
    mounted("remount,ro")
    printed = finished_copy.kedro(*COMMAND, code=1)
    assert "Error: [Errno 30] Read-only file system: " in printed
    assert "make this place writable" in printed
    assert "Traceback" not in printed
    assert len(printed.splitlines()) < 12
    assert contents(finished_copy) == before
