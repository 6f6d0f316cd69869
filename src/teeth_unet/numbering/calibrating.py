"""Where the constants of dividing and of sequencing come from: drawings, whose truth is known.

python -m teeth_unet.numbering.calibrating 40
"""

import sys
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from teeth_unet import imaging
from teeth_unet.numbering.classes import NUMBERS
from teeth_unet.numbering.describing import describe, gaps_before
from teeth_unet.numbering.dividing import neighbours
from teeth_unet.numbering.files import load_numbering_network
from teeth_unet.numbering.network import NumberMaps
from teeth_unet.numbering.sequencing import number_sequence
from teeth_unet.phantoms import Mouth, PhantomSettings, Scene, Truth, draw_truth, draw_xray

Pair = tuple[float, float, bool]

SHARPNESSES = (0.7, 1.0, 1.3, 1.6, 2.0, 2.5)
"""Values of `sequencing.SHARPNESS` that are tried."""


def examples(settings: PhantomSettings, cases: Sequence[int]) -> Iterator[tuple[NumberMaps, Truth]]:
    """Yield what the network says of drawings, and their truth."""
    network = load_numbering_network()
    for case in cases:
        yield network.maps(draw_xray(settings, case)), draw_truth(settings, case)


def pairs_of_pieces(maps: NumberMaps, truth: Truth) -> Iterator[Pair]:
    """Yield pass, likeness, and whether they are one, of pieces that touch.

    A piece belongs to the object that most of its pixels are of.
    """
    front = imaging.resize_labels(truth.in_front(), maps.distances.shape[0])
    pieces, compared = neighbours(maps, maps.kinds[..., 0] < 0.5)
    counts = np.zeros((pieces.max(initial=0) + 1, 256), np.int64)
    np.add.at(counts, (pieces, front), 1)
    owner = counts.argmax(axis=1)
    for (one, other), (passing, alike) in compared.items():
        if owner[one] and owner[other]:
            yield passing, alike, bool(owner[one] == owner[other])


def fit_joining(pairs: Sequence[Pair]) -> tuple[float, float, float]:
    """Return PASS, LIKENESS and TOGETHER of `dividing`, by logistic regression."""
    values = np.array([[passing, alike, -1.0] for passing, alike, _ in pairs])
    signs = np.where([one for *_, one in pairs], 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> float:
        likelihoods = np.logaddexp(0, -signs * (values @ weights))
        return float(likelihoods.mean()) + 1e-5 * float(weights @ weights)

    first, second, third = minimize(loss, np.array([1.0, 1.0, 1.0])).x.tolist()
    return first, second, third


def surprise(maps: NumberMaps, truth: Truth, sharpness: float) -> list[float]:
    """Return minus the logarithm of the probability of each true number, object by object."""
    objects = imaging.resize_labels(truth.in_front(), maps.distances.shape[0])
    described = describe(objects, maps)
    told: list[float] = []
    for upper in (True, False):
        row = described.in_row(upper)
        row = row[described.areas[row] > 0]
        gaps = gaps_before(objects, row, described.areas)
        shares = number_sequence(described.numbers[row], gaps, upper, sharpness).probabilities
        for share, index in zip(shares, row.tolist(), strict=True):
            probability = share[NUMBERS.index(truth.table[index].fdi)]
            told.append(-float(np.log(max(probability, 1e-6))))
    return told


def main(number: int) -> None:
    """Print the constants that so many drawings give."""
    settings = PhantomSettings(cases=number, seed=99, scene=Scene.varied(), mouth=Mouth.varied())
    pairs: list[Pair] = []
    surprises: dict[float, list[float]] = {sharpness: [] for sharpness in SHARPNESSES}
    for maps, truth in examples(settings, range(number)):
        pairs.extend(pairs_of_pieces(maps, truth))
        for sharpness, told in surprises.items():
            told.extend(surprise(maps, truth, sharpness))
    print("PASS, LIKENESS, TOGETHER =", ", ".join(f"{each:.1f}" for each in fit_joining(pairs)))
    means = {sharpness: float(np.mean(told)) for sharpness, told in surprises.items()}
    print("SHARPNESS =", min(means, key=means.__getitem__), means)


if __name__ == "__main__":
    main(int(sys.argv[1]))
