"""Teeth are named as DICOM names them."""

import pytest

from teeth_unet.annotations.tooth_codes import (
    ABNORMALITY,
    ANATOMY,
    IMPLANT,
    OBJECT,
    PROSTHESIS,
    SCHEME,
    SUPERNUMERARY,
    TOOTH,
    segment_concepts,
    tooth_concept,
)
from teeth_unet.numbering import KINDS
from teeth_unet.tooth_numbers import MILK, PERMANENT, TEETH

codedict = pytest.importorskip("pydicom.sr.codedict", reason="needs the extra dicom")


def in_group(number):
    """What pydicom's copy of the standard has in a context group, by code."""
    group = getattr(codedict.codes, f"cid{number}")
    found = [getattr(group, name) for name in group.dir()]
    return {each.value: each.meaning for each in found if each.scheme_designator == SCHEME}


@pytest.mark.parametrize(("group", "numbers"), [(4018, PERMANENT), (4019, MILK)])
def test_codes_and_words_are_those_of_the_standard(group, numbers):
    ours = {tooth_concept(number).code: tooth_concept(number).meaning for number in numbers}
    theirs = in_group(group)
    if group == 4018:  # where the standard forgets a word
        theirs["423331005"] = "Mandibular left lateral incisor tooth"
    assert ours == theirs


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (18, "Permanent maxillary right third molar tooth"),
        (21, "Permanent maxillary left central incisor tooth"),
        (34, "Mandibular left first premolar tooth"),
        (43, "Mandibular right canine tooth"),
        (55, "Deciduous maxillary right second molar tooth"),
        (64, "Deciduous maxillary left first molar tooth"),
        (72, "Deciduous mandibular left lateral incisor tooth"),
        (81, "Deciduous mandibular right central incisor tooth"),
    ],
)
def test_a_number_names_its_tooth(number, words):
    assert tooth_concept(number).meaning == words


def test_no_two_teeth_have_one_code():
    assert len({tooth_concept(number).code for number in TEETH}) == len(TEETH) == 52


@pytest.mark.parametrize(
    ("concept", "group"),
    [
        *((each, 7150) for each in (ANATOMY, ABNORMALITY, OBJECT)),
        *((each, 7151) for each in (TOOTH, IMPLANT, PROSTHESIS)),
    ],
)
def test_other_codes_are_those_of_segments(concept, group):
    assert in_group(group)[concept.code] == concept.meaning


@pytest.mark.parametrize(
    ("kind", "number", "category", "type_", "region"),
    [
        ("tooth", 26, ANATOMY, tooth_concept(26), None),
        ("tooth", 0, ANATOMY, TOOTH, None),
        ("milk tooth", 75, ANATOMY, tooth_concept(75), None),
        ("germ", 35, ANATOMY, tooth_concept(35), None),
        ("root remnant", 46, ANATOMY, tooth_concept(46), None),
        ("implant", 36, OBJECT, IMPLANT, tooth_concept(36)),
        ("pontic", 14, OBJECT, PROSTHESIS, tooth_concept(14)),
        ("bar", 0, OBJECT, PROSTHESIS, None),
        ("denture", 0, OBJECT, PROSTHESIS, None),
        ("supernumerary", 0, ABNORMALITY, SUPERNUMERARY, None),
    ],
)
def test_a_segment_is_what_its_object_is(kind, number, category, type_, region):
    found = segment_concepts(kind, number)
    assert (found.category, found.type, found.region) == (category, type_, region)


def test_every_kind_that_numbering_tells_has_codes():
    for kind in KINDS[1:]:
        assert segment_concepts(kind, 0)


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="received 'crown'"):
        segment_concepts("crown", 11)
