"""What an X-ray's DICOM file says of itself, for another DICOM object that is made from it."""

import re
from typing import TYPE_CHECKING

from teeth_unet.errors import InputError
from teeth_unet.pictures.dicom.parsing import elements_of

if TYPE_CHECKING:
    from pydicom import Dataset

UTF_8 = "ISO_IR 192"

_UIDS = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
_IN_HEAD = {
    "SOPClassUID": "MediaStorageSOPClassUID",
    "SOPInstanceUID": "MediaStorageSOPInstanceUID",
}
_TEXTS = (
    *("PatientName", "PatientID", "IssuerOfPatientID", "DeidentificationMethod"),
    *("StudyID", "AccessionNumber", "ReferringPhysicianName", "StudyDescription"),
)
_DATES, _TIMES = ("PatientBirthDate", "StudyDate"), ("StudyTime",)
_CODES = {
    "PatientSex": r"[MFO]",
    "PatientIdentityRemoved": r"YES|NO",
    "PatientOrientation": r"[APRLHF]{1,3}",
    "ImageOrientationPatient": r"[-+0-9.eE]{1,16}",
    "LossyImageCompression": r"00|01",
    "LossyImageCompressionRatio": r"[0-9.]{1,16}",
    "LossyImageCompressionMethod": r"[A-Z0-9_ ]{1,16}",
}
_COUNTS = {"PatientSex": 1, "PatientOrientation": 2, "ImageOrientationPatient": 6}
_MAY_BE_LEFT_OUT = (
    *("IssuerOfPatientID", "DeidentificationMethod", "StudyDescription", "PatientIdentityRemoved"),
    "ImageOrientationPatient",
    *("LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod"),
)

_TAGS = ["Modality", "Rows", "Columns", *_UIDS, *_TEXTS, *_DATES, *_TIMES, *_CODES]

_EXPORT = "Export it again from where it is archived, as DICOM."


def header_of(content: bytes, subject: str) -> "Dataset":
    """Read to which patient, study and series an X-ray belongs, and what it is called there.

    Nothing else of the file is taken over: no private elements, no notes, no times of the device.

    Args:
        content: The bytes of a DICOM file.
        subject: What errors call the file. They quote no value of it.

    Returns:
        UIDs; what identifies the patient and the study, decoded, whatever its character set was;
        the side that rows and columns run to; whether pixels have been packed with losses; rows and
        columns. What has no usable value is empty: dates that are none, a sex of another letter.

    Raises:
        InputError: It is no intact DICOM file, or nothing can refer to it: a UID is missing.
    """
    from pydicom import Dataset

    fault = None
    try:
        file = elements_of(content, subject, _TAGS)
        header = Dataset()
        header.SpecificCharacterSet = UTF_8
        header.Rows, header.Columns = int(file.Rows), int(file.Columns)
        header.Modality = "OT"
        missing = [name for name in _UIDS if not _add_uid(header, file, name)]
        for name in (*_TEXTS, *_DATES, *_TIMES, *_CODES):
            value = _usable(file, name)
            if value or name not in _MAY_BE_LEFT_OUT:
                setattr(header, name, value)
    except InputError as failure:
        fault = failure
    except Exception:  # damaged files fail in as many ways as there are elements
        expected = "an intact DICOM file of an X-ray"
        fault = InputError(subject, expected, "a truncated or damaged file", _EXPORT)
    if fault:
        raise fault  # out here, so that pydicom's own error, with values, is not chained to it
    if missing:
        expected = "a DICOM file that others can refer to"
        raise InputError(subject, expected, f"no usable {', '.join(missing)}", _EXPORT)
    return header


def _add_uid(header: "Dataset", file: "Dataset", name: str) -> bool:
    """Take over a UID, from the head if need be; tell whether there is a usable one."""
    uid = str(file.get(name) or file.file_meta.get(_IN_HEAD.get(name, ""), "")).strip("\0 ")
    # As it is where digits and dots alone make it up: whoever looks for it knows it so.
    if not re.fullmatch(r"[0-9.]{1,64}", uid):
        return False
    setattr(header, name, uid)
    return True


def _usable(file: "Dataset", name: str) -> "str | list[str] | None":
    """Return a value that may stand in a new object, empty if there is none."""
    values = _values(file.get(name))
    if name in _CODES:
        usable = len(values) == _COUNTS.get(name, len(values)) and all(
            re.fullmatch(_CODES[name], value) for value in values
        )
        return values if values and usable else None
    text = " ".join(values)
    if name in _TEXTS:
        return text
    return text if _is_moment(text, is_date=name in _DATES) else ""


def _values(value: object) -> list[str]:
    """Return the values of an element as texts, without what fills them up."""
    from pydicom.multival import MultiValue

    several = value if isinstance(value, MultiValue | list) else [value]
    texts = [str(each).replace("\0", "").strip() for each in several if each is not None]
    return [text for text in texts if text]


def _is_moment(text: str, *, is_date: bool) -> bool:
    from pydicom.valuerep import DA, TM

    try:
        return bool(DA(text) if is_date else TM(text))
    except ValueError:
        return False
