"""The whole project through the `kedro` command."""

import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PIPELINES = ("__default__", "data_processing", "data_science", "reporting", "training")

RESULTS = {
    "02_intermediate": {
        "cases.csv",
        "data_quality.json",
        "inspected_cases.csv",
        "mask_images",
        "prepared_masks.npy",
        "prepared_xrays.npy",
    },
    "05_model_input": {f"{axis}_{part}.npy" for axis in "xy" for part in ("train", "validation", "test")},
    "06_models": {"compiled_unet.keras", "fitted_unet.keras"},
    "07_model_output": {
        "case_scores.csv",
        "decision_threshold.json",
        "predicted_masks.npy",
        "predicted_probabilities.npy",
        "scores.json",
        "training_history.json",
        "validation_probabilities.npy",
    },
    "08_reporting": {
        "model_summary.txt",
        "prediction_plots",
        "sample_plot.png",
        "training_curves.png",
    },
}


def test_training_leaves_every_result_in_its_layer(finished_project):
    data = finished_project.path / "data"
    for layer, names in RESULTS.items():
        assert {path.name for path in (data / layer).iterdir()} == names


def test_arrays_and_tables_of_a_run_agree_with_each_other(finished_project):
    data = finished_project.path / "data"
    cases = pd.read_csv(data / "02_intermediate" / "cases.csv")
    assert cases["split"].value_counts().to_dict() == {"train": 4, "validation": 2, "test": 2}
    prepared = np.load(data / "02_intermediate" / "prepared_xrays.npy")
    for part, rows in cases.groupby("split").groups.items():
        x = np.load(data / "05_model_input" / f"x_{part}.npy")
        assert x.dtype == np.float32
        np.testing.assert_allclose(x * 255, prepared[rows], atol=1e-4)
    scores = pd.read_csv(data / "07_model_output" / "case_scores.csv")
    assert list(scores["case"]) == list(cases.loc[cases["split"] == "test", "case"])
    (summary,) = (data / "07_model_output" / "scores.json").rglob("scores.json")
    assert json.loads(summary.read_text())["dice"]["mean"] == pytest.approx(scores["dice"].mean())


def test_a_run_prints_one_line_an_epoch_and_no_warning(project):
    output = project.kedro("run", "--pipeline", "training", "--env", "tiny")
    epochs = re.findall(
        r"Epoch \d/2: loss [\d.]+, Dice [\d.]+, validation Dice [\d.]+, 0 min \d\d s left", output
    )
    assert len(epochs) == 2
    assert "mean" in output
    assert "test cases" in output
    for chatter in ("arning", "oneDNN", "CUDA", "cuda", "absl", "telemetry", "--async", "eprecat"):
        assert chatter not in output


@pytest.mark.parametrize("option", ["--pipeline", "--pipelines"])
def test_each_pipeline_runs_from_what_the_one_before_it_left(project, option):
    for name in ("data_processing", "data_science", "reporting"):
        project.kedro("run", option, name, "--env", "tiny")
    assert (project.path / "data" / "08_reporting" / "prediction_plots").is_dir()


def test_every_registered_pipeline_can_be_described(finished_project):
    listed = finished_project.kedro("registry", "list")
    for name in PIPELINES:
        assert f"- {name}" in listed
        assert "prepare_cases" in finished_project.kedro("registry", "describe", name) or name in (
            "data_science",
            "reporting",
        )


@pytest.mark.parametrize(
    "command", [("registry", "list"), ("catalog", "describe-datasets", "--env", "abdi")]
)
def test_looking_around_does_not_import_tensorflow(finished_project, command):
    script = (
        "import sys; from kedro.framework.cli.cli import main\n"
        f"sys.argv = ['kedro', *{list(command)!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('imported:', {'tensorflow', 'keras'} & set(sys.modules))"
    )
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=finished_project.path, capture_output=True, text=True
    )
    assert "imported: set()" in done.stdout, done.stdout + done.stderr


def test_history_and_scores_keep_every_version(project):
    for epochs in ("1", "2"):
        parameters = f"training.epochs={epochs},training.warmup_epochs=0"
        project.kedro("run", "--env", "tiny", "--params", parameters)
    for name in ("training_history", "scores"):
        versions = list((project.path / "data" / "07_model_output" / f"{name}.json").iterdir())
        assert len(versions) == 2


def test_the_same_seed_gives_the_same_data_and_split(project, finished_project):
    project.kedro("run", "--pipeline", "data_processing", "--env", "tiny")
    for name in ("prepared_xrays.npy", "prepared_masks.npy", "cases.csv"):
        mine, other = (
            (p.path / "data" / "02_intermediate" / name).read_bytes()
            for p in (project, finished_project)
        )
        assert mine == other


@pytest.mark.parametrize(
    ("setting", "value", "shown"),
    [
        ("training.loss", "tversky", "Epoch 1/1"),
        ("training.optimizer", "sgd", "Epoch 1/1"),
        ("training.schedule", "exponential", "Epoch 1/1"),
    ],
)
def test_loss_optimizer_and_schedule_are_chosen_on_the_command_line(
    finished_project, tmp_path, setting, value, shown
):
    project = type(finished_project)(tmp_path / "copy")
    shutil.copytree(finished_project.path, project.path, symlinks=True)
    parameters = f"{setting}={value},training.epochs=1,training.warmup_epochs=0"
    if setting == "training.optimizer":
        parameters += ",training.weight_decay=0"
    output = project.kedro(
        "run", "--pipeline", "data_science", "--env", "tiny", "--params", parameters
    )
    assert shown in output


def test_package_entry_point_runs_like_the_command(project):
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "teeth_unet", "--pipelines", "data_processing", "--env", "tiny"],
        cwd=project.path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert Path(project.path, "data/02_intermediate/cases.csv").exists()
