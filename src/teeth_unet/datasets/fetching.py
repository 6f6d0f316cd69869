"""From an address to a verified zip archive on this machine."""

import hashlib
import logging
import re
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import requests
from pooch import HTTPDownloader, file_hash

from teeth_unet.datasets.image_cases import expand_home
from teeth_unet.datasets.whole_files import written_whole
from teeth_unet.errors import InputError

FIRST_PAUSE = 0.5  # seconds before the second attempt; every later pause is twice as long
_PASSING_STATUS = {408, 425, 429, 500, 502, 503, 504}
_CHUNK = 1 << 16  # bytes

_logger = logging.getLogger(__name__)


class Unavailable(Exception):
    """An address gave no usable archive; the text says in a few words what it gave instead."""


@dataclass(frozen=True)
class Address:
    """Where an archive can be had, and its checksum if that is known.

    Its text form is fit for logs: without user name, password and query.

    Attributes:
        location: `http(s)://…`, `file://…`, or a path on this machine ("~" is the home folder).
        sha256: 64 hexadecimal digits in lower case, or None.
    """

    location: str
    sha256: str | None = None

    @classmethod
    def parse(cls, item: Any) -> "Address":  # noqa: ANN401 (whatever stands in the catalog)
        """Read an item of a catalog entry: a location, or a mapping of `address` and `sha256`.

        Raises:
            InputError: The item has another form.
        """
        fields = item if isinstance(item, dict) else {"address": item}
        location, sha256 = str(fields.get("address") or ""), fields.get("sha256")
        scheme = location.partition("://")[0].lower() if "://" in location else "file"
        known = not fields.keys() - {"address", "sha256"}
        if not (location and known and scheme in ("http", "https", "file")):
            raise InputError(
                "addresses",
                "http(s)://…, file://…, a path, or {address: …, sha256: …}",
                without_secrets(repr(item)),
                "Put it right in the catalog, or in --params.",
            )
        if sha256 is not None and not re.fullmatch("[0-9a-fA-F]{64}", str(sha256)):
            raise InputError(
                f"sha256 of {without_secrets(location)}",
                "64 hexadecimal digits",
                repr(sha256),
                "Copy the checksum again, or leave it out.",
            )
        return cls(location, str(sha256).lower() if sha256 else None)

    def __str__(self) -> str:
        return without_secrets(self.location)

    @property
    def local(self) -> Path | None:
        """The file on this machine that the address names, or None for one on the network."""
        if "://" not in self.location:
            return expand_home(self.location).resolve()
        parts = urlsplit(self.location)
        if parts.scheme.lower() != "file":
            return None
        return expand_home(url2pathname(parts.netloc.removeprefix("localhost") + parts.path))

    def place(self, cache: Path) -> Path:
        """Return where the archive lies, now or as soon as it is fetched.

        A fetched file is named after its address and checksum, so that another address, or a
        corrected checksum, never finds the older file.
        """
        if self.local:
            return self.local
        parts = urlsplit(self.location)
        identity = parts._replace(netloc=parts.netloc.rpartition("@")[2])  # whoever asks
        key = hashlib.sha256(f"{identity.geturl()} {self.sha256}".encode()).hexdigest()[:12]
        return cache / f"{key}-{plain_name(unquote(parts.path))}"

    def is_here(self, cache: Path) -> bool:
        """Tell whether the archive can be had without the network."""
        return zipfile.is_zipfile(self.place(cache))


def without_secrets(text: str) -> str:
    """Take user name, password and query (tokens, signatures) out of the URLs in a text."""
    return re.sub(r"(://)(?:[^/\s]*@)?([^\s?'\"]*)(\?[^\s'\"]*)?", r"\1\2", text)


def plain_name(path: str) -> str:
    """Return the last part of a path as a file name that every system takes."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", PurePosixPath(path).name)[-80:] or "archive"


def obtain(
    address: Address, cache: Path, *, timeout: float, retries: int, progressbar: bool
) -> Path:
    """Return the archive of an address, fetched if it is not on this machine yet.

    A fetched archive is complete and verified before it gets its name in the cache, and is
    trusted from then on. A file that is read in place is verified every time.

    Args:
        address: Where the archive can be had.
        cache: The folder for fetched archives; made if missing.
        timeout: Seconds without a byte from the server after which an attempt fails.
        retries: How often a failed connection or an overloaded server is tried again.
        progressbar: Whether to show a bar, on a terminal only.

    Returns:
        Path of the archive.

    Raises:
        Unavailable: The address cannot be reached, or what it gave is not the archive.
        OSError: The cache cannot be written.
    """
    place = address.place(cache)
    if address.local:
        if not place.is_file():
            raise Unavailable(f"{'a folder' if place.is_dir() else 'nothing'} at {place}")
        _verify(place, address.sha256)
        _logger.info("Reading %s (%s).", place, _size(place))
    elif address.is_here(cache):
        _logger.info("Reading %s (%s), fetched earlier from %s.", place, _size(place), address)
    else:
        _logger.info("Fetching %s.", address)
        with written_whole(place) as part:
            bar = progressbar and sys.stderr.isatty()
            downloader = HTTPDownloader(progressbar=bar, chunk_size=_CHUNK, timeout=timeout)
            _download(downloader, address.location, part, retries)
            _verify(part, address.sha256)
        sha256 = address.sha256 or file_hash(str(place))
        _logger.info("Fetched %s (%s, sha256 %s) to %s.", address, _size(place), sha256, place)
    return place


def _download(downloader: HTTPDownloader, url: str, part: Path, retries: int) -> None:
    """Write what a URL gives to a file, and try again what may have been bad luck."""
    for attempt in range(1 + retries):
        try:
            downloader(url, str(part), None)
            return
        except requests.RequestException as failure:
            answer = _in_words(failure)
            if attempt == retries or not _may_pass(failure):
                break
        _logger.warning("%s: %s. Trying again.", without_secrets(url), answer)
        time.sleep(FIRST_PAUSE * 2**attempt)
    # Raised out here, so that the cause, which shows the whole URL, is not chained to it.
    raise Unavailable(answer)


def _may_pass(failure: requests.RequestException) -> bool:
    if isinstance(failure, requests.HTTPError):
        return failure.response.status_code in _PASSING_STATUS
    return isinstance(
        failure,
        requests.ConnectionError | requests.Timeout | requests.exceptions.ChunkedEncodingError,
    )


def _in_words(failure: requests.RequestException) -> str:
    """Say what went wrong: the innermost reason, since the outer ones wrap it in URLs."""
    if isinstance(failure, requests.HTTPError):
        return f"HTTP {failure.response.status_code} {failure.response.reason}"
    cause: BaseException = failure
    while inner := cause.__cause__ or cause.__context__:
        cause = inner
    if isinstance(cause, TimeoutError) or isinstance(failure, requests.Timeout):
        return "no answer in time"
    return without_secrets(str(cause)) or type(cause).__name__


def _verify(archive: Path, sha256: str | None) -> None:
    """Make sure that a file is the archive that was asked for."""
    if not zipfile.is_zipfile(archive):
        with archive.open("rb") as opened:
            beginning = opened.read(20)
        raise Unavailable(f"no zip archive, but {_size(archive)} that begin with {beginning!r}")
    if sha256 and sha256 != (found := file_hash(str(archive))):
        raise Unavailable(f"an archive with sha256 {found} instead of {sha256}")


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size} bytes"
