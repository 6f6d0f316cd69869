"""The losses, and which numbers of each can be set. Imports no Keras: cheap to read.

A loss is one function, named in `LOSSES`. It takes

- `truth`: masks (batch, h, w, 1) in {0, 1};
- `probabilities`: of tooth, of the same shape, in [0, 1];
- its own numbers as keyword arguments: `training.loss_options`. Their annotations say what is
  allowed, as in every settings class; each has a default.

It returns one loss an image, (batch,), or one a pixel, (batch, h, w). The mean over the batch, of
images or of all pixels, is minimised.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field, create_model

from teeth_unet.configuration import nearest_name

if TYPE_CHECKING:
    from keras import KerasTensor

Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]

SMOOTH_PIXELS = 100.0
"""Pixels added to both sides of an overlap ratio (0.04 % of a 512x512 picture).

They keep the loss defined, and its gradient alive, on an empty mask: without them the ratio is
0/p there, whose gradient is zero whatever is predicted.
"""


def binary_crossentropy(
    truth: "KerasTensor",
    probabilities: "KerasTensor",
    *,
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0,
) -> "KerasTensor":
    """Return the cross-entropy of each pixel, (batch, h, w).

    Args:
        truth: Masks.
        probabilities: Probabilities.
        label_smoothing: The truth is taken as this share of the way to one half.
    """
    from keras import losses

    return losses.binary_crossentropy(truth, probabilities, label_smoothing=label_smoothing)


def dice(truth: "KerasTensor", probabilities: "KerasTensor") -> "KerasTensor":
    """Return the soft Dice loss of each image (Milletari et al. 2016, arXiv:1606.04797)."""
    return tversky(truth, probabilities, alpha=0.5, beta=0.5)


def binary_crossentropy_dice(truth: "KerasTensor", probabilities: "KerasTensor") -> "KerasTensor":
    """Return the mean cross-entropy of each image plus its soft Dice loss."""
    from keras import ops

    crossentropy = ops.binary_crossentropy(truth, probabilities)
    return ops.mean(crossentropy, axis=(1, 2, 3)) + dice(truth, probabilities)


def focal(
    truth: "KerasTensor",
    probabilities: "KerasTensor",
    *,
    gamma: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 2.0,
) -> "KerasTensor":
    """Return the focal loss of each pixel, (batch, h, w) (Lin et al. 2017, arXiv:1708.02002).

    Args:
        truth: Masks.
        probabilities: Probabilities.
        gamma: The higher, the less do pixels count that are nearly right; with 0 it is the
            cross-entropy.
    """
    from keras import losses

    return losses.binary_focal_crossentropy(truth, probabilities, gamma=gamma)


def tversky(
    truth: "KerasTensor", probabilities: "KerasTensor", *, alpha: Weight = 0.3, beta: Weight = 0.7
) -> "KerasTensor":
    """Return one minus the soft Tversky index of each image (Salehi 2017, arXiv:1706.05721).

    1 - (tp + s) / (tp + alpha * fp + beta * fn + s), with tp, fp and fn summed over the
    probabilities of one image and s = `SMOOTH_PIXELS`. Zero for a perfect prediction, an empty
    one of an empty mask included.

    Args:
        truth: Masks.
        probabilities: Probabilities.
        alpha: Weight of false alarms.
        beta: Weight of misses.
    """
    from keras import ops

    axes = (1, 2, 3)
    both = ops.sum(truth * probabilities, axis=axes)
    alarms = ops.sum((1.0 - truth) * probabilities, axis=axes)
    misses = ops.sum(truth * (1.0 - probabilities), axis=axes)
    denominator = both + alpha * alarms + beta * misses + SMOOTH_PIXELS
    return 1.0 - (both + SMOOTH_PIXELS) / denominator


LOSSES: dict[str, Callable[..., "KerasTensor"]] = {
    "binary_crossentropy": binary_crossentropy,
    "dice": dice,
    "binary_crossentropy_dice": binary_crossentropy_dice,
    "focal": focal,
    "tversky": tversky,
}
"""Every loss by the name that `training.loss` gives. A loss that is added here is known."""


def loss_options(name: str, given: Mapping[str, object]) -> dict[str, Any]:
    """Return all options of a loss: the given ones, checked, and the defaults of the others.

    Args:
        name: One of `LOSSES`.
        given: Options by name.

    Raises:
        ValueError: The loss does not know one of them.
        pydantic.ValidationError: A value is out of range.
    """
    model = options_model(name)
    for option in given:
        if option not in model.model_fields:
            raise ValueError(f"loss {name!r} {_knows_others(option, list(model.model_fields))}")
    return model(**given).model_dump()


def options_model(name: str) -> type[BaseModel]:
    """Return a class with the options of a loss, what is allowed, and their defaults."""
    parameters = inspect.signature(LOSSES[name]).parameters.values()
    fields: dict[str, Any] = {
        each.name: (each.annotation, each.default)
        for each in parameters
        if each.kind is inspect.Parameter.KEYWORD_ONLY
    }
    model: type[BaseModel] = create_model(f"{name} options", **fields)
    return model


def _knows_others(option: str, known: list[str]) -> str:
    if not known:
        return f"has no options, found {option!r}"
    hint = nearest_name(option, known)
    others = "" if hint.startswith("known") else f" It knows {', '.join(sorted(known))}."
    return f"has no option {option!r}: {hint}{others}"
