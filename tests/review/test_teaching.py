"""Teach: a training in a process of its own, what came of it, and which network is in use."""

import shutil

import numpy as np
import pytest
from edits import edit, labels_of, patch, send
from PIL import Image

pytest.importorskip("starlette", reason="needs the extra review")
pytest.importorskip("httpx", reason="needs the extra dev")

from teaching_page import NEARLY, THREE, Page, wait

from teeth_unet.review.teaching import TEACHING


@pytest.fixture
def page(make_place):
    return Page(make_place())


def tree(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_it_learns_from_the_cases_that_a_person_is_done_with(xrays, page, corrections):
    page.look_at(*THREE)
    send(page.client, page.keys()["patient-3"], 0, edit(patch=patch(0, 0, 4, 4, 1)))
    before = page.status()
    assert (before["looked_at"], before["changed"], before["result"]) == (3, 1, None)
    status = page.teach()
    assert status["failed"] == ""
    assert sorted(each["name"] for each in status["result"]["cases"]) == list(THREE)
    # Before: the network in use, on what a person has left; after: as the training has scored it.
    assert [each["before"] for each in status["result"]["cases"]] == [NEARLY] * 3
    assert [each["after"] for each in status["result"]["cases"]] == [0.9] * 3
    assert (status["result"]["before"], status["result"]["after"]) == (NEARLY, 0.9)
    # What it took meanwhile is removed.
    assert not (corrections / TEACHING).exists()
    (network,) = (corrections / "networks").glob("[!.]*")
    assert {path.name for path in network.iterdir()} == {"segmenter.zip", "about.json"}


def test_what_it_learns_from_is_what_was_left_under_names_that_tell_nothing(
    page, corrections, tmp_path
):
    page.look_at(*THREE)
    key = page.keys()["patient-0"]
    send(page.client, key, 1, edit(patch=patch(0, 0, 30, 30, 1)))
    (tmp_path / "halt").touch()
    page.post("")
    learned = corrections / TEACHING
    wait((learned / "begun").exists)
    assert not [path for path in learned.rglob("*") if "patient" in path.name]
    labels = np.asarray(Image.open(learned / "labels" / f"{key}.png"))
    np.testing.assert_array_equal(
        labels, np.asarray(Image.open(corrections / "labels/patient-0.png"))
    )
    xray = np.asarray(Image.open(learned / "xrays" / f"{key}.png"))
    np.testing.assert_array_equal(xray, np.asarray(Image.open(tmp_path / "xrays/patient-0.png")))


def test_cases_that_nobody_has_changed_are_compared_the_most_different_first(
    xrays, page, make_place
):
    page.look_at(*THREE)
    page.teach()
    wait(lambda: page.status()["result"]["waiting"] == 0)
    others = page.status()["result"]["others"]
    assert sorted(each["name"] for each in others) == ["patient-3", "patient-4"]
    assert all(0 < each["changed"] < 1 for each in others)
    assert others[0]["changed"] >= others[1]["changed"]
    assert Page(make_place()).status()["result"]["name"] == page.status()["result"]["name"]
    key = page.keys()["patient-3"]
    now, then = (page.client.get(f"/api/cases/{key}{end}").json() for end in ("", "/compared"))
    assert now["network"] != then["network"]
    assert sum(each["area"] for each in then["teeth"]) < sum(each["area"] for each in now["teeth"])
    assert page.client.get("/api/cases/none/compared").status_code == 404


def test_used_it_proposes_anew_what_nobody_has_changed_and_corrections_stay(
    xrays, page, corrections, make_place, tmp_path
):
    page.look_at(*THREE)
    send(page.client, page.keys()["patient-3"], 0, edit(patch=patch(0, 0, 4, 4, 1)))
    kept = {kind: tree(corrections / kind) for kind in ("cases", "labels", "masks", "network")}
    untouched = page.keys()["patient-4"]
    was, _ = labels_of(page.client, untouched)
    name = page.teach()["result"]["name"]
    status = page.post(f"/use?name={name}").json()
    assert (status["in_use"], status["result"]) == (name, None)
    now, _ = labels_of(page.client, untouched)
    assert 0 < np.count_nonzero(now) < np.count_nonzero(was)
    for kind, before in kept.items():
        assert tree(corrections / kind) == before
    # The next start has it, unless another network is asked for.
    assert Page(make_place()).status()["in_use"] == name
    assert Page(make_place(start=tmp_path / "other.zip")).status()["in_use"] == ""
    # And back again.
    assert page.post("/use").json()["in_use"] == ""
    np.testing.assert_array_equal(labels_of(page.client, untouched)[0], was)


def test_kept_the_old_one_nothing_changes_and_the_new_one_can_be_chosen_later(page):
    page.look_at(*THREE)
    name = page.teach()["result"]["name"]
    status = page.post("/use?name=").json()
    assert (status["in_use"], status["result"]) == ("", None)
    assert [each["name"] for each in status["networks"]] == [name]
    assert page.post(f"/use?name={name}").json()["in_use"] == name


def test_of_what_the_network_in_use_has_learned_its_own_test_counts_as_before(page):
    page.look_at(*THREE)
    page.post(f"/use?name={page.teach()['result']['name']}")
    key = page.keys()["patient-2"]
    send(page.client, key, 1, edit(patch=patch(0, 0, 300, 300, 1)))
    cases = {each["name"]: each for each in page.teach()["result"]["cases"]}
    assert cases["patient-0"]["before"] == 0.9
    assert cases["patient-2"]["before"] is None  # it was scored on what is not so any more


def test_a_stroke_on_a_proposal_of_the_network_before_belongs_to_that_proposal(xrays, page):
    page.look_at(*THREE)
    key = page.keys()["patient-3"]
    opened = page.client.get(f"/api/cases/{key}").json()
    was, objects = labels_of(page.client, key)
    page.post(f"/use?name={page.teach()['result']['name']}")
    drawn = edit(patch=patch(0, 0, 4, 4, objects[36]), network=opened["network"])
    assert send(page.client, key, 0, drawn).status_code == 200
    now, _ = labels_of(page.client, key)
    was[:4, :4] = objects[36]
    np.testing.assert_array_equal(now, was)
    gone = edit(looked_at=True, network="that of another start")
    assert send(page.client, page.keys()["patient-4"], 0, gone).status_code == 412


def test_fewer_than_three_cases_and_a_second_training_are_refused(page, tmp_path):
    page.look_at(*THREE[:2])
    refused = page.post("")
    assert (refused.status_code, "at least 3 X-rays" in refused.json()["error"]) == (422, True)
    page.look_at(THREE[2])
    (tmp_path / "halt").touch()
    assert page.post("").status_code == 200
    again = page.post("")
    assert (again.status_code, "under way" in again.json()["error"]) == (422, True)


def test_it_is_stopped_and_nothing_is_left_of_it(page, corrections, tmp_path):
    page.look_at(*THREE)
    (tmp_path / "halt").touch()
    page.post("")
    wait(lambda: page.status()["progress"]["epoch"] == 1)
    progress = page.status()["progress"]
    assert (progress["network"], progress["networks"], progress["epochs"]) == (1, 4, 2)
    status = page.post("/stop").json()
    assert (status["progress"], status["failed"], status["result"]) == (None, "", None)
    assert not (corrections / TEACHING).exists()
    (tmp_path / "halt").unlink()
    assert page.teach()["result"]


def test_cut_off_with_its_server_it_goes_on_with_the_next(page, corrections, tmp_path, make_place):
    page.begin_and_cut_off(corrections, tmp_path / "halt")
    assert len(Page(make_place()).go_on()["result"]["cases"]) == 3


def test_an_xray_that_has_gone_meanwhile_costs_its_comparison_alone(
    page, xrays, corrections, tmp_path, make_place
):
    page.begin_and_cut_off(corrections, tmp_path / "halt")
    next(xrays.glob("patient-1*")).unlink()
    status = Page(make_place()).go_on()
    cases = {each["name"]: each for each in status["result"]["cases"]}
    assert cases["patient-1"]["before"] is None
    assert cases["patient-0"]["before"] == NEARLY


def test_why_it_has_failed_is_said_with_the_names_of_the_cases(page, tmp_path, corrections):
    (tmp_path / "taught.txt").unlink()
    page.look_at(*THREE)
    status = page.teach()
    assert "case patient-" in status["failed"]
    assert "expected a mask, found none. Export it again." in status["failed"]
    assert not (corrections / TEACHING).exists()
    (tmp_path / "taught.txt").write_text("A network.")
    assert page.teach()["failed"] == ""


def test_a_process_that_is_killed_is_told_of(page, tmp_path):
    page.look_at(*THREE)
    (tmp_path / "halt").touch()
    page.post("")
    wait(lambda: page.status()["progress"]["epoch"] == 1)
    page.school.teaching._process.kill()
    wait(lambda: page.status()["progress"] is None)
    assert "not enough memory" in page.status()["failed"]


def test_on_a_full_disk_it_does_not_begin(page, monkeypatch):
    page.look_at(*THREE)
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    refused = page.post("")
    assert (refused.status_code, "Make room" in refused.json()["error"]) == (422, True)


def test_what_is_corrected_meanwhile_is_kept_and_not_learned(page, tmp_path):
    page.look_at(*THREE)
    (tmp_path / "halt").touch()
    page.post("")
    key = page.keys()["patient-1"]
    drawn = send(page.client, key, 1, edit(patch=patch(0, 0, 300, 300, 1)))
    assert drawn.json()["revision"] == 2
    (tmp_path / "halt").unlink()
    wait(lambda: page.status()["progress"] is None)
    cases = {each["name"]: each for each in page.status()["result"]["cases"]}
    assert cases["patient-1"]["before"] is None  # of another state than what was learned from
    assert cases["patient-0"]["before"] == NEARLY


def test_the_newest_networks_stay_and_that_in_use(page):
    page.look_at(*THREE)
    names = []
    for _ in range(5):
        names.append(page.teach()["result"]["name"])
        if len(names) == 1:
            page.post(f"/use?name={names[0]}")
    assert [each["name"] for each in page.status()["networks"]] == [*names[:1:-1], names[0]]


def test_a_damaged_network_does_not_keep_the_page_from_starting(page, corrections, make_place):
    page.look_at(*THREE)
    page.post(f"/use?name={page.teach()['result']['name']}")
    kept = corrections / "networks"
    for place in kept.glob("*/segmenter.zip"):
        place.write_text("Something else.")
    status = Page(make_place()).status()
    assert (status["in_use"], status["result"]) == ("", None)
    (kept / "choice.json").write_text("[")
    assert Page(make_place()).status()["result"] is None
    for place in kept.glob("*/about.json"):
        place.write_text("{")
    status = Page(make_place()).status()
    assert (status["in_use"], status["networks"][0]["after"]) == ("", None)


@pytest.mark.parametrize("address", ["", "/stop", "/use?name="])
def test_other_sites_cannot_teach_stop_or_exchange(page, address):
    page.look_at(*THREE)
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = page.client.post(f"/api/teaching{address}", headers=headers)
        assert answer.status_code == 403
    assert page.status()["progress"] is None


@pytest.mark.parametrize("name", ["..", "../cases", "none", "choice.json", ".", "a/b"])
def test_what_is_no_network_cannot_be_used(page, name):
    assert page.client.post("/api/teaching/use", params={"name": name}).status_code == 422


def test_nothing_about_patients_is_logged(page, caplog, tmp_path):
    caplog.set_level(0)
    page.look_at(*THREE)
    page.teach()
    (tmp_path / "taught.txt").unlink()
    page.teach()
    assert "patient" not in caplog.text
