"""What a segmentation takes over from the file of its X-ray, and nothing else."""

import io
from pathlib import Path

import numpy as np
import pytest

from teeth_unet.errors import InputError
from teeth_unet.pictures.dicom import LazyDicom

pydicom = pytest.importorskip("pydicom", reason="needs the extra dicom: pip install -e .[dicom]")

from dicom_files import PATIENT, dicom  # noqa: E402 (it needs pydicom)
from pydicom.data import get_charset_files  # noqa: E402
from pydicom.dataset import Dataset  # noqa: E402
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian  # noqa: E402

LEVELS = np.array([[0, 10, 200], [255, 100, 50]], np.uint8)
UIDS = {
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.1",
    "SOPInstanceUID": "1.2.826.0.1.3680043.8.498.1",
    "StudyInstanceUID": "1.2.826.0.1.3680043.8.498.2",
    "SeriesInstanceUID": "1.2.826.0.1.3680043.8.498.3",
}


def xray(syntax=pydicom.uid.ExplicitVRLittleEndian, without=(), **elements):
    return dicom(LEVELS, syntax, without=without, **(UIDS | elements))


def header(content):
    return LazyDicom("a.dcm", Path("clinic"), lambda: content).header()


def test_the_patient_the_study_and_the_picture_are_taken_over():
    found = header(
        xray(
            PatientBirthDate="19640812",
            PatientSex="F",
            IssuerOfPatientID="clinic",
            StudyDate="20240229",
            StudyTime="101112.5",
            StudyID="s1",
            AccessionNumber="a1",
            ReferringPhysicianName="Doctor^D",
            StudyDescription="both jaws",
            PatientOrientation=["L", "F"],
        )
    )
    assert {each.keyword: each.value for each in found if each.keyword in UIDS} == UIDS
    assert (found.Rows, found.Columns) == (2, 3)
    assert (str(found.PatientName), found.PatientID, found.PatientSex) == (
        PATIENT,
        "MUSTER-4711",
        "F",
    )
    assert (found.IssuerOfPatientID, found.PatientBirthDate) == ("clinic", "19640812")
    assert (found.StudyDate, found.StudyTime, found.StudyID) == ("20240229", "101112.5", "s1")
    assert (found.AccessionNumber, found.ReferringPhysicianName) == ("a1", "Doctor^D")
    assert (found.StudyDescription, list(found.PatientOrientation)) == ("both jaws", ["L", "F"])


def test_nothing_else_is_taken_over():
    block = Dataset()
    block.PatientName = "somebody else"
    content = xray(
        PatientComments="afraid of dentists",
        PatientAddress="1 High Street",
        InstitutionName="clinic",
        OperatorsName="Nurse^N",
        OtherPatientIDsSequence=[block],
        PixelSpacing=[0.1, 0.1],
        FrameOfReferenceUID="1.2.3",
    )
    file = pydicom.dcmread(io.BytesIO(content))
    file.private_block(0x0011, "A VENDOR", create=True).add_new(1, "LO", "a private remark")
    stored = io.BytesIO()
    file.save_as(stored)
    assert {each.keyword for each in header(stored.getvalue())} == {
        *UIDS,
        *("SpecificCharacterSet", "Modality", "Rows", "Columns", "PatientOrientation"),
        *("PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
        *("StudyDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"),
    }


WITHOUT_VALUE = {
    "a day that is none": {"StudyDate": "20240230"},
    "a day in words": {"PatientBirthDate": "12.8.64"},
    "zeros": {"PatientBirthDate": "00000000"},
    "an hour that is none": {"StudyTime": "256060"},
    "another sex": {"PatientSex": "W"},
    "an orientation in words": {"PatientOrientation": ["LEFT", "FOOT"]},
    "an orientation of one letter": {"PatientOrientation": ["L"]},
    "two sexes": {"PatientSex": ["M", "F"]},
    "two days": {"StudyDate": ["20240101", "20240102"]},
}


@pytest.mark.filterwarnings("ignore::UserWarning")  # of the values
@pytest.mark.parametrize("elements", WITHOUT_VALUE.values(), ids=WITHOUT_VALUE.keys())
def test_a_value_that_no_object_may_have_is_left_empty(elements):
    found = header(xray(**elements))
    assert [found[name].is_empty for name in elements] == [True]


def test_what_the_file_does_not_tell_of_the_patient_is_empty():
    found = header(xray(without=["PatientName", "PatientID"]))
    assert found["PatientName"].is_empty
    assert found["PatientID"].is_empty


@pytest.mark.filterwarnings("ignore::UserWarning")  # of the values
def test_numbers_of_patients_stay_as_they_are_however_long():
    assert header(xray(PatientID="9" * 70)).PatientID == "9" * 70


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_other_ways_of_writing_are_read(syntax):
    assert header(xray(syntax)).StudyInstanceUID == UIDS["StudyInstanceUID"]


def test_class_and_instance_may_be_told_by_the_head_alone():
    found = header(xray(without=["SOPClassUID", "SOPInstanceUID"]))
    assert found.SOPInstanceUID == UIDS["SOPInstanceUID"]
    assert found.SOPClassUID == UIDS["SOPClassUID"]


@pytest.mark.filterwarnings("ignore::UserWarning")  # of the value
def test_uids_that_break_the_rules_stay_as_they_are_known():
    assert header(xray(StudyInstanceUID="1.02.003")).StudyInstanceUID == "1.02.003"


@pytest.mark.parametrize("name", ["StudyInstanceUID", "SeriesInstanceUID"])
@pytest.mark.filterwarnings("ignore::UserWarning")  # of the values
@pytest.mark.parametrize("value", [None, "", PATIENT])
def test_a_missing_uid_is_named_and_nothing_is_invented(name, value):
    content = xray(without=[name]) if value is None else xray(**{name: value})
    with pytest.raises(InputError, match=f"found no usable {name}. Export") as failure:
        header(content)
    assert PATIENT not in str(failure.value)


@pytest.mark.parametrize("content", [b"", b"text", xray()[:300], bytes(128) + b"DICM"])
def test_what_is_no_intact_file_is_refused(content):
    with pytest.raises(InputError, match=r"a\.dcm in clinic") as failure:
        header(content)
    assert failure.value.__context__ is None


NAMES = {
    Path(path).stem: path for path in get_charset_files("*.dcm") if "SQEncoding" not in path
}  # those have none outside of sequences


@pytest.mark.parametrize("name", sorted(NAMES))
def test_names_in_any_character_set_are_decoded(name):
    file = pydicom.dcmread(NAMES[name])
    as_pydicom_reads_it = str(file.PatientName)
    for each in pydicom.dcmread(io.BytesIO(xray())):
        if each.keyword not in ("PatientName", "SpecificCharacterSet"):
            file[each.tag] = each
    stored = io.BytesIO()
    file.save_as(stored)
    found = header(stored.getvalue())
    assert str(found.PatientName) == as_pydicom_reads_it
    assert found.SpecificCharacterSet == "ISO_IR 192"


def test_a_latin_name_without_a_character_set_is_read_as_latin():
    content = xray(PatientName="Mueller^Xx").replace(b"Mueller^Xx", b"M\xfcller^Zo\xeb")
    assert str(header(content).PatientName) == "Müller^Zoë"
