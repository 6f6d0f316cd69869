"""How well teeth are numbered after training on half of a set with label maps, both ways.

    python tests/benchmarks/numbering_training.py --xrays xrays --labels labels --folder halves
    python tests/benchmarks/numbering_training.py ... --name quicker --set epochs=10

A set is halved at random. Each half teaches a segmenter (the recipe for real X-rays, begun with the
network of the package) and a numbering network; both are tested on the other half, at the size of
the label maps. Nothing is validated: the last epoch counts. What is in the folder already is not
made again, so that the command may be stopped and repeated. How well kinds are still told, which
label maps do not teach, is measured on drawings. One line of JSON, and one in `results.jsonl`.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from folds import overridden
from numpy.typing import NDArray
from speed import settings

from teeth_unet import imaging, scoring, unet
from teeth_unet.intake import pictures_of_folder
from teeth_unet.numbering import (
    OTHERS,
    NumberingNetwork,
    fit_numbering_network,
    label_targets,
    load_numbering_network,
    number_maps,
    number_picture,
    number_teeth,
    read_numbering_network,
    write_numbering_network,
)
from teeth_unet.phantoms import PhantomSettings, draw_truth, draw_xray
from teeth_unet.scoring import NumberedPair
from teeth_unet.segmentation import (
    Segmenter,
    packaged_segmenter,
    read_segmenter,
    write_segmenter,
)
from teeth_unet.unet import Fitting, Network, Training

GLOBALS = Path(__file__).parents[2] / "conf" / "base" / "globals.yml"
SIZE = 512
KIND_OF = {code: kind for kind, code in OTHERS.items()}


class Halves:
    """A set of X-rays with label maps, and its two halves."""

    def __init__(self, xrays: Path, labels: Path, seed: int) -> None:
        pictures, truths = pictures_of_folder(xrays), pictures_of_folder(labels)
        self.names = sorted(pictures.keys() & truths.keys())
        self.xrays = [imaging.decode_xray(pictures[name]()) for name in self.names]
        self.truths = [np.asarray(truths[name]()) for name in self.names]
        order = np.random.default_rng(seed).permutation(len(self.names))
        self.rows = sorted(order[::2].tolist()), sorted(order[1::2].tolist())

    @cached_property
    def x(self) -> NDArray[np.uint8]:
        """(n, size, size, 1) X-rays."""
        return np.stack([imaging.resize_xray(each, SIZE) for each in self.xrays])[..., np.newaxis]

    @cached_property
    def labels(self) -> NDArray[np.uint8]:
        """(n, size, size, 1) numbers."""
        small = [imaging.resize_labels(each, SIZE) for each in self.truths]
        return np.stack(small).astype(np.uint8)[..., np.newaxis]

    @cached_property
    def y(self) -> NDArray[np.float32]:
        """(n, size, size, 1) masks."""
        small = [imaging.resize_mask((each > 0).astype(np.uint8), SIZE) for each in self.truths]
        return np.stack(small).astype(np.float32)[..., np.newaxis]


def fitted_segmenter(halves: Halves, half: int, path: Path, epochs: int) -> Segmenter:
    """Return a segmenter taught by one half; of the package, but for its weights."""
    if not path.exists():
        found, rows = settings("folder"), halves.rows[half]
        network = Network(**found["network"])
        training = Training(**{**found["training"], "epochs": epochs})
        place = packaged_segmenter()
        assert place, "this package holds no segmenter"
        start = read_segmenter(place)
        compiled = unet.compile_model(
            network, training, size=SIZE, train_cases=len(rows), start=start.model
        )
        x, y = halves.x[rows], halves.y[rows]
        model, _ = unet.fit_model(compiled, x, y, x[:0], y[:0], training)
        write_segmenter(
            path, Segmenter(model, start.settings.model_copy(update={"threshold": 0.5}))
        )
    return read_segmenter(path)


def fitted_numbering(
    halves: Halves, half: int, path: Path, training: Fitting
) -> tuple[NumberingNetwork, float]:
    """Return a numbering network taught by one half, and the minutes it took."""
    began, rows, start = time.monotonic(), halves.rows[half], load_numbering_network()
    if not path.exists():
        x, targets = halves.x[rows], label_targets(halves.x[rows], halves.labels[rows], start)
        network, _ = fit_numbering_network(
            x, targets, x[:0], targets[:0], start.network, training, start=start
        )
        with path.open("wb") as file:
            write_numbering_network(file, network)
    return read_numbering_network(path), (time.monotonic() - began) / 60


def numbered(
    halves: Halves, half: int, segmenter: Segmenter, network: NumberingNetwork
) -> Iterator[NumberedPair]:
    """Yield the numbers of the other half, true and found."""
    for row in halves.rows[1 - half]:
        xray, truth = halves.xrays[row], halves.truths[row]
        seen = segmenter.predict_maps(xray)
        threshold = segmenter.settings.threshold
        found = number_teeth(
            seen.probabilities,
            threshold,
            network.maps(xray),
            truth.shape,
            distances=seen.distances,
        )
        probabilities = {each.number: each.number_probability for each in found.teeth}
        yield NumberedPair(halves.names[row], truth, found.label_map, probabilities)


def told_kinds(network: NumberingNetwork, cases: int) -> dict[str, float]:
    """Return the share of objects of each kind in drawings of which most pixels have that kind."""
    drawings = yaml.safe_load(GLOBALS.read_text("utf-8"))["drawings"]
    made = PhantomSettings(**{**drawings, "cases": cases, "seed": 77})
    right: dict[str, list[bool]] = {}
    for case in range(cases):
        truth = draw_truth(made, case)
        picture = number_picture(truth)
        side = network.size // network.network.patch
        kinds = network.maps(draw_xray(made, case)).kinds.argmax(axis=-1)
        true = number_maps(picture, side)[..., 1]
        objects = imaging.resize_labels(picture[..., 2], side)
        for number in np.unique(objects[objects > 0]):
            here = objects == number
            kind = int(true[here][0])
            told = int(np.bincount(kinds[here]).argmax())
            right.setdefault(truth.table[number - 1].kind, []).append(told == kind)
    return {kind: round(float(np.mean(each)), 3) for kind, each in sorted(right.items())}


def summed_up(pairs: list[NumberedPair]) -> dict[str, Any]:
    """Return the scores that matter most, all of them with their intervals in the package."""
    found = scoring.score_numbers(pairs, KIND_OF).summary()
    told = {
        name: round(found[name]["mean"], 4)
        for name in (
            "found",
            "right_number",
            "dice",
            "exact_chart",
            "average_precision_50",
            "average_precision",
            "panoptic_quality",
        )
    }
    return {"cases": found["cases"], **told, "f1": round(found["presence"]["f1"]["mean"], 4)}


def main() -> None:
    """Train what is missing, and score it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--xrays", type=Path, required=True, help="folder")
    parser.add_argument("--labels", type=Path, required=True, help="folder, FDI numbers")
    parser.add_argument("--folder", type=Path, required=True, help="where networks are kept")
    parser.add_argument("--name", default="default", help="of these settings")
    parser.add_argument("--set", nargs="*", default=[], dest="changes", help="of the training")
    parser.add_argument("--without", nargs="*", default=["cate5", "cate6"], help="not scored")
    parser.add_argument("--drawings", type=int, default=60, help="on which kinds are measured")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=60, help="of the segmenters")
    parser.add_argument("--untaught", action="store_true", help="score the package's networks")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    options.folder.mkdir(parents=True, exist_ok=True)

    halves = Halves(options.xrays, options.labels, options.seed)
    training = Fitting(**overridden(settings("folder")["numbering"]["training"], options.changes))
    pairs: list[NumberedPair] = []
    kinds, minutes = [], []
    for half in (0, 1):
        network, taken = load_numbering_network(), 0.0
        place = options.folder / f"segmenter-{half}.zip"
        segmenter = fitted_segmenter(halves, half, place, options.epochs)
        if not options.untaught:
            place = options.folder / f"{options.name}-{half}.npz"
            network, taken = fitted_numbering(halves, half, place, training)
        pairs += numbered(halves, half, segmenter, network)
        kinds.append(told_kinds(network, options.drawings))
        minutes.append(round(taken, 2))
    scored = [pair for pair in pairs if not pair.case.startswith(tuple(options.without))]
    line = {"name": options.name, "changes": options.changes, "minutes": minutes}
    line |= summed_up(scored) | {"all": summed_up(pairs), "kinds": kinds}
    print(json.dumps(line))
    with (options.folder / "results.jsonl").open("a") as results:
        results.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
