"""A fresh clone with the network of the package, through the `kedro` command."""

import json
import shutil

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from PIL import Image
from small_segmenters import small_segmenter
from tiny_project import ROOT

from teeth_unet.phantoms import PhantomSettings, draw_xray
from teeth_unet.segmentation import write_segmenter

TOLD = "package: Drawings of a test."
TAUGHT = {
    "data_note": "Drawings of a test.",
    "scores": {},
    "training": {
        "epochs": 1,
        "best_epoch": 1,
        "preparation": {"size": 32},
        "network": {"filters": [2, 4]},
        "training": {"seed": 0},
        "versions": {},
        "trained_on": ["a"],
        "validated_on": ["b"],
        "drawings": {"cases": 2, "settings": {"seed": 5, "mouth": {"implants": 0.2}}},
    },
}
ENVIRONMENT = ("--env", "tiny")


@pytest.fixture
def clone(project, monkeypatch):
    """A project in which nothing has run, whose own code has a network and is what runs."""
    place = project.path / "src" / "teeth_unet" / "segmentation" / "segmenter.zip"
    write_segmenter(place, small_segmenter(**TAUGHT))
    monkeypatch.setenv("PYTHONPATH", str(project.path / "src"))
    (project.path / "xrays").mkdir()
    xray = draw_xray(PhantomSettings(seed=9, width=(120, 140)), 0)
    Image.fromarray(xray).save(project.path / "xrays" / "one.png")
    return project


def segment(project, *given, code=0):
    parameters = ",".join(["xrays=xrays", *given])
    command = ("run", "--pipeline", "inference", *ENVIRONMENT, "--params", parameters)
    return project.kedro(*command, code=code)


def test_new_xrays_are_segmented_by_it_until_another_is_trained(clone):
    printed = segment(clone)
    assert f"No network is trained yet: taken is that of the {TOLD}" in printed
    results = clone.path / "data" / "07_model_output" / "inference"
    assert set(pd.read_csv(results / "cases.csv")["network"]) == {TOLD}
    assert set(pd.read_csv(results / "teeth.csv")["network"]) <= {TOLD}  # it may find no tooth
    assert json.loads((results / "summary.json").read_text())["network"] == TOLD

    missing = segment(clone, "segmenter=no.zip", code=1)
    assert "Error: --params segmenter: expected the path of a file, found no.zip" in missing

    clone.kedro("run", "--pipeline", "training", *ENVIRONMENT)
    printed = segment(clone)
    assert "package" not in printed
    assert "1 now" in printed  # what the other network has made is made anew
    [told] = set(pd.read_csv(results / "cases.csv")["network"])
    assert told == "Synthetic X-rays, drawn by this program, with their exact masks."


def test_it_is_exported_with_cases_made_for_it_and_told_stale_after_a_training(clone):
    formats = ("--params", "export.formats=saved_model")
    printed = clone.kedro("run", "--pipeline", "export", *ENVIRONMENT, *formats)
    assert f"that of the {TOLD}" in printed
    assert "nothing tells what they were made from" not in printed
    exported = clone.path / "data" / "06_models" / "exported"
    card = (exported / "model_card.md").read_text()
    assert "Package: Drawings of a test." in card
    assert "`drawings.settings.mouth`: implants 0.2" in card
    told = clone.kedro("lineage", "exported_models", *ENVIRONMENT)
    assert "the one that comes with this package" in told
    assert "unknown" not in told.replace("unknown_number", "")

    printed = clone.kedro("run", "--pipeline", "training", *ENVIRONMENT)
    assert "export (of an earlier " in printed
    changed = clone.kedro("lineage", "exported_models", *ENVIRONMENT)
    assert "have changed since: " in changed
    assert "segmenter" in changed.partition("have changed since: ")[2]


def test_the_notebook_of_new_xrays_runs(clone, monkeypatch):
    monkeypatch.setenv("KEDRO_ENV", "tiny")
    path = ROOT / "notebooks" / "03_segment_new_xrays.ipynb"
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=None,
        startup_timeout=3600,
        kernel_name="python3",
        resources={"metadata": {"path": clone.path / "notebooks"}},
    ).execute()


def test_without_it_all_is_as_it_was(clone):
    shutil.rmtree(clone.path / "data" / "06_models", ignore_errors=True)
    (clone.path / "src" / "teeth_unet" / "segmentation" / "segmenter.zip").unlink()
    assert "segmenter: nothing has been saved at" in segment(clone, code=1)
    printed = clone.kedro("run", "--pipeline", "export", *ENVIRONMENT, code=1)
    assert "cases: nothing has been saved at" in printed
