"""How exported networks compare with the network that they come from."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.exporting.records import ExportComparison, MeasuredFormat
from teeth_unet.exporting.settings import FORMATS
from teeth_unet.exporting.timing import cores_used, seconds_each
from teeth_unet.imaging import count_overlap
from teeth_unet.unet import Predictor

LARGEST_DIFFERENCE = 1e-4
"""In probability, between the network and what was made of it in float32: rounding alone."""

ACCEPTED_COST = 0.001
"""Loss of mean Dice that a recommended format may have: far less than a few cases can tell."""

COLUMNS = ("", "size", "an X-ray takes", "largest difference", "mean Dice", "Dice lost")


def files_of(files: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    """Return the files of one format; none if it was not made."""
    top = FORMATS[name].path
    return {path: files[path] for path in files if path.split("/")[0] == top}


def compare_networks(
    predictors: Mapping[str, Predictor],
    files: Mapping[str, Mapping[str, bytes]],
    tested: tuple[NDArray[np.float32], NDArray[np.float32], Sequence[int]],
    threshold: float,
    repeats: int,
) -> ExportComparison:
    """Compare networks on the same X-rays, one after the other.

    Args:
        predictors: Networks by name; the first, `keras`, is what the others are compared with.
        files: The files of all but the first.
        tested: X-rays (n, size, size, 1) in [0, 1], masks (n, size, size, 1) in {0, 1}, and the
            rows of both to take.
        threshold: Probability from which on a pixel is tooth.
        repeats: How often one X-ray is timed.

    Returns:
        `cases` and `cores`, their numbers; `threshold`; under `formats` for each network its
        `bytes` (none for Keras), `seconds` for one X-ray, `largest_difference` of any output,
        `dice`, the mean, and `dice_lost`; and `recommended`: the fastest format that loses no
        more than .001 of Dice.
    """
    x, y, rows = tested
    differences = dict.fromkeys(predictors, 0.0)
    dice: dict[str, list[float]] = {name: [] for name in predictors}
    for row in rows:
        maps = {name: predict(x[row : row + 1]) for name, predict in predictors.items()}
        for name, found in maps.items():
            difference = float(np.abs(found - maps["keras"]).max())
            # Not by max(), which would pass over a difference that is not a number.
            differences[name] = np.maximum(differences[name], difference).item()
            mask = found[..., :1] >= threshold
            dice[name].append(count_overlap(y[row : row + 1], mask).dice)
    seconds = seconds_each(predictors, x[rows[0] : rows[0] + 1], repeats)
    means = {name: float(np.mean(values)) for name, values in dice.items()}
    formats: dict[str, MeasuredFormat] = {
        name: {
            "bytes": sum(map(len, files[name].values())) if name in files else None,
            "seconds": seconds[name],
            "largest_difference": differences[name],
            "dice": means[name],
            "dice_lost": means["keras"] - means[name],
        }
        for name in predictors
    }
    return {
        "cases": len(rows),
        "cores": cores_used(),
        "threshold": threshold,
        "formats": formats,
        "recommended": recommend(formats),
    }


def recommend(formats: Mapping[str, MeasuredFormat]) -> str | None:
    """Return the fastest format that loses no more than .001 of Dice; None if there is none."""
    good = [
        name
        for name, measured in formats.items()
        if name in FORMATS and measured["dice_lost"] <= ACCEPTED_COST
    ]
    return min(good, key=lambda name: formats[name]["seconds"], default=None)


def refuse_differences(compared: ExportComparison) -> None:
    """Refuse a format in float32 that differs from the network by more than rounding.

    Raises:
        InputError: There is such a format.
    """
    for name, measured in compared["formats"].items():
        exact = name in FORMATS and FORMATS[name].exact
        if exact and not measured["largest_difference"] < LARGEST_DIFFERENCE:
            raise InputError(
                FORMATS[name].path,
                f"the outputs of the network to within {LARGEST_DIFFERENCE:g}",
                f"a difference of {measured['largest_difference']:.2g}",
                "Nothing was exported. Leave the format out with --params export.formats=..., or "
                'install the versions that this program names: pip install -e ".[export]"',
            )


def comparison_rows(compared: ExportComparison) -> Iterator[tuple[str, ...]]:
    """Yield the table's lines as texts, the heads of the columns first."""
    yield COLUMNS
    for name, measured in compared["formats"].items():
        itself, size = name == "keras", measured["bytes"]
        yield (
            "Keras" if itself else FORMATS[name].title,
            "" if size is None else f"{size / 1e6:.2f} MB",
            f"{measured['seconds']:.3f} s",
            "" if itself else f"{measured['largest_difference']:.1e}",
            f"{measured['dice']:.4f}",
            "" if itself else f"{round(measured['dice_lost'], 4) + 0.0:+.4f}",  # +0.0: no -0.0000
        )


def comparison_lines(compared: ExportComparison) -> Iterator[str]:
    """Yield the lines of a table for the log, and the recommendation."""
    cases = "cases that it has learned from" if compared.get("learned_from") else "test cases"
    yield f"Compared on {compared['cases']} {cases}; cores: {compared['cores']}"
    table = list(comparison_rows(compared))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for first, *others in table:
        cells = (text.rjust(width) for text, width in zip(others, widths[1:], strict=True))
        yield "   ".join([first.ljust(widths[0]), *cells]).rstrip()
    yield told_recommendation(compared)


def told_recommendation(compared: ExportComparison) -> str:
    """Say which format to take."""
    name = compared["recommended"]
    if name is None:
        return f"Every format loses more than {ACCEPTED_COST:g} of Dice: none is recommended"
    return f"Recommended: {FORMATS[name].title} ({FORMATS[name].path}), the fastest" + (
        "" if FORMATS[name].exact else f" that loses no more than {ACCEPTED_COST:g} of Dice"
    )
