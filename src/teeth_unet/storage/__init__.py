"""Files and folders on this machine: whole or not there, their paths and checksums."""

from teeth_unet.storage.atomic import (
    ABANDONED_AFTER,
    atomic_write,
    free_space_beside,
    idle_seconds,
)
from teeth_unet.storage.checksums import file_sha256
from teeth_unet.storage.damage import DAMAGE, is_damage
from teeth_unet.storage.paths import expand_home, is_litter, plain_name

__all__ = [
    "ABANDONED_AFTER",
    "DAMAGE",
    "atomic_write",
    "expand_home",
    "file_sha256",
    "free_space_beside",
    "idle_seconds",
    "is_damage",
    "is_litter",
    "plain_name",
]
