"""Where an archive can be had."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from teeth_unet.errors import InputError, without_secrets
from teeth_unet.storage import SCHEMES, expand_home, place_of, plain_name

_FORM = "http(s)://…, s3://…, gs://…, abfs://…, file://…, a path, or {address: …, sha256: …}"

_REMEDY = "Put it right in the catalog, or in --params."


@dataclass(frozen=True)
class Address:
    """Where an archive can be had, and its checksum if that is known.

    Its text form is fit for logs: without user name, password and query.

    Attributes:
        location: `http(s)://…`, `file://…`, a path on this machine ("~" is the home folder), or an
            address on object storage.
        sha256: 64 hexadecimal digits in lower case, or None.
    """

    location: str = field(repr=False)
    sha256: str | None = None

    @classmethod
    def parse(cls, item: Any) -> "Address":  # noqa: ANN401 (whatever the catalog says)
        """Read an item of a catalog entry: a location, or a mapping of `address` and `sha256`.

        Raises:
            InputError: The item has another form.
        """
        fields = item if isinstance(item, dict) else {"address": item}
        location, sha256 = str(fields.get("address") or ""), fields.get("sha256")
        scheme = location.partition("://")[0].lower() if "://" in location else "file"
        known = not fields.keys() - {"address", "sha256"}
        if not (location and known and scheme in ("http", "https", "file", *SCHEMES)):
            raise InputError(
                "addresses",
                _FORM,
                without_secrets(repr(item)),
                _REMEDY,
            )
        if scheme in SCHEMES:
            place_of(location)  # which refuses one with a login in it
        if scheme in ("http", "https") and not _has_host(location):
            # Not shown: what breaks a host is often an unescaped character of a password.
            raise InputError(
                "addresses",
                f"a host after {scheme}://, and after its colon, if any, a port",
                "something else",
                f"{_REMEDY} In a user name or password write @ as %40, / as %2F, ? as %3F.",
            )
        if sha256 is not None and not re.fullmatch("[0-9a-fA-F]{64}", str(sha256)):
            raise InputError(
                f"sha256 of {cls(location)}",
                "64 hexadecimal digits",
                repr(sha256),
                "Copy the checksum again, or leave it out.",
            )
        return cls(location, str(sha256).lower() if sha256 else None)

    def __str__(self) -> str:
        if "://" not in self.location:
            return self.location
        parts = urlsplit(self.location)
        host = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=host, query="", fragment="").geturl()

    @property
    def local(self) -> Path | None:
        """The file on this machine that the address names, or None for one on the network.

        Of an address on object storage it is the copy, which `storage.fetched` brings.
        """
        if "://" not in self.location or self.location.partition("://")[0] in SCHEMES:
            return place_of(self.location).resolve()
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


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # the port is no number
        return False
