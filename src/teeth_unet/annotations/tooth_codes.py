"""How DICOM names teeth and what stands in their place: codes of SNOMED CT.

Source: DICOM PS3.16, context groups 4018 (permanent teeth) and 4019 (milk teeth), which give a code
for each designation of ISO 3950; 7150 and 7151 (what a segment is).
"""

from dataclasses import dataclass

from teeth_unet import tooth_numbers

SCHEME = "SCT"
"""How DICOM calls SNOMED CT."""

_BY_QUADRANT = {
    1: "422653006 424877001 860767006 57826002 36492000 865995000 863902006 68085002",
    2: "424399000 423185002 860780009 61897005 23226009 865988009 863901004 87704003",
    3: "425106001 423331005 860782001 2400006 24573005 866006002 863898000 74344005",
    4: "424575004 423937004 860785004 80140008 8873007 866005003 863899008 38994002",
    5: "88824007 65624003 30618001 17505006 27855007",
    6: "51678005 43622005 73937000 45234009 51943008",
    7: "89552004 14770005 43281008 38896004 49330006",
    8: "67834006 22445006 6062009 58646007 61868007",
}
_CODES = {
    10 * quadrant + place: code
    for quadrant, codes in _BY_QUADRANT.items()
    for place, code in enumerate(codes.split(), 1)
}

_PLACES = (
    *("central incisor", "lateral incisor", "canine"),
    *("first premolar", "second premolar", "first molar", "second molar", "third molar"),
)
_PLACES_OF_MILK_TEETH = (*_PLACES[:3], "first molar", "second molar")


@dataclass(frozen=True)
class Concept:
    """Something that has a code.

    Attributes:
        code: In the scheme `SCHEME`.
        meaning: In words, as DICOM has them.
    """

    code: str
    meaning: str


@dataclass(frozen=True)
class SegmentConcepts:
    """What a segment is.

    Attributes:
        category: Of what kind it is altogether.
        type: What it is.
        region: Where it is, if its type does not tell: the tooth that it replaces.
    """

    category: Concept
    type: Concept
    region: Concept | None = None


ANATOMY = Concept("91723000", "Anatomical Structure")
ABNORMALITY = Concept("49755003", "Morphologically Abnormal Structure")
OBJECT = Concept("260787004", "Physical object")

TOOTH = Concept("38199008", "Tooth")
SUPERNUMERARY = Concept("367534004", "Supernumerary tooth")
IMPLANT = Concept("40388003", "Implant")
PROSTHESIS = Concept("27606000", "Dental Prosthesis")

_NATURAL = ("tooth", "milk tooth", "germ", "root remnant")
_MADE = {"implant": IMPLANT, "pontic": PROSTHESIS, "bar": PROSTHESIS, "denture": PROSTHESIS}


def tooth_concept(number: int) -> Concept:
    """Return the code of a tooth.

    Args:
        number: One of `tooth_numbers.TEETH`.

    Example:
        >>> tooth_concept(26)
        Concept(code='865988009', meaning='Permanent maxillary left first molar tooth')
    """
    is_milk, is_upper = tooth_numbers.is_milk(number), tooth_numbers.is_upper(number)
    words = [
        "deciduous" if is_milk else "permanent" if is_upper else "",
        "maxillary" if is_upper else "mandibular",
        "right" if tooth_numbers.is_right(number) else "left",
        (_PLACES_OF_MILK_TEETH if is_milk else _PLACES)[number % 10 - 1],
        "tooth",
    ]
    return Concept(_CODES[number], " ".join(filter(None, words)).capitalize())


def segment_concepts(kind: str, number: int) -> SegmentConcepts:
    """Return what a segment of a kind is called.

    Args:
        kind: tooth, milk tooth, germ, root remnant, implant, pontic, supernumerary, bar or denture.
        number: FDI number of the tooth, or of the one whose place it has; 0 for none.

    Raises:
        ValueError: There is no such kind.
    """
    tooth = tooth_concept(number) if number else None
    if kind in _NATURAL:
        return SegmentConcepts(ANATOMY, tooth or TOOTH)
    if kind in _MADE:
        return SegmentConcepts(OBJECT, _MADE[kind], tooth)
    if kind == "supernumerary":
        return SegmentConcepts(ABNORMALITY, SUPERNUMERARY, tooth)
    raise ValueError(f"expected a kind of object in a mouth, received {kind!r}")
