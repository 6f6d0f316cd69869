"""Whether a file is DICOM, by its content."""

import struct

_MAGIC, _MAGIC_AT = b"DICM", 128

BEGINNING = _MAGIC_AT + len(_MAGIC)
"""Bytes at the beginning of a file that tell whether it is DICOM."""

_FIRST_GROUPS = (0x0002, 0x0008, 0x0010)  # of the file; of the study, or the patient, without it
_LONG = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV")
_SHORT = (
    *(b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"PN"),
    *(b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"),
)
_LONGEST_FIRST = 1024
"""Bytes that the first elements, a version, a character set or a kind, have at most."""


def is_dicom(beginning: bytes) -> bool:
    """Tell by its first `BEGINNING` bytes, of all that are given, whether a file is DICOM.

    By the four letters after the preamble (PS3.10, 7.1), or, as files without a preamble are
    about, by elements of the first groups in order, from the first byte on.
    """
    if beginning[_MAGIC_AT:BEGINNING] == _MAGIC:
        return True
    return any(_begins_with_elements(beginning[:BEGINNING], order) for order in "<>")


def _begins_with_elements(beginning: bytes, order: str) -> bool:
    """Tell whether a file consists of elements from its first byte on, as far as can be seen.

    Args:
        beginning: Its first bytes.
        order: "<" for little endian, ">" for big endian.
    """
    place, before, elements = 0, (0, -1), 0
    while place + 12 <= len(beginning):
        group, element = struct.unpack_from(order + "HH", beginning, place)
        known = group in _FIRST_GROUPS if not elements else group % 2 == 0
        if not known or (group, element) <= before:
            return False
        header, length = _length(beginning[place:], order)
        if length > _LONGEST_FIRST or (element == 0 and length != 4):
            return False
        place, before, elements = place + header + length, (group, element), elements + 1
    return elements > 0


def _length(element: bytes, order: str) -> tuple[int, int]:
    """Return how long the head of an element is, and its value, in bytes (PS3.5, 7.1)."""
    kind = element[4:6]
    if kind in _LONG:
        return 12, int(struct.unpack_from(order + "I", element, 8)[0])
    if kind in _SHORT:
        return 8, int(struct.unpack_from(order + "H", element, 6)[0])
    return 8, int(struct.unpack_from(order + "I", element, 4)[0])  # implicit: no kind is given
