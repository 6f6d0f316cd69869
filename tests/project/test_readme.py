"""What the README promises is there."""

import re
from pathlib import Path

import pytest
import yaml

from teeth_unet.exporting import FORMATS, Export
from teeth_unet.inference import Inference
from teeth_unet.quality import Quality, Severities
from teeth_unet.reporting import Plots, Report
from teeth_unet.scoring import Scoring
from teeth_unet.unet import Augmentation, Network, Prediction, Training
from teeth_unet.unet.losses import LOSSES
from teeth_unet.unet.settings import METRICS, OPTIMIZERS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")

INSTALL = 'python3 -m venv .venv && . .venv/bin/activate && pip install -e ".[dev]" && '


@pytest.mark.parametrize("command", ["kedro run --pipeline training", "pytest"])
def test_one_line_installs_and_runs(command):
    assert f"```bash\n{INSTALL}{command}\n```" in README


def test_ci_runs_the_same_line():
    assert f"\n{INSTALL}pytest\n" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_every_catalog_entry_is_described():
    files = (ROOT / "conf" / "base").glob("catalog*.yml")
    names = {name for path in files for name in yaml.safe_load(path.read_text("utf-8"))}
    entries = {name for name in names if not name.startswith("_") and "{" not in name}
    assert {name for name in entries if f"`{name}`" not in README} == set()


def test_every_environment_is_described():
    environments = {path.name for path in (ROOT / "conf").iterdir() if path.is_dir()}
    assert {name for name in environments if f"--env {name}" not in README} == {"base", "local"}


def test_every_choice_is_listed():
    choices = {*LOSSES, *OPTIMIZERS, *METRICS, *Augmentation.model_fields, *FORMATS}
    assert {name for name in choices if f"`{name}`" not in README} == set()


def test_base_parameters_name_every_setting():
    parameters = yaml.safe_load((ROOT / "conf" / "base" / "parameters.yml").read_text("utf-8"))
    rooms = {"network": Network, "training": Training, "prediction": Prediction}
    rooms |= {
        "quality": Quality,
        "scoring": Scoring,
        "plots": Plots,
        "report": Report,
        "export": Export,
        "inference": Inference,
    }
    for name, settings in rooms.items():
        assert parameters[name].keys() == settings.model_fields.keys()
    assert parameters["training"]["augmentation"].keys() == Augmentation.model_fields.keys()
    assert parameters["quality"]["severity"].keys() == Severities.model_fields.keys()


def test_pictures_of_the_readme_exist():
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file()
