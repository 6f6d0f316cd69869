"""The runner on workers that are processes of their own, as on a cluster."""

import json
import logging
import time

import dask
import pytest
from kedro.pipeline import Node, Pipeline
from nodes_on_workers import (
    be_killed,
    be_killed_once,
    go_on_and_on,
    refuse_later,
    tell_share,
)

from teeth_unet.errors import InputError
from teeth_unet.runners import DaskRunner, cluster

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def local():
    """Two workers of one thread; a node may end one of them."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        cluster.start_workers(workers=2, threads=1) as local,
    ):
        yield local


@pytest.fixture
def runner(local):
    return DaskRunner(address=local.scheduler_address)


def test_entries_have_records_and_lines_are_told_once(runner, catalog, pipeline, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    logging.getLogger("teeth_unet").setLevel(logging.DEBUG)
    runner.run(pipeline, catalog, run_id="a run")
    records = [json.loads(path.read_text()) for path in (tmp_path / ".lineage").glob("*.json")]
    assert {each["entry"]: each["making"]["node"] for each in records} == {
        "two": "make_two",
        "four": "make_four",
    }
    told = [record.getMessage() for record in caplog.records if "Doubled" in record.getMessage()]
    assert told == ["make_two: Doubled 1", "make_four: Doubled 2"]


def test_a_node_has_the_threads_and_the_memory_of_its_worker(runner, local, catalog):
    runner.run(Pipeline([Node(tell_share, "one", "two")]), catalog)
    processors, threads, memory = catalog.load("two")
    assert (processors, threads) == (1, "1")
    assert memory <= local.workers[0].memory_manager.memory_limit


def test_a_lost_worker_s_node_is_done_again(runner, catalog, tmp_path):
    catalog.save("place", str(tmp_path / "marker"))
    runner.run(Pipeline([Node(be_killed_once, "place", "two")]), catalog)
    assert catalog.load("two") == "done"


def test_a_node_that_ends_every_worker_is_given_up(runner, catalog, tmp_path):
    catalog.save("place", "")
    with pytest.raises(InputError, match=r"Node kill: expected a worker that lives .* 2 workers"):
        runner.run(Pipeline([Node(be_killed, "place", "two", name="kill")]), catalog)


# Dask drops a worker for good that is not there 15 s after it was lost, once or before.
def test_a_lost_worker_of_this_machine_may_come_back_whenever_it_is_ready(local):
    assert dask.config.get("distributed.deploy.lost-worker-timeout") == "1 day"
    assert len(local.workers) == 2


def test_a_node_at_work_ends_at_once_where_another_has_failed(runner, catalog, tmp_path):
    catalog.save("place", str(tmp_path / "count"))
    going_on = Node(go_on_and_on, "place", "two", name="going_on")
    failing = Node(refuse_later, "place", "four", name="failing")
    with pytest.raises(InputError, match="an even one"):
        runner.run(Pipeline([going_on, failing]), catalog)
    time.sleep(1)
    count = (tmp_path / "count").read_text()
    time.sleep(1)
    assert (tmp_path / "count").read_text() == count
    assert not (tmp_path / "two.json").exists()
