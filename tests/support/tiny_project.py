"""A copy of the project with a few tiny phantoms, and the `kedro` command in it.

To try something by hand in such a copy, where a training takes seconds:

python tests/support/tiny_project.py FOLDER
cd FOLDER && kedro run --pipeline training --env tiny
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]

TINY_PARAMETERS = {
    "preparation": {"size": 32},
    "split": {"test_cases": 2, "validation_cases": 2},
    "network": {"filters": [4, 8], "dropout": [0.0, 0.1], "patch": 1},
    "training": {"epochs": 2, "warmup_epochs": 1, "batch_size": 2, "precision": "float32"},
    "plots": {"cases": 2},
}


@dataclass(frozen=True)
class Project:
    """A project folder, the command line in it, and what its first run printed."""

    path: Path
    printed: str = ""

    def kedro(self, *arguments: str, code: int = 0) -> str:
        """Run `kedro` and return what it prints; fail the test on another exit code."""
        return self.python("-m", "kedro", *arguments, code=code)

    def python(self, *arguments: str, code: int = 0) -> str:
        """Run Python in the project's folder, in the same way."""
        # As in a terminal: the project's own logging, which the tests' process has put aside.
        environment = {k: v for k, v in os.environ.items() if k != "KEDRO_LOGGING_CONFIG"}
        done = subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            cwd=self.path,
            capture_output=True,
            text=True,
            check=False,
        )
        output = done.stdout + done.stderr
        assert done.returncode == code, output
        return output

    def files(self) -> set[str]:
        """Return all files below data/, but for the log."""
        data = self.path / "data"
        found = {str(p.relative_to(data)) for p in data.rglob("*") if p.is_file()}
        return found - {"kedro.log"}


def copy_project(path: Path) -> Project:
    """Copy what belongs to a project, without results, and add the environment `tiny`."""
    for name in ("conf", "notebooks", "src"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, path / name, ignore=ignored)
    for name in ("pyproject.toml", ".telemetry"):
        shutil.copy(ROOT / name, path / name)
    (path / "data" / "01_raw").mkdir(parents=True)

    tiny = path / "conf" / "tiny"
    tiny.mkdir()
    phantoms = {"type": "teeth_unet.datasets.PhantomDataset", "cases": 8, "width": [96, 128]}
    catalog = {
        entry: {**phantoms, "content": content, "metadata": {"kedro-viz": {"layer": "raw"}}}
        for entry, content in (
            ("raw_xrays", "xrays"),
            ("raw_masks", "masks"),
            ("raw_tooth_labels", "tooth_labels"),
        )
    }
    (tiny / "catalog.yml").write_text(yaml.safe_dump(catalog))
    (tiny / "parameters.yml").write_text(yaml.safe_dump(TINY_PARAMETERS))
    return Project(path)


if __name__ == "__main__":
    copy_project(Path(sys.argv[1]))
