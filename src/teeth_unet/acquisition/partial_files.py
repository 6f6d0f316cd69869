"""Downloads that have not arrived whole yet."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from teeth_unet.storage import OF_WRITING, atomic_write

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class PartialFile:
    """What has arrived of a download, and which version of the content it belongs to.

    Args:
        path: The file; it need not exist.
        kept: Whether a later run may resume it. A note next to the file then tells that run
            the version; without one the file counts as nothing.
    """

    def __init__(self, path: Path, *, kept: bool) -> None:
        self.path = path
        self._note = path.with_name(f"{path.name}.json") if kept else None
        self.version, self.total = self._noted()
        if self.size > (self.total or self.size):  # not what the note speaks of
            self.version = self.total = None

    @property
    def size(self) -> int:
        """Bytes that can be used; none if their version is not known."""
        return self.path.stat().st_size if self.version and self.path.exists() else 0

    @property
    def is_complete(self) -> bool:
        """Tell whether all bytes are there, as far as the server has said how many there are."""
        return self.total is not None and self.size == self.total > 0

    def restart(self, version: str | None = None, total: int | None = None) -> None:
        """Drop what has arrived; what follows is of a version, if that is known, and a size."""
        self.forget()
        self.path.open("wb").close()
        self.version, self.total = version, total
        if self._note and version:
            # In place: half a note cannot be read, and then the file counts as nothing.
            self._note.write_text(json.dumps({"version": version, "total": total}))

    def forget(self) -> None:
        """Remove the note."""
        if self._note:
            self._note.unlink(missing_ok=True)

    def _noted(self) -> tuple[str | None, int | None]:
        with suppress(OSError, ValueError, KeyError, TypeError):
            note = json.loads(self._note.read_text()) if self._note else {}
            version, total = note["version"], note["total"]
            if isinstance(version, str) and isinstance(total, int | None):
                return version, total
        return None, None


@contextmanager
def claimed(place: Path) -> Iterator[PartialFile]:
    """Offer the unfinished download of a place, and move it there once the block has succeeded.

    If the block fails, or the process is killed, what has arrived stays for the next one, as far
    as it can be used; if the disk is full, it goes. Of several processes at once, one claims it;
    each other gets a file of its own, which does not outlive it, as on systems without such
    claims (Windows).

    Args:
        place: The file to make; missing parent folders are made.

    Yields:
        What has arrived so far.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    shared = place.with_name(f".{place.name}.part")
    claim = _claim(shared)
    if claim is None:
        with atomic_write(place) as private:
            yield PartialFile(private, kept=False)
        return
    with claim:
        part = PartialFile(shared, kept=True)
        try:
            yield part
            part.forget()
            os.replace(shared, place)  # still claimed: nobody takes it for unfinished
        except BaseException as failure:
            # A full disk needs the room.
            if not part.size or getattr(failure, "errno", None) in OF_WRITING:
                part.forget()
                shared.unlink(missing_ok=True)
            raise


def _claim(path: Path) -> BinaryIO | None:
    """Open and lock a file, unless another process has locked it. Closing it lets go."""
    if fcntl is None:
        return None
    claim = path.open("ab")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Its last owner may have moved or removed it since it was opened.
        if os.path.samestat(os.fstat(claim.fileno()), path.stat()):
            return claim
    except OSError:  # locked, gone, or on a file system without locks
        pass
    claim.close()
    return None
