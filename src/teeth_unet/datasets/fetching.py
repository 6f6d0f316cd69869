"""From an address to a verified zip archive on this machine."""

import logging
import os
import zipfile
from pathlib import Path

from pooch import file_hash

from teeth_unet.datasets.addresses import Address
from teeth_unet.datasets.answers import Unavailable
from teeth_unet.datasets.archive_rules import ArchiveRules
from teeth_unet.datasets.credentials import Login
from teeth_unet.datasets.downloading import DownloadRules, ResumingDownloader
from teeth_unet.datasets.partial_files import claimed
from teeth_unet.datasets.zip_members import first_damage

_KINDS = {
    b"<": "a web page: the file may have moved, or want a login",
    b"{": "a JSON text: the file may have moved, or want a login",
    b"\x1f\x8b": "a gzip file, such as tar.gz",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"%PDF": "a PDF file",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"PK": "the beginning of a zip archive: it may be cut short",
}

_logger = logging.getLogger(__name__)


def defect(archive: Path, sha256: str | None) -> str | None:
    """Tell what a file is if it is not the archive that was asked for.

    Args:
        archive: Where the file should be.
        sha256: Its checksum, if that is known.

    Returns:
        A few words, or None for the right file.
    """
    if not archive.is_file():
        return f"{'a folder' if archive.is_dir() else 'nothing'} at {archive}"
    if not zipfile.is_zipfile(archive):
        return f"no zip archive, but {described(archive)}"
    if sha256 and sha256 != (found := file_hash(str(archive))):
        return f"an archive with sha256 {found} instead of {sha256}"
    return None


def described(path: Path) -> str:
    """Say how large a file is and, by its beginning, of what kind.

    The beginning itself is not shown: it may come from a server that repeats a login.
    """
    with path.open("rb") as opened:
        beginning = opened.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    kinds = (kind for mark, kind in _KINDS.items() if beginning.startswith(mark))
    return f"{size_of(path)} ({next(kinds, 'of an unknown kind')})"


def size_of(path: Path) -> str:
    """Say how large a file is."""
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size} bytes"


def fetch(
    address: Address,
    cache: Path,
    rules: DownloadRules,
    contents: ArchiveRules,
    *,
    login: Login | None = None,
    progressbar: bool = False,
) -> Path:
    """Fetch the archive of an address on the network, whatever lies in its place.

    It is complete and verified, by its checksum or else by those inside it, before it gets its
    name in the cache.

    Args:
        address: Where the archive can be had.
        cache: The folder for fetched archives; made if missing.
        rules: Limits of time and size.
        contents: What the archive may contain.
        login: Who asks; None for nobody in particular.
        progressbar: Whether to show a bar, on a terminal only.

    Returns:
        Path of the archive.

    Raises:
        Unavailable: The address cannot be reached, or what it gave is not the archive.
        OSError: The cache cannot be written.
    """
    place = address.place(cache)
    downloader = ResumingDownloader(rules, login=login, progressbar=progressbar)
    _logger.info("Fetching %s.", address)
    with claimed(place) as part:
        downloader.fill(part, address.location)
        found = _damage(part.path, address.sha256, contents)
        if found and downloader.resumed:
            _logger.warning("%s: the parts do not fit together. Fetching it anew.", address)
            part.restart()
            downloader.fill(part, address.location)
            found = _damage(part.path, address.sha256, contents)
        if found:
            part.restart()
            raise Unavailable(found)
        with part.path.open("rb+") as opened:  # a power failure must not leave an empty file
            os.fsync(opened.fileno())
    sha256 = address.sha256 or file_hash(str(place))
    _logger.info("Fetched %s (%s, sha256 %s) to %s.", address, size_of(place), sha256, place)
    return place


def _damage(archive: Path, sha256: str | None, contents: ArchiveRules) -> str | None:
    found = defect(archive, sha256)
    if found or sha256:
        return found
    return first_damage(archive, contents)
