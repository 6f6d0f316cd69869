"""The benchmarks, which no test runs, still fit the code that they measure."""

import argparse
import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from teeth_unet.unet import Network, Training

FOLDER = Path(__file__).parent / "benchmarks"
MODULES = sorted(path.stem for path in FOLDER.glob("*.py"))
WITH_AN_EXTRA = {"pytorch_unet": "torch"}


@pytest.fixture
def load(monkeypatch):
    """Import a benchmark by its name, as if it were run in its folder."""
    monkeypatch.syspath_prepend(str(FOLDER))
    before = set(sys.modules)

    def load(name):
        if name in WITH_AN_EXTRA:
            pytest.importorskip(WITH_AN_EXTRA[name], reason='needs: pip install -e ".[benchmark]"')
        return importlib.import_module(name)

    yield load
    for name in set(MODULES) & (sys.modules.keys() - before):
        del sys.modules[name]


@pytest.mark.parametrize("name", MODULES)
def test_a_benchmark_imports_what_there_is(load, name):
    assert load(name).__doc__


@pytest.mark.parametrize("environment", ["base", "abdi", "article", "folder"])
def test_benchmarks_measure_the_settings_of_an_environment(load, environment):
    found = load("speed").settings(environment)
    Network(**found["network"])
    assert Training(**found["training"]).epochs == {"base": 15, "article": 100}.get(environment, 20)


# The curve, and what choosing is worth ------------------------------------------------------


def result(data="abdi", start="package", cases=10, dice=0.93):
    costs = {"image_steps": 400, "gflop": 26400, "processor_minutes": 0.75}
    return {"data": data, "start": start, "cases": cases, "dice": dice, **costs}


def test_a_smaller_draw_is_part_of_a_larger_one_and_none_is_held_out(load):
    cases = load("curve").Cases(np.zeros(9), np.zeros(9), list("abcdefghi"), [7, 8], list(range(7)))
    draws = [[cases.drawn(count, draw) for count in (0, 3, 5, 7, 50)] for draw in range(3)]
    for none, three, five, *everything in draws:
        assert (none, len(three), len(five)) == ([], 3, 5)
        assert set(three) < set(five) < set(cases.pool)
        assert everything == [cases.pool] * 2
    assert len({tuple(draw[1]) for draw in draws}) == 3


def test_the_table_of_the_curve_has_mean_range_and_cost(load, capsys):
    points = [result(dice=0.93), result(dice=0.94), result("folder", "scratch", 3, 0.5)]
    load("curve").print_table(points, {"folder": "UFBA"})
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| abdi | package | 10 | 0.9350 | 0.9300 to 0.9400 (2) | 400 | 26,400 | 0.8 |",
        "| UFBA | scratch | 3 | 0.5000 |  | 400 | 26,400 | 0.8 |",
    ]


def test_the_curve_is_drawn_in_few_colours(load, tmp_path):
    points = [
        result(start=start, cases=cases) for start in ("package", "scratch") for cases in (3, 9)
    ]
    load("curve").draw_curve([*points, result(cases=0)], {}, tmp_path / "curve.png")
    with Image.open(tmp_path / "curve.png") as drawn:
        assert (drawn.mode, drawn.size) == ("P", (832, 494))
        assert len(drawn.getcolors()) > 5


# In most doubt first: 3, 1, 0, 2, 4.
SEEN = {
    "doubt": [0.3, 0.4, 0.2, 0.5, 0.1],
    "features": [[0, 0], [0, 1], [4, 0], [0, 9], [5, 0]],
    "difference": [5, 1, 3, 2, 4],
    "dice": [0.9] * 5,
}


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("doubt", [3, 1, 0, 2, 4]),
        # Sums of both ranks: 2 + 0, 1 + 4, 3 + 2, 0 + 3, 4 + 1; of equal ones the first.
        ("doubt and difference", [0, 3, 1, 2, 4]),
        # Of 3, 1 and 0: the first, then the farthest of it, (0, 0), then the last.
        ("doubt, spread", [3, 0, 1]),
        # Distances to (0, 1) add up to 18.2, to (0, 0) to 19. Then (4, 0) saves 4.1 for itself and
        # 4.1 for (5, 0), (0, 9) saves 8; at last (0, 0) and (5, 0) save 1 each.
        ("covering", [1, 2, 3, 0, 4]),
    ],
)
def test_rankings_of_five_xrays_are_those_by_hand(load, by, order):
    ranking = load("ranking")
    seen = ranking.Seen(**{name: np.array(values) for name, values in SEEN.items()})
    assert [int(place) for place in ranking.RANKINGS[by](seen)] == order


