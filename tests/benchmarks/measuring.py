"""How well phantoms' teeth are measured, and how long measuring and drawing take.

    python tests/benchmarks/measuring.py [--cases 12] [--widths 600 1300 2600]

The truth is the outline that each tooth was drawn from; teeth that others cover by more than 1 %
are left out. Beside it stands what the corners of the pixels alone would measure.
"""

import argparse
import time

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray
from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.teeth import draw_measures, measure_label_map
from teeth_unet.teeth.rectangles import pixel_corners, smallest_rectangle


def area_inside(outline: NDArray[np.float64]) -> float:
    """Return the area inside a closed outline, in its unit squared."""
    x, y = outline.T
    return abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def measure(settings: PhantomSettings, case: int) -> tuple[list[list[float]], list[float], int]:
    """Return relative errors of teeth, seconds of measuring and drawing, and jaws told wrong."""
    drawn, labels = draw_anatomy(settings, case), draw_labels(settings, case)
    xray = draw_xray(settings, case)
    start = time.perf_counter()
    teeth = measure_label_map(labels)
    measured = time.perf_counter()
    draw_measures(xray, labels, teeth)
    seconds = [measured - start, time.perf_counter() - measured]
    windows = ndimage.find_objects(labels)
    errors, wrong = [], 0
    for tooth in teeth:
        truth = drawn.teeth[tooth.number - 1]
        wrong += (tooth.jaw == "upper") != (truth.pose.axis[1] < 0)
        if tooth.area > 0.99 * area_inside(truth.outline):
            mask = labels[windows[tooth.number - 1]] == tooth.number
            corners = smallest_rectangle(pixel_corners(mask))
            true = smallest_rectangle(truth.outline)
            sizes = np.array([(found.length, found.width) for found in (tooth, corners)])
            errors.append((sizes / (true.length, true.width) - 1).ravel().tolist())
    return errors, seconds, wrong


def main() -> None:
    """Print a row for each width."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=12)
    parser.add_argument("--widths", type=int, nargs="+", default=[600, 1300, 2600])
    options = parser.parse_args()
    print("width teeth | median error, bias (length, width) | bias of corners | jaws wrong | ms")
    for width in options.widths:
        settings = PhantomSettings(width=(width, width), toothless_share=0)
        cases = (measure(settings, case) for case in range(options.cases))
        rows, times, wrongs = zip(*cases, strict=True)
        errors = 100 * np.concatenate(rows)
        median, bias = np.median(np.abs(errors), axis=0), errors.mean(axis=0)
        measuring, drawing = 1000 * np.median(times, axis=0)
        print(
            f"{width:5} {len(errors):5} | {median[0]:.2f} {median[1]:.2f} % {bias[0]:+.2f} "
            f"{bias[1]:+.2f} % | {bias[2]:+.2f} {bias[3]:+.2f} % | {sum(wrongs)} | "
            f"measure {measuring:.0f}, draw {drawing:.0f}"
        )


if __name__ == "__main__":
    main()
