"""How well a segmenter does on X-rays with masks or label maps that lie anywhere, case by case.

    python tests/benchmarks/real_xrays.py --xrays xrays.zip --masks masks.zip
    python tests/benchmarks/real_xrays.py --xrays xrays --labels labels --by-prefix --first 106 \\
        --segmenter data/06_models/pretraining/segmenter.zip --lines cases.jsonl --overlays worst

X-rays, masks and label maps (one number a tooth) are folders or zip archives, with one picture a
case. Without `--segmenter` it is that of the package. Dice is that of each image at the size of its
mask, and of cases with teeth; those without are counted apart. With label maps teeth are counted.
One line of JSON on the standard output; with `--lines` one a case; with `--overlays` pictures, the
worst first: green is found, orange missed, blue a false alarm.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging, load_segmenter, preparation, scoring, teeth
from teeth_unet.archives import ArchiveRules
from teeth_unet.case_names import natural_key
from teeth_unet.intake import pictures_of_archive, pictures_of_folder
from teeth_unet.preparation import Masks
from teeth_unet.segmentation import Segmenter

COLOURS = {"found": (60, 200, 60), "missed": (255, 150, 0), "false alarm": (60, 110, 255)}


def pictures(place: Path, cache: Path) -> Mapping[str, Any]:
    """Return a reader of every picture of a folder or an archive by case name."""
    if place.is_dir():
        return pictures_of_folder(place)
    return pictures_of_archive(place, cache, ArchiveRules())


def score_xray(
    segmenter: Segmenter, xray: NDArray[np.uint8], truth: NDArray[np.integer], threshold: float
) -> tuple[dict[str, float], NDArray[np.uint8]]:
    """Compare what a segmenter finds with the truth, at the size of the truth.

    Args:
        segmenter: The segmenter.
        xray: (h, w) grey levels in 0..255.
        truth: (h', w'), a mask, or one number a tooth.
        threshold: From which probability on a pixel is tooth.

    Returns:
        The scores of the case, and the mask that was found.
    """
    maps = segmenter.predict_maps(xray)
    mask = imaging.enlarge_and_threshold(maps.probabilities, *truth.shape, threshold)
    overlap = imaging.count_overlap(truth > 0, mask > 0)
    found = teeth.measure_label_map(teeth.separate_instances(mask, maps.distances))
    row = {name: float(getattr(overlap, name)) for name in ("dice", "precision", "sensitivity")}
    return {**row, "teeth": len(found)}, mask


def overlay(
    xray: NDArray[np.uint8], truth: NDArray[np.integer], mask: NDArray[np.uint8]
) -> Image.Image:
    """Return the X-ray with what was found, missed and made up, half transparent."""
    grey = Image.fromarray(xray).resize(mask.shape[::-1])
    picture = np.repeat(np.asarray(grey, float)[..., np.newaxis], 3, axis=2)
    parts = ((truth > 0) & (mask > 0), (truth > 0) & (mask == 0), (truth == 0) & (mask > 0))
    for part, colour in zip(parts, COLOURS.values(), strict=True):
        picture[part] = 0.65 * picture[part] + 0.35 * np.array(colour)
    return Image.fromarray(picture.round().astype(np.uint8))


def summarised(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Sum up cases: mean Dice with its 95 % interval, median, lowest; counts of teeth."""
    toothed = [row for row in rows if row["true_share"] > 0]
    told: dict[str, Any] = {"cases": len(rows)}
    if toothed:
        dice = [row["dice"] for row in toothed]
        told |= {"dice": mean_of(dice), "interval": scoring.interval_of_mean(dice, 0, 1)}
        told |= {"median": float(np.median(dice)), "lowest": min(dice)}
        told |= {
            name: mean_of([row[name] for row in toothed]) for name in ("precision", "sensitivity")
        }
    if len(toothed) < len(rows):
        told["toothless"] = len(rows) - len(toothed)
        told["toothless_left_empty"] = sum(row["dice"] == 1 for row in rows if row not in toothed)
    if counted := [abs(row["teeth"] - row["true_teeth"]) for row in rows if "true_teeth" in row]:
        told |= {"count_exact": mean_of([off == 0 for off in counted])}
        told |= {"count_within_one": mean_of([off <= 1 for off in counted])}
        told |= {"count_error": mean_of(counted)}
    return rounded(told)


def mean_of(values: Sequence[float]) -> float:
    """Return the mean as a plain number."""
    return float(np.mean(values))


def rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return numbers with four digits after the point."""
    return {
        name: np.round(value, 4).tolist() if isinstance(value, float | list | tuple) else value
        for name, value in values.items()
    }


def options_given(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--xrays", type=Path, required=True, help="folder or zip")
    truth = parser.add_mutually_exclusive_group(required=True)
    truth.add_argument("--masks", type=Path, help="folder or zip; tooth is white")
    truth.add_argument("--labels", type=Path, help="folder or zip; one number a tooth")
    parser.add_argument("--segmenter", type=Path, help="without it that of the package")
    parser.add_argument("--threshold", type=float, help="without it the segmenter's own")
    parser.add_argument("--first", type=int, help="so many cases only")
    parser.add_argument("--by-prefix", action="store_true", help="also by what stands before the -")
    parser.add_argument("--lines", type=Path, help="file for a line of JSON a case")
    parser.add_argument("--overlays", type=Path, help="folder for pictures of the worst cases")
    parser.add_argument("--most-overlays", type=int, default=20)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> None:
    """Segment all cases and score them."""
    options = options_given(arguments)
    segmenter = load_segmenter(options.segmenter)
    threshold = options.threshold or segmenter.settings.threshold
    rows, drawn = [], {}
    with tempfile.TemporaryDirectory() as cache:
        xrays = pictures(options.xrays, Path(cache, "xrays"))
        truths = pictures(options.masks or options.labels, Path(cache, "truths"))
        encoding = preparation.survey_masks({} if options.labels else truths, Masks())
        names = sorted(xrays.keys() & truths.keys(), key=natural_key)[: options.first]
        for name in names:
            xray = imaging.decode_xray(xrays[name]())
            if options.labels:
                truth = np.asarray(truths[name]())
            else:
                truth = preparation.read_mask(name, truths, encoding)
            row, mask = score_xray(segmenter, xray, truth, threshold)
            row |= {"case": name, "true_share": round(float((truth > 0).mean()), 4)}
            if options.labels:
                row["true_teeth"] = len(np.unique(truth[truth > 0]))
            rows.append(row)
            if options.overlays:
                drawn[name] = overlay(xray, truth, mask)
    if options.lines:
        options.lines.write_text("".join(f"{json.dumps(rounded(row))}\n" for row in rows))
    worst = sorted(rows, key=lambda row: row["dice"])[: options.most_overlays]
    for place, row in enumerate(worst if options.overlays else ()):
        options.overlays.mkdir(parents=True, exist_ok=True)
        picture = drawn[row["case"]]
        picture.save(options.overlays / f"{place:02d}_{row['dice']:.3f}_{row['case']}.png")
    told = {"segmenter": segmenter.taught_on, "fingerprint": segmenter.fingerprint[:12]}
    told |= {"threshold": threshold, "left_out": len(xrays.keys() ^ truths.keys())}
    told |= summarised(rows)
    if options.by_prefix:
        prefixes = sorted({row["case"].partition("-")[0] for row in rows}, key=natural_key)
        told["by_prefix"] = {
            prefix: summarised([row for row in rows if row["case"].partition("-")[0] == prefix])
            for prefix in prefixes
        }
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
