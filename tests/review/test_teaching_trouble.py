"""Teach where something is wrong: with the disk, an X-ray, the network given, or the moment."""

import errno
import json
import shutil
import threading
from dataclasses import replace

import pytest
from edits import edit, patch, send
from reviewing import FakeNetwork, fake_training

pytest.importorskip("starlette", reason="needs the extra review")
pytest.importorskip("httpx", reason="needs the extra dev")

from teaching_page import NEARLY, THREE, Page, wait

from teeth_unet import imaging
from teeth_unet.errors import InputError
from teeth_unet.review.school import School
from teeth_unet.review.teaching import TEACHING


@pytest.fixture
def page(make_place):
    return Page(make_place())


@pytest.fixture
def start(tmp_path):
    """Return the file of a network that is given."""
    path = tmp_path / "other.zip"
    path.write_text("other")
    return path


def begun_with(tmp_path):
    """Return what the last training has begun with: what that file holds, nothing for none."""
    return (tmp_path / "start.txt").read_text()


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def taught_on_full_disk(page, monkeypatch):
    page.look_at(*THREE)
    with monkeypatch.context() as context:
        context.setattr("teeth_unet.review.networks.shutil.copyfile", full)
        return page.teach()


@pytest.mark.parametrize("again", ["press", "start"])
def test_a_network_that_cannot_be_kept_is_kept_later_without_another_training(
    page, corrections, monkeypatch, tmp_path, make_place, again
):
    status = taught_on_full_disk(page, monkeypatch)
    assert (status["result"], status["waiting"]) == (None, True)
    assert "is taught, but could not be kept. Make room" in status["failed"]
    (tmp_path / "taught.txt").unlink()  # another training would fail
    if again == "start":
        page = Page(make_place())
        page.school.go_on()
    else:
        page.post("")
    wait(lambda: page.status()["progress"] is None)
    assert (page.status()["failed"], page.status()["waiting"]) == ("", False)
    assert len(page.status()["result"]["cases"]) == 3
    assert not (corrections / TEACHING).exists()


def test_a_network_that_cannot_be_kept_can_be_given_up(page, corrections, monkeypatch):
    taught_on_full_disk(page, monkeypatch)
    status = page.post("/stop").json()
    assert (status["waiting"], status["failed"], status["result"]) == (False, "", None)
    assert not (corrections / TEACHING).exists()
    assert page.teach()["result"]


def test_one_xray_that_cannot_be_opened_costs_its_comparison_alone(xrays, page, monkeypatch):
    page.look_at(*THREE)
    gone, seen_by = page.keys()["patient-3"], page.workplace.seen_by

    def seen(key, proposer):
        if key == gone:
            raise FileNotFoundError(key)
        return seen_by(key, proposer)

    monkeypatch.setattr(page.workplace, "seen_by", seen)
    page.teach()
    wait(lambda: page.status()["result"]["waiting"] == 0)
    result = page.status()["result"]
    assert [each["name"] for each in result["others"]] == ["patient-4"]
    assert result["not_compared"] == 1


class Held:
    """A function that waits, once it is called, until it is let go."""

    def __init__(self, function):
        self.function, self.called, self.goes_on = function, threading.Event(), threading.Event()

    def __call__(self, *given):
        self.called.set()
        self.goes_on.wait()
        return self.function(*given)


def test_stopped_while_both_networks_are_compared_nothing_is_kept(page, corrections, monkeypatch):
    page.look_at(*THREE)
    held = Held(page.school._before)
    monkeypatch.setattr(page.school, "_before", held)
    page.post("")
    held.called.wait()
    assert page.status()["progress"]["ended"]
    stopping = threading.Thread(target=page.post, args=("/stop",))
    stopping.start()
    wait(lambda: page.school.teaching.is_stopping)
    held.goes_on.set()
    stopping.join()
    status = page.status()
    assert (status["result"], status["networks"], status["failed"]) == (None, [], "")
    assert not (corrections / TEACHING).exists()


def test_stop_is_refused_once_the_network_is_being_kept(page, corrections, monkeypatch):
    page.look_at(*THREE)
    held = Held(shutil.copyfile)
    monkeypatch.setattr("teeth_unet.review.networks.shutil.copyfile", held)
    page.post("")
    held.called.wait()
    with pytest.raises(InputError, match="kept already"):
        page.school.teaching.stop()
    held.goes_on.set()
    wait(lambda: page.status()["progress"] is None)
    assert (len(page.status()["networks"]), page.status()["failed"]) == (1, "")
    assert not (corrections / TEACHING).exists()


def place_with(make_workplace, tmp_path, start, record):
    """Return a place whose network was given, with what its training says it has seen."""
    workplace = make_workplace()
    settings = workplace.proposer.segmenter.settings.model_copy(update={"training": record})
    workplace.proposer.segmenter = FakeNetwork(settings=settings)
    return workplace, School(workplace, fake_training(tmp_path), start)


