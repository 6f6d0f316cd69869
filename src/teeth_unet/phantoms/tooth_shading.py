"""How much of the X-rays each part of a tooth takes away."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt, gaussian_filter

from teeth_unet.phantoms.brush import Field, smooth_noise, smooth_step
from teeth_unet.phantoms.raster import Window, inside, window_around
from teeth_unet.phantoms.tooth import DrawnTooth

MARGIN = 0.25  # of the tooth's width, around its outline
HALF_THICKNESS = 0.42  # of the tooth's width: so far from the edge, a root is at its thickest
CHAMBER_POINTS = 6  # of each canal, from its beginning on
ROOT_FILLING_STARTS = 3  # at this point of each canal


@dataclass(frozen=True)
class ToothShadow:
    """The shadow of one tooth, within a window of the picture.

    Attributes:
        window: Rows and columns of the picture that it covers.
        density: What the tooth adds to the density of the picture there.
        cover: Share of the bone or air there that the tooth displaces, 0 to 1.
        metal: Share of each pixel that metal covers, 0 to 1.
    """

    window: Window
    density: Field
    cover: Field
    metal: Field


@dataclass(frozen=True)
class _Site:
    """What the parts of a tooth are drawn from: fields over its window, lengths in its widths.

    Attributes:
        body: Where the tooth is.
        depth: Distance to the outline inside the tooth, else 0.
        beyond: Distance to the outline outside the tooth, else 0.
        along: 0 at the biting surface, 1 at the root tip.
        in_crown: 1 in the crown, 0 in the root, with a soft border along the neck.
    """

    body: NDArray[np.bool_]
    depth: Field
    beyond: Field
    along: Field
    in_crown: Field


def cast_shadow(
    rng: np.random.Generator, tooth: DrawnTooth, shape: tuple[int, int], strength: float
) -> ToothShadow:
    """Return the shadow of a tooth.

    Args:
        rng: Source of what varies from tooth to tooth.
        tooth: Its geometry, in pixels of the picture.
        shape: (height, width) of the picture.
        strength: Density of dentine where it is thickest.
    """
    width = tooth.pose.width
    window = window_around(tooth.outline, MARGIN * width + 1, shape)
    site = _survey(tooth, window)
    pulp = rng.uniform(0.25, 0.6) * _canals(tooth, window, rng.uniform(0.04, 0.09))
    uneven = 1 + 0.08 * smooth_noise(rng, site.body.shape, (0.75 * width, 0.25 * width))
    density = (_dentine(rng, tooth, site) + _enamel(rng, tooth, site) - pulp) * uneven
    if tooth.root_filled:
        filling = _canals(tooth, window, 0.06, start=ROOT_FILLING_STARTS)
        density += rng.uniform(1.5, 2.5) * filling
    density = np.where(site.body, density, _socket(rng, tooth, site))

    metal = np.zeros_like(site.body)
    for piece in tooth.metal:
        metal |= inside(piece, window)
    blur = 0.02 * width
    return ToothShadow(
        window,
        density=strength * gaussian_filter(density.astype(np.float32), blur),
        cover=gaussian_filter(site.body.astype(np.float32), blur),
        metal=gaussian_filter((metal & site.body).astype(np.float32), 0.4 * blur),
    )


def _survey(tooth: DrawnTooth, window: Window) -> _Site:
    body = inside(tooth.outline, window)
    rows, columns = np.ogrid[window]
    across, along = tooth.pose.on_straight_tooth(columns + 0.5, rows + 0.5)
    neck = tooth.neck * (0.9 + 0.7 * across**2)
    return _Site(
        body=body,
        depth=(distance_transform_edt(body) / tooth.pose.width).astype(np.float32),
        beyond=(distance_transform_edt(~body) / tooth.pose.width).astype(np.float32),
        along=along.astype(np.float32),
        in_crown=smooth_step(((neck - along) / 0.08).astype(np.float32)),
    )


def _dentine(rng: np.random.Generator, tooth: DrawnTooth, site: _Site) -> Field:
    """Return the dentine: thick in the middle, and ever fainter towards the root tip."""
    thickness = np.sqrt(1 - (1 - np.minimum(site.depth / HALF_THICKNESS, 1)) ** 2)
    towards_tip = np.clip((site.along - tooth.neck) / (1 - tooth.neck), 0, 1)
    fading = 1 - rng.uniform(0.4, 0.9) * towards_tip
    at_edge = 0.1 + 0.15 * site.in_crown
    dentine: Field = rng.normal(1, 0.12) * (at_edge + (1 - at_edge) * thickness) * fading
    return dentine


def _enamel(rng: np.random.Generator, tooth: DrawnTooth, site: _Site) -> Field:
    """Return the enamel: it covers the crown, and is seen edge-on along its outline."""
    near_bite = smooth_step((0.85 * tooth.neck - site.along) / 0.05)
    edge_on = np.exp(-((site.depth / 0.13) ** 2)) * near_bite
    enamel: Field = site.in_crown * (rng.uniform(0.2, 0.5) + rng.uniform(0.3, 0.7) * edge_on)
    return enamel


def _socket(rng: np.random.Generator, tooth: DrawnTooth, site: _Site) -> Field:
    """Return the dark ligament around the root, and the thin bright bone around that."""
    in_bone = smooth_step((site.along - 1.2 * tooth.neck) / 0.06)
    ligament = np.exp(-(((site.beyond - 0.03) / 0.04) ** 2))
    bone = np.exp(-(((site.beyond - 0.12) / 0.05) ** 2))
    lumps = smooth_noise(rng, site.body.shape, (0.4 * tooth.pose.width,) * 2)
    density: Field = rng.uniform(0, 0.08) * bone - rng.uniform(0.02, 0.14) * ligament
    socket: Field = in_bone * np.clip(0.7 + lumps, 0, 1.5) * density
    return socket


def _canals(tooth: DrawnTooth, window: Window, thickness: float, start: int = 0) -> Field:
    """Return the pulp chamber and the root canals, soft, from 0 to about 1.

    Args:
        tooth: Its canals, in pixels of the picture.
        window: Rows and columns of the picture.
        thickness: Thickness of the canals, in widths of the tooth.
        start: Index of the first point of each canal that is drawn; from 1 on no chamber.
    """
    rows, columns = window
    picture = Image.new("L", (columns.stop - columns.start, rows.stop - rows.start))
    pen = ImageDraw.Draw(picture)
    pixels = thickness * tooth.pose.width
    for canal in tooth.canals:
        points = [tuple(point) for point in canal - (columns.start, rows.start)]
        pen.line(points[start:], fill=1, width=max(1, round(pixels)))
        if start == 0:
            pen.line(points[:CHAMBER_POINTS], fill=1, width=max(1, round(2 * pixels)))
    soft = gaussian_filter(np.asarray(picture, dtype=np.float32), 0.6 * pixels)
    return soft * np.float32(min(1.0, pixels))
