"""What is inside a zip archive that a stranger may have made.

Nothing is ever unpacked under a name that an archive gives: pictures are read into memory, and an
archive inside an archive is copied to the cache under a name of our own.
"""

import io
import shutil
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from teeth_unet.archives.first_parts import Completed, is_first_part
from teeth_unet.archives.rules import (
    ENCRYPTED,
    METHODS,
    fault_of_all,
    fault_of_content,
    fault_of_name,
)
from teeth_unet.archives.settings import ArchiveRules
from teeth_unet.errors import InputError
from teeth_unet.storage import (
    DAMAGE,
    atomic_write,
    is_damage,
    is_litter,
    plain_name,
    reading,
    trouble_of_machine,
)

_UTF8 = 0x800  # flag of a member
_ENTRY_BYTES = 1024  # of the directory, for a member with names and times
_BLOCK = 1 << 20

_REPACK = (
    "Pack the pictures again, as plain files in a zip archive. The limits are options of the "
    "catalog entry (archive: …)."
)


@dataclass(frozen=True)
class Member:
    """A file of an archive.

    Attributes:
        name: Its name in readable letters, with "/" between the parts.
        key: Its name as `zipfile` has it.
        size: Bytes, unpacked.
        checksum: CRC-32 of these bytes, as the archive's directory states it.
        is_within_rules: Whether its content may be read.
        of_first_part: Whether the archive is the first part of one that was cut into several.
    """

    name: str
    key: str
    size: int
    checksum: int
    is_within_rules: bool = True
    of_first_part: bool = False

    @property
    def is_archive(self) -> bool:
        """Tell whether it is an archive itself, by its name."""
        return _names_archive(self.name) and not is_litter(self.name)


def is_archive(path: Path, rules: ArchiveRules | None = None) -> bool:
    """Tell whether a file is a zip archive, by its end.

    Args:
        path: The file.
        rules: They may allow the first part of an archive, which has no end.

    Raises:
        OSError: It cannot be read, of which `zipfile.is_zipfile` says that it is none.
    """
    with path.open("rb") as file:
        if zipfile._EndRecData(file) is not None:  # type: ignore[attr-defined]
            return True
    return rules is not None and rules.first_part and is_first_part(path)


def open_archive(path: Path, *, first_part: bool = False) -> zipfile.ZipFile:
    """Open an archive, or the first part of one."""
    return zipfile.ZipFile(Completed(path) if first_part else path)


def list_members(
    archive: Path, rules: ArchiveRules, is_read: Callable[[str], bool]
) -> list[Member]:
    """List the files of an archive, without reading any.

    Args:
        archive: The archive.
        rules: What it may contain.
        is_read: Tells by its name whether a member is sure to be read. One that is, and whose
            content breaks the rules, is refused; any other is told by `is_within_rules`.

    Raises:
        InputError: The archive is damaged, or it or a member breaks the rules.
    """
    with _intact(archive):
        entries = _directory(archive, rules)
        named = [(_readable(entry, rules.name_encoding), entry) for entry in entries]
    members = []
    for name, entry in named:
        fault = fault_of_name(name, entry)
        fault_inside = fault_of_content(entry, rules, is_picture=not _names_archive(name))
        if is_read(name) or _names_archive(name):
            fault = fault or fault_inside
        if fault:
            raise InputError(f"{_printable(name)} in {archive}", *fault, _REPACK)
        if not (entry.is_dir() or name.endswith("/")):
            size, checksum, is_safe = entry.file_size, entry.CRC, fault_inside is None
            members.append(Member(name, entry.filename, size, checksum, is_safe, rules.first_part))
    return members


def read_member(archive: Path, member: Member) -> bytes:
    """Read one file of an archive and check it against its checksum in the archive.

    Every call opens the archive again, so that threads and processes share nothing; in an archive
    of a hundred pictures that takes a third of a millisecond.

    Raises:
        zipfile.BadZipFile: The archive or the member is damaged, or another than was listed.
    """
    with (
        open_archive(archive, first_part=member.of_first_part) as opened,
        opened.open(member.key) as source,
    ):
        entry = opened.getinfo(member.key)
        if (entry.file_size, entry.CRC) != (member.size, member.checksum):
            raise zipfile.BadZipFile("the archive has changed since it was listed")
        content = io.BytesIO()
        shutil.copyfileobj(source, content, _BLOCK)  # zipfile stops at the size announced…
    if content.tell() != member.size:  # … and says nothing of a smaller one
        raise zipfile.BadZipFile(f"{content.tell()} of {member.size} bytes")
    return content.getvalue()


