"""What a person changes is what lies in the folder, and nothing of it is ever lost."""

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest
from edits import edit, labels_of, patch, send
from PIL import Image
from reviewing import FakeNetwork, inside, png, xray

from teeth_unet.review import corrections as kept
from teeth_unet.storage import atomic


def read_png(path):
    return np.asarray(Image.open(path))


def test_a_case_opens_with_what_the_network_says(client, key):
    case = client.get(f"/api/cases/{key}").json()
    assert (case["revision"], case["width"], case["height"]) == (0, 1024, 512)
    assert len(case["teeth"]) == 32
    assert set(case["chart"]["states"].values()) == {"present"}
    labels, objects = labels_of(client, key)
    x, y = inside(36)
    assert labels[y, x] == objects[36]


def test_an_edit_is_on_the_disk_when_it_is_answered(client, key, corrections):
    _, objects = labels_of(client, key)
    answer = send(client, key, 0, edit(patch=patch(4, 4, 10, 6, objects[36])))
    assert (answer.status_code, answer.json()["revision"]) == (200, 1)
    labels = read_png(corrections / "labels" / "patient-0.png")
    assert labels.shape == (512, 1024)
    assert (labels[4:10, 4:14] == 36).all()
    assert (read_png(corrections / "masks" / "patient-0.png")[4:10, 4:14] == 255).all()
    proposed = read_png(corrections / "network" / "patient-0.png")
    assert (proposed[4:10, 4:14] == 0).all()
    assert proposed[inside(36)[::-1]] == 36


def test_another_start_of_the_server_finds_what_was_left(client, key, make_workplace):
    _, objects = labels_of(client, key)
    send(client, key, 0, edit(patch=patch(4, 4, 10, 6, objects[36])))
    case = make_workplace().case(key)
    assert (case.revision, case.mouth.objects[5, 5]) == (1, objects[36])


def test_who_changed_what_is_kept_beside_it(client, key, corrections):
    _, objects = labels_of(client, key)
    send(client, key, 0, edit(patch=patch(4, 4, 10, 6, objects[36])))
    send(client, key, 1, edit(patch=patch(4, 10, 10, 1, objects[36])))
    said = {str(objects[11]): {"number": 21, "kind": "implant"}}
    send(client, key, 2, edit(action="number", teeth=said))
    record = json.loads((corrections / "cases" / "patient-0.json").read_text("utf-8"))
    assert record["network"]["fingerprint"] == "fake-fake"
    assert len(record["network"]["teeth"]) == 32
    strokes, number = record["history"]
    assert (strokes["action"], strokes["times"], strokes["pixels"]) == ("brush", 2, 70)
    assert (number["action"], number["numbers"], number["by"]) == (
        "number", {str(objects[11]): 21}, "Ada",
    )  # fmt: skip
    assert record["of_person"] == [objects[11]]
    proposed = read_png(corrections / "network" / "patient-0.png")
    assert kept.checksum(proposed) == record["network"]["labels_sha256"]


def test_another_kind_is_in_label_map_and_chart(client, key, corrections):
    _, objects = labels_of(client, key)
    said = {str(objects[36]): {"number": 36, "kind": "implant"}}
    answer = send(client, key, 0, edit(action="number", teeth=said)).json()
    assert answer["chart"]["states"]["36"] == "implant"
    x, y = inside(36)
    assert read_png(corrections / "labels" / "patient-0.png")[y, x] == 104


def test_a_tooth_without_pixels_is_gone_from_table_and_chart(client, key):
    labels, objects = labels_of(client, key)
    rows, columns = np.nonzero(labels == objects[48])
    box = int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1
    answer = send(client, key, 0, edit(action="delete", patch=patch(*box, 0))).json()
    assert objects[48] not in [tooth["object"] for tooth in answer["teeth"]]
    assert answer["chart"]["missing"] == [48]


def test_a_case_that_was_looked_at_comes_last_and_nothing_of_it_is_unsure(client, key):
    said = {"number": 0, "kind": "tooth"}
    _, objects = labels_of(client, key)
    others = {str(each): said for each in objects.values() if each > 2}
    assert send(client, key, 0, edit(teeth=others, looked_at=True)).status_code == 200
    listed = client.get("/api/cases").json()
    assert (listed[-1]["key"], listed[-1]["state"], listed[-1]["unsure"]) == (key, "looked at", 0)
    states = client.get(f"/api/cases/{key}").json()["chart"]["states"]
    assert sorted(set(states.values())) == ["missing", "present"]


