"""The export pipeline on the small network of the data_science tests."""

import json
import re

import numpy as np
import pytest
from in_memory import run
from PIL import Image
from report_material import case_scores, summary

from teeth_unet import exporting
from teeth_unet.datasets import FileFolderDataset
from teeth_unet.errors import InputError
from teeth_unet.exporting import FORMATS, Export, comparison
from teeth_unet.pipelines.export import create_pipeline, nodes
from teeth_unet.reporting import Report, write_model_card
from teeth_unet.segmentation import Segmenter

pytestmark = pytest.mark.slow

EXACT = {"onnx", "litert", "saved_model"}


@pytest.fixture(scope="module")
def extra():
    for module in sorted({module for each in FORMATS.values() for module in each.needs}):
        pytest.importorskip(module, reason='needs: pip install -e ".[export]"')


@pytest.fixture(scope="module")
def entries(inputs, made):
    names = ("x_train", "x_test", "y_test", "cases")
    return {
        **{name: inputs[name] for name in names},
        "segmenter": made["segmenter"],
        "params:report": Report(title="Others", data_note="Other squares."),
        "params:export": Export(formats="+".join(FORMATS), repeats=1, calibration_cases=4),
    }


@pytest.fixture(scope="module")
def exported(extra, entries):
    return run(create_pipeline(), entries)


@pytest.fixture(scope="module")
def saved_models(entries):
    """What the conversion leaves, without the extra."""
    export = Export(formats=("saved_model",))
    return nodes.convert_network(entries["segmenter"], entries["x_train"], export)


def check(entries, files, **changes):
    return nodes.compare_formats(
        files,
        *(
            {**entries, **changes}[name]
            for name in ("segmenter", "x_test", "y_test", "cases", "params:export")
        ),
    )


def test_every_format_is_measured_beside_the_network(exported, made):
    compared = exported["export_comparison"]
    assert compared["cases"] == 4
    assert list(compared["formats"]) == ["keras", *FORMATS]
    expected = made["case_scores"]["dice"].mean()
    for name, measured in compared["formats"].items():
        assert measured["seconds"] > 0
        assert measured["dice"] + measured["dice_lost"] == pytest.approx(expected)
        if name in EXACT:
            assert measured["largest_difference"] < 1e-5
            assert measured["dice_lost"] == pytest.approx(0, abs=1e-4)
    assert compared["formats"]["keras"]["dice_lost"] == 0
    for name in FORMATS.keys() - EXACT:
        assert compared["formats"][name]["largest_difference"] > 1e-4
    json.dumps(compared, allow_nan=False)


def test_sizes_are_those_of_the_files(exported):
    files, formats = exported["exported_models"], exported["export_comparison"]["formats"]
    assert formats["onnx"]["bytes"] == len(files["unet.onnx"])
    saved = [content for name, content in files.items() if name.startswith("saved_model/")]
    assert formats["saved_model"]["bytes"] == sum(map(len, saved))
    assert formats["keras"]["bytes"] is None


def test_models_get_their_card_and_are_otherwise_those_that_were_compared(exported):
    files = dict(exported["exported_models"])
    assert files.pop("model_card.md")
    assert files == exported["unchecked_models"]
    assert {path.split("/")[0] for path in files} == {
        "unet.json",
        *(each.path for each in FORMATS.values()),
    }


def test_the_card_tells_the_intervals_that_there_are(exported, made):
    segmenter, scores = made["segmenter"], summary(case_scores())
    known = segmenter.settings.model_copy(update={"scores": scores})
    segmenter = Segmenter(segmenter.model, known)
    card = write_model_card(segmenter, exported["export_comparison"], Report())
    assert "Of 8 test cases that had no part in the training, with 95 % intervals of the" in card
    assert "| Dice | 0.850 | 0.840 to 0.860 | 0.400 |" in card
    assert "| HD95, px | 3.0 | 3.0 to 3.0 | 12.0 |" in card


