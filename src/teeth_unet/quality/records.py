"""What was found in a set of cases, as the catalog holds it: JSON, and plain dictionaries."""

from typing import Literal, TypedDict


class WeighedFinding(TypedDict):
    """A `Finding` with the severity that the settings give it."""

    check: str
    severity: Literal["error", "warning", "note"]
    cases: list[str]
    found: str
    remedy: str


class Range(TypedDict):
    """Lowest, median and highest value; None of nothing."""

    lowest: float | None
    median: float | None
    highest: float | None


class AlignmentSummary(TypedDict):
    """How well masks fit their X-rays: how many were compared, and correlations of these."""

    masks: int
    lowest: float | None
    median: float | None


class IdenticalXrays(TypedDict):
    """A group of identical X-rays, and whether their masks are identical too."""

    cases: list[str]
    masks_identical: bool


class DataQuality(TypedDict):
    """What was found in a set of cases, see `summarise_quality`."""

    cases: int
    masks: str
    left_out: list[str]
    findings: list[WeighedFinding]
    width: Range
    height: Range
    mean_tooth_share: float | None
    alignment: AlignmentSummary
    empty_masks: list[str]
    identical_xrays: list[IdenticalXrays]
    grey_masks: dict[str, float]
