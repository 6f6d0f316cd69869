"""Checksums of files, and the files of a program."""

import hashlib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def python_sources(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and text of every Python file in a folder, which may be one in a zip file.

    Args:
        folder: The folder.
        name: What it is called.
    """
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from python_sources(entry, path)
        elif entry.name.endswith(".py"):
            yield path, python_source(entry)


def python_source(file: Traversable) -> bytes:
    """Return the text of a file with the line endings of Unix, whatever a checkout gave it."""
    return file.read_bytes().replace(b"\r\n", b"\n")
