"""Random changes to X-rays and masks together, a batch at a time, inside the input pipeline."""

import math

import tensorflow as tf

from teeth_unet.unet.settings import Augmentation


def augment(
    xrays: tf.Tensor, masks: tf.Tensor, augmentation: Augmentation, seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Change a batch at random, the mask always by the same movement as its X-ray.

    Args:
        xrays: (batch, h, w, 1) float32 grey levels in [0, 1].
        masks: (batch, h, w, 1) float32 in {0, 1}.
        augmentation: What may happen and how strongly.
        seed: (2,) int; the same seed gives the same changes.

    Returns:
        X-rays and masks of the same shapes; grey levels stay in [0, 1], masks in {0, 1}. What
        moves in from outside the picture is black (before contrast and noise) and background.
    """
    draw = _Draws(seed, tf.shape(xrays)[0])
    transforms = _movements(augmentation, draw, *xrays.shape[1:3])
    moves = augmentation.model_dump(include={"flip", "rotation", "zoom", "shift"})
    if any(moves.values()):
        # One resampling for all movements; masks take the nearest pixel, so they stay binary.
        xrays = _move(xrays, transforms, "BILINEAR")
        masks = _move(masks, transforms, "NEAREST")
    return _change_grey(xrays, augmentation, draw), masks


class _Draws:
    """Uniform and normal numbers, one fresh stateless seed a draw."""

    def __init__(self, seed: tf.Tensor, batch: tf.Tensor) -> None:
        self.seed = seed
        self.batch = batch
        self.count = 0

    def _next_seed(self) -> tf.Tensor:
        self.count += 1
        return tf.random.experimental.stateless_fold_in(self.seed, self.count)

    def uniform(self, limit: float) -> tf.Tensor:
        """(batch,) numbers in [-limit, limit)."""
        return tf.random.stateless_uniform(
            [self.batch], self._next_seed(), minval=-1.0, maxval=1.0
        ) * tf.constant(limit, tf.float32)

    def normal(self, shape: tf.Tensor) -> tf.Tensor:
        return tf.random.stateless_normal(shape, self._next_seed())


def _movements(augmentation: Augmentation, draw: _Draws, height: int, width: int) -> tf.Tensor:
    """Return (batch, 8) projective transforms from output pixels to input pixels."""
    angle = draw.uniform(math.radians(augmentation.rotation))
    scale = 1.0 / (1.0 + draw.uniform(augmentation.zoom))
    shift_x = draw.uniform(augmentation.shift) * width
    shift_y = draw.uniform(augmentation.shift) * height
    mirror = tf.where(draw.uniform(1.0) < 2.0 * augmentation.flip - 1.0, -1.0, 1.0)
    cos, sin = tf.cos(angle) * scale, tf.sin(angle) * scale
    # x_in = mirror * (cos * x - sin * y) + ..., about the picture's centre in pixel indices.
    a, b, c, d = mirror * cos, -mirror * sin, sin, cos
    centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
    offset_x = centre_x + shift_x - a * centre_x - b * centre_y
    offset_y = centre_y + shift_y - c * centre_x - d * centre_y
    zero = tf.zeros_like(a)
    return tf.stack([a, b, offset_x, c, d, offset_y, zero, zero], axis=1)


def _move(images: tf.Tensor, transforms: tf.Tensor, interpolation: str) -> tf.Tensor:
    moved = tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=transforms,
        output_shape=tf.shape(images)[1:3],
        interpolation=interpolation,
        fill_mode="CONSTANT",
        fill_value=0.0,
    )
    return tf.ensure_shape(moved, images.shape)


def _change_grey(xrays: tf.Tensor, augmentation: Augmentation, draw: _Draws) -> tf.Tensor:
    def per_image(values: tf.Tensor) -> tf.Tensor:
        return values[:, None, None, None]

    if augmentation.gamma:
        xrays = xrays ** per_image(tf.exp(draw.uniform(augmentation.gamma)))
    if augmentation.contrast:
        mean = tf.reduce_mean(xrays, axis=(1, 2, 3), keepdims=True)
        xrays = mean + (xrays - mean) * per_image(1.0 + draw.uniform(augmentation.contrast))
    if augmentation.noise:
        strength = per_image(tf.abs(draw.uniform(augmentation.noise)))
        xrays = xrays + strength * draw.normal(tf.shape(xrays))
    return tf.clip_by_value(xrays, 0.0, 1.0)
