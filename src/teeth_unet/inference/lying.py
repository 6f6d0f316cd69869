"""How an X-ray lies: whether the patient's left side is on the left, and who says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from teeth_unet.inference.settings import Inference
from teeth_unet.inference.side_markers import SideMarker
from teeth_unet.pictures.dicom import LIES_MIRRORED, LIES_UPSIDE_DOWN, WAS_FLIPPED


@dataclass(frozen=True)
class Lie:
    """How an X-ray lies.

    Attributes:
        mirrored: Whether the patient's left side is on the left.
        doubts: Why a person should look at the numbers, in sentences.
    """

    mirrored: bool = False
    doubts: tuple[str, ...] = ()


WAYS = ("as usual", "mirrored")


def lie_of(
    info: Mapping[str | tuple[int, int], object],
    inference: Inference,
    markers: Sequence[SideMarker] = (),
) -> Lie:
    """Return how an X-ray lies.

    Args:
        info: What a picture tells beside its pixels, see `pictures.dicom`: True or False. A text of
            that name, as PNG files may have, says nothing.
        inference: Its `mirrored` comes first: who gives it knows the X-rays.
        markers: Letters in the picture: they change nothing, but may contradict.
    """
    told, asked_for = info.get(LIES_MIRRORED), inference.mirrored
    told = told if isinstance(told, bool) else None
    mirrored = bool(told) if asked_for == "auto" else asked_for
    doubts = []
    if asked_for != "auto" and told not in (None, asked_for):
        doubts.append(
            f"The file says that the X-ray lies {WAYS[not mirrored]}, the setting that it lies "
            f"{WAYS[mirrored]}: it is numbered as the setting says."
        )
    elif asked_for == "auto" and told:
        doubts.append("The file says that the X-ray lies mirrored: it is numbered so.")
    if info.get(WAS_FLIPPED) is True and told is None and asked_for == "auto":
        doubts.append("The file says that the X-ray was flipped, and not which side is the left.")
    if info.get(LIES_UPSIDE_DOWN) is True:
        doubts.append("The file says that the X-ray lies upside down.")
    against = [marker for marker in markers if marker.lies_mirrored != mirrored]
    if against:
        doubts.append(
            f"A side marker, {against[0].in_words}, says that the X-ray lies "
            f"{WAYS[not mirrored]}: it is numbered as one that lies {WAYS[mirrored]}."
        )
    return Lie(mirrored, tuple(doubts))
