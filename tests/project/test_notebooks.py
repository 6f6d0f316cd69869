"""The notebooks, run as a newcomer would run them, and every catalog entry in a notebook."""

import io
import shutil
from base64 import b64decode
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
PREDICTIONS = NOTEBOOKS[1]


@pytest.fixture
def run_notebook(monkeypatch):
    """Return a function that runs a notebook from a folder, in the environment `tiny`."""
    monkeypatch.setenv("KEDRO_ENV", "tiny")

    def run(notebook, folder):
        client = NotebookClient(
            notebook,
            timeout=None,
            startup_timeout=3600,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
        )
        return client.execute()

    return run


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def chatter(notebook):
    return [
        output["text"]
        for output in outputs(notebook)
        if output["output_type"] == "stream"
        and (output["name"] == "stderr" or "WARNING" in output["text"] or "INFO" in output["text"])
    ]


def test_notebooks_begin_alike():
    beginnings = {
        next(cell.source for cell in nbformat.read(path, as_version=4).cells if "%" in cell.source)
        for path in NOTEBOOKS
    }
    assert len(NOTEBOOKS) == 3
    assert len(beginnings) == 1


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    assert outputs(notebook) == []
    assert {cell.get("execution_count") for cell in notebook.cells} == {None}


# All begin with the same cell, which finds the project.
@pytest.mark.parametrize(
    ("path", "folder"),
    list(zip(NOTEBOOKS, ["notebooks", ".", "notebooks"], strict=True)),
    ids=["explore", "look", "segment"],
)
def test_notebooks_run_from_their_folder_and_from_the_projects(
    path, folder, finished_project, run_notebook
):
    notebook = nbformat.read(path, as_version=4)
    run_notebook(notebook, finished_project.path / folder)
    pictures = [o for o in outputs(notebook) if "image/png" in o.get("data", {})]
    assert len(pictures) >= 4
    assert chatter(notebook) == []


@pytest.mark.parametrize("path", NOTEBOOKS[:2], ids=lambda path: path.stem)
def test_without_results_notebooks_say_how_to_make_them(path, project, run_notebook):
    with pytest.raises(CellExecutionError, match="kedro run --pipeline training") as failure:
        run_notebook(nbformat.read(path, as_version=4), project.path / "notebooks")
    assert failure.value.ename == "FileNotFoundError"


def test_two_runs_are_compared(finished_project, tmp_path, run_notebook):
    project = tmp_path / "project"
    shutil.copytree(finished_project.path, project)
    later = "2099-01-01T00.00.00.000Z"
    for entry in ("scores", "training_history", "training_record"):
        folder = project / "data" / "07_model_output" / f"{entry}.json"
        (only,) = folder.iterdir()
        shutil.copytree(only, folder / later)
    record = folder / later / "training_record.json"
    record.write_text(record.read_text().replace("binary_crossentropy_dice", "focal"))
    notebook = nbformat.read(project / "notebooks" / "02_look_at_predictions.ipynb", as_version=4)
    run_notebook(notebook, project / "notebooks")
    tables = [output["data"]["text/plain"] for output in outputs(notebook) if "data" in output]
    assert only.name in tables[-1]
    assert later in tables[-1]
    (differing,) = (table for table in tables if "training.loss" in table)
    assert "focal" in differing
    assert "training.epochs" not in differing


def texts(notebook):
    """Return all that a notebook prints and shows as text."""
    return [
        output.get("text") or output["data"].get("text/plain", "") for output in outputs(notebook)
    ]


def test_predictions_of_one_run_are_shown_with_units_and_without_empty_tables(
    finished_project, run_notebook
):
    notebook = nbformat.read(PREDICTIONS, as_version=4)
    run_notebook(notebook, finished_project.path / "notebooks")
    told = "\n".join(texts(notebook))
    assert "HD95, px" in told
    assert "ASSD, px" in told
    assert "Two can be compared" in told
    assert "Empty DataFrame" not in told


def test_the_best_case_shown_has_teeth(finished_copy, run_notebook):
    table = finished_copy.path / "data" / "07_model_output" / "case_scores.csv"
    cases = pd.read_csv(table, dtype={"case": str})
    cases.loc[0, ["dice", "truth_area"]] = [1.0, 0]
    cases.to_csv(table, index=False)
    notebook = nbformat.read(PREDICTIONS, as_version=4)
    run_notebook(notebook, finished_copy.path)
    (best,) = (cell for cell in notebook.cells if "with_teeth.empty" in cell.source)
    picture = best.outputs[-1]["data"]["image/png"]
    plots = finished_copy.path / "data" / "08_reporting" / "prediction_plots"
    with Image.open(io.BytesIO(b64decode(picture))) as shown:
        for case, alike in ((cases["case"][1], True), (cases["case"][0], False)):
            with Image.open(plots / f"{case}.png") as drawn:
                assert (shown.convert("RGB").tobytes() == drawn.convert("RGB").tobytes()) == alike


def test_it_names_the_pipeline_that_compares_two_runs():
    cells = nbformat.read(PREDICTIONS, as_version=4).cells
    assert "kedro run --pipeline comparison" in "\n".join(cell.source for cell in cells)


@pytest.mark.parametrize("without", ["teeth", "label maps"])
def test_xrays_without_teeth_and_without_label_maps_can_be_explored(
    without, finished_copy, run_notebook
):
    catalog = finished_copy.path / "conf" / "tiny" / "catalog.yml"
    entries = yaml.safe_load(catalog.read_text())
    if without == "label maps":
        entries["raw_tooth_labels"] = {
            "type": "teeth_unet.datasets.ImageFolderDataset",
            "filepath": "data/01_raw/none",
            "optional": True,
        }
    else:
        folder = finished_copy.path / "data" / "01_raw" / "toothless"
        folder.mkdir()
        Image.new("L", (64, 32)).save(folder / "phantom-001.png")
        entries["raw_masks"] = {
            "type": "teeth_unet.datasets.ImageFolderDataset",
            "filepath": "data/01_raw/toothless",
        }
    catalog.write_text(yaml.safe_dump(entries))
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    run_notebook(notebook, finished_copy.path)
    assert chatter(notebook) == []


def test_every_entry_of_a_training_can_be_loaded_in_a_notebook(finished_project, run_notebook):
    setup = nbformat.read(NOTEBOOKS[0], as_version=4)
    setup.cells = [cell for cell in setup.cells if "load_ext" in cell.source]
    setup.cells.append(
        nbformat.v4.new_code_cell(
            "made = pipelines['training'].datasets() | {'raw_tooth_labels'}\n"
            "kinds = {n: type(catalog.load(n)).__name__ for n in catalog.keys() if n in made}\n"
            "kinds"
        )
    )
    run_notebook(setup, finished_project.path / "notebooks")
    kinds = outputs(setup)[-1]["data"]["text/plain"]
    for name, kind in {
        "raw_xrays": "Drawings",
        "x_train": "Rows",
        "cases": "DataFrame",
        "fitted_unet": "Functional",
        "scores": "dict",
        "model_summary": "str",
        "sample_plot": "PngImageFile",
        "prediction_plots": "dict",
    }.items():
        assert f"'{name}': '{kind}'" in kinds
    assert chatter(setup) == []