def test_equal_xrays_are_ranked_as_they_are_given(load):
    ranking = load("ranking")
    seen = ranking.Seen(np.ones(6), np.zeros((6, 2)), np.ones(6), np.ones(6))
    for by, count in {
        "doubt": 6,
        "doubt and difference": 6,
        "doubt, spread": 3,
        "covering": 6,
    }.items():
        assert list(ranking.RANKINGS[by](seen)) == list(range(count))


def test_what_a_ranking_puts_first_are_rows_of_those_not_held_out(load):
    ranking = load("ranking")
    cases = load("curve").Cases(
        np.zeros(9), np.zeros(9), list("abcdefghi"), [0, 1], [2, 4, 5, 6, 8]
    )
    seen = ranking.Seen(**{name: np.array(values) for name, values in SEEN.items()})
    assert ranking.chosen(cases, seen, "doubt", 2) == [4, 6]


def test_the_table_of_rankings_has_random_choices_of_the_curve_beside_them(load, capsys):
    scores = {"case_dice": {"1": 0.9, "2": 0.8}}
    random = {"data": "abdi", "start": "package", "cases": 10, "changes": [], "dice": 0.93}
    others = [{"cases": 5}, {"start": "scratch"}, {"changes": ["training.epochs=1"]}]
    curve = [{**random, **scores, **other} for other in [{}, {"dice": 0.94}, *others]]
    ranked = {"data": "abdi", "by": "doubt", "count": 10, "dice": 0.92, **scores}
    load("ranking").print_table([ranked, {**ranked, "count": 5}], curve, 10)
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| abdi | doubt | 0.9200 | 0.9200 | 0.800 |",
        "| abdi | random | 0.9300, 0.9400 | 0.9350 | 0.800 |",
    ]


def test_doubt_agrees_with_poor_masks_as_by_hand(load):
    agreement = load("ranking").agreement
    values, dice = np.array([0.1, 0.4, 0.2, 0.3]), np.array([0.9, 0.6, 0.7, 0.8])
    # Ranks 1 4 2 3 and, of 1 - Dice, 1 4 3 2: 1 - 6 * (1 + 1) / (4 * 15)
    assert agreement(values, dice, 2) == (pytest.approx(0.8), 1)
    assert agreement(-values, dice, 1) == (pytest.approx(-0.8), 0)


# On a graphics card --------------------------------------------------------------------------


@pytest.mark.slow
def test_all_that_a_graphics_card_is_to_do_runs_on_a_processor(load, tmp_path):
    gpu = load("gpu")
    gpu.draw_all(tmp_path / "drawn.npz", cases=3, size=64, whole=1)
    options = argparse.Namespace(small=True, test=1)
    with np.load(tmp_path / "drawn.npz") as drawn:
        assert drawn["x"].shape == drawn["y"].shape == (3, 64, 64, 1)
        assert drawn["whole_0"].shape[1] == 600
        took = {part: run(drawn, options) for part, run in gpu.RUN.items()}
    assert {part: each.get("image_steps") for part, each in took.items()} == {
        "article": 6,  # two epochs of three X-rays
        "recipe": 4,  # of two
        "pretraining": 6,
        "inference": None,
    }
    assert 0 <= took["recipe"]["dice"] <= 1
    assert took["pretraining"]["whole"] > 0
    assert took["inference"]["numbers_a_second"] > 0


def test_a_backend_that_fails_leaves_the_others_their_turn(load, tmp_path, monkeypatch, capsys):
    gpu = load("gpu")
    monkeypatch.setattr(gpu.sys, "argv", ["gpu.py", "--folder", str(tmp_path / "none")])
    gpu.measure("article", "of_no_such_name", tmp_path / "gpu.jsonl")
    assert "article on of_no_such_name has failed" in capsys.readouterr().out
    assert not (tmp_path / "gpu.jsonl").exists()


# Workers, processes and disks -----------------------------------------------------------------

TWO_CORES = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="each worker or process is held on a core of its own, on Linux, and there is one alone",
)
WITH_JAX = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None,
    reason='JAX is not installed; it is an extra: pip install -e ".[jax]"',
)


def lines_of(capsys):
    """What a benchmark has printed: its lines of JSON, and the text after them."""
    printed = capsys.readouterr().out.splitlines()
    rows = [json.loads(line) for line in printed if line.startswith("{")]
    return rows, [line for line in printed if not line.startswith("{")]


