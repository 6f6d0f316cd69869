"""What an archive may contain that a stranger may have made."""

import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
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


def fault_of_one(
    name: str,
    entry: zipfile.ZipInfo,
    rules: ArchiveRules,
    is_read: Callable[[str], bool],
) -> tuple[str, str] | None:
    """Look for a fault of a member.

    Args:
        name: Its name, with "/" between the parts.
        entry: Its entry in the directory.
        rules: What the archive may contain.
        is_read: Tells by its name whether a member may be read as a picture.

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
    if not (is_read(name) or name.lower().endswith(".zip")):
        return None  # it is never read
    if entry.flag_bits & ENCRYPTED:
        return "a file without a password", "an encrypted one"
    if entry.compress_type not in METHODS:
        return "a file packed with deflate", f"method {entry.compress_type}"
    if is_read(name) and entry.file_size > rules.member_size:
        return f"at most {rules.member_size} bytes, unpacked", f"{entry.file_size}"
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > RATIO_COUNTS_FROM and ratio > rules.ratio:
        return f"at most {rules.ratio:g} bytes for each packed one", f"{ratio:.0f}, as in a bomb"
    return None
