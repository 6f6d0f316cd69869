"""What kind of object each one is, and how sure that is."""

import numpy as np
from numpy.typing import NDArray

from teeth_unet.numbering.classes import KINDS
from teeth_unet.tooth_numbers import MILK

_NUMBERED = np.isin(KINDS, ["tooth", "germ", "implant", "pontic", "root remnant"])
_MILK = np.isin(KINDS, ["milk tooth"])
_WITHOUT = np.isin(KINDS, ["supernumerary", "bar", "denture", "tooth", "milk tooth", "germ"])


def decide_kinds(
    shares: NDArray[np.float64], numbers: NDArray[np.int64]
) -> tuple[list[str], NDArray[np.float64]]:
    """Decide for each object of which kind it is.

    Only kinds that go with the number are possible: milk teeth have numbers from 51 to 85; who has
    a lower one is a tooth, a germ, an implant, a pontic or a root; bars, dentures and supernumerary
    teeth have none.

    Args:
        shares: (n, 10) mean probability of each of `KINDS` in each object.
        numbers: (n,) FDI numbers, 0 for none.

    Returns:
        The kinds, and (n,) how probable each is among all kinds of objects.
    """
    possible = np.where(numbers[:, np.newaxis] > 0, _NUMBERED, _WITHOUT)
    possible[np.isin(numbers, MILK)] = _MILK
    weights = np.maximum(shares, 1e-6)
    weights[:, 0] = 0  # its rim may be background, and is an object all the same
    weights /= weights.sum(axis=1, keepdims=True)
    chosen = np.where(possible, weights, 0).argmax(axis=1)
    return [KINDS[kind] for kind in chosen.tolist()], weights[np.arange(len(chosen)), chosen]
