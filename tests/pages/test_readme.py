"""README.md is a door: short, and what it promises is there."""

import re
from pathlib import Path

import pytest
from pages import ROOT, read

README = read("README.md")

MOST_BYTES = 9_000

INSTALL = 'python3 -m venv .venv && . .venv/bin/activate && pip install -e ".[dev]" && '


def test_it_is_short():
    assert len(README.encode()) <= MOST_BYTES


@pytest.mark.parametrize("command", ["kedro run --pipeline training", "pytest"])
def test_one_line_installs_and_runs(command):
    assert f"```bash\n{INSTALL}{command}\n```" in README


def test_ci_runs_the_same_line():
    assert f"\n{INSTALL}pytest\n" in read(".ci/run")


def test_it_begins_with_pictures_of_what_the_program_does():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    first = [".images/prediction.png", ".images/teeth.jpg", ".images/chart.png"]
    assert pictures == [*first, ".images/curve.png"]
    assert README.index(first[-1]) < README.index("\n## ")


def test_what_one_sees_at_first_is_little():
    entries = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    known = {"README.md", "LICENSE", "pyproject.toml", "conf", "data", "notebooks", "src", "tests"}
    assert entries - known <= {"build", "dist", "logs"}  # which git leaves out


@pytest.mark.parametrize("page", ["conf", "data", "notebooks", "tests", "src/teeth_unet"])
def test_every_folder_one_sees_has_a_page_that_the_readme_names(page):
    assert Path(ROOT / page / "README.md").is_file()
    assert f"({page}/README.md)" in README
