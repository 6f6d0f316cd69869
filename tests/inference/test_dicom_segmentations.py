"""DICOM Segmentations beside the results of DICOM X-rays: for whom, when, and what if not."""

import io
import json
import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_results import files
from small_xrays import picture, segment

from teeth_unet.errors import InputError
from teeth_unet.inference import Inference, gather_tables, refuse_failures, write_tables
from teeth_unet.pictures.dicom import LazyDicom

pytestmark = pytest.mark.usefixtures("fake_separation_network")

highdicom = pytest.importorskip("highdicom", reason="needs the extra dicom: pip install .[dicom]")

from dicom_files import PATIENT, dicom  # noqa: E402 (it needs pydicom)

WANTED = Inference(overlay=False, formats="dicom_seg")
PLAIN = Inference(overlay=False)
UIDS = {
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.1",
    "SOPInstanceUID": "1.2.3.1",
    "StudyInstanceUID": "1.2.3.2",
    "SeriesInstanceUID": "1.2.3.3",
}


def levels(teeth=3, dark=20, bright=230):
    """An X-ray of 400x200 px with a few teeth in the upper jaw."""
    pixels = np.full((200, 400), dark, np.uint8)
    for tooth in range(teeth):
        pixels[20:80, 40 + 50 * tooth : 70 + 50 * tooth] = bright
    return pixels


def clinic(name, content):
    return LazyDicom(f"{name}.dcm", Path("clinic"), lambda: content)


def xray(name="7", teeth=3, **elements):
    return clinic(name, dicom(levels(teeth), **(UIDS | elements)))


WITHOUT_STUDY = clinic("9", dicom(levels(), **(UIDS | {"StudyInstanceUID": ""})))


def read(folder, case="7"):
    return highdicom.seg.segread(folder / "dicom_seg" / f"{case}.dcm")


def segments(folder, case="7"):
    found = read(folder, case)
    pixels = found.get_pixels_by_source_instance([UIDS["SOPInstanceUID"]])[0].astype(bool)
    return {
        str(each.SegmentLabel): pixels[..., place]
        for place, each in enumerate(found.SegmentSequence)
    }


def test_each_tooth_of_the_table_is_a_segment(store, folder):
    segment(store, {"7": xray()}, WANTED)
    rows, instances = store.rows("7")[1], store.instances("7")
    found = segments(folder)
    assert list(found) == [f"{row['kind']} {row['fdi']}" for row in rows]
    assert len(rows) == 3
    for row, mask in zip(rows, found.values(), strict=True):
        np.testing.assert_array_equal(mask, instances == row["tooth"])


def test_numbers_of_an_xray_that_lies_mirrored_are_those_of_the_tables(store, folder):
    segment(store, {"7": xray(PatientOrientation=["R", "F"])}, WANTED)
    rows = store.rows("7")[1]
    assert {row["fdi"] // 10 for row in rows} == {2}
    assert list(segments(folder)) == [f"tooth {row['fdi']}" for row in rows]
    assert read(folder).PatientOrientation == ["R", "F"]


@pytest.mark.parametrize(
    "elements",
    [
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"WindowCenter": 100, "WindowWidth": 200},
        {"PixelSpacing": [0.1, 0.1]},
    ],
)
def test_segments_lie_where_the_teeth_are_stored(store, folder, elements):
    is_inverted = "PhotometricInterpretation" in elements
    stored = levels(dark=235, bright=25) if is_inverted else levels()
    segment(store, {"7": clinic("7", dicom(stored, **(UIDS | elements)))}, WANTED)
    everything = np.logical_or.reduce(list(segments(folder).values()))
    teeth = levels() > 100
    assert 2 * (everything & teeth).sum() / (everything.sum() + teeth.sum()) > 0.9


def test_an_xray_without_teeth_has_one_too(store, folder):
    segment(store, {"7": xray(teeth=0)}, WANTED)
    assert list(segments(folder)) == ["no tooth found"]


def test_what_a_person_has_changed_in_the_label_map_is_in_it(store, folder):
    segment(store, {"7": xray()}, Inference(overlay=False, formats="labelme"))
    labels = store.instances("7").astype(np.uint8)
    labels[labels == 3] = 0
    labels[150:190, 200:240] = 4
    Image.fromarray(labels).save(folder / "instances/7.png")
    segment(store, {"7": xray()}, WANTED)
    found = segments(folder)
    assert list(found) == ["tooth 18", "tooth 17", "tooth"]
    np.testing.assert_array_equal(found["tooth"], labels == 4)


def test_the_folder_says_what_is_in_it_and_where_the_patient_is_named(store, folder):
    everything = {"formats": "coco+dicom_seg+labelme+yolo", "uncertainty": "flips"}
    summary = segment(store, {"7": xray()}, Inference(**everything))
    write_tables(folder, summary, *gather_tables(summary, store))
    about = (folder / "ABOUT.txt").read_text("utf-8")
    for path in folder.iterdir():
        if path.name not in ("ABOUT.txt", "summary.json"):
            assert path.name + "/" * path.is_dir() in about
    assert "name and number" in about.partition("dicom_seg/")[2].partition("instances/")[0]


def test_it_is_not_written_unless_it_is_asked_for(store, folder):
    segment(store, {"7": xray()}, PLAIN)
    assert not (folder / "dicom_seg").exists()


