"""Random numbers of single objects, so that switching one on or off changes no other."""

from zlib import crc32

import numpy as np

from teeth_unet.phantoms.settings import PhantomSettings


def object_stream(settings: PhantomSettings, case: int, name: str) -> np.random.Generator:
    """Return the random stream of one kind of object in one phantom.

    Args:
        settings: Seed of all random numbers.
        case: Number of the phantom, from 0.
        name: Of the object; another name gives a stream that has nothing to do with this one.
    """
    return np.random.default_rng([settings.seed, case, crc32(name.encode())])
