"""Inference in shards: the same results as at once, whatever becomes of a shard."""

import json
from collections import Counter

import pandas as pd
import pytest
from fake_segmenter import FakeSegmenter
from in_memory import run
from test_inference_pipeline import broken, with_teeth

from teeth_unet import pipeline_registry
from teeth_unet.datasets import InferenceResultsDataset
from teeth_unet.errors import InputError
from teeth_unet.inference import Inference, shard_of
from teeth_unet.intake import Cases
from teeth_unet.pipelines.inference import create_pipeline
from teeth_unet.quality import Quality

pytestmark = pytest.mark.usefixtures("fake_separation_network")

XRAYS = {f"case-{number}": lambda number=number: with_teeth(number % 6) for number in range(9)}
COUNTED = {"rate", "made", "found", "removed"}


def infer(folder, xrays, shards, nodes=None, **settings):
    inference = Inference(shards=shards, overlay=False, numbers=False, **settings)
    inputs = {
        "new_xrays": Cases(xrays, passed_over=["notes.txt"]),
        "segmenter": FakeSegmenter(),
        "fold_segmenters": {},
        "params:inference": inference,
        "params:quality": Quality(),
    }
    pipeline = create_pipeline(shards)
    pipeline = pipeline.only_nodes(*nodes) if nodes else pipeline
    if "broken" in xrays:
        pipeline -= pipeline.only_nodes("refuse_failures")
    return run(
        pipeline, inputs, {"inference_results": InferenceResultsDataset(filepath=str(folder))}
    )


def contents(folder):
    """By name, without the seconds that each case took."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            found[str(path.relative_to(folder))] = path.read_bytes()
    for name in [name for name in found if name.startswith("rows/case")]:
        found[name] = json.loads(found[name])
        del found[name]["row"]["seconds"]
    return found


@pytest.mark.parametrize("shards", [2, 12])
def test_shards_give_what_is_given_at_once(tmp_path, shards):
    xrays = XRAYS | {"broken": broken}
    whole = infer(tmp_path / "whole", xrays, 1, formats=("coco", "yolo"))
    cut = infer(tmp_path / "cut", xrays, shards, formats=("coco", "yolo"))
    assert contents(tmp_path / "cut") == contents(tmp_path / "whole")
    for made in (whole, cut):
        made["inference_teeth"] = made["inference_teeth"].frame()
    for table in ("inference_cases", "inference_teeth", "inference_charts"):
        one, other = (made[table].drop(columns="seconds", errors="ignore") for made in (whole, cut))
        pd.testing.assert_frame_equal(one, other)
    one, other = whole["inference_summary"], cut["inference_summary"]
    assert {k: v for k, v in one.items() if k != "rate"} == {
        k: v for k, v in other.items() if k != "rate"
    }


def test_a_shard_that_was_done_is_found_however_the_xrays_are_cut_next_time(tmp_path):
    names = ["segment_shard_001", "segment_shard_002"]
    made = [infer(tmp_path, XRAYS, 3, [name]) for name in names]
    done = sum(each[f"shard_00{n}_summary"]["made"] for n, each in enumerate(made, 1))
    for shards in (3, 1, 5):
        again = infer(tmp_path, XRAYS, shards)["inference_summary"]
        assert (again["made"], again["found"]) == (9 - done, done)
        done = 9


def test_others_are_removed_once_all_shards_are_done(tmp_path):
    infer(tmp_path, XRAYS, 1)
    rest = {case: load for case, load in XRAYS.items() if case != "case-4"}
    summary = infer(tmp_path, rest, 2, remove_others=True)["inference_summary"]
    assert (summary["removed"], summary["found"], summary["made"]) == (1, 8, 0)
    assert not (tmp_path / "masks" / "case-4.png").exists()


def test_a_format_that_no_xray_can_have_is_refused_by_the_first_shard(tmp_path):
    asked_for = Inference(shards=2, formats=("dicom_seg",))
    inputs = {
        "new_xrays": XRAYS,
        "segmenter": FakeSegmenter(),
        "fold_segmenters": {},
        "params:inference": asked_for,
        "params:quality": Quality(),
    }
    results = InferenceResultsDataset(filepath=str(tmp_path))
    first = create_pipeline(2).only_nodes("segment_shard_001")
    with pytest.raises(InputError, match="none among 9"):
        run(first, inputs, {"inference_results": results})


def test_a_case_stays_in_its_shard_and_shards_are_alike():
    cases = [f"case-{number}" for number in range(4000)]
    counts = Counter(shard_of(case, 4) for case in cases)
    assert counts.keys() == {1, 2, 3, 4}
    assert max(counts.values()) < 1.1 * min(counts.values())
    assert [shard_of(case, 8) for case in ("a", "10", "é", "\udcff")] == [3, 1, 4, 2]


def test_a_run_has_as_many_shards_as_its_settings_say(monkeypatch):
    settings = {"parameters": {"inference": {"shards": 3, "_template": 1}}, "catalog": {}}
    monkeypatch.setattr(pipeline_registry, "_configuration", settings)
    names = {node.name for node in pipeline_registry.register_pipelines()["inference"].nodes}
    shards = {f"inference.segment_shard_00{number}" for number in (1, 2, 3)}
    others = {"join_shards", "gather_tables", "refuse_failures"}
    assert names == shards | {f"inference.{name}" for name in others}


def test_another_process_builds_the_pipelines_of_the_run(monkeypatch):
    monkeypatch.setattr(pipeline_registry, "_shape", None)
    monkeypatch.setattr(pipeline_registry.pipelines, "configure", lambda module: None)
    pipeline_registry.take_shape(pipeline_registry.Shape(folds=2, shards=2, lacks_cases=False))
    pipelines = pipeline_registry.register_pipelines()
    assert "shard_002_summary" in pipelines["inference"].all_outputs()
    assert "fold_03.cases" not in pipelines["cross_validation"].all_outputs()
