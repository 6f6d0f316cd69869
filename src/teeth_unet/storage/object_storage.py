"""Objects of a storage that fsspec reaches: listed, read, written and removed, each whole."""

import errno
import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teeth_unet.errors import InputError, in_short, without_secrets

BLOCK = 16 * 2**20
"""Bytes that are read or written at a time."""

SMALL = 8 * 2**20
"""Bytes up to which a file is sent at once: the answer tells the tag of what was written."""

MOST_PARTS = 10_000
"""Of one object, on S3."""

ABANDONED_AFTER = 3600
"""Seconds after which an upload in parts that has not ended has no writer any more."""

_LOGIN = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "abfs": "AZURE_STORAGE_ACCOUNT_NAME with AZURE_STORAGE_ACCOUNT_KEY, or "
    "AZURE_STORAGE_CONNECTION_STRING",
}
"""Variables of the environment that the libraries read."""

_OF_LOGIN = ("Credential", "Authentication", "TokenRetrieval", "SSOToken", "UnauthorizedSSO")
"""In names of the libraries' errors where there is no login, or one that does not count."""

_TALKATIVE = ("botocore", "aiobotocore", "s3fs", "gcsfs", "adlfs", "azure", "fsspec")


class StorageFailure(InputError, OSError):
    """A storage that cannot be reached or does not do what it was asked to.

    No single file is to blame: it stands for all, as a drive that is lost does.
    """

    def __init__(self, subject: str, expected: str, found: str, remedy: str) -> None:
        super().__init__(subject, expected, found, remedy)
        self.errno = errno.ENOTCONN


@dataclass(frozen=True)
class Stored:
    """An object as the storage tells of it.

    Attributes:
        size: In bytes.
        tag: Changes when the content does.
    """

    size: int
    tag: str


_folders: ContextVar[dict[str, dict[str, dict[str, Any]]] | None] = ContextVar("f", default=None)
"""What is in each folder that was looked into, within `one_listing`."""


@contextmanager
def one_listing() -> Iterator[None]:
    """Look into each folder once, for whoever asks for many objects of few folders.

    What others write meanwhile is not seen, nor is what the block itself writes.
    """
    token = _folders.set({})
    try:
        yield
    finally:
        _folders.reset(token)


