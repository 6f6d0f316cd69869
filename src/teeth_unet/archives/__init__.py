"""Zip archives that a stranger may have made: their rules, their members, their damage."""

from teeth_unet.archives.members import (
    Member,
    first_damage,
    innermost,
    is_archive,
    list_members,
    open_archive,
    read_member,
)
from teeth_unet.archives.settings import ArchiveRules

__all__ = [
    "ArchiveRules",
    "Member",
    "first_damage",
    "innermost",
    "is_archive",
    "list_members",
    "open_archive",
    "read_member",
]
