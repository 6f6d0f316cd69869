"""The X-ray: the shadows of all parts added up, exposed and digitised."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from teeth_unet.phantoms.anatomy import Anatomy, draw_anatomy, random_streams
from teeth_unet.phantoms.bones import (
    air_between_crowns,
    bite_block,
    bone_shadows,
    soft_tissue,
    trabeculae,
)
from teeth_unet.phantoms.brush import Field
from teeth_unet.phantoms.marker import draw_marker
from teeth_unet.phantoms.mouth.bone_changes import bone_changes
from teeth_unet.phantoms.mouth.shadows import mouth_shadows
from teeth_unet.phantoms.mouth.whole import draw_mouth
from teeth_unet.phantoms.scene.appearance import Tissues, network, textures, unevenness
from teeth_unet.phantoms.scene.belongings import BELONGINGS
from teeth_unet.phantoms.scene.capture import moved, out_of_focus
from teeth_unet.phantoms.scene.film import overprinted
from teeth_unet.phantoms.scene.hard_parts import HARD_PARTS
from teeth_unet.phantoms.scene.positioning import draw_position
from teeth_unet.phantoms.scene.processing import processed, saved_before
from teeth_unet.phantoms.scene.soft_parts import SOFT_PARTS
from teeth_unet.phantoms.scene.surroundings import surroundings
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.streams import object_stream

OVERLAP = 0.35  # share of the fainter of two overlapping teeth that adds to the other


def draw_xray(settings: PhantomSettings, case: int) -> NDArray[np.uint8]:
    """Return the panoramic X-ray of a phantom.

    Args:
        settings: Seed, sizes and share of toothless phantoms.
        case: Number of the phantom, from 0.

    Returns:
        (height, width) grey levels, 0 to 255, bright where little of the X-rays came through; of
        the shape of the phantom's label map.

    Raises:
        ValueError: The case is below 0.
    """
    anatomy = draw_anatomy(settings, case)
    _, rng = random_streams(settings, case)
    density, metal = _project(rng, settings, case, anatomy)
    density = _seen(settings, case, anatomy, density)
    position = draw_position(settings, case, (anatomy.frame.height, anatomy.frame.width))
    grey = _expose(rng, position.of_shadows(density))
    grey = np.maximum(grey, position.of_shadows(metal) * rng.uniform(0.93, 1.05))
    grey = _add_noise(rng, grey)
    if object_stream(settings, case, "marker").random() < settings.scene.marker:
        grey = draw_marker(rng, grey)
    grey = processed(settings, case, grey)
    grey = overprinted(settings, case, grey, position.margins)
    picture = np.rint(255 * np.clip(grey, 0, 1)).astype(np.uint8)
    return saved_before(settings, case, picture)


def _project(
    rng: np.random.Generator, settings: PhantomSettings, case: int, anatomy: Anatomy
) -> tuple[Field, Field]:
    """Return the density along each ray, and the share of each pixel that metal covers."""
    frame, jaws = anatomy.frame, anatomy.jaws
    tissues = Tissues.draw(settings, case)
    uneven = unevenness(settings, case, (frame.height, frame.width))
    density = tissues.soft * uneven.soft * soft_tissue(rng, frame)
    density = density + tissues.bone * bone_shadows(rng, frame, jaws)
    displaced = tissues.trabeculae * trabeculae(rng, frame, jaws)
    if anatomy.teeth:  # without, the lips are closed
        between = air_between_crowns(rng, frame, jaws) + bite_block(rng, frame)
        displaced += tissues.air * between
    mouth = draw_mouth(settings, case, anatomy)
    if mouth.ridges or mouth.lesions:
        displaced += bone_changes(mouth)
    threads = network(settings, case, frame, jaws)
    if threads is not None:
        displaced = displaced + threads
    metal, teeth = np.zeros_like(density), np.zeros_like(density)
    for shadow in mouth_shadows(rng, settings, case, anatomy, mouth):
        overlap = np.clip(np.minimum(teeth[shadow.window], shadow.density), 0, None)
        teeth[shadow.window] += shadow.density - (1 - OVERLAP) * overlap
        displaced[shadow.window] *= 1 - 0.85 * shadow.cover
        metal[shadow.window] = np.maximum(metal[shadow.window], shadow.metal)
    return density + displaced + tissues.teeth * uneven.teeth * teeth, metal


def _seen(settings: PhantomSettings, case: int, anatomy: Anatomy, density: Field) -> Field:
    """Return the density with what lies around the teeth, as sharp as it comes to the sensor."""
    frame = anatomy.frame
    for part in (
        surroundings(settings, case, frame, SOFT_PARTS | HARD_PARTS | BELONGINGS),
        textures(settings, case, density.shape),
    ):
        if part is not None:
            density = density + part
    return moved(settings, case, out_of_focus(settings, case, frame, density))


def _expose(rng: np.random.Generator, density: Field) -> Field:
    """Return grey levels, about 0 to 1, as an automatic exposure would choose them."""
    # Every fourth row and column is enough for the quantiles, at a sixteenth of the time.
    low, high = np.quantile(density[::4, ::4], (0.01, 0.995))
    dark, bright = rng.uniform(0, 0.08), rng.uniform(0.8, 0.98)
    gamma = np.exp(rng.normal(0, 0.16))
    level = np.clip((density - low) / max(high - low, 1e-6), 0, None)
    grey: Field = dark + (bright - dark) * level**gamma
    return grey


def _add_noise(rng: np.random.Generator, grey: Field) -> Field:
    """Return a picture as the sensor sees it: grainy, and blurred by the apparatus."""
    noise = rng.standard_normal(grey.shape, dtype=np.float32) * rng.uniform(0.008, 0.022)
    return gaussian_filter(grey + noise, rng.uniform(0.0008, 0.0014) * grey.shape[0], truncate=3)