class ObjectStorage:
    """The objects at and below an address, by their names within it: "" is the one at it itself.

    Logins, addresses of other storages and the like are fsspec's and the libraries' own matter:
    they are read from the environment and from files that these know. Nothing is kept of what was
    listed before; processes and threads may use what they have made themselves.

    Args:
        address: Such as `s3://bucket/folder`.

    Raises:
        StorageFailure: The library that reaches it is not installed.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._scheme = address.partition("://")[0]
        for name in _TALKATIVE:  # where from logins come; and at DEBUG more of them
            if logging.getLogger(name).level == logging.NOTSET:
                logging.getLogger(name).setLevel(logging.WARNING)
        with self._asking():
            import fsspec  # here: most runs have no use for it

            self._system: Any = fsspec.filesystem(self._scheme, use_listings_cache=False)
            self._root = str(self._system._strip_protocol(address))

    def listed(self) -> dict[str, Stored]:
        """Return all objects; not those that stand for folders, nor any folder."""
        seen = _folders.get()
        with self._asking():
            if seen is not None and "/" in self._root:
                found = self._found_beside(seen)
            else:
                found = self._system.find(self._root, detail=True)
        names = {name.removeprefix(self._root).removeprefix("/"): i for name, i in found.items()}
        return {
            name: _stored(info)
            for name, info in names.items()
            if info["type"] == "file" and not name.endswith("/")
        }

    def _found_beside(self, seen: dict[str, dict[str, dict[str, Any]]]) -> dict[str, Any]:
        """Return the same by what is in the folder around."""
        around = self._root.rpartition("/")[0]
        if around not in seen:
            try:
                beside = self._system.ls(around, detail=True)
            except FileNotFoundError:
                self._system.info(around.partition("/")[0])  # which tells where there is no bucket
                beside = []
            seen[around] = {each["name"].rstrip("/"): each for each in beside}
        own = seen[around].get(self._root)
        if own is None:
            return {}
        if own["type"] == "file":
            return {self._root: own}
        found: dict[str, Any] = self._system.find(self._root, detail=True)
        return found

    def state(self, name: str = "") -> Stored | None:
        """Return what the storage tells of an object; None if it is not there."""
        with self._asking():
            try:
                info = self._system.info(self._key(name))
            except FileNotFoundError:
                return None
        return _stored(info) if info["type"] == "file" else None

    def read(self, name: str, start: int, end: int) -> bytes:
        """Return bytes of an object, from one place to before another.

        Raises:
            StorageFailure: It cannot be read, or there are fewer of them.
        """
        with self._asking(name):
            content: bytes = self._system.cat_file(self._key(name), start=start, end=end)
            if len(content) != end - start:
                raise OSError(f"{len(content)} bytes in place of {end - start}")
        return content

    def write(self, name: str, file: Path) -> str:
        """Put a file in the place of an object, whole or not at all; return its tag."""
        size = file.stat().st_size
        if size <= SMALL:
            content = file.read_bytes()
            with self._asking(name):
                answer = self._system.pipe_file(self._key(name), content)
            if isinstance(answer, dict) and answer.get("ETag"):
                return str(answer["ETag"])
        elif self._scheme == "s3":
            self._abort_abandoned(name)
            parts = max(BLOCK, math.ceil(size / MOST_PARTS))
            with self._asking(name):
                self._system.put_file(str(file), self._key(name), chunksize=parts)
        else:
            with self._asking(name):
                self._system.put_file(str(file), self._key(name))
        with self._asking(name):
            return _stored(self._system.info(self._key(name))).tag

    def remove(self, name: str) -> None:
        """Remove an object, if it is there."""
        with self._asking(name), suppress(FileNotFoundError):
            self._system.rm_file(self._key(name))

    def _key(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root

    def _abort_abandoned(self, name: str) -> None:
        """End uploads in parts of an object that killed runs have left: they cost, unseen."""
        bucket, key, _ = self._system.split_path(self._key(name))
        with suppress(PermissionError), self._asking(name, may_be_denied=True):
            found = self._system.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=key)
            for upload in found.get("Uploads", ()):
                begun = upload["Initiated"].timestamp()
                if upload["Key"] == key and time.time() - begun > ABANDONED_AFTER:
                    self._system.abort_mpu(bucket, key, upload["UploadId"])

    @contextmanager
    def _asking(self, name: str = "", *, may_be_denied: bool = False) -> Iterator[None]:
        """Tell in words what the storage or its library refuses.

        Raises:
            StorageFailure: Whatever they have raised, without logins.
            PermissionError: Where that is nothing to stop for.
        """
        try:
            yield
        except StorageFailure:
            raise
        except Exception as failure:
            if may_be_denied and isinstance(failure, PermissionError):
                raise
            address = f"{self.address}/{name}" if name else self.address
            # From None: what libraries say of a request may have its signature in it.
            raise StorageFailure(address, *self._in_words(failure)) from None

    def _in_words(self, failure: Exception) -> tuple[str, str, str]:
        told = without_secrets(in_short(failure))
        kinds = [each.__name__ for each in type(failure).__mro__]
        login = _LOGIN[self._scheme]
        if isinstance(failure, ImportError):
            remedy = f'Install it: pip install -e ".[{self._scheme}]"'
            return "the library that reaches it", f"none ({told})", remedy
        if isinstance(failure, PermissionError) or any(a in b for a in _OF_LOGIN for b in kinds):
            remedy = (
                "Give a login that may list, read, write and remove there, in the environment: "
                f"{login}."
            )
            return "access to it", f"none ({told})", remedy
        if isinstance(failure, FileNotFoundError):
            remedy = "Correct the address, or make the bucket; it is not made here."
            return "a bucket, and in it what was there before", f"none ({told})", remedy
        other = ", and AWS_ENDPOINT_URL if it is not Amazon's" if self._scheme == "s3" else ""
        remedy = (
            f"See that network and storage are there{other}, and run the command again: what is "
            "done stays done."
        )
        return "a storage that answers", f"{type(failure).__name__}: {told}", remedy


def _stored(info: dict[str, Any]) -> Stored:
    """Return what counts of what fsspec tells of an object; each storage has its own words."""
    tag = next((info[key] for key in ("ETag", "etag", "md5Hash", "created") if info.get(key)), "")
    return Stored(int(info["size"] or 0), str(tag))
