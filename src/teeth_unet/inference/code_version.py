"""Which code makes a result: with other code it is made again."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from teeth_unet.storage import python_source, python_sources

ROOMS = (
    "annotations",
    "imaging",
    "inference",
    "numbering",
    "phantoms",
    "pictures",
    "quality",
    "segmentation",
    "storage",
    "teeth",
    "unet",
)
SHARED = (
    "__init__.py",
    "case_names.py",
    "configuration.py",
    "errors.py",
    "machine.py",
    "native_messages.py",
    "sampling.py",
    "text.py",
    "tooth_numbers.py",
)
"""All that opens an X-ray and makes a result of it; a test holds this against the imports.

All but the number of the version: a release in which nothing of this changes makes nothing anew.
"""


@cache
def code_fingerprint() -> str:
    """Return a hash of the source code that results are made with.

    Whole rooms count: a line too many costs time, a line too few leaves wrong results. Paths and
    line endings do not count, nor does the machine.

    The weights are part of `XrayPredictor.fingerprint`, those of the separation network as far as
    it is used. Versions of Python, of Keras and its backend and of other libraries do not count:
    between them results differ by rounding, as they do between two processors, and an upgrade
    should not make thousands of results again for it. Where one does change more, the results are
    removed by hand.
    """
    return hash_sources(resources.files("teeth_unet"))


def hash_sources(package: Traversable) -> str:
    """Return a hash of what counts in a package: a folder, or one in a zip file."""
    content = hashlib.sha256()
    for name, text in sorted(_sources(package)):
        content.update(f"{name} {len(text)}\n".encode() + text)
    return content.hexdigest()


def _sources(package: Traversable) -> Iterator[tuple[str, bytes]]:
    for name in SHARED:
        yield name, python_source(package / name)
    for room in ROOMS:
        yield from python_sources(package / room, room)
