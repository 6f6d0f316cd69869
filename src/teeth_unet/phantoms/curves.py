"""Smooth curves through a few landmarks."""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Points = NDArray[np.float64]  # (n, 2): x to the right and y down


def smooth_curve(landmarks: Points, samples: int, *, closed: bool = False) -> Points:
    """Return a cubic spline through landmarks, parametrised by chord length.

    Args:
        landmarks: (n, 2) distinct consecutive points, in any unit.
        samples: Number of points on the curve, spread evenly along the chords.
        closed: Whether the curve returns to its first landmark; the first point is then not
            repeated at the end.

    Returns:
        (samples, 2) points, in the unit of the landmarks.
    """
    if closed:
        landmarks = np.vstack([landmarks, landmarks[:1]])
    chords = np.hypot(*np.diff(landmarks, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(chords)])
    spline = CubicSpline(along, landmarks, bc_type="periodic" if closed else "natural")
    return spline(np.linspace(0, along[-1], samples, endpoint=not closed))


def mirrored(points: Points) -> Points:
    """Return points with left and right exchanged, in the opposite order."""
    return points[::-1] * (-1, 1)
