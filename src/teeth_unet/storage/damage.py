"""Whether a file is damaged, or the machine that reads it is in trouble."""

import errno
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from teeth_unet.errors import InputError

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
"""What zipfile raises at a damaged archive."""

OF_ONE_FILE = {errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ELOOP}
OF_ONE_FILE |= {errno.ENOTDIR, errno.ENAMETOOLONG}
"""What a file alone may be to blame for: it has gone, or is not for this user."""

OF_WRITING = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
"""A place that is full, or that nothing may be written to."""

LOST_DRIVE = {
    getattr(errno, name, None) for name in ("EIO", "ENXIO", "ENODEV", "ENOTCONN", "ESTALE")
} - {None}
"""A drive or network that has gone; not every system knows all of them."""

TOO_MANY_FILES = {errno.EMFILE, errno.ENFILE}

NO_ACCESS = {errno.EACCES, errno.EPERM}

OF_MACHINE = LOST_DRIVE | TOO_MANY_FILES | {errno.ENOMEM}
"""What no place or file is to blame for."""

_OF_CONTENT = {None, errno.EINVAL}
"""Numbers of errors that content brings about: it sends its reader to where no byte can be."""

# TensorFlow, JAX, PyTorch, pandas, Pillow, and what Keras repeats of NumPy's.
_OUT_OF_MEMORY = re.compile(
    r"out of memory|\bOOM when|RESOURCE_EXHAUSTED|Unable to allocate", re.IGNORECASE
)


def is_out_of_memory(failure: BaseException) -> bool:
    """Tell whether memory was lacking: many libraries say so in words alone."""
    if isinstance(failure, InputError):  # whose words are also a user's
        return False
    if isinstance(failure, OSError) and failure.errno is not None:
        return failure.errno == errno.ENOMEM
    return isinstance(failure, MemoryError) or bool(_OUT_OF_MEMORY.search(str(failure)))


def trouble_of_machine(failure: BaseException) -> MemoryError | OSError | None:
    """Return the lack of memory, or the error of a disk or drive, that an error comes from.

    Libraries hide them: zipfile says of a file that cannot be read that it is no zip file.

    Returns:
        None if there is none: what was read is wrong, or the program.
    """
    seen: BaseException | None = failure
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno not in _OF_CONTENT:
            return seen
        if is_out_of_memory(seen):
            return seen if isinstance(seen, MemoryError) else MemoryError(str(seen))
        seen = seen.__cause__ or seen.__context__
    return None


def remedy_of_machine(failure: BaseException) -> str:
    """Return what helps a machine that lacks room, memory or reach; nothing for other errors."""
    number = failure.errno if isinstance(failure, OSError) else None
    if is_out_of_memory(failure):
        return "There is not enough memory: close other programs"
    if number in OF_WRITING:
        return "Make room, or make this place writable"
    if number in NO_ACCESS:
        return "Make sure that you may read this place and write there"
    if number in LOST_DRIVE:
        return "See that the drive or network is there"
    if number in TOO_MANY_FILES:
        return "Allow more open files (ulimit -n), or close other programs"
    return ""


def is_damage(failure: BaseException) -> bool:
    """Tell what zipfile says of a damaged archive from trouble of the machine."""
    return isinstance(failure, (*DAMAGE, OSError)) and trouble_of_machine(failure) is None


@contextmanager
def reading(
    path: object,
    refusal: Callable[[Exception], InputError],
    damage: type[Exception] | tuple[type[Exception], ...] = Exception,
) -> Iterator[None]:
    """Make an error for the user of what was read and is wrong, and of nothing else.

    Lack of memory, errors of disks and drives, and imports that fail, pass as what they are,
    whatever a library has made of them: nobody is told to remove a file that was not read.

    Args:
        path: What is read.
        refusal: Makes the error for the user.
        damage: What the reader raises at wrong content.

    Raises:
        InputError: As `refusal` makes it.
        MemoryError: There was not enough.
        OSError: The disk or drive failed; it names the file.
    """
    try:
        yield
    except (InputError, ImportError):
        raise
    except Exception as failure:
        trouble = trouble_of_machine(failure)
        # Reads, other than opening, do not tell of which file.
        if isinstance(trouble, OSError) and trouble.filename is None:
            trouble.filename = None if trouble.errno in OF_WRITING else str(path)
        if trouble is not None:
            raise trouble from None
        if not isinstance(failure, damage):
            raise
        raise refusal(failure) from failure
