"""Paths and file names, wherever they come from."""

import re
from pathlib import Path, PurePosixPath

_LITTER = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini"}


def expand_home(path: str | int | float) -> Path:
    """Make a path of what the catalog says, with "~" at its beginning as the user's home folder.

    Anywhere else "~" is the name of a folder. One that is named by a number may arrive as one.
    """
    text = str(path)
    parts = Path(text).parts
    return Path.home().joinpath(*parts[1:]) if text[:1] == "~" == parts[0] else Path(text)


def is_litter(name: str) -> bool:
    """Tell whether a file is one that operating systems leave behind, by its name.

    Args:
        name: Name inside a folder or an archive, with "/" between the parts.

    Returns:
        True for hidden files and folders (`.DS_Store`, `._1.png`), for `__MACOSX`, and for
        what Windows keeps about a folder (`Thumbs.db`, `desktop.ini`).
    """
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") or part.lower() in _LITTER for part in parts)


def plain_name(path: str) -> str:
    """Return the last part of a path as a file name that every system takes."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", PurePosixPath(path).name)[-80:] or "archive"
