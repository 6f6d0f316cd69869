"""No record is false: ordinary uses that mix results of different runs are refused, or told."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

TINY = ("--env", "tiny")
OUTPUT = "data/07_model_output"

# One process for all: most of a run is getting ready.
SEVERAL_RUNS = """
import json, sys
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from teeth_unet.cli import explain
bootstrap_project(".")
for given, run in json.loads(sys.argv[1]):
    with KedroSession.create(".", env="tiny", runtime_params=given) as session:
        try:
            session.run(**run)
            print("<ran>")
        except Exception as error:
            print(f"<{explain(error)}>")
"""

WRITE_PHANTOMS = """
import sys
from pathlib import Path
from teeth_unet.datasets import PhantomDataset
for content in ("xrays", "masks"):
    place = Path(sys.argv[1], content)
    place.mkdir()
    for name, draw in PhantomDataset(content=content, cases=8, width=(96, 128)).load().items():
        draw().save(place / f"{name}.png")
"""


def mean_dice(project):
    *_, last = sorted((project.path / OUTPUT / "scores.json").glob("*/scores.json"))
    return json.loads(last.read_text())["dice"]["mean"]


def records(project):
    """The content of every entry, by its name; of several versions, the last."""
    found = sorted((project.path / "data").rglob(".lineage/*.json"))
    read = (json.loads(path.read_text()) for path in found)
    return {record["entry"]: record["content"] for record in read}


REFUSED = [
    (  # compiled with other settings
        {"training": {"loss": "dice", "learning_rate": 0.05}},
        {"pipeline_names": ["data_science"], "from_nodes": ["data_science.fit_unet"]},
        "Node fit_unet: expected inputs made with the same parameters (training), found "
        "compiled_unet, which was made with others: training.learning_rate was 0.004, is 0.05, "
        "training.loss was binary_crossentropy_dice, is dice. Make it again, with the --env and "
        "--params of this run: kedro run --pipeline training --from-nodes compile_unet",
    ),
    (  # without an effect
        {"split": {"seed": 9, "test_cases": 1}},
        {"pipeline_names": ["data_science"]},
        "--params split.seed: expected a parameter that this run reads",
    ),
    (
        {"training": {"loss": "dice"}},
        {"node_names": ["data_science.summarise_scores"]},
        "It is for other nodes than the chosen ones",
    ),
    (
        {"prediction": {"mirror": False}},
        {"pipeline_names": ["inference"]},
        "--params prediction.mirror: expected a parameter that this run reads",
    ),
    (
        {"scoring": {"tolerance": 3}},
        {"pipeline_names": ["data_science"], "from_nodes": ["data_science.summarise_scores"]},
        "scoring.tolerance was 2.0, is 3.0",
    ),
]


def test_what_would_make_a_false_record_is_refused(finished_copy):
    before = records(finished_copy)
    runs = json.dumps([(given, run) for given, run, _ in REFUSED])
    printed = finished_copy.python("-c", SEVERAL_RUNS, runs)
    told = printed.split("<")[1:]
    assert len(told) == len(REFUSED)
    for (_, _, expected), found in zip(REFUSED, told, strict=True):
        assert expected in found
    assert records(finished_copy) == before


def test_scores_of_an_earlier_version_are_not_put_beside_cases_of_a_later_one(finished_copy):
    (version,) = os.listdir(finished_copy.path / OUTPUT / "scores.json")
    finished_copy.kedro("run", *TINY, "--params", "training.epochs=1")
    arguments = ("run", "-p", "reporting", *TINY, "--load-versions", f"scores:{version}")
    printed = finished_copy.kedro(*arguments, code=1)
    assert "scores, which was made with others, other than" in printed
    assert "training.epochs was 2, is 1" in printed
    assert "Leave out --load-versions for scores" in printed


def test_what_is_missing_is_made_with_all_that_has_changed(finished_copy):
    (finished_copy.path / "data/06_models/fitted_unet.keras").unlink()
    arguments = ("run", *TINY, "--only-missing-outputs", "--params", "training.loss=dice")
    printed = finished_copy.kedro(*arguments)
    assert "training.loss was binary_crossentropy_dice, is dice" in printed
    assert "entries of data_science, " in printed
    mixed = mean_dice(finished_copy)
    again = finished_copy.kedro(*arguments)
    assert "from other things" not in again
    assert "Epoch" not in again
    finished_copy.kedro("run", *TINY, "--params", "training.loss=dice")
    assert mean_dice(finished_copy) == mixed


def test_a_missing_file_is_made_again_as_it_was_and_nothing_else(finished_copy):
    before = records(finished_copy)
    for name in ("05_model_input/x_train.npy", "06_models/compiled_unet.keras"):
        (finished_copy.path / "data" / name).unlink()
    printed = finished_copy.kedro("run", *TINY, "--only-missing-outputs")
    assert "Epoch" not in printed
    assert "not of this run" not in printed
    assert records(finished_copy) == before


def test_later_pipelines_are_named_when_an_earlier_one_runs_anew(finished_copy):
    printed = finished_copy.kedro("run", "-p", "data_processing", *TINY, "--params", "split.seed=7")
    assert "data_science (of an earlier cases), teeth (of an earlier cases), reporting" in printed
    assert "kedro run --pipelines data_science,teeth,reporting" in printed
    refused = finished_copy.kedro("run", "-p", "reporting", *TINY, code=1)
    assert "--params that x_test was made with: kedro run" in refused
    assert "or give the values" not in refused  # not all of them are read here
    again = finished_copy.kedro("run", "-p", "data_processing", *TINY)
    assert "of an earlier" not in again  # everything is as it was


def test_a_threshold_of_ones_own_is_taken_with_a_word(finished_copy):
    place = finished_copy.path / OUTPUT / "decision_threshold.json"
    place.write_text(json.dumps({**json.loads(place.read_text()), "threshold": 0.4}))
    printed = finished_copy.kedro("run", "-p", "reporting", *TINY, code=1)
    nodes = "predict_masks,score_cases"
    assert f"kedro run --pipeline training --from-nodes {nodes}" in printed
    printed = finished_copy.kedro("run", *TINY, "--from-nodes", nodes)
    assert "nothing tells what they were made from" in printed
    told = finished_copy.kedro("lineage", "scores", *TINY)
    assert "unknown        what these were made from: decision_threshold" in told
    assert "all that it was made from is as it was" in told


def test_the_command_that_a_refusal_names_is_itself_not_refused(finished_copy):
    begin = "fit_folds,predict_validation_cases"
    without = ("--from-nodes", begin, "--params", "prediction.mirror=false")
    finished_copy.kedro("run", "-p", "data_science", *TINY, *without)
    score = ("run", "-p", "data_science", *TINY, "--from-nodes", "score_cases,measure_calibration")
    printed = finished_copy.kedro(*score, code=1)
    (nodes,) = re.findall(r"kedro run --pipeline training --from-nodes (\S+)", printed)
    finished_copy.kedro("run", *TINY, "--from-nodes", nodes)
    finished_copy.kedro(*score)


def test_masks_that_have_changed_since_are_not_scored_against(finished_copy, tmp_path):
    finished_copy.python("-c", WRITE_PHANTOMS, str(tmp_path))
    conf = finished_copy.path / "conf"
    shutil.copy(conf / "tiny" / "parameters.yml", conf / "folder" / "parameters.yml")
    places = f"xrays={tmp_path / 'xrays'},masks={tmp_path / 'masks'}"
    run = ("run", "--env", "folder", "--params", places)
    finished_copy.kedro(*run, "--pipelines", "data_processing,data_science")
    one, other, *_ = sorted((tmp_path / "masks").iterdir())
    one.write_bytes(other.read_bytes())
    printed = finished_copy.kedro(*run, "-p", "data_science", code=1)
    assert "which was made from an earlier raw_masks" in printed
    assert "--from-nodes survey_masks" in printed


def test_while_a_training_is_at_work_others_are_refused_that_would_disturb_it(finished_copy):
    project = finished_copy
    command = ("run", *TINY, "--params", "training.epochs=500", "--pipeline", "data_science")
    training = subprocess.Popen(
        [sys.executable, "-m", "kedro", *command], cwd=project.path, stdout=subprocess.DEVNULL
    )
    try:
        while not (project.path / "data/06_models/checkpoint.npz").exists():
            assert training.poll() is None
            time.sleep(0.05)
        printed = project.kedro("run", "-p", "data_processing", *TINY, code=1)
        assert "found kedro run --pipeline data_science --env tiny, process " in printed
        assert f"process {training.pid} on" in printed
        xrays = project.path / "xrays"
        xrays.mkdir()
        shutil.copy(project.path / "data/08_reporting/sample_plot.png", xrays / "1.png")
        project.kedro("run", "-p", "inference", *TINY, "--params", f"xrays={xrays}")
        project.kedro("lineage", "prepared_xrays", *TINY)
    finally:
        os.kill(training.pid, signal.SIGKILL)
        training.wait()
    project.kedro("run", "-p", "data_processing", *TINY)


def test_an_unknown_entry_has_no_lineage(finished_project):
    printed = finished_project.kedro("lineage", "scroes", *TINY, code=1)
    assert "expected an entry that a pipeline makes, found 'scroes'" in printed
    assert "did you mean 'scores'?" in printed


@pytest.mark.parametrize("entry", ["scores", "report", "segmenter"])
def test_lineage_tells_xrays_settings_network_and_time(finished_project, entry):
    told = finished_project.kedro("lineage", entry, *TINY)
    for words in ("raw_xrays", "8 cases, PhantomDataset", "loss=binary_crossentropy_dice"):
        assert words in told
    for words in ("fitted_unet, content", "seed=2", "teeth_unet 0.1.0, code", "is as it was"):
        assert words in told
