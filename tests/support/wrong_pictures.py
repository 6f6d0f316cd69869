"""Pictures that no chart can be made of, or hardly any, from drawings: what is wrong has a name."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms import Mouth, PhantomSettings, draw_labels, draw_truth, draw_xray

Picture = NDArray[np.uint8]
Maker = Callable[[int, np.random.Generator], Picture]

PLAIN = PhantomSettings(toothless_share=0, seed=1717)


def _plain(case: int) -> Picture:
    return draw_xray(PLAIN, case)


def _around(case: int, rng: np.random.Generator, margin: float) -> Picture:
    """Return the surroundings of one tooth, so many of its sizes around it."""
    labels = draw_labels(PLAIN, case)
    rows, columns = np.nonzero(labels == rng.integers(1, labels.max() + 1))
    tall, wide = margin * np.ptp(rows), margin * np.ptp(columns)
    top, left = max(0, int(rows.min() - tall)), max(0, int(columns.min() - wide))
    return _plain(case)[top : int(rows.max() + tall), left : int(columns.max() + wide)]


def _bite_wing(case: int, rng: np.random.Generator) -> Picture:
    xray = _plain(case)
    height, width = xray.shape
    left = int(rng.choice([0.2, 0.55]) * width)
    return xray[int(0.38 * height) : int(0.68 * height), left : left + int(0.25 * width)]


def _pieces(case: int, rng: np.random.Generator) -> Picture:
    xray = _plain(case)
    rows, columns = xray.shape[0] // 5, xray.shape[1] // 8
    tiles = [
        xray[row * rows : (row + 1) * rows, column * columns : (column + 1) * columns]
        for row in range(5)
        for column in range(8)
    ]
    order = rng.permutation(len(tiles))
    return np.block([[tiles[order[8 * row + column]] for column in range(8)] for row in range(5)])


def _noise(case: int, rng: np.random.Generator) -> Picture:
    return rng.integers(0, 256, (600, 1200)).astype(np.uint8)


def _toothless(case: int, rng: np.random.Generator) -> Picture:
    return draw_xray(PLAIN.model_copy(update={"toothless_share": 1.0}), case)


def _only_implants(case: int, rng: np.random.Generator) -> Picture:
    settings = PhantomSettings(toothless_share=1, seed=1718, mouth=Mouth(implant_bars=1))
    return draw_xray(settings, case)


BABY = PhantomSettings(toothless_share=0, seed=1719, mouth=Mouth(children=1, age=(5, 5)))

MAKERS: dict[str, Maker] = {
    "no teeth": _toothless,
    "one tooth": lambda case, rng: _around(case, rng, 0.1),
    "a few teeth": lambda case, rng: _around(case, rng, 1.0),
    "only implants": _only_implants,
    "upside down": lambda case, rng: _plain(case)[::-1],
    "turned by 180 degrees": lambda case, rng: _plain(case)[::-1, ::-1],
    "turned by 90 degrees": lambda case, rng: _plain(case).T,
    "a bite-wing": _bite_wing,
    "40 pieces": _pieces,
    "noise": _noise,
    "one side": lambda case, rng: _plain(case)[:, : _plain(case).shape[1] // 2],
    "a negative": lambda case, rng: 255 - _plain(case),
    "a small child": lambda case, rng: draw_xray(BABY, case),
}

DRAWN = {"a negative": PLAIN, "a small child": BABY}
"""What shows a whole mouth all the same, so that its chart may be right."""


def right_numbers(name: str, case: int) -> set[int] | None:
    """Return the numbers of all that is in the mouth; None if no chart can be right."""
    if name not in DRAWN:
        return None
    return {each.fdi for each in draw_truth(DRAWN[name], case).table if each.fdi}


def wrong_pictures(number: int) -> Iterator[tuple[str, Picture, set[int] | None]]:
    """Yield what is wrong, so many pictures, and `right_numbers`; all kinds in turn."""
    for case in range(number):
        name = list(MAKERS)[case % len(MAKERS)]
        made = MAKERS[name](case, np.random.default_rng(case))
        yield name, np.ascontiguousarray(made), right_numbers(name, case)
