"""The runner on workers that are threads of this process, and what it refuses."""

import dataclasses
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from distributed import Client, LocalCluster
from kedro.io import DataCatalog, DatasetError
from kedro.pipeline import Node, Pipeline
from kedro.runner import Task
from nodes_on_workers import double, fail_oddly, meet_first, meet_second, refuse

from teeth_unet.cli import explain
from teeth_unet.errors import InputError
from teeth_unet.pipeline_registry import Shape
from teeth_unet.runners import DaskRunner, cluster, dask_runner, execution
from teeth_unet.runners.orders import NODE
from teeth_unet.runners.worker import run_node


@pytest.fixture(scope="module")
def scheduler():
    """One worker for nodes: a thread."""
    with LocalCluster(
        n_workers=1, processes=False, resources={NODE: 1}, dashboard_address=None
    ) as local:
        yield local


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"address": "tcp://a:1", "workers": 2}, "found address as well as workers or threads"),
        ({"address": "tcp://a:1", "threads": 2}, "found address as well as workers or threads"),
        ({"workers": 0}, "workers: expected a whole number from 1 on, found 0"),
        ({"threads": "many"}, "threads: expected a whole number from 1 on, found many"),
        ({"is_async": True}, "is_async: expected nothing"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, told):
    with pytest.raises(InputError, match=told):
        DaskRunner(**options)


