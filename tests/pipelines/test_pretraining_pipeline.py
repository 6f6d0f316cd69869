"""Pretraining on small drawings: what is drawn, what is recorded, what is left."""

import json

import numpy as np
import pytest
import yaml
from in_memory import run
from project import PIPELINES, configuration
from tiny_project import ROOT

from teeth_unet import numbering, unet
from teeth_unet.datasets import (
    CheckpointDataset,
    CheckpointFolderDataset,
    PhantomDataset,
    ShardsDataset,
)
from teeth_unet.errors import InputError
from teeth_unet.numbering import KINDS, NUMBERS, NumberMaps
from teeth_unet.numbering.network import NETWORK
from teeth_unet.phantoms import Mouth, Outline, PhantomSettings, draw_truth
from teeth_unet.pipelines.pretraining import nodes, numbering_nodes
from teeth_unet.pipelines.pretraining.settings import Pretraining
from teeth_unet.reporting import tables
from teeth_unet.scoring import Scoring
from teeth_unet.unet.rounding import _rounded

SIZE = 32
DRAWN = {"cases": 14, "seed": 3, "width": (96, 128)}

BLOCKS = configuration("base")["parameters"]["pretraining"] | {
    "preparation": {"size": SIZE},
    "split": {"validation_cases": 3, "test_cases": 4},
    "network": {"filters": (4, 8), "dropout": (0, 0)},
}
BLOCKS["training"] = BLOCKS["training"] | {"epochs": 1, "precision": "float32"}
BLOCKS["numbering"] = {
    "network": {"filters": (4, 8), "dropout": (0, 0), "patch": 2},
    "training": BLOCKS["numbering"]["training"] | {"epochs": 2, "precision": "float32"},
}
SETTINGS = Pretraining(**BLOCKS)


