"""Which blocks of settings pretraining has of its own."""

from teeth_unet.configuration import Settings
from teeth_unet.preparation import Preparation
from teeth_unet.reporting import Report
from teeth_unet.splits import Split
from teeth_unet.unet import Fitting, Network, Prediction, Training


class Numbering(Settings):
    """How the network that tells teeth by their numbers is made, from the same drawings.

    Attributes:
        network: The architecture.
        training: How it is fitted. What it minimises is its own, see
            `teeth_unet.unet.labelling`.
    """

    network: Network
    training: Fitting


class Pretraining(Settings):
    """What pretraining makes its network with: blocks as above, with values of their own.

    What the X-rays show that it learns from stands under `drawings` in `base/globals.yml`.

    Attributes:
        preparation: The size, and how the masks are read.
        split: How many drawings are for validation and testing.
        network: The architecture.
        training: How it is compiled and fitted.
        prediction: How it predicts.
        report: What is said of its X-rays.
        numbering: The network that tells teeth by their numbers.
    """

    preparation: Preparation
    split: Split
    network: Network
    training: Training
    prediction: Prediction
    report: Report
    numbering: Numbering
