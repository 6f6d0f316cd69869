"""What belongs to a network and travels with it."""

from typing import Annotated, Any

from pydantic import Field

from teeth_unet.configuration import Settings


class SegmenterSettings(Settings):
    """What a network has to be used with, and where it comes from.

    Attributes:
        size: Height and width in px of what the network sees.
        threshold: Probability from which on a pixel is tooth.
        mirror: Whether to average the maps of an X-ray and of its mirror image.
        usual_levels: The median of the training X-rays, coarsely, see `imaging.usual_levels`.
        training: The record of the training: settings, versions, content hashes of the cases.
        scores: The scores of the test cases, with their intervals.
        title: What the network is for, in a few words.
        data_note: Whose X-rays it was trained on, in a sentence.
        synthetic: Whether they are drawn, so that no score says anything about patients.
    """

    size: Annotated[int, Field(ge=8)]
    threshold: Annotated[float, Field(ge=0, le=1)]
    mirror: bool
    usual_levels: tuple[tuple[int, ...], ...]
    training: dict[str, Any]
    scores: dict[str, Any]
    title: str
    data_note: str
    synthetic: bool
