"""How far the boundary of one mask lies from the boundary of another."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

TOLERANCE = 2.0


class SurfaceScores(NamedTuple):
    """Scores of the boundary of a prediction.

    Two masks without any tooth agree: distances 0, NSD 1. Where just one of them is empty there
    is no boundary to measure to: the distances are then the diagonal of the picture, the NSD 0.

    Attributes:
        hd95: Hausdorff distance at 95 % in pixels: the larger of the two directed 95th
            percentiles (linear) of the distances from one boundary to the other.
        assd: Average symmetric surface distance in pixels: the mean of the distances from all
            pixels of both boundaries together.
        nsd: Normalised surface Dice in [0, 1]: share of the pixels of both boundaries that lie
            within the tolerance of the other boundary.
    """

    hd95: float
    assd: float
    nsd: float


def score_surfaces(
    truth: ArrayLike, prediction: ArrayLike, tolerance: float = TOLERANCE
) -> SurfaceScores:
    """Compare the boundaries of two masks; distances run between centres of pixels.

    Nikolov et al. 2021 (NSD), Taha and Hanbury 2015 (HD95, ASSD), in the variant of MONAI and
    MetricsReloaded, which weighs every boundary pixel alike.

    Args:
        truth: (h, w) or (h, w, 1) mask; tooth where it is not 0.
        prediction: Mask of the same shape.
        tolerance: In pixels, 0 or more; a distance equal to it is within.

    Raises:
        ValueError: The shapes differ, or are not those of one picture.
    """
    edges = find_boundary(truth), find_boundary(prediction)
    if edges[0].shape != edges[1].shape:
        raise ValueError(
            f"expected two masks of one shape, received {edges[0].shape} and {edges[1].shape}"
        )
    of_truth, of_prediction = (np.argwhere(edge) for edge in edges)
    if not (len(of_truth) and len(of_prediction)):
        both_empty = len(of_truth) == len(of_prediction)
        distance = 0.0 if both_empty else float(np.hypot(*edges[0].shape))
        return SurfaceScores(distance, distance, float(both_empty))

    directed = _distances(of_truth, of_prediction), _distances(of_prediction, of_truth)
    pooled = np.concatenate(directed)
    return SurfaceScores(
        hd95=max(float(np.percentile(distances, 95)) for distances in directed),
        assd=float(pooled.mean()),
        nsd=float((pooled <= tolerance).mean()),
    )


def find_boundary(mask: ArrayLike) -> NDArray[np.bool_]:
    """Return the tooth pixels that have background above, below, left or right of them.

    That is the mask without its 4-connected erosion. Outside the picture is background.

    Args:
        mask: (h, w) or (h, w, 1); tooth where it is not 0.

    Returns:
        The boundary, shape (h, w).

    Raises:
        ValueError: The mask has another number of dimensions or channels.
    """
    tooth = _as_picture(mask)
    inner = np.zeros_like(tooth)
    inner[1:-1, 1:-1] = tooth[1:-1, 1:-1]
    inner[1:-1] &= tooth[:-2] & tooth[2:]
    inner[:, 1:-1] &= tooth[:, :-2] & tooth[:, 2:]
    return tooth & ~inner


def _as_picture(mask: ArrayLike) -> NDArray[np.bool_]:
    tooth = np.asarray(mask).astype(bool)
    if tooth.ndim == 3 and tooth.shape[2] == 1:
        tooth = tooth[:, :, 0]
    if tooth.ndim != 2:
        raise ValueError(f"expected a mask (h, w) or (h, w, 1), received shape {tooth.shape}")
    return tooth


def _distances(pixels: NDArray[np.intp], others: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the distance from each pixel to the nearest of the others, (n,), exact.

    At native size a tree over the few boundary pixels takes a fifth to an eighth of the time of
    a distance transform of all pixels. They are spread so evenly that balancing it only costs.
    """
    tree = cKDTree(others, balanced_tree=False, compact_nodes=False)
    return np.asarray(tree.query(pixels)[0])