def innermost(
    archive: Path, cache: Path, rules: ArchiveRules, is_read: Callable[[str], bool]
) -> Path:
    """Return the archive with the pictures.

    An archive that holds no pictures but exactly one other archive stands for that one.

    Args:
        archive: The outermost.
        cache: Folder for a copy of an archive inside.
        rules: What archives may contain.
        is_read: Tells by its name whether a member may be read as a picture.

    Raises:
        InputError: An archive is damaged or breaks the rules, or there are too many.
        OSError: The cache cannot be written.
    """
    shown, members = str(archive), list_members(archive, rules, is_read)
    for depth in range(rules.nesting + 1):
        inner = [member for member in members if member.is_archive]
        if len(inner) != 1 or any(is_read(member.name) for member in members):
            break
        shown = f"{inner[0].name} in {shown}"
        if depth == rules.nesting:
            raise InputError(
                shown,
                f"pictures, at most {rules.nesting} archive(s) deep",
                "one more archive",
                _REPACK,
            )
        with _intact(shown):
            archive = _copied(archive, inner[0], cache)
        members = list_members(archive, rules, is_read)
    return archive


def first_damage(archive: Path, rules: ArchiveRules) -> str | None:
    """Read all of an archive, and tell what is damaged if anything is.

    Members with a password, or in a form that cannot be read, are passed over: they are intact as
    far as anybody can tell. So is an archive that breaks the rules, since it may have no end.
    """
    try:
        entries = _directory(archive, rules)
        with open_archive(archive, first_part=rules.first_part) as opened:
            for entry in entries:
                if entry.flag_bits & ENCRYPTED or entry.compress_type not in METHODS:
                    continue
                with opened.open(entry) as source:
                    while source.read(_BLOCK):
                        pass
    except InputError:
        return None
    except Exception as failure:
        if not is_damage(failure):
            raise trouble_of_machine(failure) or failure from None
        return f"a damaged archive: {_printable(str(failure)) or type(failure).__name__}"
    return None


def _directory(archive: Path, rules: ArchiveRules) -> list[zipfile.ZipInfo]:
    """Return the entries of an archive that keeps to the rules as a whole."""
    with Completed(archive) if rules.first_part else archive.open("rb") as file:
        _refuse_long_directory(archive, file, rules)
        with zipfile.ZipFile(file) as opened:
            entries, end = opened.infolist(), opened.start_dir
    if fault := fault_of_all(entries, end, rules):
        raise InputError(str(archive), *fault, _REPACK)
    return entries


def _refuse_long_directory(archive: Path, file: IO[bytes] | Completed, rules: ArchiveRules) -> None:
    """Refuse a directory of millions of entries before zipfile makes an object of each."""
    # zipfile's own function: another reading of the same bytes could be led to another place.
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    size = (end or [0] * 10)[5]
    most = rules.members * _ENTRY_BYTES
    if size > most:
        raise InputError(
            str(archive),
            f"at most {rules.members} members, in a directory of at most {most} bytes",
            f"a directory of {size} bytes",
            _REPACK,
        )


def _readable(entry: zipfile.ZipInfo, encoding: str) -> str:
    """Return a member's name in the encoding it was most likely written in.

    What is not marked as UTF-8 is UTF-8 all the same from some programs, and hardly ever by chance.
    """
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8:
        written = name.encode("cp437")
        try:
            name = written.decode("utf-8")
        except UnicodeDecodeError:
            name = written.decode(encoding)
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _copied(archive: Path, member: Member, cache: Path) -> Path:
    """Copy the archive inside an archive to the cache, unless it is there already.

    Its name holds the checksum and the size that the outer archive states, which are compared
    with the bytes: another archive in its place gets another name.
    """
    place = cache / f"{member.checksum:08x}-{member.size}-{plain_name(member.name)}"
    if not (place.is_file() and _checksum(place) == member.checksum):
        with (
            atomic_write(place) as part,
            open_archive(archive, first_part=member.of_first_part) as opened,
            opened.open(member.key) as source,
            part.open("wb") as copy,
        ):
            shutil.copyfileobj(source, copy, _BLOCK)
    return place


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum


def _names_archive(name: str) -> bool:
    return name.lower().endswith(".zip")


def _printable(text: str) -> str:
    return text if text.isprintable() else ascii(text)


def _intact(subject: object) -> AbstractContextManager[None]:
    """Turn what zipfile says of a damaged archive into an error for the user."""
    return reading(
        subject,
        lambda failure: InputError(
            str(subject),
            "an intact zip archive without a password",
            _printable(str(failure)) or type(failure).__name__,
            "Delete or replace the file; one that was downloaded is then fetched again.",
        ),
        (*DAMAGE, OSError),
    )
