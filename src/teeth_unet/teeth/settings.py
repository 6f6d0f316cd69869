"""How far teeth are eroded, for the baseline that single teeth are compared with."""

from pydantic import Field

from teeth_unet.configuration import Settings


class Erosion(Settings):
    """How far teeth are eroded before they are counted.

    All lengths are relative to the side of a square of the picture's area, so that one setting
    fits pictures of every size. The defaults are the original's 4, 6 and 2,000 pixels in X-rays
    of about 2,900 x 1,250.

    Attributes:
        opening: Reach of the opening: bridges and specks up to twice as thick vanish.
        reach: How much every tooth loses on each side.
        least_area: Eroded pieces of a smaller share of the picture are no teeth.
    """

    opening: float = Field(default=0.0021, ge=0, le=0.1)
    reach: float = Field(default=0.00315, ge=0, le=0.1)
    least_area: float = Field(default=0.00055, ge=0, le=1)
