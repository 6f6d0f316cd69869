"""How a numbering network is fitted."""

from teeth_unet import unet
from teeth_unet.numbering.classes import MIRRORED
from teeth_unet.numbering.files import in_half_precision
from teeth_unet.numbering.network import CLASSES, NumberingNetwork
from teeth_unet.unet import (
    Channel,
    CheckpointStore,
    Fitting,
    Masks,
    Network,
    Pictures,
    TrainingHistory,
)

CHANNELS = (Channel(mirrored=tuple(MIRRORED.tolist())), Channel(), Channel(smooth=True))
"""What becomes of number maps when their X-ray is moved: sides are exchanged in a mirror image."""


def fit_numbering_network(
    x_train: Pictures,
    numbers_train: Masks,
    x_validation: Pictures,
    numbers_validation: Masks,
    network: Network,
    training: Fitting,
    checkpoints: CheckpointStore | None = None,
    start: NumberingNetwork | None = None,
) -> tuple[NumberingNetwork, TrainingHistory]:
    """Fit a numbering network.

    Args:
        x_train: (n, size, size, 1) X-rays, see `unet.fit_model`.
        numbers_train: (n, size / patch, size / patch, 3) uint8, see `number_maps`.
        x_validation: As `x_train`.
        numbers_validation: As `numbers_train`.
        network: The architecture.
        training: How it is fitted. The best epoch is that of the highest mean Dice a tooth.
        checkpoints: Where each epoch is kept, and where a killed training goes on from.
        start: A network of this architecture, with whose weights it begins; random ones without.

    Returns:
        The network, its weights as a file gives them back; and the history, see `unet.fit_model`.

    Raises:
        InputError: As of `unet.fit_model`.
    """
    size = x_train.shape[1]
    compiled = unet.compile_label_unet(
        network, training, CLASSES, size=size, train_cases=len(x_train)
    )
    if start:
        compiled.set_weights(start.weights)
    arrays = x_train, numbers_train, x_validation, numbers_validation
    fitted, history = unet.fit_model(compiled, *arrays, training, checkpoints, CHANNELS)
    return NumberingNetwork(in_half_precision(fitted.get_weights()), network, size), history