def drawings(content, **changes):
    return PhantomDataset(content=content, **DRAWN | changes).load()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Everything that the pipeline makes, without the name before the dot."""
    folder = tmp_path_factory.mktemp("pretraining")
    inputs = {f"params:pretraining.{name}": each for name, each in SETTINGS}
    inputs |= {f"params:pretraining.numbering.{name}": each for name, each in SETTINGS.numbering}
    inputs |= {"params:scoring": Scoring(), "pretraining.start": None}
    contents = ("xrays", "masks", "numbers")
    inputs |= {f"pretraining.raw_{content}": drawings(content) for content in contents}
    stores = {
        f"pretraining.{name}": kind(filepath=str(folder / name))
        for name, kind in {
            "drawings": ShardsDataset,
            "number_drawings": ShardsDataset,
            "checkpoints": CheckpointDataset,
            "numbering_checkpoints": CheckpointDataset,
            "fold_checkpoints": CheckpointFolderDataset,
        }.items()
    }
    found = run(PIPELINES["pretraining"], inputs, stores)
    return {name.removeprefix("pretraining."): each for name, each in found.items()} | {
        "folder": folder
    }


def test_arrays_have_one_byte_a_pixel(made):
    sizes = {"train": 7, "validation": 3, "test": 4}
    for part, count in sizes.items():
        for name in (f"x_{part}", f"y_{part}"):
            assert (made[name].dtype, made[name].shape) == (np.uint8, (count, SIZE, SIZE, 1))
        assert set(np.unique(made[f"y_{part}"])) <= {0, 1}
    assert made["cases"]["split"].value_counts().to_dict() == sizes


def test_neither_drawings_in_pieces_nor_a_checkpoint_are_left(made):
    assert list(made["folder"].iterdir()) == []


def test_the_segmenter_tells_what_it_was_taught_by(made):
    record = made["segmenter"].settings.training
    assert record["drawings"]["settings"] == PhantomSettings(**DRAWN).model_dump(mode="json")
    assert record["drawings"]["cases"] == 14
    assert record["drawings"]["code"] == nodes.code_that_draws()
    assert record["training"]["seed"] == SETTINGS.training.seed
    assert len(record["trained_on"]) == 7
    assert json.dumps(record)
    assert "no real X-ray" in made["segmenter"].taught_on


def test_the_model_card_lists_the_settings_of_the_drawings(made):
    recipe = tables.recipe(made["segmenter"].settings.training)
    assert recipe["drawings.settings"]["width"] == "96, 128"
    assert recipe["drawings.settings.mouth.outline"]["beyond"] == "0, 0"


def test_what_is_scored_and_shipped_is_the_rounded_network(made):
    full = made["full_unet"].get_weights()
    for weights, whole in zip(made["segmenter"].model.get_weights(), full, strict=True):
        np.testing.assert_array_equal(weights, _rounded(whole))
    np.testing.assert_array_equal(
        unet.predict(made["segmenter"].model, made["x_test"], SETTINGS.prediction),
        made["predicted_probabilities"],
    )
    assert made["scores"]["cases"] == 4


def test_masks_are_scored_at_their_own_size(made):
    assert {"dice", "native_dice"} <= set(made["case_scores"].columns)


def test_number_maps_are_those_of_the_xrays_in_the_same_rows(made):
    sizes = {"train": 7, "validation": 3, "test": 4}
    for part, count in sizes.items():
        maps = made[f"numbers_{part}"]
        assert (maps.dtype, maps.shape) == (np.uint8, (count, SIZE // 2, SIZE // 2, 3))
        cases = made["cases"][made["cases"]["split"] == part]["case"]
        for case, found in zip(cases, maps, strict=True):
            truth = draw_truth(PhantomSettings(**DRAWN), int(case.removeprefix("phantom-")) - 1)
            expected = numbering.number_maps(numbering.number_picture(truth), SIZE // 2)
            np.testing.assert_array_equal(found, expected)
    # Where there is a number there is tooth in the mask of the same row, at its rim aside.
    numbers = made["numbers_train"][..., 0].repeat(2, axis=1).repeat(2, axis=2) > 0
    assert (made["y_train"][..., 0][numbers] > 0).mean() > 0.7


def test_the_numbering_network_tells_what_it_was_taught_by_and_how_well_it_does(made):
    about = made["numbering"].about
    assert about == {"training": made["numbering_record"], "scores": made["numbering_scores"]}
    assert about["training"]["drawings"] == made["drawn_by"]
    assert about["training"]["training"] == SETTINGS.numbering.training.model_dump()
    assert len(about["training"]["trained_on"]) == 7
    assert about["scores"]["cases"] == 4
    assert about["scores"]["true_teeth"] == sum(
        len(np.unique(maps[maps > 0])) for maps in made["numbers_test"][..., 0]
    )
    assert json.dumps(about)
    assert len(made["numbering_history"]["loss"]) == 2
    xray = np.zeros((50, 70), np.uint8)
    assert made["numbering"].maps(xray).numbers.shape == (SIZE // 2, SIZE // 2, len(NUMBERS))


class SureNetwork:
    """Says of an X-ray, whose levels tell which, what it is given."""

    def __init__(self, said):
        self.said = said

    def maps(self, xray):
        numbers, kinds = np.moveaxis(self.said[xray[0, 0]][..., :2], -1, 0)
        return NumberMaps(
            *(np.eye(len(names))[one] for names, one in ((NUMBERS, numbers), (KINDS, kinds))),
            np.zeros(numbers.shape),
        )


def score_numbering(said, truth):
    x = np.broadcast_to(np.arange(len(truth))[:, np.newaxis, np.newaxis, np.newaxis], truth.shape)
    return numbering_nodes.score_numbering(SureNetwork(said), x[..., :1], truth)


TRUTH = np.zeros((1, 4, 4, 3), np.uint8)
TRUTH[0, 0] = NUMBERS.index(11), KINDS.index("tooth"), 0
TRUTH[0, 1] = NUMBERS.index(12), KINDS.index("germ"), 0


def test_numbers_that_are_all_right_have_full_scores():
    scores = score_numbering(TRUTH, TRUTH)
    assert scores["true_teeth"] == scores["predicted_teeth"] == 2
    for name in ("found", "right_number", "right_kind", "dice"):
        assert scores[name]["mean"] == 1


def test_wrong_numbers_and_kinds_of_drawings_count_where_they_belong():
    said = TRUTH.copy()
    said[0, 0, 2:] = 0  # half of the first: Dice 2/3, IoU 1/2
    said[0, 1] = NUMBERS.index(13), KINDS.index("implant"), 0
    scores = score_numbering(said, TRUTH)
    assert scores["dice"]["mean"] == pytest.approx((2 / 3 + 0) / 2)
    assert scores["found"]["mean"] == 1
    assert scores["right_number"]["mean"] == scores["right_kind"]["mean"] == 1 / 2
    assert scores["presence"]["f1"]["mean"] == 1 / 2


def test_a_number_on_next_to_no_pixels_is_not_found():
    truth = np.zeros((1, 64, 64, 3), np.uint8)
    for pixels, presence in ((1, 0), (2, 1)):
        said = truth.copy()
        said[0, 0, :pixels] = NUMBERS.index(28), KINDS.index("tooth"), 0
        assert score_numbering(said, truth)["predicted_teeth"] == presence


def test_drawings_without_teeth_have_no_scores_of_numbers():
    nothing = np.zeros_like(TRUTH)
    assert score_numbering(nothing, nothing)["dice"]["mean"] is None


def draw_numbers(made, tmp_path, **changes):
    given = {name: made[name] for name in ("cases", "drawn_by")} | changes
    return numbering_nodes.draw_numbers(
        given.get("raw_numbers", drawings("numbers")),
        given["cases"],
        given["drawn_by"],
        SETTINGS.preparation,
        SETTINGS.numbering.network,
        ShardsDataset(filepath=str(tmp_path / "maps")).load(),
    )


def test_cases_that_are_left_out_have_no_number_maps(made, tmp_path):
    fewer = draw_numbers(made, tmp_path, cases=made["cases"].drop(index=2))
    np.testing.assert_array_equal(fewer[0], np.delete(made["numbers_train"], 2, axis=0))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"raw_numbers": drawings("numbers", seed=4)}, "settings"),
        ({"raw_numbers": {}}, "settings"),
        ({"drawn_by": {"settings": drawings("numbers").settings.model_dump(), "code": ""}}, "code"),
    ],
    ids=["other seed", "no drawings", "other code"],
)
def test_numbers_of_other_drawings_than_the_xrays_are_refused(made, tmp_path, changes, found):
    with pytest.raises(InputError, match=f"found other .*{found}.*Draw the X-rays again"):
        draw_numbers(made, tmp_path, **changes)


def draw(tmp_path, xrays=None, masks=None):
    return nodes.draw_cases(
        xrays if xrays is not None else drawings("xrays"),
        masks if masks is not None else drawings("masks"),
        SETTINGS.preparation,
        SETTINGS.split,
        ShardsDataset(filepath=str(tmp_path / "drawings")).load(),
    )


@pytest.mark.parametrize(
    "others", [{}, drawings("masks", seed=4)], ids=["other kind", "other seed"]
)
def test_xrays_and_masks_have_to_be_drawn_alike(tmp_path, others):
    with pytest.raises(InputError, match=r"pretraining\.raw_xrays and pretraining\.raw_masks"):
        draw(tmp_path, masks=others)


def test_there_may_be_no_drawings_for_validation(tmp_path):
    split = SETTINGS.split.model_copy(update={"validation_cases": 0})
    store = ShardsDataset(filepath=str(tmp_path / "drawings")).load()
    pictures = drawings("xrays"), drawings("masks")
    made = nodes.draw_cases(*pictures, SETTINGS.preparation, split, store)
    assert [len(array) for array in made[:6]] == [10, 10, 0, 0, 4, 4]


@pytest.mark.parametrize("change", [{"seed": 4}, {"scene": "varied"}, {"cases": 15}])
def test_with_other_settings_all_is_drawn_anew(tmp_path, change):
    before = draw(tmp_path)
    after = draw(tmp_path, drawings("xrays", **change), drawings("masks", **change))
    fresh = draw(tmp_path / "fresh", drawings("xrays", **change), drawings("masks", **change))
    for one, other in zip(after[:6], fresh[:6], strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(before[0], after[0])


def test_what_is_drawn_is_drawn_anew_by_other_code_alone(tmp_path, monkeypatch):
    before = draw(tmp_path)
    nothing = type(drawings("xrays"))(dict.fromkeys(drawings("xrays")))  # none can be called
    nothing.settings = drawings("xrays").settings
    np.testing.assert_array_equal(draw(tmp_path, xrays=nothing)[0], before[0])
    monkeypatch.setattr(nodes, "code_that_draws", lambda: "other")
    with pytest.raises(TypeError, match="not callable"):
        draw(tmp_path, xrays=nothing)


def test_the_settings_of_the_file_are_known_and_suit_each_other():
    found = Pretraining(**configuration("base")["parameters"]["pretraining"])
    for network in (found.network, found.numbering.network):
        unet.check_size(network, found.preparation.size)
    assert found.numbering.network == NETWORK  # whose weights the package holds
    assert found.report.synthetic


def test_the_sample_of_the_first_page_is_not_among_the_drawings():
    catalog = configuration("base")["catalog"]
    assert catalog["pretraining.raw_xrays"]["seed"] != catalog["raw_xrays"]["seed"]
    contents = ("xrays", "masks", "numbers")
    entries = [catalog[f"pretraining.raw_{content}"] | {"content": ""} for content in contents]
    assert entries == [entries[0]] * 3


def test_masks_are_read_as_the_settings_say(tmp_path):
    masks = SETTINGS.preparation.masks.model_copy(update={"kind": "binary", "threshold": 255})
    settings = SETTINGS.preparation.model_copy(update={"masks": masks})
    store = ShardsDataset(filepath=str(tmp_path / "drawings")).load()
    before = draw(tmp_path)
    made = nodes.draw_cases(drawings("xrays"), drawings("masks"), settings, SETTINGS.split, store)
    assert before[1].any()
    assert not made[1].any()  # nothing is above 255, and what was drawn before is not taken
    assert made[7]["coding"]["threshold"] == 255


def test_all_that_can_be_set_of_drawings_is_in_the_globals_and_read():
    entry = configuration("base")["catalog"]["pretraining.raw_xrays"]
    named = yaml.safe_load((ROOT / "conf/base/globals.yml").read_text("utf-8"))["drawings"]
    assert named.keys() == PhantomSettings.model_fields.keys()
    assert {name: entry[name] for name in named} == named


def test_mouths_are_drawn_as_varied_as_varied_says():
    drawn = Mouth(**configuration("base")["catalog"]["pretraining.raw_xrays"]["mouth"])
    assert drawn.model_copy(update={"outline": Outline()}) == Mouth.varied()
    assert drawn.outline != Outline()
