"""The notebooks, run as a newcomer would run them, and every catalog entry in a notebook."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
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
        "raw_xrays": "dict",
        "x_train": "memmap",
        "cases": "DataFrame",
        "fitted_unet": "Functional",
        "scores": "dict",
        "model_summary": "str",
        "sample_plot": "PngImageFile",
        "prediction_plots": "dict",
    }.items():
        assert f"'{name}': '{kind}'" in kinds
    assert chatter(setup) == []
