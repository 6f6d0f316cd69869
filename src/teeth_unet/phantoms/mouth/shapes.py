"""Teeth of unusual shape and density, far beyond what most patients have."""

from dataclasses import replace

import numpy as np

from teeth_unet.phantoms.curves import Points
from teeth_unet.phantoms.mouth.objects import Dentition, MouthObject
from teeth_unet.phantoms.tooth_shading import Tissue

MOST_WORN = 0.1  # share of a tooth's length


def vary_shapes(rng: np.random.Generator, mouth: Dentition) -> Dentition:
    """Return a dentition whose teeth are shaped, worn and calcified in an unusual way."""
    tissue = Tissue(
        dentine=rng.uniform(0.7, 1.3), enamel=rng.uniform(0.2, 1.9), pulp=rng.uniform(0.3, 2.2)
    )
    roots, worn = rng.uniform(0.8, 1.3), max(0.0, rng.uniform(-MOST_WORN, MOST_WORN))
    changes = {}
    for each in mouth.objects:
        if each.kind == "tooth":
            changed = _varied(rng, each, roots, worn)
            changes[each.fdi] = replace(changed, tissue=tissue)
    return mouth.changed(changes)


def _varied(rng: np.random.Generator, each: MouthObject, roots: float, worn: float) -> MouthObject:
    """Return a tooth with thicker or thinner, longer or shorter, bent roots, and a worn crown.

    Args:
        rng: Source of what varies from tooth to tooth.
        each: The tooth.
        roots: Thickness of the root tips, relative.
        worn: How much of the length is worn off, as a share of it.
    """
    tooth = each.tooth
    if tooth is None:
        return each
    thickness = roots * rng.uniform(0.92, 1.08)

    def reshape(points: Points) -> Points:
        in_root = np.clip((points[:, 1] - tooth.neck) / (1 - tooth.neck), 0, 1)
        wider = 1 + (thickness - 1) * in_root
        return np.column_stack([points[:, 0] * wider, points[:, 1]])

    pose = replace(
        tooth.pose,
        width=tooth.pose.width * rng.uniform(0.93, 1.08),
        length=tooth.pose.length * rng.uniform(0.84, 1.12),
        bend=tooth.pose.bend + rng.normal(0, 0.15),
    )
    changed = tooth.reshaped(reshape).at(pose)
    if worn and "impacted" not in each.findings:
        edge, slope, round_off = worn * rng.uniform(0.5, 1.2), rng.normal(0, 0.02), 0.04
        changed = changed.clipped(
            lambda across: edge + slope * across + round_off * (2 * across) ** 4, keep_crown=False
        )
    return each.with_tooth(changed)
