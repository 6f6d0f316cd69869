"""What is written in the files of conf/ and read by nothing: most likely it is misspelt."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml
from kedro.config import OmegaConfigLoader

from teeth_unet.configuration import is_template, nearest_name

_FILES = "catalog*.yml, parameters*.yml, globals.yml, credentials*.yml and logging.yml"


def unread_names(loader: OmegaConfigLoader, entries: Iterable[str]) -> Iterator[str]:
    """Yield in words what an environment's own files hold in vain.

    Args:
        loader: Of the run.
        entries: All that any pipeline reads or writes, by its name in the catalog.
    """
    source = Path(loader.conf_source)
    base = source / str(loader.base_env or "base")
    own = source / str(loader.env or loader.default_run_env or base.name)
    if own == base or not own.is_dir():
        return
    yield from _unread_files(own, loader)
    yield from _unread_globals(own, base)
    yield from _unread_entries(own, list(entries))


def _unread_files(own: Path, loader: OmegaConfigLoader) -> Iterator[str]:
    patterns = [pattern for some in loader.config_patterns.values() for pattern in some]
    for path in _files(own, "*"):
        name = path.relative_to(own).as_posix()
        if not any(fnmatch(name, pattern) for pattern in patterns):
            yield f"{_shown(path)} is not read: files are called {_FILES}"


def _unread_globals(own: Path, base: Path) -> Iterator[str]:
    known, given = _content(base, "globals*"), _content(own, "globals*")
    written = "".join(path.read_text("utf-8") for path in (*_files(base, "*"), *_files(own, "*")))
    for name in given:
        if name not in known and f"globals:{name}" not in written:
            hint = nearest_name(name, list(known))
            yield f"{name!r} in globals.yml of conf/{own.name} is read by nothing: {hint}"
    if own.name != "local" and given.get("data", known.get("data")) == known.get("data"):
        yield (
            f"conf/{own.name} writes to the results of conf/{base.name}, in {known.get('data')}: "
            "a line such as `data: data/NAME` in its globals.yml keeps them apart"
        )


def _unread_entries(own: Path, entries: list[str]) -> Iterator[str]:
    for name in _content(own, "catalog*"):
        # Other entries may be for notebooks.
        close = get_close_matches(name, entries, n=1, cutoff=0.8)
        if close and name not in entries and not is_template(name) and "{" not in name:
            yield (
                f"{name!r} in the catalog of conf/{own.name} is read by no pipeline: "
                f"did you mean {close[0]!r}?"
            )


def _files(folder: Path, pattern: str) -> list[Path]:
    return [path for end in ("yml", "yaml") for path in sorted(folder.rglob(f"{pattern}.{end}"))]


def _content(folder: Path, pattern: str) -> dict[str, Any]:
    read = (yaml.safe_load(path.read_text("utf-8")) for path in _files(folder, pattern))
    return {str(name): value for block in read if block for name, value in block.items()}


def _shown(path: Path) -> str:
    return "/".join(path.parts[path.parts.index("conf") :]) if "conf" in path.parts else str(path)
