"""A save that is there whole or not at all, for every dataset of files."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial, wraps
from pathlib import Path, PurePosixPath
from typing import Any

from kedro.io import DatasetError

from teeth_unet.errors import InputError
from teeth_unet.storage import (
    StorageFailure,
    address_of,
    atomic_write,
    fetched,
    is_there,
    place_of,
)


class AtomicSave:
    """Mixin that gives any dataset of a file an all-or-nothing save, here or on object storage.

    "~" in its path is the home folder. What is on object storage is fetched before it is read, and
    sent once it is written. Put it before the dataset's base class. It relies on what all datasets
    of Kedro with a path do: ask `_get_save_path()` where to write, and `_get_load_path()` what to
    read.
    """

    is_folder = False
    _temporary: PurePosixPath | None = None
    save: Any  # of the class that this is put before

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401
        # Kedro wraps `save` when a class is made, for versions and errors. The bare method is
        # made whole first, and then wrapped once: twice would begin a second version.
        cls.save = _saved_atomically(inspect.unwrap(cls.save))
        super().__init_subclass__(**kwargs)
        cls.__init__ = _on_this_machine(cls.__init__)  # type: ignore[method-assign]

    def _get_save_path(self) -> PurePosixPath:
        if self._temporary is not None:
            return self._temporary
        path: PurePosixPath = super()._get_save_path()  # type: ignore[misc] # as `save`
        return path

    def _get_load_path(self) -> PurePosixPath:
        return PurePosixPath(fetched(self.place(), whole=self.is_folder))

    def place(self) -> Path:
        """Return what will be read, which has not been fetched yet if it is on object storage.

        Raises:
            DatasetError: There is no version yet.
            StorageFailure: Nobody knows, since the storage does not answer.
        """
        try:
            return Path(super()._get_load_path())  # type: ignore[misc] # as `save`
        except DatasetError as failure:
            if isinstance(failure.__cause__, StorageFailure):
                raise failure.__cause__ from None
            raise

    def _exists(self) -> bool:
        try:
            place = self.place()
        except DatasetError:  # no version yet
            return False
        return is_there(place, whole=self.is_folder)


def _on_this_machine(begin: Callable[..., None]) -> Callable[..., None]:
    """Make a dataset's `__init__` take in `filepath` whatever `place_of` does."""

    @wraps(begin)
    def begin_on_this_machine(self: Any, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        place = place_of(options.get("filepath", ""))
        if is_copy := address_of(place) is not None:
            _refuse_login_in_catalog(options)
        if is_copy or str(options.get("filepath", "")).startswith(("~", "file:")):
            options["filepath"] = str(place)
        begin(self, *arguments, **options)
        if is_copy and not isinstance(self._glob_function, partial):
            self._glob_function = partial(_fetched_versions, place, self._glob_function)

    return begin_on_this_machine


def _fetched_versions(place: Path, glob: Callable[[str], Any], pattern: str) -> list[str]:
    """Return the versions of an entry on object storage, once all are fetched."""
    fetched(place)
    return [str(path) for path in glob(pattern)]


def _refuse_login_in_catalog(options: Mapping[str, Any]) -> None:
    if options.get("credentials") or options.get("fs_args"):
        raise InputError(
            f"filepath: {options['filepath']}",
            "no credentials or fs_args in the catalog for an address on object storage",
            "one of them",
            "Leave them out: logins are read from the environment, see conf/README.md.",
        )


def _saved_atomically(save: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Make a dataset's `save` write to a temporary name in the same folder and move it."""

    @wraps(save)
    def save_atomically(self: Any, data: Any) -> None:  # noqa: ANN401 (each dataset has its own type)
        with atomic_write(Path(self._get_save_path())) as temporary:
            self._temporary = PurePosixPath(temporary)
            try:
                save(self, data)
            finally:
                self._temporary = None

    # Kedro takes `__wrapped__` of a wrapped method for the bare one.
    del save_atomically.__wrapped__
    return save_atomically
