"""The numbers of teeth in the label maps of a set: where they are, and pictures of one size."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging
from teeth_unet.case_names import natural_key
from teeth_unet.errors import InputError
from teeth_unet.machine import map_in_threads
from teeth_unet.preparation.encoding import MaskEncoding, coding_of
from teeth_unet.preparation.reserving import needed_bytes
from teeth_unet.quality import NumberedCase, are_fdi_numbers, measure_numbers
from teeth_unet.sampling import spread_evenly
from teeth_unet.storage import allocate

Loaders = Mapping[str, Callable[[], Image.Image]]

ASKED_FIRST = 5
"""So many label maps tell whether those of the set hold FDI numbers."""

UNLABELLED = 255
"""What every pixel of a case bears that has no label map with numbers, where others have one."""

TIMES = 2.0
"""So much more memory it takes than a picture of a case that is prepared."""


def measure_tooth_numbers(
    tooth_labels: Loaders, masks: Loaders, encoding: MaskEncoding
) -> list[NumberedCase]:
    """Find out where the numbers of a set's teeth are, if they are FDI numbers.

    A few label maps are opened first. What cannot be decoded is passed over: it is told of where it
    is used.

    Args:
        tooth_labels: Case name to a function that opens the label map.
        masks: Case name to a function that opens the mask, for cases without label map: it is one
            itself where it has a number a tooth.
        encoding: How masks are read.

    Returns:
        One a case, in natural order; none where teeth have other numbers.
    """
    openers = _openers(tooth_labels, masks, encoding)
    loaders = {**masks, **tooth_labels}
    cases = sorted(openers, key=natural_key)

    def measure(case: str) -> NumberedCase | None:
        try:
            return measure_numbers(case, openers[case]())
        except InputError:
            return None

    def measured(some: list[str]) -> list[NumberedCase]:
        made = map_in_threads(measure, some, lambda case: TIMES * needed_bytes(loaders[case]))
        return [one for one in made if one is not None]

    asked = [cases[place] for place in spread_evenly(len(cases), ASKED_FIRST)]
    return measured(cases) if are_fdi_numbers(measured(asked)) else []


def prepare_tooth_numbers(
    tooth_labels: Loaders,
    masks: Loaders,
    encoding: MaskEncoding,
    cases: Sequence[str],
    numbered: Collection[str],
    size: int,
) -> NDArray[np.uint8]:
    """Bring the label maps of a set to one size, if any have FDI numbers.

    Args:
        tooth_labels: As of `measure_tooth_numbers`; so are the next two.
        masks: Case name to a function that opens the mask.
        encoding: How masks are read.
        cases: The cases, row by row.
        numbered: Those of them whose label maps have FDI numbers.
        size: Height and width in px.

    Returns:
        (n, size, size, 1): the number of the tooth of each pixel, 0 where there is none, numbers
        above 100 for what is no tooth; `UNLABELLED` everywhere for a case without label map. None
        of the cases, (0, size, size, 1), if no case has one.
    """
    there = [case for case in cases if case in numbered]
    maps = allocate((len(cases) if there else 0, size, size, 1), np.uint8)
    for empty in maps:
        empty[:] = UNLABELLED
    openers, rows = _openers(tooth_labels, masks, encoding), {c: r for r, c in enumerate(cases)}
    loaders = {**masks, **tooth_labels}

    def prepare(case: str) -> None:
        small = imaging.resize_labels(openers[case](), size)
        maps[rows[case], ..., 0] = np.minimum(small, UNLABELLED - 1)

    map_in_threads(prepare, there, lambda case: TIMES * needed_bytes(loaders[case]))
    return maps


def _openers(
    tooth_labels: Loaders, masks: Loaders, encoding: MaskEncoding
) -> dict[str, Callable[[], NDArray[np.integer]]]:
    """Return what opens the label map of each case that may have one."""
    return {
        case: partial(_numbers_of_mask, load)
        for case, load in masks.items()
        if _is_label_map(encoding, case)
    } | {case: partial(_numbers, load) for case, load in tooth_labels.items()}


def _is_label_map(encoding: MaskEncoding, case: str) -> bool:
    """Tell whether a mask has one number a tooth; what JPEG has changed tells none."""
    coding = coding_of(encoding, case)
    return coding is not None and coding["kind"] == "labels" and not coding["threshold"]


def _numbers(load: Callable[[], Image.Image]) -> NDArray[np.integer]:
    return imaging.decode_labels(load())


def _numbers_of_mask(load: Callable[[], Image.Image]) -> NDArray[np.integer]:
    numbers: NDArray[np.integer] = imaging.decode_mask(load()).numbers
    return numbers
