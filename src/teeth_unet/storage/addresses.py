"""Addresses on object storage, and where on this machine the copies of what is there lie.

The rest of the program knows paths alone: that of `s3://bucket/data/x.npy` is `COPIES/s3/bucket/
data/x.npy`. Whether a path is one of these, its beginning tells.
"""

import os
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from teeth_unet import errors
from teeth_unet.errors import InputError, without_secrets
from teeth_unet.storage.paths import expand_home

VARIABLE = "TEETH_UNET_COPIES"
"""Of the environment: the folder for the copies."""

SCHEMES = ("s3", "gs", "abfs")
"""What addresses of object storage begin with, and the extras of this package that read them."""

_WHAT = f"a path of this machine, or an address that begins with {', '.join(SCHEMES)}://"


def copies_folder() -> Path:
    """Return the folder with all that is kept of object storage on this machine."""
    return _resolved(os.environ.get(VARIABLE) or "~/.cache/teeth_unet")


@cache
def _resolved(place: str) -> Path:
    return expand_home(place).resolve()


def place_of(given: str | int | float) -> Path:
    """Return the path of what a user names: by a path, "~" being the home folder, or an address.

    Args:
        given: A path; `file://…`; or an address on object storage, whose copy on this machine is
            then meant. It need not be there before `fetched` has been called.

    Raises:
        InputError: It is an address of another kind, or one with a login in it, which is not shown.
    """
    text = str(given)
    scheme, mark, rest = text.partition("://")
    if not mark:
        return expand_home(given)
    if scheme == "file":
        return expand_home(url2pathname(urlsplit(text).path))
    if scheme not in SCHEMES:
        _refuse(text, _WHAT, "another address", "Fetch what it stands for, and give its path.")
    if _has_login(rest):
        _refuse(
            f"{scheme}://{re.split('[?#]', rest.rpartition('@')[2])[0]}",
            "an address without a login or a signature",
            "one that may hold them, left out here",
            "Logins are read from the environment (AWS_ACCESS_KEY_ID and so on), or from the files "
            "of the storage's own tools. Names with ? or # in them cannot be given.",
        )
    parts = rest.rstrip("/").split("/")
    if not all(map(_is_plain, parts)):
        expected = f"a bucket, and a name of which each part is one: {scheme}://bucket/folder/file"
        _refuse(text, expected, "empty parts, or dots in place of one", "Correct the address.")
    return copies_folder().joinpath("copies", scheme, *parts)


def address_of(path: Path) -> str | None:
    """Return the address on object storage that a path is the copy of; None for other paths."""
    copies = f"{copies_folder() / 'copies'}{os.sep}"
    if not str(path).startswith(copies):
        return None
    scheme, _, rest = str(path).removeprefix(copies).replace(os.sep, "/").partition("/")
    return f"{scheme}://{rest}"


def with_addresses(text: str) -> str:
    """Return a text in which the addresses stand that its paths of copies are of."""
    copies = f"{copies_folder() / 'copies'}{os.sep}"
    if copies not in text:
        return text
    return re.sub(f"{re.escape(copies)}({'|'.join(SCHEMES)}){re.escape(os.sep)}", r"\1://", text)


errors.in_words_of_users.append(with_addresses)


def is_local_name(name: str) -> bool:
    """Tell whether the name of an object can be one of a file below a folder here."""
    return all(map(_is_plain, name.split("/")))


def _is_plain(part: str) -> bool:
    return part not in ("", ".", "..") and "\0" not in part and "\\" not in part


def _has_login(rest: str) -> bool:
    """Tell whether there may be one: a password before "@", or what follows "?" or "#".

    What stands before "@" alone is the container of abfs://container@account.dfs.core.windows.net.
    A password may have "/" in it.
    """
    return (":" in rest.partition("/")[0] and "@" in rest) or bool(re.search("[?#]", rest))


def _refuse(address: str, expected: str, found: str, remedy: str) -> None:
    raise InputError(without_secrets(address), expected, found, remedy)
