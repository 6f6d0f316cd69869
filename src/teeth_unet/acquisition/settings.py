"""How long a server may take, and how much it may send."""

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from teeth_unet.configuration import Settings


class DownloadRules(Settings):
    """How long a server may take, and how much it may send.

    Attributes:
        timeout: Seconds without a byte after which an attempt fails.
        retries: How often an address is asked again after a failure that may pass.
        time_limit: Seconds for an address, all attempts and pauses together.
        lowest_rate: Bytes a second; an attempt that is slower for a whole `timeout` fails.
        size_limit: Bytes of a file; a larger one is refused.
    """

    timeout: PositiveFloat = 30
    retries: NonNegativeInt = 3
    time_limit: PositiveFloat = 3600
    lowest_rate: NonNegativeFloat = 1000
    size_limit: PositiveInt = 4_000_000_000
