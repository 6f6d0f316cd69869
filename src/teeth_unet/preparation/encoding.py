"""How the masks of a set say what is tooth, as the catalog holds it: JSON, plain dictionaries."""

from typing import Literal, TypedDict

Kind = Literal["binary", "labels", "classes"]


class Coding(TypedDict):
    """How one mask is read.

    Attributes:
        kind: `binary`: one level of tooth; `labels`: each level, colour or index is one tooth;
            `classes`: whatever is marked is tooth.
        threshold: Strength above which a pixel is tooth, see `imaging.MaskPixels`.
        level: Strength of tooth in a binary mask, else 0.
        rims: Whether teeth of several levels have rims, see `imaging.binarise`.
    """

    kind: Kind
    threshold: int
    level: int
    rims: bool


class MaskEncoding(TypedDict):
    """How all masks of a set are read.

    Attributes:
        found: What the masks are, as a whole sentence.
        remedy: What to do where that is in doubt, else "".
        coding: How masks are read; None where that is in doubt.
        others: By case, masks of the set that are read in another way, without doubt.
        odd: By case, what makes a mask one that this set cannot have.
    """

    found: str
    remedy: str
    coding: Coding | None
    others: dict[str, Coding]
    odd: dict[str, str]


def coding_of(encoding: MaskEncoding, case: str) -> Coding | None:
    """Return how the mask of a case is read; None where that is not known."""
    return encoding["others"].get(case, encoding["coding"])
