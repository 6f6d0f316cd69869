"""Which cases teach a network, and what those tell of it that a person has left unchanged."""

import pytest
from edits import edit, patch, send
from reviewing import HEIGHT, WIDTH, png, xray

pytest.importorskip("starlette", reason="needs the extra review")
pytest.importorskip("httpx", reason="needs the extra dev")

from teaching_page import NEARLY, THREE, Page

from teeth_unet.review.before_after import verdict
from teeth_unet.review.teaching import TEACHING


@pytest.fixture
def page(make_place):
    return Page(make_place())


def cases_of(status):
    return {each["name"]: each for each in status["result"]["cases"]}


def replace_xray(folder, name):
    (folder / f"{name}.png").write_bytes(png(xray(level=200)))


def states_of(page):
    return {each["name"]: each["state"] for each in page.cases()}


def test_a_mask_that_was_left_as_proposed_tells_nothing_of_before(page):
    page.look_at("patient-0", "patient-1")
    page.accept("patient-2")
    status = page.teach()
    cases = cases_of(status)
    assert [cases[name]["before"] for name in THREE] == [NEARLY, NEARLY, None]
    assert [cases[name]["unchanged"] for name in THREE] == [False, False, True]
    assert [cases[name]["after"] for name in THREE] == [0.9] * 3
    assert status["result"]["before"] == NEARLY


def test_where_all_masks_were_left_as_proposed_nothing_is_told(page):
    page.accept(*THREE)
    result = page.teach()["result"]
    assert (result["before"], result["after"], result["better"]) == (None, None, None)
    assert all(each["unchanged"] for each in result["cases"])
    # Each was tested all the same.
    assert page.status()["networks"][0]["after"] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("changes", "is_unchanged"),
    [
        ({"teeth": {"1": {"number": 0, "kind": "tooth"}}}, True),  # another number, no other pixel
        ({"threshold": 0.4}, False),  # a person has chosen it, whatever it changes
        ({"threshold": 0.5}, True),
    ],
)
def test_the_mask_and_its_threshold_count(page, changes, is_unchanged):
    page.accept(*THREE[:2])
    sent = edit(looked_at=True, **changes)
    assert send(page.client, page.keys()["patient-2"], 0, sent).status_code == 200
    assert cases_of(page.teach())["patient-2"]["unchanged"] is is_unchanged


def test_what_was_left_as_proposed_has_no_part_in_the_verdict():
    accepted = {"before": 1.0, "after": 0.9, "unchanged": True}
    gains = (0.04, 0.05, 0.06, 0.04, 0.05, 0.06)
    better = [{"before": 0.9, "after": 0.9 + gain, "unchanged": False} for gain in gains]
    told = verdict([*better, *[accepted] * 20])
    assert told == {"before": pytest.approx(0.9), "after": pytest.approx(0.95), "better": True}
    assert verdict([accepted] * 20) == {"before": None, "after": None, "better": None}


def test_cases_without_a_tooth_alone_are_refused_at_the_press(page, corrections):
    empty = edit(patch=patch(0, 0, WIDTH, HEIGHT, 0), looked_at=True)
    for name in THREE:
        assert send(page.client, page.keys()[name], 0, empty).status_code == 200
    refused = page.post("")
    assert (refused.status_code, page.status()["progress"]) == (422, None)
    assert "no tooth in any of them. Mark one that has teeth" in refused.json()["error"]
    assert not (corrections / TEACHING).exists()


def test_one_whose_xray_was_replaced_is_neither_counted_nor_in_the_way(xrays, page, make_place):
    page.look_at(*THREE, "patient-3")
    replace_xray(xrays, "patient-1")
    later = Page(make_place())
    status = later.status()
    assert (status["looked_at"], status["not_opened"]) == (3, 1)
    assert set(cases_of(later.teach())) == {"patient-0", "patient-2", "patient-3"}


def test_one_whose_xray_is_replaced_later_is_left_out_at_the_press(xrays, page):
    page.look_at(*THREE, "patient-3")
    replace_xray(xrays, "patient-1")
    page.workplace._opened.clear()  # as if others had been opened since
    assert page.status()["looked_at"] == 4
    assert set(cases_of(page.teach())) == {"patient-0", "patient-2", "patient-3"}
    assert (page.status()["not_opened"], states_of(page)["patient-1"]) == (1, "failed")


def test_where_too_few_of_the_marked_can_be_opened_it_is_refused(xrays, page, corrections):
    page.look_at(*THREE)
    replace_xray(xrays, "patient-1")
    page.workplace._opened.clear()
    refused = page.post("")
    assert (refused.status_code, "2 that can be opened" in refused.json()["error"]) == (422, True)
    assert not (corrections / TEACHING).exists()


def test_what_the_network_has_not_seen_since_the_start_is_counted_when_it_has(page, make_place):
    page.look_at(*THREE)
    _, school = make_place()
    status = school.status()
    assert (status["looked_at"], status["not_seen"]) == (0, 3)


def test_the_last_lines_of_a_training_that_fails_without_a_word_are_shown(page, tmp_path):
    (tmp_path / "taught.txt").unlink()
    (tmp_path / "taught.txt").mkdir()  # it cannot be copied: the training ends with a traceback
    page.look_at(*THREE)
    failed = page.teach()["failed"]
    assert "exit code 1" in failed
    assert "IsADirectoryError" in failed
    assert len(failed.splitlines()) < 20
