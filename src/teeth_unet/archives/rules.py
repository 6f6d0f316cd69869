"""What an archive may contain that a stranger may have made."""

import re
import stat
import unicodedata
import zipfile
from collections.abc import Sequence
from itertools import pairwise

from teeth_unet.archives.settings import ArchiveRules

RATIO_COUNTS_FROM = 1 << 26
"""Unpacked bytes from which a ratio is suspicious: an empty mask as BMP shrinks a thousandfold."""

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
ENCRYPTED = 0x1  # flag of a member
_LOCAL_HEADER = 30  # bytes before each member's name and content

_SPECIAL_FILES = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}


def fault_of_all(
    entries: Sequence[zipfile.ZipInfo], end: int, rules: ArchiveRules
) -> tuple[str, str] | None:
    """Look for a fault of an archive as a whole.

    Args:
        entries: Its directory.
        end: Where the directory begins, and the members end.
        rules: What it may contain.

    Returns:
        What was expected and what was found instead, or None if all is well.
    """
    if len(entries) > rules.members:
        return f"at most {rules.members} members", f"{len(entries)}"
    total = sum(entry.file_size for entry in entries)
    if total > rules.total_size:
        return f"at most {rules.total_size} bytes, unpacked", f"{total}"
    spans = sorted(
        (entry.header_offset, entry.header_offset + _LOCAL_HEADER + entry.compress_size)
        for entry in entries
    )
    spans.append((end, end))
    if any(this[1] > following[0] for this, following in pairwise(spans)):
        return "members one after the other", "members that overlap, as in a bomb"
    return None


def fault_of_name(name: str, entry: zipfile.ZipInfo) -> tuple[str, str] | None:
    """Look for a fault of a member that nobody has to read to see.

    Args:
        name: Its name, with "/" between the parts.
        entry: Its entry in the directory.

    Returns:
        What was expected and what was found instead, or None if all is well.
    """
    parts = name.split("/")
    if not name or any(unicodedata.category(letter) == "Cc" for letter in name):
        return "a name of printable characters", repr(name)
    if ".." in parts or not parts[0] or re.match("[A-Za-z]:", name):
        return "a name inside the archive's own folder", repr(name)
    if special := _SPECIAL_FILES.get(stat.S_IFMT(entry.external_attr >> 16)):
        return "a plain file", special
    return None


def fault_of_content(
    entry: zipfile.ZipInfo, rules: ArchiveRules, is_picture: bool
) -> tuple[str, str] | None:
    """Look for what forbids to read a member.

    Args:
        entry: Its entry in the directory.
        rules: What the archive may contain.
        is_picture: Whether the limit of a picture's bytes holds; an archive has none of its own.

    Returns:
        What was expected and what was found instead, or None if all is well.
    """
    if entry.flag_bits & ENCRYPTED:
        return "a file without a password", "an encrypted one"
    if entry.compress_type not in METHODS:
        return "a file packed with deflate", f"method {entry.compress_type}"
    if is_picture and entry.file_size > rules.member_size:
        return f"at most {rules.member_size} bytes, unpacked", f"{entry.file_size}"
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > RATIO_COUNTS_FROM and ratio > rules.ratio:
        return f"at most {rules.ratio:g} bytes for each packed one", f"{ratio:.0f}, as in a bomb"
    return None
