"""Which tooth each label of a set of annotations means."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from teeth_unet.annotations.model import AnnotatedSet
from teeth_unet.annotations.notations import FDI, Reading, read_label
from teeth_unet.annotations.settings import Annotations, Meaning
from teeth_unet.case_names import natural_key
from teeth_unet.errors import InputError
from teeth_unet.text import listed
from teeth_unet.tooth_numbers import UNIVERSAL

REGION = 100
"""Number of regions of several teeth that nobody has told apart."""

FIRST_WITHOUT_NUMBER = 101
"""Number of a picture's first tooth without number: FDI numbers end at 85."""

FEWEST_TEETH = 8
"""So many shapes a picture on average are single teeth. Masks of all teeth fall into some five."""


_FEWEST_UNIVERSAL = 8
"""So many numbers are taken for Universal ones; fewer may be classes of any kind."""

_LEAST_OTHERS = 0.2
"""Share of Universal numbers that are none of FDI's; of all 32 it is .44. Fewer may be slips."""

_NAMELESS = re.compile(r"(class|category|label|id)?[ _-]?\d+|no category", re.IGNORECASE)
"""What categories without a name are called."""


Written = Callable[[str], str]
"""How users write a setting, such as `notation=fdi`, where they work."""


@dataclass(frozen=True)
class Numbering:
    """What the labels of a set of annotations mean.

    Attributes:
        numbers: By label: FDI number of a tooth (11 … 48; milk teeth 51 … 85), None for a tooth
            without number, `REGION` for a region of several. Other labels are left out.
        single_teeth: Whether shapes are single teeth.
        notes: What was decided and what is left out, in sentences that a person can read.
    """

    numbers: Mapping[str, int | None]
    single_teeth: bool
    notes: Sequence[str] = field(default=())


def number_labels(
    annotations: AnnotatedSet, settings: Annotations, written: Written = str
) -> Numbering:
    """Decide for a whole set what its labels mean.

    Numbers are FDI's or Universal ones, whichever notation has all of them. If both have, or none,
    or if a label is not known, nothing is guessed.

    Args:
        annotations: The set.
        settings: What its owner says.
        written: How its owner writes a setting, for errors and notes.

    Raises:
        InputError: A label or the notation is not clear, or no label is a tooth.
    """
    counts = {label: count for label, count in annotations.labels.items() if count}
    read = {
        label: _asked(settings.names[label]) if label in settings.names else read_label(label)
        for label in sorted(counts, key=natural_key)
    }
    notes: list[str] = []
    readings = _settled(read, settings, notes, written)
    _refuse_unclear(readings, written)
    none = [label for label, reading in readings.items() if reading.kind == "none"]
    if none and len(none) == len(readings):
        remedy = f"Say which label is a FDI number, tooth or teeth: {_example(none, written)}"
        raise InputError("annotations", "a label of teeth", listed(none), remedy)
    if none:
        counted = [f"{label} ({counts[label]:,})" for label in none]
        notes.append(f"Shapes that are no teeth are left out: {listed(counted)}.")
    teeth = {label: reading for label, reading in readings.items() if reading.kind != "none"}
    number = sum(counts[label] for label in teeth)
    single = _are_single(
        teeth, number / max(1, len(annotations.pictures)), settings, notes, written
    )
    return Numbering(_numbers(teeth, single, settings), single, notes)


def _asked(meaning: Meaning) -> Reading:
    return Reading("fdi", meaning) if isinstance(meaning, int) else Reading(meaning)


def _settled(
    readings: Mapping[str, Reading], settings: Annotations, notes: list[str], written: Written
) -> dict[str, Reading]:
    """Return readings with FDI numbers in place of those that only the whole set tells."""
    if len(readings) == 1:
        ((label, reading),) = readings.items()
        is_fdi = reading.kind == "number" and reading.number in FDI - UNIVERSAL.keys()
        is_nameless = reading.kind == "anything" or _NAMELESS.fullmatch(label)
        if is_nameless and not is_fdi and settings.notation == "auto":
            notes.append(f"The only label, {label!r}, is taken for teeth.")
            return {label: Reading("tooth")}
    universal = _is_universal(readings, settings, written)
    numbers = [label for label, each in readings.items() if each.kind in ("number", "letter")]
    if numbers:
        notation = "Universal" if universal else "FDI"
        notes.append(f"Tooth numbers are read as {notation} ones: {listed(numbers)}.")
    return {label: _in_fdi(reading, universal) for label, reading in readings.items()}


