"""How formats compare, as the catalog holds it: JSON, and plain dictionaries."""

from typing import NotRequired, TypedDict


class MeasuredFormat(TypedDict):
    """One network compared with the others, see `compare_networks`.

    Attributes:
        bytes: Of its files; None for Keras.
        seconds: For one X-ray.
        largest_difference: In probability, from the network in Keras.
        dice: The mean over the cases.
        dice_lost: By how much that is lower than that of Keras.
    """

    bytes: int | None
    seconds: float
    largest_difference: float
    dice: float
    dice_lost: float


class ExportComparison(TypedDict):
    """Networks compared on the same X-rays, see `compare_networks`.

    Attributes:
        learned_from: Whether the network has learned from these X-rays; false where it is left out.
    """

    cases: int
    cores: int
    threshold: float
    formats: dict[str, MeasuredFormat]
    recommended: str | None
    learned_from: NotRequired[bool]


class NetworkDescription(TypedDict):
    """What a program that uses an exported network has to know.

    Attributes:
        fingerprint: Of the segmenter.
        size: Height and width in px of what the network sees.
        threshold: Probability from which on a pixel is tooth.
        mirror: Whether it averages with the mirror image.
        input: In words.
        output: In words.
        notice: In words.
    """

    fingerprint: str
    size: int
    threshold: float
    mirror: bool
    input: str
    output: str
    notice: str