def test_of_few_cases_the_card_tells_that_other_networks_were_scored(exported, made):
    scores = {**summary(case_scores()), "networks": 5}
    known = made["segmenter"].settings.model_copy(update={"scores": scores})
    compared = {**exported["export_comparison"], "learned_from": True}
    card = write_model_card(Segmenter(made["segmenter"].model, known), compared, Report())
    assert "Not of this network, which has learned from all 8 cases, but of 5 others that" in card
    assert "Of 8 cases, each by a network that had not seen it, with 95 % intervals of the" in card
    assert "On 4 cases of those at hand when it was exported, which the network has learned" in card
    assert "test case" not in card
    assert "\n\n\n" not in card


def test_the_card_tells_what_a_person_has_to_know(exported, made, inputs):
    card = exported["exported_models"]["model_card.md"].decode()
    assert card.startswith("# Squares: a U-Net that finds them\n\nA research tool, not a medical")
    assert "It was trained on drawn X-rays" in card
    assert "of those at hand when it was exported (Other squares)" in card
    assert "Drawn squares. 8 cases for training, 3 for the choice of epoch and threshold" in card
    assert f"| fingerprint | `{made['segmenter'].fingerprint}` |" in card
    assert f"where the probability is {made['decision_threshold']['threshold']} or more" in card
    dice = made["scores"]["dice"]
    assert f"| Dice | {dice['mean']:.3f} | - | {dice['worst']:.3f} |" in card
    assert "without intervals of the mean (4 cases, and fewer than 5 tell too little)." in card
    assert re.search(r"^- `training`: .*start scratch; loss binary_crossentropy_dice; ", card, re.M)
    assert "- `training.augmentation`: flip 0.5; " in card
    assert "keras 3." in card
    titles = [row.split(" | ")[0] for row in re.findall(r"^\| (.*) \|$", card, re.MULTILINE)]
    assert {"Keras", *(each.title for each in FORMATS.values())} <= set(titles)
    assert "{{" not in card
    assert "\n\n\n" not in card


@pytest.mark.parametrize("name", FORMATS)
def test_the_program_on_the_card_finds_the_teeth(exported, made, tmp_path, monkeypatch, name):
    picture = np.random.default_rng(0).integers(0, 256, (48, 64), np.uint8)
    Image.fromarray(picture).save(tmp_path / "xray.png")
    for path, content in exported["exported_models"].items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    card = exported["exported_models"]["model_card.md"].decode()
    first, *ways, last = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    (way,) = (way for way in ways if f'"{FORMATS[name].path}"' in way)
    found = {}
    exec(first + way + last, found)
    assert found["mask"].shape == (48, 64)
    differing = (found["mask"] != made["segmenter"].predict(picture)).mean()
    assert differing <= (0 if name in EXACT else 0.05)


@pytest.fixture
def run_wrongly(monkeypatch):
    """Returns a function that makes one pixel of what a loaded model predicts wrong by so much."""
    run_model = exporting.run

    def arm(fault):
        def run_with_a_fault(files, name):
            def predict(x):
                maps = run_model(files, name)(x)
                maps[0, 0, 0, 0] += fault
                return maps

            return predict

        monkeypatch.setattr(exporting, "run", run_with_a_fault)

    return arm


def test_rounding_is_no_difference(entries, saved_models, run_wrongly):
    run_wrongly(5e-5)
    assert check(entries, saved_models)["recommended"] == "saved_model"


@pytest.mark.parametrize("fault", [2e-4, -2e-4, np.nan])
def test_a_format_that_computes_something_else_stops_the_run(
    entries, saved_models, run_wrongly, fault
):
    run_wrongly(fault)
    with pytest.raises(InputError, match="saved_model: expected the outputs of the network"):
        check(entries, saved_models)


