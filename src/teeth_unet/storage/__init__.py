"""Files, folders and large arrays: whole or not there, on this machine or on object storage.

Importing this package is cheap: NumPy is imported when an array is first asked for.
"""

from typing import TYPE_CHECKING, Any

from teeth_unet.storage.addresses import SCHEMES, VARIABLE, address_of, place_of, with_addresses
from teeth_unet.storage.atomic import (
    ABANDONED_AFTER,
    atomic_write,
    free_space_beside,
    idle_seconds,
)
from teeth_unet.storage.checksums import file_sha256, python_source, python_sources
from teeth_unet.storage.copies import fetched, is_there, tags_of
from teeth_unet.storage.damage import (
    DAMAGE,
    LOST_DRIVE,
    OF_MACHINE,
    OF_ONE_FILE,
    OF_WRITING,
    TOO_MANY_FILES,
    is_damage,
    is_out_of_memory,
    reading,
    remedy_of_machine,
    trouble_of_machine,
)
from teeth_unet.storage.object_storage import StorageFailure, one_listing
from teeth_unet.storage.paths import expand_home, is_litter, plain_name
from teeth_unet.storage.sending import remove
from teeth_unet.storage.temporary import temporary_folder

if TYPE_CHECKING:
    from teeth_unet.storage.large_arrays import Rows, allocate

__all__ = [
    "ABANDONED_AFTER",
    "DAMAGE",
    "LOST_DRIVE",
    "OF_MACHINE",
    "OF_ONE_FILE",
    "OF_WRITING",
    "SCHEMES",
    "TOO_MANY_FILES",
    "VARIABLE",
    "Rows",
    "StorageFailure",
    "address_of",
    "allocate",
    "atomic_write",
    "expand_home",
    "fetched",
    "file_sha256",
    "free_space_beside",
    "idle_seconds",
    "is_damage",
    "is_litter",
    "is_out_of_memory",
    "is_there",
    "one_listing",
    "place_of",
    "plain_name",
    "python_source",
    "python_sources",
    "reading",
    "remedy_of_machine",
    "remove",
    "tags_of",
    "temporary_folder",
    "trouble_of_machine",
    "with_addresses",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 (whatever is asked for)
    if name not in {"Rows", "allocate"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from teeth_unet.storage import large_arrays

    return getattr(large_arrays, name)
