"""Commands where nobody listens: a service, a scheduled task, a program without a window."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image


def run(project, closed, *arguments):
    """Run `kedro` with closed streams and return its exit code."""
    environment = {k: v for k, v in os.environ.items() if k != "KEDRO_LOGGING_CONFIG"}
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-m", "kedro", *arguments],
        env=environment,
        cwd=project.path,
        check=False,
    )
    return done.returncode


@pytest.mark.parametrize("closed", ["2>&-", "0<&- 1>&- 2>&-"])
def test_xrays_are_segmented_with_closed_streams(finished_copy, tmp_path, closed):
    Image.fromarray(np.full((64, 128), 90, np.uint8)).save(tmp_path / "1.png")
    command = ("run", "--pipeline", "inference", "--env", "tiny")
    assert run(finished_copy, closed, *command, "--params", f"xrays={tmp_path / '1.png'}") == 0
    assert any(name.endswith("masks/1.png") for name in finished_copy.files())


def test_an_error_ends_a_command_with_closed_streams_as_any_other(project):
    wrong = ("run", "--env", "tiny", "--params", "trainng.epochs=1")
    assert run(project, "1>&- 2>&-", *wrong) == 1
    assert "did you mean 'training'" in (project.path / "data" / "kedro.log").read_text()
