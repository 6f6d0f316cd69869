"""What an archive may contain."""

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, field_validator

from teeth_unet.configuration import Settings
from teeth_unet.pictures import PIXEL_LIMIT


class ArchiveRules(Settings):
    """What an archive may contain.

    Attributes:
        members: Most files and folders.
        member_size: Most bytes of a picture, unpacked.
        total_size: Most bytes of all members together, unpacked.
        ratio: Most unpacked bytes for each packed one, of members above 64 MiB.
        pixels: Most pixels of a picture; a larger one is refused before it is decoded.
        nesting: How many archives may lie inside one another, in the outermost.
        name_encoding: Encoding of names that are neither marked nor recognised as UTF-8, as
            Python calls it; cp437 is what the format prescribes, cp850 and cp1252 are common.
        first_part: Whether the file is the first part of an archive that was cut into several
            (`set.zip.001`): what is whole in it is read, without the others.
    """

    members: PositiveInt = 20_000
    member_size: PositiveInt = 1_000_000_000
    total_size: PositiveInt = 20_000_000_000
    ratio: PositiveFloat = 200
    pixels: PositiveInt = PIXEL_LIMIT
    nesting: NonNegativeInt = Field(1, le=9)
    name_encoding: str = "cp437"
    first_part: bool = False

    @field_validator("name_encoding")
    @classmethod
    def _known(cls, encoding: str) -> str:
        try:
            "".encode(encoding)
        except LookupError:
            raise ValueError(f"Python knows no encoding {encoding!r}") from None
        return encoding
