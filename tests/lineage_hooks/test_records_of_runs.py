"""Records and refusals in runs of a small pipeline: numbers are read, added up and told."""

import json
import logging
import shutil
from contextlib import suppress
from functools import partial

import pytest
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog, DatasetError, MemoryDataset
from kedro.pipeline import Node, Pipeline
from kedro.runner import SequentialRunner, ThreadRunner

from teeth_unet.datasets import AtomicJSONDataset
from teeth_unet.errors import InputError
from teeth_unet.lineage import read_record
from teeth_unet.lineage.code import code_checksum, program_name
from teeth_unet.lineage_hooks import LineageRecords, entries, looking_ahead, records


def draw(numbers, factor):
    return [opener() * factor for opener in numbers.values()], len(numbers)


def add(drawn, offset):
    return sum(drawn) + offset


def tell(total, count, drawn, numbers):
    return f"{total} of {count}: {drawn}"


PIPELINE = Pipeline(
    [
        Node(draw, ["numbers", "params:factor"], ["drawn", "count"], name="draw"),
        Node(add, ["drawn", "params:offset"], "total", name="add"),
        Node(tell, ["total", "count", "drawn", "numbers"], "told", name="tell"),
    ]
)
MADE = ("drawn", "count", "total", "told")


class Killed(BaseException):
    """What a process that is killed does not even notice."""


class Project:
    """A folder with the entries, and runs in it."""

    def __init__(self, folder):
        self.folder = folder
        self.runs = 0
        self.numbers = (1, 2, 3)

    def run(self, *nodes, factor=2, offset=0, missing=False, memory=(), runner=None, dies_at=None):
        """Run the pipeline, or some nodes; return the text that it tells."""
        self.runs += 1
        pipeline = PIPELINE.only_nodes(*nodes) if nodes else PIPELINE
        catalog = DataCatalog(
            {
                **{name: self.dataset(name) for name in MADE if name not in memory},
                **{name: MemoryDataset() for name in memory},
                "numbers": MemoryDataset(
                    {str(number): partial(int, number) for number in self.numbers}
                ),
                "params:factor": MemoryDataset(factor),
                "params:offset": MemoryDataset(offset),
            }
        )
        hook = LineageRecords()
        manager = _create_hook_manager()
        manager.register(hook)
        if dies_at:
            manager.register(Killer(dies_at))
        asked = {"only_missing_outputs": missing, "run_id": f"run {self.runs}"}
        manager.hook.before_pipeline_run(run_params=asked, pipeline=pipeline, catalog=catalog)
        runner = runner or SequentialRunner()
        runner.run(pipeline, catalog, manager, run_id=asked["run_id"], only_missing_outputs=missing)
        manager.hook.after_pipeline_run(
            run_params=asked, run_result={}, pipeline=pipeline, catalog=catalog
        )
        return catalog.load("told")

    def dataset(self, name):
        return AtomicJSONDataset(filepath=str(self.folder / f"{name}.json"))

    def record(self, name):
        return read_record(self.folder / f"{name}.json")


class Killer:
    """Ends a run once an entry is saved, before anything is noted of it."""

    def __init__(self, entry):
        self.entry = entry

    @records.hook_impl(tryfirst=True)
    def after_dataset_saved(self, dataset_name):
        if dataset_name == self.entry:
            raise Killed


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(entries, "pipelines", {"training": PIPELINE, "small": PIPELINE})
    return Project(tmp_path / "data")


@pytest.mark.parametrize("runner", [SequentialRunner, ThreadRunner])
def test_every_entry_knows_all_that_it_was_made_from(project, runner):
    assert project.run(offset=1, runner=runner()) == "13 of 3: [2, 4, 6]"
    told = project.record("told")
    assert told.making.node == "tell"
    assert told.making.run == "run 1"
    assert told.making.read.keys() == {"total", "count", "drawn", "numbers"}
    assert told.making.parameters == {"factor": 2, "offset": 1}
    assert told.making.own_parameters == []
    assert told.contents.keys() >= set(MADE)
    drawn = project.record("drawn")
    assert drawn.together_with == {"count": project.record("count").content}
    assert drawn.making.parameters == {"factor": 2}
    assert drawn.making.own_parameters == ["factor"]


def test_what_is_made_again_as_it_was_is_the_same(project):
    project.run()
    before = {name: project.record(name).content for name in MADE}
    project.run("draw")
    assert {name: project.record(name).content for name in MADE} == before
    assert project.run("tell") == "12 of 3: [2, 4, 6]"


def test_an_input_made_with_another_parameter_is_refused_before_the_first_node(project):
    project.run()
    project.run("draw", factor=3)
    before = project.record("total")
    with pytest.raises(InputError, match=r"Node tell: .*total.*factor was 2, is 3"):
        project.run("draw", "tell", factor=3)
    assert project.record("drawn").making.run == "run 2"  # nothing has run
    assert project.record("total") == before


