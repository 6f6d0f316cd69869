"""Later runs over other X-rays of the same name: no result is lost in silence."""

import json

import pytest
from small_xrays import PLAIN, mask, picture, segment

from teeth_unet.archives import ArchiveRules
from teeth_unet.inference import is_result_folder
from teeth_unet.intake import xrays_at

pytestmark = pytest.mark.usefixtures("fake_separation_network")


def given(path):
    """What the catalog gives a run for a path."""
    return xrays_at(path, ArchiveRules.model_validate({}), is_result_folder)


def put(path, columns):
    path.parent.mkdir(exist_ok=True)
    picture(columns).save(path)
    return path


def bright(store):
    return (mask(store, "pano") == 255)[16].sum()


@pytest.fixture
def first(store, tmp_path):
    """An X-ray whose result is there."""
    path = put(tmp_path / "A" / "pano.png", 20)
    segment(store, given(path))
    return path


def test_another_xray_of_the_same_name_is_refused_and_the_result_stays(store, tmp_path, first):
    second = put(tmp_path / "B" / "pano.png", 40)
    before = bright(store)
    summary = segment(store, given(second))
    told = summary["failures"]["pano"]
    assert told.startswith(f"{second}: expected a name that no other X-ray with results there has")
    assert f"found results of {first}. Give both at once, or another folder" in told
    assert bright(store) == before
    assert segment(store, given(first))["found"] == 1
    # Asked for with other settings, it is still another one.
    others = PLAIN.model_copy(update={"threshold": 0.4})
    assert list(segment(store, given(second), others)["failures"]) == ["pano"]


def test_both_at_once_have_names_of_their_own(store, tmp_path, first):
    put(tmp_path / "B" / "pano.png", 40)
    summary = segment(store, given(tmp_path))
    assert (summary["cases"], summary["failures"]) == (["A_pano", "B_pano"], {})


def test_one_that_was_edited_in_place_is_made_anew(store, first):
    before = bright(store)
    put(first, 40)
    assert segment(store, given(first))["made"] == 1
    assert bright(store) > before


@pytest.mark.parametrize(("threshold", "count"), [(None, "found"), (0.4, "made")])
def test_one_that_was_moved_is_the_same(store, tmp_path, first, threshold, count):
    (tmp_path / "B").mkdir()
    moved = first.rename(tmp_path / "B" / "pano.png")
    settings = PLAIN.model_copy(update={"threshold": threshold})
    assert segment(store, given(moved), settings)[count] == 1


def test_where_results_of_others_are_to_be_removed_the_last_one_is_there(store, tmp_path, first):
    second = put(tmp_path / "B" / "pano.png", 40)
    removing = PLAIN.model_copy(update={"remove_others": True})
    assert segment(store, given(second), removing)["made"] == 1


def test_a_record_of_an_earlier_version_knows_no_place_and_is_replaced(store, tmp_path, first):
    path = store.path / "rows" / "pano.json"
    record = json.loads(path.read_text())
    del record["source"]
    path.write_text(json.dumps(record))
    assert segment(store, given(put(tmp_path / "B" / "pano.png", 40)))["made"] == 1
