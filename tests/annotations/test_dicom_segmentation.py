"""Teeth as DICOM Segmentations: what other programs read in them."""

import io
import logging
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from teeth_unet.annotations import Segment, dicom_segmentation
from teeth_unet.errors import InputError
from teeth_unet.pictures.dicom import LazyDicom
from teeth_unet.tooth_numbers import MILK, PERMANENT

highdicom = pytest.importorskip("highdicom", reason="needs the extra dicom: pip install .[dicom]")

import pydicom  # noqa: E402 (the extra has it too)
from dicom_files import PATIENT, dicom  # noqa: E402
from mutations import mutated  # noqa: E402

XRAY = np.arange(40 * 66, dtype=np.uint16).reshape(40, 66)  # bits of a frame fill no whole bytes
UIDS = {
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.1",
    "SOPInstanceUID": "1.2.826.0.1.3680043.8.498.1",
    "StudyInstanceUID": "1.2.826.0.1.3680043.8.498.2",
    "SeriesInstanceUID": "1.2.826.0.1.3680043.8.498.3",
}
STUDY = {
    "PatientBirthDate": "19640812",
    "PatientSex": "F",
    "StudyDate": "20240229",
    "StudyTime": "101112",
    "StudyID": "s1",
    "AccessionNumber": "a1",
    "ReferringPhysicianName": "Doctor^D",
    "PatientOrientation": ["L", "F"],
    "Modality": "PX",
}
MOUTH = [
    ("tooth", 26),
    ("milk tooth", 75),
    ("germ", 35),
    ("root remnant", 46),
    ("implant", 36),
    ("pontic", 14),
    ("supernumerary", 0),
    ("tooth", 0),
    ("bar", 0),
    ("denture", 0),
]


def source(levels=XRAY, **elements):
    content = dicom(levels, **(UIDS | STUDY | elements))
    return LazyDicom("a.dcm", Path("clinic"), lambda: content).header()


def in_a_row(count, shape=XRAY.shape):
    """A map of objects of different sizes, some of them touching."""
    objects = np.zeros(shape, np.uint16)
    for number in range(1, count + 1):
        row, column = divmod(number - 1, 11)
        objects[8 * row : 8 * row + 3 + number % 5, 6 * column : 6 * column + 6] = number
    return objects


def mouth(kinds=MOUTH):
    return [Segment(each, number, kind, 0.98, 0.75) for each, (kind, number) in enumerate(kinds, 1)]


def read(content):
    return highdicom.seg.segread(io.BytesIO(content))


def masks(found):
    """The pixels of each segment, as highdicom finds them by the X-ray that they refer to."""
    pixels = found.get_pixels_by_source_instance([UIDS["SOPInstanceUID"]])
    return [pixels[0, :, :, each].astype(bool) for each in range(pixels.shape[3])]


def test_each_object_is_a_segment_with_its_pixels():
    objects = in_a_row(len(MOUTH))
    found = read(dicom_segmentation(source(), objects, mouth()))
    assert found.number_of_segments == len(MOUTH)
    for number, mask in enumerate(masks(found), 1):
        np.testing.assert_array_equal(mask, objects == number)


def test_pydicom_alone_reads_the_same_frames():
    objects = in_a_row(len(MOUTH))
    content = dicom_segmentation(source(), objects, mouth())
    frames = pydicom.dcmread(io.BytesIO(content)).pixel_array
    expected = [objects == number for number in range(1, len(MOUTH) + 1)]
    np.testing.assert_array_equal(frames, expected)


def test_itk_reads_the_same_frames(tmp_path):
    itk = pytest.importorskip("SimpleITK", reason="to see another program read it")
    objects = in_a_row(len(MOUTH))
    path = tmp_path / "seg.dcm"
    path.write_bytes(dicom_segmentation(source(), objects, mouth()))
    frames = itk.GetArrayFromImage(itk.ReadImage(str(path)))
    expected = [objects == number for number in range(1, len(MOUTH) + 1)]
    np.testing.assert_array_equal(frames > 0, expected)


