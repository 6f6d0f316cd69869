"""From addresses to one verified file on this machine, whatever is inside."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from teeth_unet.acquisition.addresses import Address
from teeth_unet.acquisition.credentials import Login, login_for
from teeth_unet.acquisition.downloading import ResumingDownloader
from teeth_unet.acquisition.partial_files import claimed
from teeth_unet.acquisition.responses import Unavailable
from teeth_unet.acquisition.settings import DownloadRules
from teeth_unet.errors import InputError
from teeth_unet.storage import fetched, file_sha256

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


@dataclass(frozen=True)
class Wanted:
    """What kind of file is asked for.

    Attributes:
        noun: What it is called in messages, with its article.
        is_one: Tells, quickly, whether a file is of the kind at all.
        damage: Reads all of a file whose checksum is not known, and says in a few words what is
            damaged; None if nothing is.
        remedy: What to do if no address gives one, as whole sentences.
    """

    noun: str
    is_one: Callable[[Path], bool]
    damage: Callable[[Path], str | None]
    remedy: str = "Give other addresses."

    @property
    def kind(self) -> str:
        """The noun without its article."""
        return self.noun.partition(" ")[2]


@dataclass(frozen=True)
class Acquisition:
    """Where a file can be had, and how it is fetched from there.

    Attributes:
        addresses: Where it can be had, to be tried in turn. What is on this machine already comes
            before the network.
        cache: The folder for what is fetched; made if missing.
        wanted: What kind of file it is.
        rules: Limits of time and size.
        logins: Logins by host, see `login_for`.
        progressbar: Whether to show a bar, on a terminal only.
    """

    addresses: Sequence[Address]
    cache: Path
    wanted: Wanted
    rules: DownloadRules = field(default_factory=DownloadRules)
    logins: Mapping[str, Login] = field(default_factory=dict)
    progressbar: bool = False

    def is_there(self) -> bool:
        """Tell whether the file is on this machine, so that nothing has to be fetched."""
        return any(
            defect(fetched(address.place(self.cache)), address.sha256, self.wanted) is None
            for address in self.addresses
        )

    def obtain(self) -> Path:
        """Return the file from this machine, or else from the first address that gives it.

        What lies in the cache, fetched or put there by hand, is checked against its checksum.

        Raises:
            InputError: No address gave it; the error tells what each gave instead.
            OSError: The cache cannot be read or written.
        """
        defects = {}
        for address in self.addresses:
            place = fetched(address.place(self.cache))
            defects[address] = defect(place, address.sha256, self.wanted)
            if defects[address] is None:
                earlier = "" if address.local else f", fetched earlier from {address}"
                _logger.info("Reading %s (%s)%s.", place, size_of(place), earlier)
                return place
        reasons = []
        for address, found in defects.items():
            given = found if address.local else self._given_by(address)
            if isinstance(given, Path):
                return given
            reasons.append(f"{address}: {given}")
            if not address.local and address.place(self.cache).exists():
                reasons.append(f"{address.place(self.cache)}: {found}")
        raise InputError(
            f"{self.wanted.kind} for {self.cache}",
            f"{self.wanted.noun} at one of its addresses",
            "\n  ".join(["instead:", *reasons]),
            self._remedy(),
        )

    def _given_by(self, address: Address) -> Path | str:
        """Return what an address gave: the file, or in a few words what it is instead."""
        try:
            return self.fetch(address)
        except Unavailable as failure:
            _logger.info("Nothing of use from %s: %s.", address, failure)
            return str(failure)

    def fetch(self, address: Address) -> Path:
        """Fetch the file of an address on the network, whatever lies in its place.

        It is complete and verified, by its checksum or else by those inside it, before it gets its
        name in the cache.

        Raises:
            Unavailable: The address cannot be reached, or what it gave is not the file.
        """
        place, login = address.place(self.cache), login_for(address.location, self.logins)
        downloader = ResumingDownloader(self.rules, login=login, progressbar=self.progressbar)
        _logger.info("Fetching %s.", address)
        with claimed(place) as part:
            downloader.fill(part, address.location)
            found = self._damage(part.path, address.sha256)
            if found and downloader.resumed:
                _logger.warning("%s: the parts do not fit together. Fetching it again.", address)
                part.restart()
                downloader.fill(part, address.location)
                found = self._damage(part.path, address.sha256)
            if found:
                part.restart()
                raise Unavailable(found)
            with part.path.open("rb+") as opened:  # a power failure must not leave an empty file
                os.fsync(opened.fileno())
        sha256 = address.sha256 or file_sha256(place)
        _logger.info("Fetched %s (%s, sha256 %s) to %s.", address, size_of(place), sha256, place)
        return place

    def _damage(self, file: Path, sha256: str | None) -> str | None:
        found = defect(file, sha256, self.wanted)
        return found if found or sha256 else self.wanted.damage(file)

    def _remedy(self) -> str:
        """Name the two ways out: another address, or the file put in its place by hand."""
        remedy = f"\n{self.wanted.remedy}"
        for address in self.addresses:
            if not address.local:
                check = f", sha256 {address.sha256}" if address.sha256 else ""
                place = address.place(self.cache)
                return f"{remedy}\nOr fetch {address}{check} by other means and save it as {place}."
        return remedy


def defect(file: Path, sha256: str | None, wanted: Wanted) -> str | None:
    """Tell what a file is if it is not the one that was asked for.

    Args:
        file: Where it should be.
        sha256: Its checksum, if that is known.
        wanted: What kind of file it should be.

    Returns:
        A few words, or None for the right file.
    """
    if not file.is_file():
        return f"{'a folder' if file.is_dir() else 'nothing'} at {file}"
    if not wanted.is_one(file):
        return f"no {wanted.kind}, but {described(file)}"
    if sha256 and sha256 != (found := file_sha256(file)):
        return f"{wanted.noun} with sha256 {found} instead of {sha256}"
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
