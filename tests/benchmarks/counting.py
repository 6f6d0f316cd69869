"""How well teeth of phantoms that nobody has seen are counted and measured.

    python tests/benchmarks/counting.py data/06_models/segmenter.zip --cases 60 --seed 77

X-rays are drawn, segmented and compared with the label maps they were drawn from: as the numbering
network divides them, as the mask alone is divided, and by the simple method that counting began
with. One line of JSON.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from teeth_unet import imaging, load_segmenter, teeth
from teeth_unet.numbering import number_teeth
from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray
from teeth_unet.scoring import TeethOfCase, match_teeth, score_matched_teeth, summarise_teeth


def compared(truth: NDArray[np.integer], labels: NDArray[np.integer]) -> TeethOfCase:
    """Compare two label maps."""
    sizes = [
        {tooth.number: (tooth.length, tooth.width) for tooth in teeth.measure_label_map(each)}
        for each in (truth, labels)
    ]
    return score_matched_teeth(*sizes, match_teeth(truth, labels))


def main() -> None:
    """Segment, count, measure and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("segmenter", type=Path)
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--seed", type=int, default=77)
    options = parser.parse_args()
    segmenter = load_segmenter(options.segmenter)
    settings = PhantomSettings(cases=options.cases, seed=options.seed)
    numbered, ours, simple, seconds = [], [], [], []
    for case in range(options.cases):
        xray, truth = draw_xray(settings, case), draw_labels(settings, case)
        maps = segmenter.predict_maps(xray)
        native = imaging.resize_probabilities(maps.probabilities, *xray.shape)
        began = time.monotonic()
        mask = (native >= segmenter.settings.threshold).astype(np.uint8)
        labels = teeth.separate_instances(mask, maps.distances)
        seconds.append(time.monotonic() - began)
        network = segmenter.numbering_network
        found = number_teeth(
            maps.probabilities,
            segmenter.settings.threshold,
            network.maps(xray),
            xray.shape,
            distances=maps.distances,
        )
        numbered.append(compared(truth, found.tooth_labels))
        ours.append(compared(truth, labels))
        simple.append(compared(truth, teeth.separate_by_erosion(native)))
    print(
        json.dumps(
            {
                "cases": options.cases,
                "seed": options.seed,
                "seconds_to_separate": round(float(np.mean(seconds)), 3),
                "numbered": summarise_teeth(numbered),
                "mask_alone": summarise_teeth(ours),
                "erosion": summarise_teeth(simple),
            }
        )
    )


if __name__ == "__main__":
    main()
