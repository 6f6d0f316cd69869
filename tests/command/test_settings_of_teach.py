"""What the page's Teach takes from a project: nothing that leads out of its own folder."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from teeth_unet.command import teaching
from teeth_unet.command.teaching import ENVIRONMENT, RESULTS, training_by_pipeline
from teeth_unet.config_loader import ConfigLoader
from teeth_unet.settings import CONFIG_LOADER_ARGS

CONF = Path(__file__).parents[2] / "conf"

OWN = {
    "globals.yml": {
        "data": "s3://ours/results",
        "downloads": "/ours",
        "source": "phantoms",
        "set": {"unmasked": "negative"},
    },
    "parameters.yml": {
        "split": {"test_cases": 1, "train_cases": 5, "validation_cases": 2},
        "training": {"epochs": 1},
    },
    "catalog.yml": {
        "raw_xrays": {"type": "teeth_unet.datasets.PhantomDataset", "content": "xrays"},
        "segmenter": {
            "type": "teeth_unet.datasets.SegmenterDataset",
            "filepath": "/ours/segmenter.zip",
        },
    },
}


@pytest.fixture(params=["folder", "local"])
def project(request, tmp_path, monkeypatch):
    """A project whose environment has its data, its X-rays and its recipe elsewhere."""
    conf = tmp_path / "conf"
    shutil.copytree(CONF, conf)
    base = (conf / "base/globals.yml").read_text()
    (conf / "base/globals.yml").write_text(base.replace("data: data ", "data: /ours/results "))
    assert "/ours" in (conf / "base/globals.yml").read_text()
    for name, content in OWN.items():
        (conf / request.param).mkdir(exist_ok=True)
        (conf / request.param / name).write_text(yaml.safe_dump(content))
    monkeypatch.setattr(teaching, "configuration", lambda: conf)
    return conf


def loader(files, folder):
    """Return what Kedro reads in the folder of a training."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    given = {"training": {"start": "package"}}
    return ConfigLoader(
        str(folder / "conf"), ENVIRONMENT, runtime_params=given, **CONFIG_LOADER_ARGS
    )


def test_its_results_and_xrays_stay_in_its_own_folder(project, tmp_path):
    catalog = loader(training_by_pipeline().files(), tmp_path / "teaching")["catalog"]
    assert "ours" not in json.dumps(catalog)
    places = {name: each["filepath"] for name, each in catalog.items() if "filepath" in each}
    outside = {name for name, place in places.items() if not place.startswith(f"{RESULTS}/")}
    assert outside == {"start", "raw_xrays", "raw_masks", "raw_tooth_labels"}
    assert catalog["raw_xrays"]["xrays"] == {"filepath": "xrays"}
    assert catalog["raw_masks"]["masks"] == {"filepath": "labels"}
    training = training_by_pipeline()
    assert {training.segmenter, training.scores} <= set(places.values())


def test_its_recipe_is_that_for_real_xrays_and_all_cases_are_tested(project, tmp_path):
    own = loader(training_by_pipeline().files(), tmp_path / "teaching")["parameters"]
    usual = ConfigLoader(str(CONF), "folder", **CONFIG_LOADER_ARGS)["parameters"]
    split, training = own.pop("split"), own.pop("training")
    assert training == {**usual.pop("training"), "start": "package"}
    assert own == {name: each for name, each in usual.items() if name != "split"}
    assert (split["train_cases"], split["validation_cases"]) == (None, 0)
    assert not isinstance(split["test_cases"], int)
    assert split["cross_fit_below"] == 1_000_000
