"""The whole project through the `kedro` command."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PARTS = ("train", "validation", "test")

RESULTS = {
    "02_intermediate": {
        "cases.csv",
        "data_quality.json",
        "inspected_cases.csv",
        "inspected_tooth_numbers.json",
        "mask_encoding.json",
        "mask_images",
        "prepared_masks.npy",
        "prepared_tooth_numbers.npy",
        "prepared_xrays.npy",
        "unusable_cases.json",
    },
    "05_model_input": {
        *(f"{axis}_{part}.npy" for axis in "xy" for part in PARTS),
        *("numbers_train.npy", "numbers_validation.npy"),
    },
    "06_models": {
        "compiled_unet.keras",
        "fitted_numbering.npz",
        "fitted_unet.keras",
        "segmenter.zip",
    },
    "07_model_output": {
        "calibration.json",
        "case_scores.csv",
        "decision_threshold.json",
        "fold_probabilities.npy",
        "measured_teeth.csv",
        "numbered_teeth.csv",
        "numbering_history.json",
        "numbering_record.json",
        "predicted_masks.npy",
        "predicted_probabilities.npy",
        "predicted_tooth_labels",
        "predicted_tooth_numbers",
        "scores.json",
        "tooth_charts.csv",
        "tooth_number_scores.csv",
        "tooth_scores.json",
        "training_history.json",
        "training_record.json",
        "training_versions.json",
        "validation_probabilities.npy",
    },
    "08_reporting": {
        "chart_plots",
        "model_summary.txt",
        "prediction_plots",
        "report.html",
        "sample_plot.png",
        "tooth_plots",
        "training_curves.png",
    },
}


def test_training_leaves_every_result_in_its_layer(finished_project):
    data = finished_project.path / "data"
    for layer, names in RESULTS.items():
        assert {path.name for path in (data / layer).glob("[!.]*")} == names


def test_arrays_and_tables_of_a_run_agree_with_each_other(finished_project):
    data = finished_project.path / "data"
    cases = pd.read_csv(data / "02_intermediate" / "cases.csv")
    assert cases["split"].value_counts().to_dict() == {"train": 4, "validation": 2, "test": 2}
    prepared = np.load(data / "02_intermediate" / "prepared_xrays.npy")
    for part, rows in cases.groupby("split").groups.items():
        x = np.load(data / "05_model_input" / f"x_{part}.npy")
        assert x.dtype == np.uint8
        np.testing.assert_array_equal(x, prepared[rows])
    scores = pd.read_csv(data / "07_model_output" / "case_scores.csv")
    assert list(scores["case"]) == list(cases.loc[cases["split"] == "test", "case"])
    (summary,) = (data / "07_model_output" / "scores.json").rglob("scores.json")
    assert json.loads(summary.read_text())["dice"]["mean"] == pytest.approx(scores["dice"].mean())


def test_a_run_prints_one_line_an_epoch_and_no_chatter(finished_project):
    printed = finished_project.printed
    epoch = r"Epoch \d/2: loss [\d.]+, Dice [\d.]+, validation Dice [\d.]+, 0 min \d\d s left"
    assert len(re.findall(epoch, printed)) == 2
    assert "Dice on 2 test cases: mean" in printed
    for chatter in ("arning", "oneDNN", "CUDA", "cuda", "absl", "telemetry", "--async", "eprecat"):
        assert chatter not in printed


def test_each_pipeline_runs_from_what_the_one_before_it_left(project):
    for option, name in (
        ("--pipelines", "data_processing"),
        ("--pipeline", "data_science"),
        ("--pipeline", "teeth"),
        ("--pipeline", "reporting"),
    ):
        project.kedro("run", option, name, "--env", "tiny")
    assert len(list((project.path / "data/08_reporting/prediction_plots").iterdir())) == 2


def test_what_is_learned_with_is_chosen_on_the_command_line_and_versions_are_kept(finished_copy):
    for choice in (
        "training.loss=tversky,training.loss_options.alpha=0.2,"
        "training.schedule=exponential,training.warmup_epochs=0",
        "training.loss=focal,training.optimizer=sgd,training.weight_decay=0",
    ):
        printed = finished_copy.kedro(
            "run", "-p", "data_science", "--env", "tiny", "--params", choice
        )
        assert "Epoch 2/2" in printed
    output = finished_copy.path / "data" / "07_model_output"
    histories = sorted((output / "training_history.json").rglob("training_history.json"))
    losses = [json.loads(path.read_text())["loss"][0] for path in histories]
    assert len(set(losses)) == 3
    assert len(list((output / "scores.json").iterdir())) == 3


def test_nothing_is_scored_on_cases_that_it_was_trained_on(finished_copy):
    tiny = ("--env", "tiny")
    finished_copy.kedro("run", "-p", "data_processing", *tiny, "--params", "split.seed=5")
    drawn = finished_copy.kedro("run", "-p", "reporting", *tiny, code=1)
    assert "expected inputs made with the same parameters (split)" in drawn
    assert "split.seed was 2, is 5" in drawn
    nodes = "fit_folds,predict_validation_cases"
    scored = finished_copy.kedro("run", *tiny, "--from-nodes", nodes, code=1)
    assert "split.seed was 2, is 5" in scored
    # Without the records, what each table says of its cases is compared.
    for folder in (finished_copy.path / "data").rglob(".lineage"):
        shutil.rmtree(folder)
    drawn = finished_copy.kedro("run", "-p", "reporting", *tiny, code=1)
    assert "nothing tells what they were made from" in drawn
    assert "run data_science from its beginning" in drawn
    scored = finished_copy.kedro("run", *tiny, "--from-nodes", nodes, code=1)
    assert "X-rays that had no part in fitting the network" in scored
    assert "racking" not in scored  # what kedro-viz does not record


def test_processes_can_share_the_work(project):
    runner = ("--runner", "ParallelRunner")
    printed = project.kedro("run", "-p", "data_processing", "--env", "tiny", *runner)
    assert "arning" not in printed
    missing = ("--params", "xrays=/nowhere,masks=/nowhere")
    printed = project.kedro("run", "--env", "folder", *runner, *missing, code=1)
    assert "Error: /nowhere: expected a folder" in printed


def test_every_registered_pipeline_can_be_described(finished_project):
    names = re.findall(r"^- (\w+)$", finished_project.kedro("registry", "list"), re.MULTILINE)
    assert sorted(names) == [
        "__default__",
        "comparison",
        "cross_validation",
        "data_processing",
        "data_science",
        "export",
        "inference",
        "pretraining",
        "reporting",
        "teeth",
        "training",
    ]
    script = "from kedro.framework.project import pipelines, configure_project\n"
    script += "configure_project('teeth_unet')\n"
    script += "print({name: len(pipeline.nodes) for name, pipeline in pipelines.items()})"
    sizes = eval(finished_project.python("-c", script))
    assert sizes["training"] == sizes["__default__"]
    assert sizes["training"] == sum(
        sizes[name] for name in ("data_processing", "data_science", "reporting", "teeth")
    )


@pytest.mark.parametrize("command", ["registry list", "catalog describe-datasets --env abdi"])
def test_looking_around_does_not_import_tensorflow(finished_project, command):
    script = (
        "import sys; from kedro.framework.cli.cli import main\n"
        f"sys.argv = ['kedro', *{command.split()!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('imported:', {'tensorflow', 'keras'} & set(sys.modules))"
    )
    assert "imported: set()" in finished_project.python("-c", script)


def test_the_same_seed_gives_the_same_data_and_split(project, finished_project):
    project.kedro("run", "--env", "tiny", "--to-nodes", "split_cases")
    for name in ("prepared_xrays.npy", "prepared_masks.npy", "cases.csv"):
        place = Path("data", "02_intermediate", name)
        again, before = project.path / place, finished_project.path / place
        assert again.read_bytes() == before.read_bytes()


def test_the_package_runs_without_the_kedro_command(project):
    project.python("-m", "teeth_unet", "--pipelines", "data_processing", "--env", "tiny")
    assert (project.path / "data" / "02_intermediate" / "cases.csv").exists()


def test_nodes_are_named_with_their_box_or_without(finished_copy):
    sample = finished_copy.path / "data" / "08_reporting" / "sample_plot.png"
    for name in ("plot_sample", "reporting.plot_sample"):
        sample.unlink()
        finished_copy.kedro("run", "--env", "tiny", "--nodes", name)
        assert sample.exists()


def test_a_name_that_nodes_of_several_boxes_have_is_refused_with_all_of_them(project):
    printed = project.kedro("run", "--pipeline", "cross_validation", "--nodes", "fit_unet", code=1)
    assert "fold_01.fit_unet" in printed
    assert "fold_10.fit_unet" in printed
    assert "Traceback" not in printed


def test_a_run_that_failed_goes_on_as_it_advises(finished_copy):
    curves = finished_copy.path / "data" / "08_reporting" / "training_curves.png"
    curves.unlink()
    (curves / "in the way").mkdir(parents=True)
    run = ["run", "--env", "tiny", "--nodes", "plot_sample,plot_training_curves"]
    printed = finished_copy.kedro(*run, code=1)
    (advice,) = re.findall(r'--from-nodes "(.+)"', printed)
    assert advice == "reporting.plot_training_curves"
    (curves / "in the way").rmdir()
    curves.rmdir()
    finished_copy.kedro(*run, "--from-nodes", advice)
    assert curves.is_file()


def test_a_run_from_a_subfolder_prints_and_keeps_what_one_from_the_project_does(project):
    below = replace(project, path=project.path / "notebooks")
    printed = below.kedro("run", "--pipeline", "data_processing", "--env", "tiny")
    assert "[11/11] select_validation_cases" in printed
    assert "Completed" not in printed
    kept = (project.path / "data" / "kedro.log").read_text("utf-8")
    assert kept.count("Running node: ") == kept.count("Completed node: ") == 11
    assert not (below.path / "data").exists()