def test_all_teeth_at_once_keep_their_codes():
    kinds = [("tooth", each) for each in PERMANENT] + [("milk tooth", each) for each in MILK]
    found = read(dicom_segmentation(source(), in_a_row(len(kinds)), mouth(kinds)))
    labels = [found.get_segment_description(each).segment_label for each in found.segment_numbers]
    assert labels == [f"{kind} {number}" for kind, number in kinds]
    assert len({each.value for each in found.segmented_property_types}) == 52


def test_a_segment_says_what_it_is_where_and_how_likely():
    found = read(dicom_segmentation(source(), in_a_row(len(MOUTH)), mouth()))
    tooth, implant = (found.get_segment_description(each) for each in (1, 5))
    assert tooth.segment_label == "tooth 26"
    assert tooth.segmented_property_type.meaning == "Permanent maxillary left first molar tooth"
    assert tooth.anatomic_regions == []
    assert "number (ISO 3950): 0.98" in tooth.SegmentDescription
    assert "kind: 0.75" in tooth.SegmentDescription
    assert implant.segment_label == "implant 36"
    assert implant.segmented_property_type.meaning == "Implant"
    assert [each.meaning for each in implant.anatomic_regions] == [
        "Mandibular left first molar tooth"
    ]
    assert implant.algorithm_type.value == "AUTOMATIC"


def test_the_order_of_the_objects_and_gaps_in_their_labels_do_not_matter():
    objects = in_a_row(5)
    objects[objects == 2] = 900
    given = [Segment(900, 11, "tooth", 1, 1), Segment(4, 21, "tooth", 1, 1)]
    found = read(dicom_segmentation(source(), objects, given))
    first, second = masks(found)
    np.testing.assert_array_equal(first, objects == 900)
    np.testing.assert_array_equal(second, objects == 4)


def test_objects_without_a_pixel_are_no_segments():
    given = [*mouth(), Segment(11, 18, "tooth", 1, 1), Segment(5000, 28, "tooth", 1, 1)]
    found = read(dicom_segmentation(source(), in_a_row(len(MOUTH)), given))
    assert found.number_of_segments == len(MOUTH)
    assert found.NumberOfFrames == len(MOUTH)


def test_an_xray_without_teeth_has_one_empty_segment_that_says_so():
    found = read(dicom_segmentation(source(), np.zeros(XRAY.shape, np.uint16), []))
    assert found.get_segment_description(1).segment_label == "no tooth found"
    assert found.segmented_property_types[0].meaning == "Tooth"
    assert found.NumberOfFrames == 1
    assert not masks(found)[0].any()


def test_it_belongs_to_the_patient_and_the_study_and_refers_to_the_xray():
    found = read(dicom_segmentation(source(), in_a_row(10), mouth()))
    assert (found.PatientName, found.PatientID) == (PATIENT, "MUSTER-4711")
    for name, value in {**STUDY, "Modality": "SEG"}.items():
        assert found[name].value == value
    assert found.StudyInstanceUID == UIDS["StudyInstanceUID"]
    assert found.SeriesInstanceUID != UIDS["SeriesInstanceUID"]
    assert found.get_source_image_uids() == [
        tuple(UIDS[f"{each}InstanceUID"] for each in ("Study", "Series", "SOP"))
    ]
    series = found.ReferencedSeriesSequence[0]
    assert series.SeriesInstanceUID == UIDS["SeriesInstanceUID"]
    assert series.ReferencedInstanceSequence[0].ReferencedSOPClassUID == UIDS["SOPClassUID"]
    for frame in found.PerFrameFunctionalGroupsSequence:  # viewers find the X-ray by either
        image = frame.DerivationImageSequence[0].SourceImageSequence[0]
        assert image.ReferencedSOPInstanceUID == UIDS["SOPInstanceUID"]
    assert "FrameOfReferenceUID" not in found


