"""Whether and how a numbering network learns from label maps."""

from typing import Annotated

from pydantic import Field

from teeth_unet.configuration import Settings
from teeth_unet.unet import Fitting


class NumberLearning(Settings):
    """What label maps with FDI numbers are used for.

    Attributes:
        learn: Whether a training fits the network that tells teeth by their numbers, if there are
            such label maps. It begins with that of the segmenter that `training.start` names, or
            with that of the package; which serves as it is otherwise.
        drawings: So many drawings are learned from beside the label maps. They show implants,
            germs, bridges and what else label maps leave out, so that it is not unlearned.
        training: How it is fitted. What it minimises is its own, see
            `teeth_unet.unet.labelling`.
    """

    learn: bool
    drawings: Annotated[int, Field(ge=0)]
    training: Fitting
