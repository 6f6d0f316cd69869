"""What a run prints: levels that matter, a line for a node, where results are."""

import logging
import shutil

import pytest
from kedro.config import OmegaConfigLoader
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline

from teeth_unet.datasets import HTMLDataset, InferenceResultsDataset
from teeth_unet.run_log import (
    RunLog,
    WithoutInfo,
    _logging_config,
    _with_files_in,
    is_worth_a_line,
    shown_name,
)

FORMAT = "%(asctime)s  %(levelname)s: %(message)s"


def record(level, message, name="teeth_unet.unet"):
    return logging.LogRecord(name, level, "", 0, message, None, None)


@pytest.mark.parametrize(
    ("level", "line"),
    [
        (logging.DEBUG, "now  Two words: INFO: x"),
        (logging.INFO, "now  Two words: INFO: x"),
        (logging.WARNING, "now  WARNING: Two words: INFO: x"),
        (logging.ERROR, "now  ERROR: Two words: INFO: x"),
    ],
)
def test_only_what_is_more_than_information_has_its_level(level, line):
    shown = WithoutInfo(FORMAT, "now").format(record(level, "Two words: INFO: x"))
    assert shown == line


@pytest.mark.parametrize(
    ("name", "level", "message", "worth"),
    [
        ("kedro.runner.sequential_runner", logging.INFO, "Completed node: a", False),
        ("kedro.runner.sequential_runner", logging.INFO, "Completed 1 out of 9 tasks", False),
        ("kedro.pipeline.node", logging.INFO, "Running node: a: a([x]) -> [y]", False),
        ("kedro.framework.session.session", logging.INFO, "Kedro project teeth_unet", False),
        ("kedro.runner.sequential_runner", logging.INFO, "Skipping 2 nodes with existing", True),
        ("kedro.runner.sequential_runner", logging.WARNING, "Completed node: a", True),
        ("teeth_unet.unet", logging.INFO, "Completed node: a", True),
    ],
)
def test_lines_of_kedro_about_nodes_are_left_to_the_file(name, level, message, worth):
    assert is_worth_a_line(record(level, message, name)) == worth


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("data_science.fit_unet", "fit_unet"),
        ("fit_unet", "fit_unet"),
        ("fold_02.fit_unet", "fold_02.fit_unet"),
        ("fold_summary.score", "score"),
    ],
)
def test_a_node_is_shown_by_its_own_name_and_its_fold(name, shown):
    assert shown_name(name) == shown


def same(x):
    return x


class Context:
    env = "tiny"


@pytest.fixture
def told(caplog, tmp_path, monkeypatch):
    """Return a function that tells hooks of a run of two nodes, and what was then logged."""
    monkeypatch.chdir(tmp_path)
    pipeline = Pipeline(
        [Node(same, "x", "y", name="first"), Node(same, "y", "report", name="second")]
    )
    place = str(tmp_path / "pages" / "report.html")
    catalog = DataCatalog({"x": MemoryDataset(1), "report": HTMLDataset(filepath=place)})

    def run(runner, done=(), pipelines=None):
        hooks = RunLog()
        hooks._context = Context()
        caplog.set_level(logging.INFO)
        hooks.before_pipeline_run({"pipeline_names": pipelines, "runner": runner}, pipeline)
        for node in pipeline.nodes:
            hooks.before_dataset_loaded(node)
            hooks.before_node_run(node)
        parallel = logging.getLogger("kedro.runner.parallel_runner")
        for number, name in enumerate(done, 1):
            parallel.info("Completed node: %s", name)
            parallel.info("Completed %d out of %d tasks", number, 2)
        parallel.removeFilter(hooks._tell_done)
        hooks.after_pipeline_run(pipeline, catalog)
        return [one.getMessage() for one in caplog.records if one.name == "teeth_unet.run_log"]

    return run


def test_a_run_tells_its_nodes_once_when_they_begin_and_where_its_results_are(told):
    assert told("<SequentialRunner>") == [
        "training (2 steps), with the settings of tiny",
        "[1/2] first",
        "[2/2] second",
        "Done in 0 min 00 s",
        "Report, to open in a browser: pages/report.html",
    ]


@pytest.mark.parametrize(("env", "told"), [("folder", " --env folder"), (None, "")])
def test_results_that_a_node_writes_itself_and_the_next_command_are_told(
    env, told, caplog, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    pipeline = Pipeline([Node(same, "inference_results", "segmenter", name="first")])
    results = InferenceResultsDataset(filepath=str(tmp_path / "results"))
    segmenter = HTMLDataset(filepath=str(tmp_path / "segmenter.zip"))
    catalog = DataCatalog({"inference_results": results, "segmenter": segmenter})
    hooks = RunLog()
    hooks._context = Context()
    monkeypatch.setattr(hooks._context, "env", env, raising=False)
    caplog.set_level(logging.INFO)
    hooks.before_pipeline_run({"pipeline_names": None, "runner": None}, pipeline)
    hooks.after_pipeline_run(pipeline, catalog)
    assert [one.getMessage() for one in caplog.records][-2:] == [
        f"Segmenter, for kedro run --pipeline inference{told} --params xrays=PATH: segmenter.zip",
        "Results: results",
    ]


def test_nodes_in_parallel_are_told_when_they_are_done_in_that_order(told):
    lines = told("<ParallelRunner>", ["second", "first"], ["teeth"])
    assert lines[:3] == [
        "teeth (2 steps), with the settings of tiny",
        "[1/2] second done",
        "[2/2] first done",
    ]


def test_a_process_that_knows_no_pipeline_tells_no_node(caplog):
    caplog.set_level(logging.INFO)
    RunLog().before_node_run(Node(same, "x", "y", name="first"))
    assert not caplog.records


@pytest.mark.parametrize("form", ["folder", "gztar", "zip"])
def test_logging_is_configured_as_folder_or_archive_say(tmp_path, form):
    conf = tmp_path / "conf"
    for environment in ("base", "local"):
        (conf / environment).mkdir(parents=True)
    (conf / "logging.yml").write_text("version: 1\n")
    source = conf
    if form != "folder":
        source = shutil.make_archive(str(tmp_path / "packed"), form, tmp_path, "conf")
    loader = OmegaConfigLoader(str(source), base_env="base", default_run_env="local")
    assert _logging_config(loader) == {"version": 1}


def test_a_configuration_without_logging_leaves_it_as_it_is(tmp_path):
    loader = OmegaConfigLoader(str(tmp_path), base_env="base", default_run_env="local")
    assert _logging_config(loader) is None


def test_log_files_are_in_the_projects_folder_which_is_made(tmp_path):
    config = {"handlers": {"file": {"filename": "data/kedro.log"}, "console": {}}}
    placed = _with_files_in(tmp_path, config)
    assert placed["handlers"]["file"]["filename"] == str(tmp_path / "data" / "kedro.log")
    assert (tmp_path / "data").is_dir()
    assert config["handlers"]["file"]["filename"] == "data/kedro.log"