def test_the_second_of_two_tabs_gets_a_conflict_and_overwrites_nothing(client, key, corrections):
    _, objects = labels_of(client, key)
    assert send(client, key, 0, edit(patch=patch(0, 0, 5, 5, objects[36]))).status_code == 200
    before = (corrections / "cases" / "patient-0.json").read_bytes()
    answer = send(client, key, 0, edit(patch=patch(0, 0, 5, 5, objects[11])))
    assert answer.status_code == 412
    assert "another tab" in answer.json()["error"]
    assert (corrections / "cases" / "patient-0.json").read_bytes() == before


def test_an_edit_that_is_sent_again_counts_once(client, key):
    _, objects = labels_of(client, key)
    sent = edit(patch=patch(0, 0, 5, 5, objects[36]))
    answers = [send(client, key, 0, sent) for _ in range(3)]
    assert [each.status_code for each in answers] == [200] * 3
    assert [each.json()["revision"] for each in answers] == [1] * 3


def test_without_a_revision_nothing_is_changed(client, key, corrections):
    answer = client.post(f"/api/cases/{key}/edits", json=edit())
    assert answer.status_code == 428
    assert not (corrections / "cases").exists()


WRONG = {
    "a patch that reaches out": edit(patch=patch(1020, 0, 5, 5, 1)),
    "runs that are too short": edit(patch={**patch(0, 0, 5, 5, 1), "runs": [1, 24]}),
    "runs that are too long": edit(patch={**patch(0, 0, 5, 5, 1), "runs": [1, 2**62, 1, 2**62]}),
    "half a run": edit(patch={**patch(0, 0, 5, 5, 1), "runs": [1]}),
    "a run of nothing": edit(patch={**patch(0, 0, 1, 1, 1), "runs": [1, 1, 2, 0]}),
    "a label below 0": edit(patch=patch(0, 0, 5, 5, -1)),
    "a label beyond 16 bits": edit(patch=patch(0, 0, 5, 5, 65536)),
    "a label without a tooth": edit(patch=patch(0, 0, 5, 5, 999)),
    "a number that is none": edit(teeth={"1": {"number": 19, "kind": "tooth"}}),
    "a kind that is none": edit(teeth={"1": {"number": 18, "kind": "background"}}),
    "an object that is none": edit(teeth={"0": {"number": 18, "kind": "tooth"}}),
    "objects that are no numbers": edit(teeth={"one": None}),
    "a tooth that is gone, with its pixels": edit(teeth={"1": None}),
    "an identifier with a path in it": {**edit(), "id": "../../../../etc/passwd"},
    "an action that is none": {**edit(), "action": "rm"},
    "a field that nobody knows": {**edit(), "admin": True},
    "a threshold beyond 1": edit(threshold=1.5),
    "no object": [1, 2],
    "nothing": None,
}


@pytest.mark.parametrize("name", WRONG)
def test_an_edit_that_does_not_fit_changes_nothing(client, key, corrections, name):
    answer = send(client, key, 0, WRONG[name])
    assert answer.status_code == 400, answer.text
    assert not (corrections / "cases" / "patient-0.json").exists()


def test_what_is_no_json_is_no_edit(client, key):
    headers = {"if-match": '"0"'}
    answer = client.post(f"/api/cases/{key}/edits", content=b"\xff{", headers=headers)
    assert answer.status_code == 400


class KilledError(BaseException):
    """The process ends here."""


def killed_at(monkeypatch, call):
    """Let the process end before its n-th move of a file into place."""
    replace, calls = os.replace, []

    def dying(source, target):
        calls.append(target)
        if len(calls) == call:
            raise KilledError
        replace(source, target)

    monkeypatch.setattr(os, "replace", dying)
    monkeypatch.setattr(atomic, "_remove", lambda path: None)  # a killed process tidies nothing


@pytest.mark.parametrize("call", [1, 2, 3])
def test_killed_in_mid_write_the_case_is_as_before_or_as_after(
    make_workplace, corrections, monkeypatch, call
):
    from teeth_unet.review.known_teeth import Edit

    work = make_workplace()
    key = next(file.key for file, _ in work.summaries() if file.case == "patient-0")
    first = work.case(key)
    tooth = first.mouth.objects[inside(36)[::-1]]
    one, two = (Edit.model_validate(edit(patch=patch(0, row, 5, 5, int(tooth)))) for row in (0, 20))
    work.edit(key, 0, one)
    with monkeypatch.context() as patched:
        killed_at(patched, call)
        with pytest.raises(KilledError):
            work.edit(key, 1, two)
    again = make_workplace()
    case = again.case(key)
    is_written = call > 1  # the truth comes first
    assert case.revision == (2 if is_written else 1)
    assert (case.mouth.objects[20:25, :5] == (tooth if is_written else 0)).all()
    # The page, which got no answer, sends the edit again.
    assert again.edit(key, 1, two).revision == 2
    again.corrections.mend("patient-0")
    labels = read_png(corrections / "labels" / "patient-0.png")
    assert (labels[20:25, :5] == 36).all()
    assert (labels[:5, :5] == 36).all()


