"""How well teeth are numbered: on drawings, on X-rays with label maps, and on wrong pictures.

    python tests/benchmarks/numbering.py --drawings 60 --phantoms 60 --wrong 108
    python tests/benchmarks/numbering.py --xrays xrays --labels labels --segmenter segmenter.zip

Drawings are as `drawings` of conf/base/globals.yml says, phantoms as by default, both of seeds that
nothing was taught by. Label maps hold FDI numbers. Scores are of natural teeth, at the size of the
label map: found is an IoU above .5 with any object. A wrong picture counts as false confidence if
its chart is not for review, and is not that of the mouth either (a negative and a small child show
a whole mouth, the others none). One line of JSON a set, with `--lines` one a case.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from wrong_pictures import wrong_pictures

from teeth_unet import imaging, load_segmenter, teeth
from teeth_unet.intake import pictures_of_folder
from teeth_unet.numbering import NATURAL, Numbered, load_numbering_network, number_teeth
from teeth_unet.phantoms import PhantomSettings, draw_truth, draw_xray
from teeth_unet.scoring import match_teeth, score_matched_teeth, summarise_teeth
from teeth_unet.segmentation import Segmenter

GLOBALS = Path(__file__).parents[2] / "conf" / "base" / "globals.yml"
SEED = 77

Labels = NDArray[np.integer]
Row = dict[str, Any]
Case = tuple[str, NDArray[np.uint8], Labels]


def drawn(settings: PhantomSettings) -> Iterator[Case]:
    """Yield name, X-ray and numbers of the natural teeth."""
    for case in range(settings.cases):
        truth = draw_truth(settings, case)
        numbers = np.zeros(256, np.uint8)
        for each in truth.table:
            numbers[each.number] = each.fdi if each.kind in NATURAL else 0
        yield str(case), draw_xray(settings, case), numbers[truth.in_front()]


class Numberer:
    """Both networks."""

    def __init__(self, segmenter: Segmenter) -> None:
        self.segmenter, self.network = segmenter, load_numbering_network()

    def __call__(self, xray: NDArray[np.uint8], shape: tuple[int, int]) -> tuple[Numbered, float]:
        """Return what is found, and the seconds of the processor after both networks."""
        seen = self.segmenter.predict_maps(xray)
        maps = self.network.maps(xray)
        turned = self.network.maps(np.ascontiguousarray(xray[::-1]))
        began = time.process_time()
        threshold = self.segmenter.settings.threshold
        found = number_teeth(seen.probabilities, threshold, maps, shape, turned, seen.distances)
        return found, time.process_time() - began


def scored(found: Numbered, truth: Labels) -> Row:
    """Compare what was found with the numbers of the natural teeth."""
    label_map = np.where(found.label_map < 100, found.label_map, 0)
    natural = [False, *(bool(each.number) and each.kind in NATURAL for each in found.teeth)]
    objects = np.where(np.array(natural)[found.objects], found.objects, 0)
    number_of = {each.object: each.number for each in found.teeth}
    matches = match_teeth(truth, objects)
    true, told = set(np.unique(truth).tolist()) - {0}, set(np.unique(label_map).tolist()) - {0}
    dice = [imaging.count_overlap(truth == each, label_map == each).dice for each in true]
    sizes = [
        {tooth.number: (tooth.length, tooth.width) for tooth in teeth.measure_label_map(each)}
        for each in (truth, objects)
    ]
    return {
        "teeth": len(true),
        "found": len(matches),
        "right": sum(number_of[match.predicted] == match.truth for match in matches),
        "dice": sum(dice),
        "both": len(true & told),
        "told": len(told),
        "exact": true == told,
        "count_error": len(np.unique(objects[objects > 0])) - len(true),
        "review": bool(found.chart.review),
        "measured": score_matched_teeth(*sizes, matches),
    }


def summed_up(rows: Sequence[Row]) -> Row:
    """Return the scores of a set: of all teeth together, and the shares of X-rays."""
    total = {
        name: sum(row[name] for row in rows)
        for name in ("teeth", "found", "right", "dice", "both", "told")
    }
    teeth_there = max(1, total["teeth"])
    shares = {
        "found": total["found"] / teeth_there,
        "right_among_found": total["right"] / max(1, total["found"]),
        "dice_a_tooth": total["dice"] / teeth_there,
        "presence_f1": 2 * total["both"] / max(1, total["teeth"] + total["told"]),
        "charts_exact": np.mean([row["exact"] for row in rows]),
        "count_exact": np.mean([row["count_error"] == 0 for row in rows]),
        "count_within_one": np.mean([abs(row["count_error"]) <= 1 for row in rows]),
        "review": np.mean([row["review"] for row in rows]),
        "review_of_wrong": np.mean([row["review"] for row in rows if not row["exact"]] or [1.0]),
    }
    return {"cases": len(rows)} | {name: round(float(each), 4) for name, each in shares.items()}


def measure(name: str, pictures: Iterator[Case], numberer: Numberer, lines: Path | None) -> None:
    """Number all X-rays of a set, and print its scores, by category if there are any."""
    rows, seconds = [], []
    for case, xray, truth in pictures:
        found, spent = numberer(xray, truth.shape)
        rows.append(scored(found, truth) | {"case": case})
        seconds.append(spent)
    told = {"set": name, "seconds": round(float(np.mean(seconds)), 3)} | summed_up(rows)
    told["sizes"] = summarise_teeth([row.pop("measured") for row in rows])
    categories = sorted({row["case"].partition("-")[0] for row in rows if "-" in row["case"]})
    told["by_category"] = {
        each: summed_up([row for row in rows if row["case"].partition("-")[0] == each])
        for each in categories
    }
    print(json.dumps(told, default=str), flush=True)
    if lines:
        with lines.open("a") as file:
            file.writelines(f"{json.dumps({'set': name} | row)}\n" for row in rows)


def of_folders(xrays: Path, labels: Path) -> Iterator[Case]:
    """Yield the X-rays that have a label map."""
    pictures, truths = pictures_of_folder(xrays), pictures_of_folder(labels)
    for case in sorted(pictures.keys() & truths.keys()):
        yield case, imaging.decode_xray(pictures[case]()), np.asarray(truths[case]())


def measure_wrong(number: int, numberer: Numberer) -> None:
    """Print how many of the wrong pictures give a chart that seems sure, by what is wrong."""
    confident: dict[str, list[bool]] = {}
    for wrong, xray, right in wrong_pictures(number):
        found, _ = numberer(xray, xray.shape)
        told = {tooth.number for tooth in found.teeth if tooth.number}
        confident.setdefault(wrong, []).append(not found.chart.review and told != right)
    shares: Mapping[str, float] = {wrong: float(np.mean(each)) for wrong, each in confident.items()}
    of_all = float(np.mean([each for told in confident.values() for each in told]))
    print(json.dumps({"wrong_pictures": number, "false_confidence": of_all, "by_kind": shares}))


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--segmenter", type=Path, help="without it that of the package")
    parser.add_argument("--drawings", type=int, default=0)
    parser.add_argument("--phantoms", type=int, default=0)
    parser.add_argument("--wrong", type=int, default=0)
    parser.add_argument("--xrays", type=Path, help="folder")
    parser.add_argument("--labels", type=Path, help="folder, one FDI number a tooth")
    parser.add_argument("--lines", type=Path, help="file for a line of JSON a case")
    options = parser.parse_args()
    numberer = Numberer(load_segmenter(options.segmenter))
    varied = yaml.safe_load(GLOBALS.read_text("utf-8"))["drawings"]
    for name, number, given in (
        ("drawings", options.drawings, varied),
        ("phantoms", options.phantoms, {}),
    ):
        if number:
            settings = PhantomSettings(**{**given, "cases": number, "seed": SEED})
            measure(name, drawn(settings), numberer, options.lines)
    if options.xrays:
        measure(
            options.xrays.name, of_folders(options.xrays, options.labels), numberer, options.lines
        )
    if options.wrong:
        measure_wrong(options.wrong, numberer)


if __name__ == "__main__":
    main()