def test_it_is_added_to_a_case_that_is_done(store, folder):
    plain = Inference(overlay=False, formats="labelme")
    assert segment(store, {"7": xray()}, plain)["made"] == 1
    before = files(folder)
    assert segment(store, {"7": xray()}, WANTED)["found"] == 1
    assert set(files(folder)) - set(before) == {"dicom_seg/7.dcm"}
    assert len(segments(folder)) == 3
    written = (folder / "dicom_seg/7.dcm").read_bytes()
    assert segment(store, {"7": xray()}, WANTED)["found"] == 1
    assert (folder / "dicom_seg/7.dcm").read_bytes() == written


def test_it_goes_with_its_case(store, folder):
    segment(store, {"7": xray()}, WANTED)
    store.discard("7")
    assert not (folder / "dicom_seg/7.dcm").exists()


def test_one_that_was_changed_is_not_written_over(store, folder):
    segment(store, {"7": xray()}, WANTED)
    (folder / "dicom_seg/7.dcm").write_bytes(b"changed by hand")
    summary = segment(store, {"7": xray(teeth=2)}, WANTED)
    assert (folder / "dicom_seg/7.dcm").read_bytes() == b"changed by hand"
    assert "made or changed by somebody else" in str(summary)


def test_in_a_mixed_folder_pictures_get_none_and_the_run_goes_on(store, folder, caplog):
    xrays = {"1": picture, "2": picture, "7": xray()}
    with caplog.at_level(logging.WARNING):
        summary = segment(store, xrays, WANTED)
    assert "2 of 3 X-rays, which are no DICOM files: the first is 1" in caplog.text
    assert (summary["failures"], summary["not_written"], summary["made"]) == ({}, {}, 3)
    assert [path.name for path in (folder / "dicom_seg").iterdir()] == ["7.dcm"]
    refuse_failures(gather_tables(summary, store)[0], summary)


def test_pictures_alone_are_refused_before_anything_is_done(store, folder):
    with pytest.raises(InputError, match=r"expected X-rays that are DICOM files.*none among 2"):
        segment(store, {"1": picture, "2": picture}, WANTED)
    assert not folder.exists()


def test_no_xrays_are_no_reason_to_refuse(store):
    assert segment(store, {}, WANTED)["made"] == 0


@pytest.mark.parametrize("module", ["highdicom", "pydicom"])
def test_a_missing_extra_is_told_before_anything_is_done(store, folder, monkeypatch, module):
    monkeypatch.setattr(
        "teeth_unet.annotations.formats.dicom_segmentation.find_spec",
        lambda name: None if name == module else True,
    )
    with pytest.raises(InputError, match=rf"found no {module} installed.*\[dicom\]"):
        segment(store, {"7": xray()}, WANTED)
    assert not folder.exists()


def test_an_xray_that_nothing_can_refer_to_keeps_all_its_other_results(store, folder):
    summary = segment(store, {"7": xray(), "9": WITHOUT_STUDY}, WANTED)
    assert (summary["failures"], summary["made"]) == ({}, 2)
    assert list(summary["not_written"]) == ["dicom_seg/9.dcm"]
    assert "no usable StudyInstanceUID" in summary["not_written"]["dicom_seg/9.dcm"]
    assert (folder / "masks/9.png").exists()
    cases = gather_tables(summary, store)[0]
    assert list(cases["status"]) == ["done", "done"]
    with pytest.raises(InputError, match=r"1 that cannot.*\n  dicom_seg/9\.dcm: .*Export it again"):
        refuse_failures(cases, summary)
    again = segment(store, {"7": xray(), "9": WITHOUT_STUDY}, WANTED)
    assert (again["found"], list(again["not_written"])) == (2, ["dicom_seg/9.dcm"])


def test_where_memory_does_not_suffice_the_case_stays(store, folder, monkeypatch):
    def fail(*arguments):
        raise MemoryError

    monkeypatch.setattr("teeth_unet.inference.annotating.segmentation_of", fail)
    summary = segment(store, {"7": xray()}, WANTED)
    assert summary["not_written"] == {"dicom_seg/7.dcm": "not enough memory"}
    assert (folder / "masks/7.png").exists()


def test_nothing_of_the_patient_is_in_any_other_file_or_in_the_log(store, folder, caplog):
    with caplog.at_level(logging.DEBUG):
        summary = segment(store, {"7": xray(PatientSex="W"), "9": WITHOUT_STUDY}, WANTED)
    assert PATIENT not in caplog.text + json.dumps(summary)
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".dcm":
            assert PATIENT.encode() not in path.read_bytes()
    assert read(folder).PatientName == PATIENT


def test_numbers_are_needed():
    with pytest.raises(ValueError, match="dicom_seg is of teeth with numbers"):
        Inference(formats="dicom_seg", numbers=False)
    with pytest.raises(ValueError, match="dicom_seg is of teeth with numbers"):
        Inference(formats="dicom_seg", method="erosion")


def test_the_size_is_the_xrays_even_if_teeth_are_found_in_a_smaller_one(store, folder, monkeypatch):
    monkeypatch.setattr("teeth_unet.inference.cases.MOST_PIXELS", 20_000)
    segment(store, {"7": xray()}, WANTED)
    found = read(folder)
    assert (found.Rows, found.Columns) == (200, 400)
    assert Image.open(io.BytesIO((folder / "instances/7.png").read_bytes())).size == (400, 200)
