"""What a numbering network learns from label maps that people made."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from teeth_unet import imaging, teeth
from teeth_unet.machine import map_in_threads
from teeth_unet.numbering.classes import KINDS, NUMBERS
from teeth_unet.numbering.network import NumberingNetwork, NumberMaps
from teeth_unet.numbering.numbered import KIND_OF_CODE
from teeth_unet.numbering.settings import NumberLearning
from teeth_unet.numbering.teaching import fit_numbering_network
from teeth_unet.numbering.truth import BYTES_OF_DRAWING, HIGHEST, number_maps, number_picture
from teeth_unet.phantoms import Mouth, PhantomSettings, Scene, draw_truth, draw_xray
from teeth_unet.tooth_numbers import is_milk
from teeth_unet.unet import CheckpointStore, Pictures, TrainingHistory

GROWING_OR_ROOT = ("germ", "root remnant")
"""What a tooth with a number may be besides a tooth: a label map does not tell."""

SEED = 18
"""Of the drawings that are learned from beside label maps; nothing else has it."""

SURE = 0.5
"""Mean probability of one of these from which on the network is believed."""

LABELLED = tuple(KINDS.index(kind) for kind in ("background", "tooth"))
"""Kinds of which a label map tells by itself where there are any."""


def learn_numbers(
    x_train: Pictures,
    numbers_train: Pictures,
    x_validation: Pictures,
    numbers_validation: Pictures,
    start: NumberingNetwork,
    learning: NumberLearning,
    checkpoints: CheckpointStore | None = None,
) -> tuple[NumberingNetwork, TrainingHistory]:
    """Fit a copy of a numbering network to label maps, and to drawings beside them.

    Drawings show what label maps leave out: kinds would be unlearned without them.

    Args:
        x_train: (n, size, size, 1) X-rays, see `unet.fit_model`.
        numbers_train: (n, size, size, 1) uint8 label maps, see `label_targets`.
        x_validation: As `x_train`; without any the last epoch counts.
        numbers_validation: As `numbers_train`.
        start: What the training begins with; its size is that of the fitted one.
        learning: How it is fitted, and to how many drawings beside.
        checkpoints: Where each epoch is kept, and where a killed training goes on from.

    Returns:
        As `fit_numbering_network`.
    """
    x, levels = (_levels(each, start.size) for each in (x_train, x_validation))
    drawn, maps = _drawings(learning.drawings, start)
    return fit_numbering_network(
        np.concatenate([x, drawn]),
        np.concatenate([label_targets(x, numbers_train, start), maps]),
        levels,
        label_targets(levels, numbers_validation, start),
        start.network,
        learning.training,
        checkpoints,
        start,
    )


def _levels(x: Pictures, size: int) -> NDArray[np.uint8]:
    """Return (n, size, size, 1) grey levels in 0..255 of X-rays of any size."""
    levels = np.empty((len(x), size, size, 1), np.uint8)
    for row, xray in enumerate(x):
        picture = xray if xray.dtype == np.uint8 else np.rint(255 * xray).astype(np.uint8)
        levels[row, ..., 0] = imaging.resize_xray(picture[..., 0], size)
    return levels


def _drawings(count: int, network: NumberingNetwork) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draw X-rays and what a network is to say of them, as `learn_numbers` has them."""
    side = network.size // network.network.patch
    xrays = np.empty((count, network.size, network.size, 1), np.uint8)
    maps = np.empty((count, side, side, 3), np.uint8)
    settings = PhantomSettings(
        cases=max(1, count), seed=SEED, scene=Scene.varied(), mouth=Mouth.varied()
    )

    def draw(case: int) -> None:
        xrays[case, ..., 0] = imaging.resize_xray(draw_xray(settings, case), network.size)
        maps[case] = number_maps(number_picture(draw_truth(settings, case)), side)

    map_in_threads(draw, range(count), lambda _: BYTES_OF_DRAWING)
    return xrays, maps


def label_targets(
    xrays: NDArray[np.uint8], labels: Pictures, network: NumberingNetwork
) -> NDArray[np.uint8]:
    """Return what a numbering network is to say of X-rays with label maps.

    A label map tells the numbers of teeth and where there is none. It does not tell kinds, and
    leaves out what has no number: implants, pontics, germs. There the targets are what the network
    says that the training begins with, so that it does not unlearn what nobody has labelled.

    Args:
        xrays: (n, size, size, 1) grey levels in 0..255.
        labels: (n, size', size', 1): FDI numbers; other numbers are what is no tooth, those of
            `OTHERS` of a certain kind.
        network: The one that the training begins with.

    Returns:
        (n, size / patch, size / patch, 3), see `number_maps`.
    """
    side = network.size // network.network.patch
    targets = np.empty((len(labels), side, side, 3), np.uint8)
    for row, (xray, label_map) in enumerate(zip(xrays, labels, strict=True)):
        small = imaging.resize_labels(label_map[..., 0], side)
        targets[row] = _targets(small, network.maps(xray[..., 0]))
    return targets


def _targets(labels: NDArray[np.integer], maps: NumberMaps) -> NDArray[np.uint8]:
    """Return (h, w, 3) of label map and maps, both (h, w)."""
    numbers = maps.numbers[..., 1:].argmax(axis=-1) + 1
    kinds = maps.kinds.argmax(axis=-1)
    unlabelled = (labels == 0) & np.isin(kinds, LABELLED)
    numbers = np.where(unlabelled, 0, numbers)
    kinds = np.where(unlabelled, 0, kinds)
    distances = np.where(labels > 0, teeth.distance_map(labels), maps.distances)
    distances = np.where(unlabelled, 0, distances)
    for label, place, kind in _labelled(labels, maps):
        here = labels == label
        kinds[here] = kind
        if place:
            numbers[here] = place
    return np.stack([numbers, kinds, np.rint(HIGHEST * distances)], axis=-1).astype(np.uint8)


def _labelled(labels: NDArray[np.integer], maps: NumberMaps) -> Iterator[tuple[int, int, int]]:
    """Yield each label, the place of its number in `NUMBERS`, 0 if it has none, and its kind."""
    for label in np.unique(labels[labels > 0]).tolist():
        if label in NUMBERS:
            yield label, NUMBERS.index(label), _kind_of_tooth(label, maps.kinds[labels == label])
        else:
            yield label, 0, KINDS.index(KIND_OF_CODE.get(label, "tooth"))


def _kind_of_tooth(number: int, shares: NDArray[np.float32]) -> int:
    """Return the kind of a tooth with a number, from (n, 10) what the network says of it."""
    if is_milk(number):
        return KINDS.index("milk tooth")
    means = shares.mean(axis=0)
    for kind in GROWING_OR_ROOT:
        if means[KINDS.index(kind)] >= SURE:
            return KINDS.index(kind)
    return KINDS.index("tooth")