def test_label_maps_that_were_not_written_any_more_are_made_at_the_next_start(
    client, key, corrections, make_workplace
):
    _, objects = labels_of(client, key)
    send(client, key, 0, edit(patch=patch(0, 0, 5, 5, objects[36])))
    before = (corrections / "labels" / "patient-0.png").read_bytes()
    (corrections / "labels" / "patient-0.png").unlink()
    (corrections / "masks" / "patient-0.png").write_bytes(b"half")
    make_workplace()._look_at(key)
    assert (corrections / "labels" / "patient-0.png").read_bytes() == before
    assert read_png(corrections / "masks" / "patient-0.png")[0, 0] == 255


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        (errno.ENOSPC, 507, "The disk is full"),
        (errno.EROFS, 507, "cannot be written"),
        (errno.EIO, 500, "See that the drive is there"),
    ],
)
def test_a_disk_that_takes_no_more_is_said_and_the_case_stays(
    client, key, corrections, monkeypatch, number, status, words
):
    _, objects = labels_of(client, key)
    send(client, key, 0, edit(patch=patch(0, 0, 5, 5, objects[36])))
    before = (corrections / "cases" / "patient-0.json").read_bytes()

    def full(descriptor):
        raise OSError(number, os.strerror(number))

    sent = edit(patch=patch(0, 20, 5, 5, objects[36]))
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        answer = send(client, key, 1, sent)
    assert (answer.status_code, words in answer.json()["error"]) == (status, True)
    assert (corrections / "cases" / "patient-0.json").read_bytes() == before
    assert send(client, key, 1, sent).json()["revision"] == 2  # once there is room


def test_the_network_never_overwrites_what_a_person_left(client, key, make_workplace, corrections):
    _, objects = labels_of(client, key)
    send(client, key, 0, edit(patch=patch(0, 0, 5, 5, objects[36])))
    before = {path: path.read_bytes() for path in corrections.rglob("patient-0.*")}
    work = make_workplace()
    work.proposer.segmenter.fingerprint = "another network"
    assert work.case(key, threshold=0.2).mouth.objects[0, 0] == objects[36]
    work._look_at(key)
    assert {path: path.read_bytes() for path in before} == before


def test_corrections_of_another_xray_of_the_same_name_are_not_shown(
    client, key, make_workplace, tmp_path
):
    send(client, key, 0, edit(looked_at=True))
    (tmp_path / "xrays" / "patient-0.png").write_bytes(png(xray(level=200)))
    work = make_workplace()
    with pytest.raises(ValueError, match="another one"):
        work.case(key)
    work._look_at(key)
    (summary,) = (each for file, each in work.summaries() if file.key == key)
    assert summary.state == "failed"


def test_what_the_network_said_is_read_again_and_not_asked_for_again(make_workplace, key):
    first, second = make_workplace(), make_workplace()
    proposal = first.case(key).proposal
    again = second.case(key).proposal
    assert second.proposer.segmenter.numbering_network.asked == 0
    np.testing.assert_array_equal(proposal.mouth.objects, again.mouth.objects)
    assert proposal.mouth.teeth == again.mouth.teeth
    assert proposal.mouth.chart == again.mouth.chart


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe", b'{"form": 1}'])
def test_damaged_proposals_are_made_again_and_damaged_corrections_are_told_of(
    client, key, corrections, make_workplace, damage
):
    send(client, key, 0, edit(looked_at=True))
    for path in Path(corrections / ".proposals").iterdir():
        path.write_bytes(damage)
    assert len(make_workplace().case(key).proposal.mouth.teeth) == 32
    (corrections / "cases" / "patient-0.json").write_bytes(damage)
    answer = client.get(f"/api/cases/{key}")
    assert (answer.status_code, "damaged" in answer.json()["error"]) == (422, True)


def test_another_threshold_is_what_the_first_edit_begins_with(client, key, corrections):
    small = client.get(f"/api/cases/{key}?threshold=0.95").json()
    assert small["threshold"] == 0.95
    sent = edit(looked_at=True, threshold=0.95)
    assert send(client, key, 0, sent).status_code == 200
    case = client.get(f"/api/cases/{key}").json()
    assert (case["threshold"], case["runs"]) == (0.95, small["runs"])


def test_fake_networks_are_asked_once_for_all_thresholds(make_workplace, key):
    work = make_workplace()
    for threshold in (0.3, 0.4, 0.5):
        work.case(key, threshold)
    assert isinstance(work.proposer.segmenter, FakeNetwork)
    assert work.proposer.segmenter.numbering_network.asked == 2  # upright and upside down
