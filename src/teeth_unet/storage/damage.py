"""How a damaged archive shows itself."""

import errno
import lzma
import struct
import zipfile
import zlib

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # a password, or a method that zipfile does not know
    ValueError,  # among them names that are not in the encoding they claim
    OverflowError,
    struct.error,
)


def is_damage(failure: Exception) -> bool:
    """Tell what zipfile says of a damaged archive from a matter of the disk.

    A damaged archive also sends zipfile to where no byte can be.
    """
    if isinstance(failure, OSError):
        return failure.errno in (None, errno.EINVAL)
    return isinstance(failure, DAMAGE)