def test_an_ancestor_that_has_changed_is_refused_with_the_command_that_mends_it(project):
    project.run()
    project.numbers = (4,)
    project.run("draw")
    with pytest.raises(InputError, match=r"inputs made from the same numbers.*--from-nodes draw"):
        project.run("tell")
    assert project.run("draw", "add", "tell") == "8 of 1: [8]"


def test_a_change_in_the_middle_of_a_run_is_refused_at_the_node(project):
    project.run()
    project.run("draw", factor=5)
    with pytest.raises(InputError, match=r"total, which was made with others"):
        project.run("tell")


@pytest.mark.parametrize("entry", MADE)
def test_a_run_that_dies_after_any_save_leaves_nothing_that_is_false(project, entry):
    project.run(factor=2)
    with pytest.raises(Killed):
        project.run(factor=5, dies_at=entry)
    told = "refused"
    with suppress(InputError):
        told = project.run("tell")
    assert told in ("refused", "12 of 3: [2, 4, 6]", "30 of 3: [5, 10, 15]")
    assert project.run(factor=5) == "30 of 3: [5, 10, 15]"


def test_only_what_is_missing_is_made_if_all_else_is_as_it_would_be(project, caplog):
    project.run()
    before = project.record("told").making.run
    (project.folder / "total.json").unlink()
    project.run(missing=True)
    assert project.record("total").making.run == "run 2"
    assert project.record("told").making.run == before
    assert "other things" not in caplog.text


@pytest.mark.parametrize("gone", [(), ("drawn",), ("drawn", "count"), ("total",), MADE[:3]])
@pytest.mark.parametrize("given", [{"factor": 3}, {"offset": 3}, {"factor": 3, "offset": 1}])
def test_what_is_missing_is_made_with_all_that_a_change_reaches(project, gone, given):
    project.run()
    for name in gone:
        (project.folder / f"{name}.json").unlink()
    told = project.run(missing=True, **given)
    drawn = [number * given.get("factor", 2) for number in (1, 2, 3)]
    assert told == f"{sum(drawn) + given.get('offset', 0)} of 3: {drawn}"


def test_of_what_nobody_knows_a_word_is_said_and_its_descendants_name_it(project, caplog):
    project.run()
    (project.folder / "total.json").write_text(json.dumps(99))
    assert project.run("tell") == "99 of 3: [2, 4, 6]"
    assert "nothing tells what they were made from" in caplog.text
    assert "total" in caplog.text
    assert project.record("told").making.unknown == ["total"]


def test_results_of_an_earlier_version_are_taken_with_one_warning(project, caplog):
    project.run()
    shutil.rmtree(project.folder / ".lineage")
    project.run("add", "tell")
    warnings = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert len([each for each in warnings if "nothing tells" in each.getMessage()]) == 1


def test_an_entry_that_is_kept_in_memory_is_known_as_long_as_the_run_lasts(project, caplog):
    project.run(memory=("drawn",))
    assert project.record("told").contents.keys() >= {"drawn", "total"}
    assert project.record("told").making.unknown == []
    assert "nothing tells" not in caplog.text


def test_a_copied_folder_is_as_good_as_the_first(project, tmp_path, caplog):
    project.run()
    project.folder = shutil.copytree(project.folder, tmp_path / "copy")
    project.run("tell")
    assert "nothing tells" not in caplog.text


def test_what_is_not_there_is_noticed_before_the_first_node(project):
    project.run()
    (project.folder / "count.json").unlink()
    with pytest.raises(DatasetError, match=r"count: nothing has been saved at .*count.json"):
        project.run("add", "tell")
    assert project.record("total").making.run == "run 1"


def test_a_source_that_has_changed_is_noticed_before_the_first_node(project):
    project.run()
    project.numbers = (1, 2, 4)
    with pytest.raises(InputError, match="which was made from an earlier numbers"):
        project.run("add", "tell")
    with pytest.raises(InputError, match="which was made from an earlier numbers"):
        project.run("add", "tell", missing=True)
    assert project.record("total").making.run == "run 1"
    assert project.run(missing=True) == "14 of 3: [2, 4, 8]"


def test_code_that_has_made_a_part_of_it_is_named(project, monkeypatch):
    project.run()
    assert project.record("told").making.other_programs == []
    monkeypatch.setattr(records, "VERSION", "9.9.9")
    monkeypatch.setattr(records, "_PROGRAM", program_name("9.9.9", code_checksum()))
    project.run("add", "tell")
    (other,) = project.record("told").making.other_programs
    assert other.startswith("teeth_unet 0.1.0, code ")


def test_no_version_can_be_asked_for_of_what_the_run_makes(project, monkeypatch):
    project.run()
    monkeypatch.setattr(looking_ahead, "has_version", lambda catalog, name: name == "total")
    with pytest.raises(InputError, match="total, which it makes itself"):
        project.run("add", "tell")
    assert project.run("tell") == "12 of 3: [2, 4, 6]"
    assert project.record("total").making.run == "run 1"
