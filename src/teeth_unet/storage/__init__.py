"""Files and folders on this machine: whole or not there; arrays that are larger than memory."""

from teeth_unet.storage.atomic import (
    ABANDONED_AFTER,
    atomic_write,
    free_space_beside,
    idle_seconds,
)
from teeth_unet.storage.checksums import file_sha256, python_source, python_sources
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
from teeth_unet.storage.large_arrays import Rows, allocate
from teeth_unet.storage.paths import expand_home, is_litter, plain_name
from teeth_unet.storage.temporary import temporary_folder

__all__ = [
    "ABANDONED_AFTER",
    "DAMAGE",
    "LOST_DRIVE",
    "OF_MACHINE",
    "OF_ONE_FILE",
    "OF_WRITING",
    "TOO_MANY_FILES",
    "Rows",
    "allocate",
    "atomic_write",
    "expand_home",
    "file_sha256",
    "free_space_beside",
    "idle_seconds",
    "is_damage",
    "is_litter",
    "is_out_of_memory",
    "plain_name",
    "python_source",
    "python_sources",
    "reading",
    "remedy_of_machine",
    "temporary_folder",
    "trouble_of_machine",
]
