"""Which code this program is."""

import hashlib
from functools import cache
from importlib import resources

from teeth_unet.storage import python_sources


@cache
def code_checksum() -> str:
    """Return a SHA-256 of all Python files of this program."""
    content = hashlib.sha256()
    for name, text in sorted(python_sources(resources.files("teeth_unet"), "teeth_unet")):
        content.update(f"{name} {len(text)}\n".encode() + text)
    return content.hexdigest()


def program_name(version: str, code: str) -> str:
    """Return in one text which program something was made with."""
    return f"teeth_unet {version}, code {code[:12]}"
