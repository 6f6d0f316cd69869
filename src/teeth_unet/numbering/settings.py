"""Whether and how a numbering network learns from label maps."""

from teeth_unet.configuration import Settings
from teeth_unet.unet import Fitting


class NumberLearning(Settings):
    """What label maps with FDI numbers are used for.

    Attributes:
        learn: Whether a training fits the network that tells teeth by their numbers, if there are
            such label maps. It begins with that of the segmenter that `training.start` names, or
            with that of the package; which serves as it is otherwise.
        training: How it is fitted. What it minimises is its own, see
            `teeth_unet.unet.labelling`.
    """

    learn: bool
    training: Fitting