def test_who_lacks_dask_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(dask_runner, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install -e "\.\[cluster\]"'):
        DaskRunner()


def test_entries_in_memory_are_refused_by_name_before_anything_starts(catalog, monkeypatch):
    monkeypatch.setattr(DaskRunner, "_get_executor", lambda *_: pytest.fail("it has started"))
    pipeline = Pipeline(
        [Node(double, "one", "b"), Node(double, "b", "a"), Node(double, "a", "two")]
    )
    with pytest.raises(InputError, match="kept in memory: a, b"):
        DaskRunner().run(pipeline, catalog)


def test_nodes_that_cannot_travel_are_refused_by_name(catalog):
    pipeline = Pipeline([Node(lambda number: number, "one", "two", name="a_lambda")])
    with pytest.raises(AttributeError, match=r"cannot be serialised: .*a_lambda"):
        DaskRunner().run(pipeline, catalog)


def test_every_node_is_run_and_saves_what_it_makes(scheduler, catalog, pipeline):
    made = DaskRunner(address=scheduler.scheduler_address).run(pipeline, catalog)
    assert made.keys() == {"six"}
    assert [catalog.load(name) for name in ("two", "four", "six")] == [2, 4, 6]


def test_nodes_that_wait_do_not_ask_the_scheduler_each_for_itself(scheduler, catalog, monkeypatch):
    counted, count = [], cluster._count_workers
    monkeypatch.setattr(
        cluster, "_count_workers", lambda client: counted.append(1) or count(client)
    )
    monkeypatch.setattr(cluster, "COUNTED_AGAIN", 3600)
    for number in range(40):
        path = catalog.get("two")._filepath.with_name(f"of_{number}.json")
        catalog[f"of_{number}"] = type(catalog.get("two"))(filepath=str(path))
    nodes = [Node(double, "one", f"of_{number}", name=f"n_{number}") for number in range(40)]
    made = DaskRunner(address=scheduler.scheduler_address).run(Pipeline(nodes), catalog)
    assert len(made) == 40
    assert len(counted) == 2  # when it begins, and for the first node


def test_the_error_of_a_node_reads_as_in_a_plain_run(scheduler, catalog):
    pipeline = Pipeline([Node(refuse, "one", "two")])
    with pytest.raises(InputError) as plain:
        refuse(1)
    with pytest.raises(InputError) as found:
        DaskRunner(address=scheduler.scheduler_address).run(pipeline, catalog)
    assert explain(found.value) == explain(plain.value)


def test_the_error_of_a_dataset_reads_as_in_a_plain_run(scheduler, catalog):
    pipeline = Pipeline([Node(double, "four", "two")])
    with pytest.raises(DatasetError) as found:
        DaskRunner(address=scheduler.scheduler_address).run(pipeline, catalog)
    assert "nothing has been saved" in explain(found.value)


# An error that could not be unpickled once left a client waiting (dask/distributed 3558).
def test_an_error_that_cannot_travel_ends_the_run_with_its_words(scheduler, catalog):
    pipeline = Pipeline([Node(fail_oddly, "one", "two")])
    with pytest.raises(Exception, match="odd, of all things"):
        DaskRunner(address=scheduler.scheduler_address).run(pipeline, catalog)


# Dask alone gives all nodes to the workers that are there at first (dask/dask 3264).
def test_a_worker_that_comes_later_is_given_nodes(catalog, tmp_path):
    catalog.save("place", str(tmp_path / "met"))
    pipeline = Pipeline([Node(meet_second, "place", "two"), Node(meet_first, "place", "four")])
    with (
        LocalCluster(
            n_workers=1, processes=False, resources={NODE: 1}, dashboard_address=None
        ) as local,
        ThreadPoolExecutor(1) as thread,
    ):
        runner = DaskRunner(address=local.scheduler_address)
        made = thread.submit(runner.run, pipeline, catalog)
        while not list(tmp_path.glob("met-*")):
            time.sleep(0.02)
        local.scale(2)
        assert made.result().keys() == {"two", "four"}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://a"])
def test_an_address_where_no_scheduler_answers_is_told(catalog, pipeline, address, monkeypatch):
    monkeypatch.setattr(cluster, "FIRST", 0.5)
    with pytest.raises(
        InputError, match=f"address={address}: expected a scheduler .* that answers"
    ):
        DaskRunner(address=address).run(pipeline, catalog)


@pytest.mark.parametrize(("workers", "told"), [(0, "found no worker"), (1, "found 1 without it")])
def test_a_scheduler_without_workers_for_nodes_is_told(
    catalog, pipeline, workers, told, monkeypatch
):
    monkeypatch.setattr(cluster, "FIRST", 0.5)
    with (
        LocalCluster(n_workers=workers, processes=False, dashboard_address=None) as local,
        pytest.raises(InputError, match=f"workers with the resource node, {told}"),
    ):
        DaskRunner(address=local.scheduler_address).run(pipeline, catalog)


def test_what_only_the_machine_of_the_worker_sees_is_told(
    scheduler, catalog, pipeline, monkeypatch
):
    monkeypatch.setattr(cluster, "SEEN", 0)
    monkeypatch.setattr(cluster, "stamp", lambda path: (0, 0))
    with pytest.raises(InputError, match=r"two\.json: .* saved there for make_two"):
        DaskRunner(address=scheduler.scheduler_address).run(pipeline, catalog)


def test_a_version_that_a_lost_worker_has_saved_is_saved_again(catalog, pipeline, tmp_path):
    for name in ("two", "four"):
        catalog.save(name, 5)
    catalog.save("six", 7)
    (six,) = pipeline.only_nodes("make_six").nodes
    with pytest.raises(DatasetError, match="must not exist"):
        catalog.save("six", 7)
    names = (*six.inputs, *six.outputs)
    found = execution.execute(Task(six, DataCatalog({n: catalog.get(n) for n in names}), False))
    assert json.loads((tmp_path / "six.json" / "now" / "six.json").read_text()) == 10
    assert list(found) == [str(tmp_path / "six.json" / "now" / "six.json")]


# The settings may lie in an archive, which two threads cannot read at the same time.
def test_settings_are_read_by_the_thread_of_the_run_alone(scheduler, catalog, monkeypatch):
    readers = []

    def read():
        readers.append(threading.current_thread())
        return Shape(2, 2, False)

    monkeypatch.setattr(cluster, "current_shape", read)
    pipeline = Pipeline([Node(double, "one", "two"), Node(double, "one", "four")])
    DaskRunner(address=scheduler.scheduler_address).run(pipeline, catalog)
    assert readers == [threading.current_thread()]


def test_a_worker_with_other_code_is_refused(scheduler, catalog, pipeline):
    order = cluster._order(Task(pipeline.nodes[0], catalog, False), "run", Shape(2, 2, False))
    other = dataclasses.replace(order, program="teeth_unet 0.1, code 123")
    with (
        Client(scheduler, set_as_default=False) as client,
        pytest.raises(InputError, match=r"the worker inproc.* expected .* \(teeth_unet 0\.1, code"),
    ):
        client.submit(run_node, other).result()
