"""How X-rays and masks are brought to one size."""

from pydantic import Field

from teeth_unet.configuration import Settings


class Preparation(Settings):
    """How X-rays and masks are brought to one size.

    Attributes:
        size: Height and width of the prepared pictures in px; a multiple of what the network
            needs (16 or 32 for the networks of this project).
    """

    size: int = Field(default=512, ge=8, le=8192)
