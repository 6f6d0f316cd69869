"""Teeth that are not finished yet."""

from dataclasses import replace

import numpy as np

from teeth_unet.phantoms.tooth import DrawnTooth


def unfinished(rng: np.random.Generator, tooth: DrawnTooth, formed: float) -> DrawnTooth:
    """Return a tooth of which only a share is there yet, with the sac it grows in.

    Crown and root grow from the biting surface to the root tip, the walls ahead of the middle, so
    that the end is hollow.

    Args:
        rng: Source of what varies.
        tooth: As it will be.
        formed: Share of its length, above 0 and below 1.
    """
    in_crown = formed < tooth.neck
    hollow = min(rng.uniform(0.03, 0.09), (0.12 if in_crown else 0.25) * formed)
    left = tooth.clipped(
        lambda across: formed + hollow * (np.clip(2 * np.abs(across), 0, 1) ** 2 - 1),
        keep_crown=True,
    )
    if not in_crown:
        return left
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    sac = np.column_stack([0.5 * np.cos(angles), tooth.neck * (0.52 + 0.5 * np.sin(angles))])
    return replace(left, sac=tooth.pose.to_pixels(sac))
