"""Which content of the storage a copy on this machine has.

Kept apart from the copies: a folder of these holds what the storage has, and nothing else.
"""

import hashlib
import json
import os
from pathlib import Path

from teeth_unet.storage.addresses import address_of, copies_folder


def tag_of(path: Path) -> str | None:
    """Return what the storage calls the content of a copy, on whichever machine.

    None for what is no copy, is not there, or has been changed here.
    """
    if address_of(path) is None:
        return None
    try:
        known = json.loads(_place_of_tag(path).read_text("utf-8"))
        return str(known["tag"]) if known["state"] == _state(path) else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def has_tag(path: Path) -> bool:
    """Tell whether a file has been a copy of an object, whatever has become of it here."""
    return _place_of_tag(path).exists()


def keep_tag(path: Path, tag: str) -> None:
    """Keep which content a copy has."""
    place = _place_of_tag(path)
    temporary = place.with_name(f"{place.name}.{os.getpid()}")
    temporary.write_text(json.dumps({"tag": tag, "state": _state(path)}), "utf-8")
    os.replace(temporary, place)


def forget_tag(path: Path) -> None:
    """Forget a copy."""
    _place_of_tag(path).unlink(missing_ok=True)


def _place_of_tag(path: Path) -> Path:
    return kept_in("tags", str(path))


def kept_in(folder: str, key: str) -> Path:
    """Return the place of what is kept under a key, in one of the folders beside the copies."""
    name = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
    place = copies_folder() / folder / name[:2] / name
    if not place.parent.exists():
        copies_folder().mkdir(mode=0o700, parents=True, exist_ok=True)  # X-rays of patients
        place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _state(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ino]
