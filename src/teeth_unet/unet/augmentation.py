"""Random changes to X-rays and targets together, a batch at a time, inside the input pipeline."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import tensorflow as tf

from teeth_unet.unet.settings import Augmentation
from teeth_unet.unet.targets import MASK, Channel


def augment(
    xrays: tf.Tensor,
    targets: tf.Tensor,
    augmentation: Augmentation,
    seed: tf.Tensor,
    channels: Sequence[Channel] = MASK,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Change a batch at random, the targets always by the same movement as their X-ray.

    Args:
        xrays: (batch, h, w, 1) float32 grey levels in [0, 1].
        targets: (batch, h / n, w / n, channels) float32: masks in {0, 1}, or what `channels` says.
        augmentation: What may happen and how strongly.
        seed: (2,) int; the same seed gives the same changes.
        channels: Of the targets.

    Returns:
        X-rays and targets of the same shapes; grey levels stay in [0, 1], masks in {0, 1}. What
        moves in from outside the picture is black (before contrast and noise) and background.
    """
    draw = _Draws(seed, tf.shape(xrays)[0])
    movement = _draw_movement(augmentation, draw)
    moves = augmentation.model_dump(include={"flip", "rotation", "zoom", "shift"})
    if any(moves.values()):
        # One resampling for all movements.
        xrays = _move(xrays, movement, "BILINEAR")
        moved = [
            _move_channel(targets[..., number : number + 1], movement, channel)
            for number, channel in enumerate(channels)
        ]
        targets = tf.ensure_shape(tf.concat(moved, axis=-1), targets.shape)
    return _change_grey(xrays, augmentation, draw), targets


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


@dataclass(frozen=True)
class _Movement:
    """How each picture of a batch moves, at whatever size; all (batch,).

    Attributes:
        angle: In radians.
        scale: Input pixels to an output pixel.
        shift_x: As a share of the width.
        shift_y: As a share of the height.
        mirror: -1 for a mirror image, else 1.
    """

    angle: tf.Tensor
    scale: tf.Tensor
    shift_x: tf.Tensor
    shift_y: tf.Tensor
    mirror: tf.Tensor

    def transforms(self, height: int, width: int) -> tf.Tensor:
        """Return (batch, 8) projective transforms from output pixels to input pixels."""
        cos, sin = tf.cos(self.angle) * self.scale, tf.sin(self.angle) * self.scale
        # x_in = mirror * (cos * x - sin * y) + ..., about the picture's centre in pixel indices.
        a, b, c, d = self.mirror * cos, -self.mirror * sin, sin, cos
        centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
        offset_x = centre_x + self.shift_x * width - a * centre_x - b * centre_y
        offset_y = centre_y + self.shift_y * height - c * centre_x - d * centre_y
        zero = tf.zeros_like(a)
        return tf.stack([a, b, offset_x, c, d, offset_y, zero, zero], axis=1)


def _draw_movement(augmentation: Augmentation, draw: _Draws) -> _Movement:
    return _Movement(
        angle=draw.uniform(math.radians(augmentation.rotation)),
        scale=1.0 / (1.0 + draw.uniform(augmentation.zoom)),
        shift_x=draw.uniform(augmentation.shift),
        shift_y=draw.uniform(augmentation.shift),
        mirror=tf.where(draw.uniform(1.0) < 2.0 * augmentation.flip - 1.0, -1.0, 1.0),
    )


def _move(images: tf.Tensor, movement: _Movement, interpolation: str) -> tf.Tensor:
    moved = tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=movement.transforms(*images.shape[1:3]),
        output_shape=tf.shape(images)[1:3],
        interpolation=interpolation,
        fill_mode="CONSTANT",
        fill_value=0.0,
    )
    return tf.ensure_shape(moved, images.shape)


def _move_channel(targets: tf.Tensor, movement: _Movement, channel: Channel) -> tf.Tensor:
    moved = _move(targets, movement, "BILINEAR" if channel.smooth else "NEAREST")
    if not channel.mirrored:
        return moved
    other_side = tf.gather(tf.constant(channel.mirrored, moved.dtype), tf.cast(moved, tf.int32))
    return tf.where(movement.mirror[:, None, None, None] < 0, other_side, moved)


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