def _in_fdi(reading: Reading, universal: bool) -> Reading:
    is_universal = reading.kind == "universal" or (reading.kind == "number" and universal)
    if reading.kind == "letter":
        return Reading("fdi", reading.number) if universal else Reading("unknown")
    if is_universal and reading.number in UNIVERSAL:
        return Reading("fdi", UNIVERSAL[reading.number])
    if reading.kind in ("fdi", "number") and not is_universal and reading.number in FDI:
        return Reading("fdi", reading.number)
    return Reading("unknown") if reading.number else reading


def _is_universal(readings: Mapping[str, Reading], settings: Annotations, written: Written) -> bool:
    """Decide between the notations whose numbers look alike.

    Raises:
        InputError: Both or none of them fit.
    """
    of_kind = {
        kind: {each.number for each in readings.values() if each.kind == kind}
        for kind in ("number", "letter", "fdi", "universal")
    }
    numbers = of_kind["number"]
    if settings.notation != "auto":
        return settings.notation == "universal"
    fits_fdi, fits_universal = numbers <= FDI, numbers <= UNIVERSAL.keys()
    if not numbers:
        return len(of_kind["letter"]) > 1
    if fits_fdi and not of_kind["universal"] and (of_kind["fdi"] or not fits_universal):
        return False
    many = len(numbers | of_kind["letter"]) >= _FEWEST_UNIVERSAL
    many = many and len(numbers - FDI) >= _LEAST_OTHERS * len(numbers)
    if fits_universal and (of_kind["universal"] or (many and not fits_fdi) or of_kind["letter"]):
        return True
    raise InputError(
        "annotations",
        "tooth numbers that are clearly FDI (11 to 48, 51 to 85) or Universal (1 to 32)",
        listed([label for label, each in readings.items() if each.kind == "number"]),
        f"Say which: {written('notation=fdi')} or {written('notation=universal')}",
    )


def _refuse_unclear(readings: Mapping[str, Reading], written: Written) -> None:
    clear = {"fdi", "tooth", "teeth", "none", "anything"}
    unclear = [label for label, each in readings.items() if each.kind not in clear]
    if not unclear and len(readings) > 1:
        unclear = [label for label, each in readings.items() if each.kind == "anything"]
    if unclear:
        raise InputError(
            "annotations",
            "labels that are known: tooth numbers, words for teeth, findings",
            listed([repr(label) for label in unclear]),
            "Say what each of these means, a FDI number, tooth, teeth or none: "
            f"{_example(unclear, written)}",
        )


def _example(labels: Sequence[str], written: Written) -> str:
    """Return how the meaning of the first label is said that can be written in one line."""
    label = next((one for one in labels if "," not in one), labels[0])
    try:
        plain = yaml.safe_load(f"{{{label}: 18}}") == {label: 18}
    except yaml.YAMLError:
        plain = False
    return written(f"names={{{label if plain else json.dumps(label, ensure_ascii=False)}: 18}}")


def _are_single(
    teeth: Mapping[str, Reading],
    average: float,
    settings: Annotations,
    notes: list[str],
    written: Written,
) -> bool:
    """Tell whether shapes are single teeth: some have numbers, or there are many a picture."""
    if any(reading.kind == "fdi" for reading in teeth.values()):
        return True
    if not teeth:
        return False
    if settings.shapes != "auto":
        return settings.shapes == "teeth"
    single = average >= FEWEST_TEETH
    kind = "single teeth" if single else "regions of several teeth"
    otherwise = written(f"shapes={'regions' if single else 'teeth'}")
    notes.append(
        f"There are {average:.1f} shapes of teeth an X-ray: they are taken for {kind}. "
        f"{otherwise} decides otherwise."
    )
    return single


def _numbers(
    teeth: Mapping[str, Reading], single: bool, settings: Annotations
) -> dict[str, int | None]:
    """Return what is drawn of each label.

    The plural is a region where other labels have numbers, and where the owner says so.
    """
    numbered = any(reading.kind == "fdi" for reading in teeth.values())
    numbers: dict[str, int | None] = {}
    for label, reading in teeth.items():
        plural = reading.kind == "teeth" and (numbered or label in settings.names)
        if reading.kind == "fdi":
            numbers[label] = reading.number
        else:
            numbers[label] = None if single and not plural else REGION
    return numbers
