"""The first part of a zip archive that was cut into several, read without the others.

Its directory is at the end of the last part. What is whole in the first one is found by the heads
of the members themselves, which stand one after the other (APPNOTE.TXT 4.3.7), and a directory of
these is put behind it, in memory.
"""

import functools
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_HEAD = struct.Struct("<4s5H3L2H")
_MARK, _DESCRIPTOR = b"PK\3\4", b"PK\7\10"
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")

_SIZES_FOLLOW = 0x8
"""Flag of a member whose size and checksum stand after it."""

_MOST = 0xFFFFFFFF
_BLOCK = 1 << 20


@dataclass(frozen=True)
class _Found:
    """A member: its head's fields, where it begins, and where the next one does."""

    version: int
    flags: int
    method: int
    time: int
    date: int
    checksum: int
    packed: int
    size: int
    name: bytes
    start: int
    end: int

    def entry(self) -> bytes:
        head = (b"PK\1\2", self.version, self.version, self.flags & ~_SIZES_FOLLOW, self.method)
        sizes = (self.time, self.date, self.checksum, self.packed, self.size, len(self.name))
        return _ENTRY.pack(*head, *sizes, 0, 0, 0, 0, 0, self.start) + self.name


class Completed(io.RawIOBase):
    """The whole members of a first part, and their directory behind them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("rb")
        found = path.stat()
        self._cut, self._directory = _completion(path, found.st_size, found.st_mtime_ns)
        self._place = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that any place can be read."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = (0, self._place, self._cut + len(self._directory))[whence]
        self._place = max(base + offset, 0)
        return self._place

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # type: ignore[override]
        """Read on from the place."""
        if self._place < self._cut:
            self._file.seek(self._place)
            content = self._file.read(min(len(buffer), self._cut - self._place))
        else:
            start = self._place - self._cut
            content = self._directory[start : start + len(buffer)]
        buffer[: len(content)] = content
        self._place += len(content)
        return len(content)

    def close(self) -> None:
        """Close the file as well."""
        self._file.close()
        super().close()


def is_first_part(path: Path) -> bool:
    """Tell whether a file begins as a zip archive does, and holds a whole member."""
    with path.open("rb") as file:
        try:
            return next(_members(file, path.stat().st_size), None) is not None
        except zipfile.BadZipFile:
            return False


@functools.lru_cache(maxsize=4)
def _completion(path: Path, size: int, changed: int) -> tuple[int, bytes]:
    """Return how many bytes are whole members, and their directory."""
    with path.open("rb") as file:
        members = list(_members(file, size))
    cut = members[-1].end if members else 0
    entries = b"".join(member.entry() for member in members)
    if cut + len(entries) > _MOST or len(members) > 0xFFFF:
        raise zipfile.BadZipFile("a first part of more than 4 GiB or 65,535 members")
    count = len(members)
    return cut, entries + _END.pack(b"PK\5\6", 0, 0, count, count, len(entries), cut, 0)


def _members(file: BinaryIO, size: int) -> Iterator[_Found]:
    """Yield the members that are whole, one after the other."""
    place = 0
    while place + _HEAD.size <= size:
        file.seek(place)
        head = file.read(_HEAD.size)
        mark, version, flags, method, time, date, checksum, packed, unpacked, length, more = (
            _HEAD.unpack(head)
        )
        if mark != _MARK:
            return
        name, extra = file.read(length), file.read(more)
        content = place + _HEAD.size + length + more
        if _MOST in (packed, unpacked):
            packed, unpacked = _long_sizes(extra, packed, unpacked)
        end = content + packed
        if flags & _SIZES_FOLLOW:
            told = _told_after(file, content, packed, method)
            if told is None:
                return
            checksum, packed, unpacked, end = told
        if end > size or not name:
            return
        sizes = checksum, packed, unpacked
        yield _Found(version, flags, method, time, date, *sizes, name, place, end)
        place = end


def _long_sizes(extra: bytes, packed: int, unpacked: int) -> tuple[int, int]:
    """Return sizes of more than 4 GiB, from the field that has them (4.5.3)."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1 and length >= 16:
            unpacked, packed = struct.unpack_from("<QQ", extra, 4)
        extra = extra[4 + length :]
    return packed, unpacked


def _told_after(
    file: BinaryIO, content: int, packed: int, method: int
) -> tuple[int, int, int, int] | None:
    """Return checksum, both sizes and the end of a member that is followed by them (4.3.9).

    Where its head does not say how long it is, only unpacking tells.

    Returns:
        None if the member is not whole.
    """
    if not packed and method == zipfile.ZIP_DEFLATED:
        found = _deflated(file, content)
        if found is None:
            return None
        packed = found
    elif not packed:
        raise zipfile.BadZipFile("a member that does not tell how long it is")
    file.seek(content + packed)
    after = file.read(16)
    signed = after.startswith(_DESCRIPTOR)
    fields = after[4:16] if signed else after[:12]
    if len(fields) < 12:
        return None
    checksum, told, unpacked = struct.unpack("<3L", fields)
    if told != packed:
        raise zipfile.BadZipFile("a member of another length than is told after it")
    return checksum, packed, unpacked, content + packed + (16 if signed else 12)


def _deflated(file: BinaryIO, start: int) -> int | None:
    """Return how many bytes a deflated stream has; None if it does not end."""
    file.seek(start)
    stream, read = zlib.decompressobj(-zlib.MAX_WBITS), 0
    while block := file.read(_BLOCK):
        read += len(block)
        try:
            stream.decompress(block, _BLOCK)
            while stream.unconsumed_tail and not stream.eof:
                stream.decompress(stream.unconsumed_tail, _BLOCK)
        except zlib.error as failure:
            raise zipfile.BadZipFile(str(failure)) from failure
        if stream.eof:
            return read - len(stream.unused_data)
    return None
