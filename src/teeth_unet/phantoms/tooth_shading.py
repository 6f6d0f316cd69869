"""How much of the X-rays each part of a tooth takes away."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt, gaussian_filter

from teeth_unet.phantoms.brush import Field, coarse_noise, resized, smooth_step
from teeth_unet.phantoms.raster import Window, inside, window_around
from teeth_unet.phantoms.tooth import DrawnTooth

MARGIN = 0.25  # of the tooth's width, around its outline
HALF_THICKNESS = 0.42  # of the tooth's width: so far from the edge, a root is at its thickest
FINEST_BLUR = 4.0  # pixels; stronger blurs lose nothing at a smaller size
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


@dataclass(frozen=True)
class Looks:
    """What varies from tooth to tooth in its shadow, drawn before the tooth is.

    Attributes:
        pulp: Density that pulp and canals lack.
        canal: Thickness of the canals, in widths of the tooth.
        uneven: Coarse noise over all of the tooth.
        fading: How much fainter the root tip is than the neck.
        dentine: Density of the dentine.
        enamel: Density of the enamel, seen from its side.
        edge: Density that it has in addition where it is seen edge-on.
        filling: Density of a root filling.
        lumps: Coarse noise of the socket.
        rim: Density of the thin bone around the socket.
        ligament: Density that the ligament lacks.
    """

    pulp: float
    canal: float
    uneven: Field
    fading: float
    dentine: float
    enamel: float
    edge: float
    filling: float
    lumps: Field
    rim: float
    ligament: float


@dataclass(frozen=True)
class Tissue:
    """How a tooth differs from a sound permanent one.

    Attributes:
        dentine: Density of its dentine, relative.
        enamel: Density of its enamel, relative.
        pulp: Thickness of its pulp and canals, relative.
        follicle: How clear the sac is that it grows in, from 0 (there is none) to 1.
        blur: Blur (standard deviation) of all of it, in widths.
    """

    dentine: float = 1
    enamel: float = 1
    pulp: float = 1
    follicle: float = 0
    blur: float = 0.02


SOUND = Tissue()


def draw_looks(rng: np.random.Generator, tooth: DrawnTooth, shape: tuple[int, int]) -> Looks:
    """Return what varies in the shadow of a tooth.

    Args:
        rng: Source of what varies; as much is taken from it whatever becomes of the tooth.
        tooth: Its geometry, in pixels of the picture.
        shape: (height, width) of the picture.
    """
    width = tooth.pose.width
    rows, columns = _window(tooth, shape)
    size = (rows.stop - rows.start, columns.stop - columns.start)
    pulp, canal = rng.uniform(0.25, 0.6), rng.uniform(0.04, 0.09)
    uneven = coarse_noise(rng, size, (0.75 * width, 0.25 * width))
    fading, dentine = rng.uniform(0.4, 0.9), rng.normal(1, 0.12)
    enamel, edge = rng.uniform(0.2, 0.5), rng.uniform(0.3, 0.7)
    filling = rng.uniform(1.5, 2.5) if tooth.root_filled else 2.0
    lumps = coarse_noise(rng, size, (0.4 * width, 0.4 * width))
    rim, ligament = rng.uniform(0, 0.08), rng.uniform(0.02, 0.14)
    return Looks(pulp, canal, uneven, fading, dentine, enamel, edge, filling, lumps, rim, ligament)


def cast_shadow(
    looks: Looks,
    tooth: DrawnTooth,
    shape: tuple[int, int],
    strength: float,
    tissue: Tissue = SOUND,
) -> ToothShadow:
    """Return the shadow of a tooth.

    Args:
        looks: What varies from tooth to tooth.
        tooth: Its geometry, in pixels of the picture.
        shape: (height, width) of the picture.
        strength: Density of dentine where it is thickest.
        tissue: How it differs from a sound permanent tooth.
    """
    window = _window(tooth, shape, tissue.blur)
    site = _survey(tooth, window)
    size = site.body.shape
    pulp = looks.pulp * _canals(tooth, window, looks.canal * tissue.pulp)
    uneven = 1 + 0.08 * resized(looks.uneven, size)
    dentine, enamel = _dentine(looks, tooth, site), _enamel(looks, tooth, site)
    density = (tissue.dentine * dentine + tissue.enamel * enamel - pulp) * uneven
    if tooth.root_filled:
        filling = _canals(tooth, window, 0.06, start=ROOT_FILLING_STARTS)
        density += looks.filling * filling
    around = (
        _follicle(tissue, tooth, site, window) if tissue.follicle else _socket(looks, tooth, site)
    )
    density = np.where(site.body, density, around)

    metal = np.zeros_like(site.body)
    for piece in tooth.metal:
        metal |= inside(piece, window)
    blur = tissue.blur * tooth.pose.width
    soften = gaussian_filter if tissue.blur <= SOUND.blur else _blurred
    return ToothShadow(
        window,
        density=strength * soften(density.astype(np.float32), blur),
        cover=soften(site.body.astype(np.float32), blur),
        metal=soften((metal & site.body).astype(np.float32), 0.4 * blur),
    )


def _blurred(field: Field, pixels: float) -> Field:
    """Return a field, blurred by a standard deviation; a strong blur is made at a smaller size."""
    reduction = int(pixels / FINEST_BLUR)
    if reduction < 2:
        return gaussian_filter(field, pixels)
    small = tuple(max(1, side // reduction) for side in field.shape)
    reduced = resized(field, (small[0], small[1]))
    return resized(gaussian_filter(reduced, pixels / reduction), field.shape)


def _window(tooth: DrawnTooth, shape: tuple[int, int], blur: float = 0) -> Window:
    margin = max(MARGIN, 3 * blur)
    outline = tooth.outline if tooth.sac is None else np.vstack([tooth.outline, tooth.sac])
    return window_around(outline, margin * tooth.pose.width + 1, shape)


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


def _dentine(looks: Looks, tooth: DrawnTooth, site: _Site) -> Field:
    """Return the dentine: thick in the middle, and ever fainter towards the root tip."""
    thickness = np.sqrt(1 - (1 - np.minimum(site.depth / HALF_THICKNESS, 1)) ** 2)
    towards_tip = np.clip((site.along - tooth.neck) / (1 - tooth.neck), 0, 1)
    fading = 1 - looks.fading * towards_tip
    at_edge = 0.1 + 0.15 * site.in_crown
    dentine: Field = looks.dentine * (at_edge + (1 - at_edge) * thickness) * fading
    return dentine


def _enamel(looks: Looks, tooth: DrawnTooth, site: _Site) -> Field:
    """Return the enamel: it covers the crown, and is seen edge-on along its outline."""
    near_bite = smooth_step((0.85 * tooth.neck - site.along) / 0.05)
    edge_on = np.exp(-((site.depth / 0.13) ** 2)) * near_bite
    enamel: Field = site.in_crown * (looks.enamel + looks.edge * edge_on)
    return enamel


def _socket(looks: Looks, tooth: DrawnTooth, site: _Site) -> Field:
    """Return the dark ligament around the root, and the thin bright bone around that."""
    in_bone = smooth_step((site.along - 1.2 * tooth.neck) / 0.06)
    ligament = np.exp(-(((site.beyond - 0.03) / 0.04) ** 2))
    bone = np.exp(-(((site.beyond - 0.12) / 0.05) ** 2))
    lumps = resized(looks.lumps, site.body.shape)
    density: Field = looks.rim * bone - looks.ligament * ligament
    socket: Field = in_bone * np.clip(0.7 + lumps, 0, 1.5) * density
    return socket


def _follicle(tissue: Tissue, tooth: DrawnTooth, site: _Site, window: Window) -> Field:
    """Return the dark sac around a growing tooth, and the thin bright bone around that."""
    beyond = site.beyond
    if tooth.sac is not None:
        outside = ~(inside(tooth.sac, window) | site.body)
        beyond = (distance_transform_edt(outside) / tooth.pose.width).astype(np.float32)
    sac = smooth_step((0.11 - beyond) / 0.03)
    bone = np.exp(-(((beyond - 0.17) / 0.035) ** 2))
    follicle: Field = tissue.follicle * (0.3 * bone - 0.35 * sac)
    return follicle


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