@pytest.mark.parametrize("own", [None, [1, 0, 0, 0, 0, -1]])
def test_viewers_find_the_orientation_that_they_take_the_xray_to_have(own):
    header = source(**({"ImageOrientationPatient": own} if own else {}))
    found = read(dicom_segmentation(header, in_a_row(1), mouth()[:1]))
    shared = found.SharedFunctionalGroupsSequence[0]
    plane = shared.PlaneOrientationSequence[0]
    assert plane.ImageOrientationPatient == (own or [1, 0, 0, 0, 1, 0])


def test_two_files_of_one_xray_are_two_instances_in_two_series():
    first, second = (read(dicom_segmentation(source(), in_a_row(1), mouth()[:1])) for _ in "12")
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.SeriesInstanceUID != second.SeriesInstanceUID


def test_neighbours_have_different_colours_and_every_segment_one():
    kinds = [("tooth", each) for each in PERMANENT] + [("milk tooth", each) for each in MILK]
    found = read(dicom_segmentation(source(), in_a_row(len(kinds)), mouth(kinds)))
    colours = {
        number: tuple(found.get_segment_description(each).RecommendedDisplayCIELabValue)
        for each, (_, number) in enumerate(kinds, 1)
    }
    beside = [(n, n + 1) for n in colours if n + 1 in colours]
    beside += [(11, 21), (31, 41), (51, 61), (71, 81)]
    across = [(n, n + 30) for n in colours if n // 10 in (1, 5) and n + 30 in colours]
    across += [(n, n + 10) for n in colours if n // 10 in (2, 6) and n + 10 in colours]
    over = [(n, n + 40) for n in colours if n + 40 in colours]
    for one, other in [*beside, *across, *over]:
        assert colours[one] != colours[other], (one, other)


@pytest.mark.parametrize("colour", [(240, 228, 66), (213, 94, 0), (86, 180, 233)])
def test_colours_come_back_as_they_were(colour):
    kinds = [("tooth", each) for each in PERMANENT]
    found = read(dicom_segmentation(source(), in_a_row(32), mouth(kinds)))
    stored = [each.RecommendedDisplayCIELabValue for each in found.SegmentSequence]
    shown = [highdicom.color.CIELabColor.from_dicom_value(each).to_rgb() for each in stored]
    assert any(np.allclose(colour, each, atol=1) for each in shown)


@pytest.mark.parametrize("shape", [(66, 40), (20, 33), (41, 66)])
def test_a_map_of_another_size_is_refused(shape):
    with pytest.raises(InputError, match=f"66x40 px, .*found {shape[1]}x{shape[0]}"):
        dicom_segmentation(source(), np.ones(shape, np.uint16), mouth()[:1])


OTHER_XRAYS = {
    "a usual one": {},
    "black where the value is highest": {"PhotometricInterpretation": "MONOCHROME1"},
    "in colours": {"levels": np.stack([XRAY.astype(np.uint8)] * 3, axis=2)},
    "with the size of its pixels": {"PixelSpacing": [0.1, 0.1], "ImagerPixelSpacing": [0.1, 0.1]},
    "with a frame of reference": {"FrameOfReferenceUID": "1.2.3", "PixelSpacing": [0.1, 0.1]},
    "with an orientation of five numbers": {"ImageOrientationPatient": [1, 0, 0, 0, 1]},
    "with a place in space": {
        "FrameOfReferenceUID": "1.2.3",
        "ImagePositionPatient": [0, 0, 0],
        "ImageOrientationPatient": [1, 0, 0, 0, 0, -1],
    },
    "a scanned film": {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7", "Modality": "OT"},
    "computed radiography": {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.1", "Modality": "CR"},
    "a class that lies in space": {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2", "Modality": "OT"},
    "a multi-frame class of one frame": {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.2",
        "NumberOfFrames": 1,
    },
    "a class of its maker": {"SOPClassUID": "1.2.276.0.99.1"},
    "in Latin letters": {"SpecificCharacterSet": "ISO_IR 100", "PatientName": "Müller^Zoë"},
    "in Greek letters": {"SpecificCharacterSet": "ISO_IR 126", "PatientName": "Διονυσιος"},
    "in a character set that is none": {"SpecificCharacterSet": "ISO 2022 IR 6, IS"},
    "of a patient without a name": {"PatientName": "", "PatientID": "", "PatientSex": ""},
    "with a name too long": {"PatientName": "x" * 70 + "^y"},
    "with two names": {"PatientName": ["One^A", "Two^B"]},
    "with a number of the patient too long": {"PatientID": "9" * 70},
    "of days that are none": {"PatientBirthDate": "00000000", "StudyDate": "12.8.64"},
    "with another sex": {"PatientSex": "W"},
    "without names": {"PatientIdentityRemoved": "YES", "DeidentificationMethod": "by hand"},
    "packed with losses": {
        "LossyImageCompression": "01",
        "LossyImageCompressionRatio": "10.2",
        "LossyImageCompressionMethod": "ISO_10918_1",
    },
}

of_values = pytest.mark.filterwarnings("ignore::UserWarning")  # of what pydicom is made to write


@of_values
@pytest.mark.parametrize("elements", OTHER_XRAYS.values(), ids=OTHER_XRAYS.keys())
def test_any_xray_gets_one_that_refers_to_it(elements):
    header = source(**elements)
    found = read(dicom_segmentation(header, in_a_row(10), mouth()))
    np.testing.assert_array_equal(masks(found)[1], in_a_row(10) == 2)
    instance = found.ReferencedSeriesSequence[0].ReferencedInstanceSequence[0]
    assert instance.ReferencedSOPClassUID == header.SOPClassUID
    assert str(found.PatientName) == str(header.PatientName)
    assert found.PatientID == header.PatientID


TOO_LONG = {"with a name too long", "with a number of the patient too long"}  # in their own file


@pytest.mark.skipif(not shutil.which("dciodvfy"), reason="needs dicom3tools")
@of_values
@pytest.mark.parametrize("count", [0, 10])
@pytest.mark.parametrize("kind", sorted(OTHER_XRAYS.keys() - TOO_LONG))
def test_a_validator_finds_no_error(tmp_path, kind, count):
    path = tmp_path / "seg.dcm"
    header = source(**OTHER_XRAYS[kind])
    path.write_bytes(dicom_segmentation(header, in_a_row(count), mouth()[:count]))
    done = subprocess.run(["dciodvfy", path], capture_output=True, text=True, errors="replace")
    lines = done.stderr.splitlines()
    assert "Segmentation" in lines
    assert [each for each in lines if each.startswith("Error")] == []


@of_values
@pytest.mark.parametrize(
    "elements",
    [{"PatientName": "x" * 70 + "^y"}, {"PatientID": "patient " + "9" * 70}, {"PatientSex": "W"}],
)
def test_nothing_of_the_patient_goes_into_logs_or_warnings(elements, caplog, recwarn):
    header = source(**elements)
    recwarn.clear()
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        dicom_segmentation(header, in_a_row(10), mouth())
        dicom_segmentation(header, np.zeros(XRAY.shape, np.uint8), [])
    assert caplog.text == ""
    assert list(recwarn) == []


@of_values
def test_no_mutation_of_a_file_gives_another_error_or_tells_its_patient(caplog):
    content = dicom(XRAY[:4, :6], **(UIDS | STUDY))
    chance, made, refused = random.Random(7), 0, []
    for _ in range(400):
        changed = mutated(content[:-48], chance) + content[-48:]
        try:
            header = LazyDicom("a.dcm", Path("clinic"), lambda changed=changed: changed).header()
            if header.Rows * header.Columns > 10_000:
                continue
            objects = np.zeros((header.Rows, header.Columns), np.uint8)
            dicom_segmentation(header, objects, [])
            made += 1
        except InputError as failure:
            refused.append(str(failure))
    assert made > 30
    assert len(refused) > 100
    assert "Mustermann" not in "".join(refused)
    assert caplog.text == ""