@pytest.mark.parametrize("is_before", [False, True])
def test_a_network_that_has_seen_a_marked_case_is_not_begun_with_and_that_is_said(
    make_place, make_workplace, tmp_path, start, is_before
):
    first = Page(make_place())  # knows the X-rays, and puts back what tests change
    seen = imaging.content_hash(first.workplace.xray(first.keys()["patient-1"]))
    record = {"trained_on": [seen]}
    if is_before:
        record = {"trained_on": ["another"], "start": {"record": record}}
    page = Page(place_with(make_workplace, tmp_path, start, record))
    page.look_at("patient-0", "patient-2")
    assert (page.status()["start"], page.status()["seen_by_start"]) == ("other.zip", 0)
    page.look_at("patient-1")
    assert page.status()["seen_by_start"] == 1
    cases = {each["name"]: each for each in page.teach()["result"]["cases"]}
    assert begun_with(tmp_path) == ""
    # What it knows already tells nothing of it.
    assert cases["patient-1"]["before"] is None
    assert cases["patient-0"]["before"] == NEARLY
    page.workplace.stop()


def test_cut_off_it_goes_on_with_what_it_was_begun_with(
    page, corrections, tmp_path, make_place, start
):
    given = Page(make_place(start=start))
    given.begin_and_cut_off(corrections, tmp_path / "halt")
    start.write_text("yet another")
    assert Page(make_place()).go_on()["result"]
    assert begun_with(tmp_path) == "other"


def test_cut_off_it_tells_nothing_of_how_long_the_next_one_takes(
    page, corrections, tmp_path, make_place
):
    page.begin_and_cut_off(corrections, tmp_path / "halt")
    Page(make_place()).go_on()
    (about,) = (corrections / "networks").glob("*/about.json")
    assert "an_image" not in json.loads(about.read_text())


def test_before_is_that_of_the_network_in_use_or_nothing(page, make_place):
    page.look_at(*THREE)
    assert page.teach()["result"]["before"] == NEARLY
    place = make_place()
    place[0].proposer.segmenter.fingerprint = "another"
    result = Page(place).status()["result"]
    assert (result["before"], [each["before"] for each in result["cases"]]) == (None, [None] * 3)


def test_a_network_that_is_given_for_one_start_leaves_the_choice_of_others(page, make_place, start):
    page.look_at(*THREE)
    name = page.teach()["result"]["name"]
    page.post(f"/use?name={name}")
    newest = page.teach()["result"]["name"]
    given = Page(make_place(start=start))
    assert given.status()["result"]["name"] == newest
    assert given.post("/use?name=").json()["result"] is None
    later = Page(make_place()).status()
    assert (later["in_use"], later["result"]) == (name, None)


def test_a_network_given_that_has_gone_is_named(page, make_place, start):
    given = Page(make_place(start=start))
    given.look_at(*THREE)
    start.unlink()
    refused = given.post("")
    assert (refused.status_code, "other.zip" in refused.json()["error"]) == (422, True)


def test_without_the_settings_of_trainings_the_page_starts_and_says_why_nothing_is_taught(
    make_workplace, tmp_path
):
    def missing():
        raise InputError("teeth-unet", "its configuration beside it", "none", "Install it again.")

    workplace = make_workplace()
    page = Page((workplace, School(workplace, replace(fake_training(tmp_path), files=missing))))
    page.look_at(*THREE)
    assert "its configuration beside it" in page.status()["off"]
    assert page.post("").status_code == 422
    key = page.keys()["patient-0"]
    assert send(page.client, key, 1, edit(patch=patch(0, 0, 4, 4, 1))).status_code == 200
    workplace.stop()


SCORES = (0.90, 0.91, 0.92, 0.93, 0.94, 0.95)


@pytest.mark.parametrize(
    ("gains", "better"),
    [
        ((0.02, 0.03, 0.02), None),  # so few tell nothing, whatever they say
        ((0.02, 0.03, 0.02, 0.03, 0.02, 0.02), True),
        # Worse it is never called: corrections began with what the first network had proposed.
        ((-0.02, -0.03, -0.02, -0.03, -0.02, -0.02), None),
        ((0.05, -0.03, 0.02, -0.03, 0.02, -0.02), None),  # as likely by chance
    ],
)
def test_few_cases_do_not_say_which_network_is_better(gains, better):
    from teeth_unet.review.before_after import verdict

    cases = [
        {"before": score, "after": score + gain} for score, gain in zip(SCORES, gains, strict=False)
    ]
    assert verdict([*cases, {"before": None, "after": 0.9}])["better"] is better