@pytest.mark.slow
@TWO_CORES
@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("cross_validation", "--folds 2 --cases 8 --size 32 --width 600 --epochs 1"),
        ("inference", "--xrays 6 --different 3 --shards 2"),
    ],
)
def test_one_worker_and_two_are_timed_and_come_to_the_same(load, tmp_path, capsys, what, given):
    arguments = f"{what} --rounds 1 --folder {tmp_path} {given}"
    load("workers").main(arguments.split())
    (one, two), (told,) = lines_of(capsys)
    assert (
        [row["workers"] for row in (one, two)]
        == [1, 2]
        == [len(row["loads"]) for row in (one, two)]
    )
    same = {"cross_validation": ("cases", "dice"), "inference": ("cases", "teeth")}[what]
    assert [one[name] for name in same] == [two[name] for name in same]
    assert one["cases"] == {"cross_validation": 8, "inference": 6}[what]
    assert 0 < one["parallel_seconds"] < one["seconds"]
    assert told.startswith(f"{what}, 1 to 2 workers: ")


def test_speed_up_and_efficiency_are_of_medians(load, capsys):
    times = [(1, 100, 80), (2, 60, 50), (1, 102, 84), (2, 62, 40), (1, 300, 300), (2, 50, 40)]
    names = ("workers", "seconds", "parallel_seconds")
    load("workers").tell("folds", [dict(zip(names, each, strict=True)) for each in times])
    assert capsys.readouterr().out == (
        "folds, 1 to 2 workers: 102.0 s to 60.0 s, speed-up 1.70, efficiency 85%; its parallel "
        "part 84.0 s to 40.0 s, 2.10, 105%\n"
    )


def test_the_parallel_part_is_that_of_folds_and_shards(load):
    log = """
2026-11-27 08:00:00,500 INFO teeth_unet.runners.cluster: Workers at tcp://127.0.0.1:1: 2
2026-11-27 08:00:01,250 INFO teeth_unet.unet.fitting: fold_02.fit_unet: Epoch 1/2
2026-11-27 08:00:09,750 INFO teeth_unet.pipelines.inference.nodes: segment_shard_001: X-rays: 3
2026-11-27 08:00:30,000 INFO kedro.runner.runner: Done
"""
    assert load("workers").parallel_seconds(log) == 8.5


@pytest.mark.slow
@TWO_CORES
@WITH_JAX
def test_one_process_and_two_train_the_same_cases(load, tmp_path, capsys):
    arguments = f"--processes 1 2 --counts 12 --size 64 --folder {tmp_path}"
    load("growth").main(arguments.split())
    (alone, together), told = lines_of(capsys)
    assert [len(each["processor_seconds"]) for each in (alone, together)] == [1, 2]
    assert all(mb > 100 for mb in (*alone["own_mb"], *together["own_mb"]))
    assert len(alone["epochs"]) == len(together["epochs"]) == 2
    assert [line.split(";")[0] for line in told] == ["processes: 1", "processes: 2"]


@pytest.mark.slow
def test_a_disk_is_read_beside_memory(load, tmp_path, capsys):
    arguments = f"--cases 4 --size 64 --rounds 2 --folder {tmp_path}"
    load("streaming").main(arguments.split())
    rows, told = lines_of(capsys)
    assert [sorted(set(row) - {"round", "cases"}) for row in rows] == [
        ["disk", "disk, uncached", "memory"]
    ] * 2
    assert [line.split(": ")[0] for line in told] == ["disk", "disk, uncached"]
    assert not list(tmp_path.iterdir())


# A million X-rays ----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_simulated_run_has_a_row_an_xray_and_29_teeth_each(load, tmp_path):
    pytest.importorskip("distributed", reason='needs: pip install -e ".[cluster]"')
    took = load("million").run(tmp_path, count=40, shards=3, workers=1)
    rows = {name: took[f"{name}_rows"] for name in ("cases", "teeth", "charts")}
    assert rows == {"cases": 40, "teeth": 29 * 40, "charts": 40}
    assert 0 < took["of_command"] < took["processor_seconds"]
    assert took["clock"].keys() >= {"start", "segment_shard"}


def test_what_a_simulated_run_takes_follows_from_four_others(load):
    counts = [(10, 2), (10, 9), (1000, 2), (1000, 9), (5000, 4)]
    runs = [{"xrays": n, "shards": s, "s": 7 + 2 * s + 0.1 * n + 0.01 * s * n} for n, s in counts]
    constants, expected = load("million").predicted(runs, "s")
    assert constants == pytest.approx([7, 2, 0.1, 0.01])
    assert expected == pytest.approx(7 + 8 + 500 + 200)


def test_a_simulated_record_is_as_long_as_a_real_one(load):
    made = load("million_stubs").record(1)
    assert 9_000 < len(json.dumps(made, indent=1)) < 11_000
    assert len({tooth["fdi"] for tooth in made["teeth"]}) == 29