def test_a_run_that_stops_leaves_the_models_of_the_last_one(entries, run_wrongly, tmp_path):
    folder = FileFolderDataset(filepath=str(tmp_path / "exported"))
    folder.save({"unet.onnx": b"of the last run"})
    run_wrongly(1e-3)
    export = Export(formats=("saved_model",), repeats=1)
    with pytest.raises(InputError, match="Nothing was exported"):
        run(create_pipeline(), {**entries, "params:export": export}, {"exported_models": folder})
    assert folder.load() == {"unet.onnx": b"of the last run"}


def test_models_of_another_network_are_refused(entries, saved_models):
    description = {**json.loads(saved_models["unet.json"]), "fingerprint": "another"}
    files = {**saved_models, "unet.json": json.dumps(description).encode()}
    with pytest.raises(InputError, match="found models of another one"):
        check(entries, files)


def test_cases_that_the_network_was_trained_on_are_refused(entries, saved_models):
    cases = entries["cases"].assign(split="test")
    with pytest.raises(InputError, match="X-rays that had no part in fitting the network"):
        check(entries, saved_models, cases=cases)


def test_xrays_of_another_size_are_refused(entries, saved_models):
    with pytest.raises(InputError, match=r"x_test: expected X-rays of 32 x 32 px.* found 4 of 16"):
        check(entries, saved_models, x_test=entries["x_test"][:, :16, :16])
    with pytest.raises(InputError, match=r"x_train: .* found 0 of 32 x 32 px"):
        nodes.convert_network(
            entries["segmenter"], entries["x_train"][:0], Export(formats=("saved_model",))
        )


def test_fewer_cases_are_compared_on_request(entries, saved_models):
    export = Export(cases=2, repeats=1)
    assert check(entries, saved_models, **{"params:export": export})["cases"] == 2


MEASURED = {"bytes": 2_000_000, "seconds": 0.2, "largest_difference": 0, "dice": 0.9}


@pytest.mark.parametrize(
    ("lost", "seconds", "expected"),
    [
        ({"onnx": 0, "litert": 0}, {"onnx": 0.2, "litert": 0.1}, "litert"),
        ({"onnx": 0, "litert_int8": 0.001}, {"onnx": 0.2, "litert_int8": 0.1}, "litert_int8"),
        ({"onnx": 0, "litert_int8": 0.0011}, {"onnx": 0.2, "litert_int8": 0.1}, "onnx"),
        ({"onnx": 0, "litert_int8": -0.01}, {"onnx": 0.2, "litert_int8": 0.1}, "litert_int8"),
        ({"keras": 0, "litert": 0}, {"keras": 0.1, "litert": 0.2}, "litert"),
        ({"litert_int8": 0.1}, {"litert_int8": 0.1}, None),
    ],
)
def test_the_fastest_that_loses_next_to_nothing_is_recommended(lost, seconds, expected):
    formats = {name: {"dice_lost": lost[name], "seconds": seconds[name]} for name in lost}
    assert comparison.recommend(formats) == expected


def test_the_log_shows_all_side_by_side():
    formats = {
        "keras": {**MEASURED, "bytes": None, "dice_lost": 0},
        "litert": {**MEASURED, "largest_difference": 3.2e-6, "dice_lost": 0},
        "litert_int8": {**MEASURED, "largest_difference": 0.18, "dice": 0.8, "dice_lost": 0.1},
    }
    compared = {"cases": 4, "cores": 2, "formats": formats, "recommended": "litert"}
    assert list(comparison.comparison_lines(compared)) == [
        "Compared on 4 test cases; cores: 2",
        "                  size   an X-ray takes   largest difference   mean Dice   Dice lost",
        "Keras                           0.200 s                           0.9000",
        "LiteRT         2.00 MB          0.200 s              3.2e-06      0.9000     +0.0000",
        "LiteRT, int8   2.00 MB          0.200 s              1.8e-01      0.8000     +0.1000",
        "Recommended: LiteRT (unet.tflite), the fastest",
    ]
