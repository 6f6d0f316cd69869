"""A save that is there whole or not at all, for every dataset of files."""

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path, PurePosixPath
from typing import Any

from teeth_unet.storage import atomic_write, expand_home


class AtomicSave:
    """Mixin that gives any local file dataset an all-or-nothing save, and "~" in its path.

    Put it before the dataset's base class. It relies on what all datasets of Kedro with a path
    do: ask `_get_save_path()` where to write.
    """

    _temporary: PurePosixPath | None = None
    save: Any  # of the class that this is put before

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401
        # Kedro wraps `save` when a class is made, for versions and errors. The bare method is
        # made whole first, and then wrapped once: twice would begin a second version.
        cls.save = _saved_atomically(inspect.unwrap(cls.save))
        super().__init_subclass__(**kwargs)
        cls.__init__ = _at_home(cls.__init__)  # type: ignore[method-assign]

    def _get_save_path(self) -> PurePosixPath:
        if self._temporary is not None:
            return self._temporary
        path: PurePosixPath = super()._get_save_path()  # type: ignore[misc] # as `save`
        return path


def _at_home(begin: Callable[..., None]) -> Callable[..., None]:
    """Make a dataset's `__init__` take "~" in `filepath` for the user's home folder."""

    @wraps(begin)
    def begin_at_home(self: Any, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        path = options.get("filepath", "")
        if str(path).startswith("~"):  # others, addresses among them, stay as they are
            options["filepath"] = str(expand_home(path))
        begin(self, *arguments, **options)

    return begin_at_home


def _saved_atomically(save: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Make a dataset's `save` write to a temporary name in the same folder and move it."""

    @wraps(save)
    def save_atomically(self: Any, data: Any) -> None:  # noqa: ANN401 (each dataset has its own type)
        if getattr(self, "_protocol", "file") != "file":  # object stores write whole anyway
            save(self, data)
            return
        with atomic_write(Path(self._get_save_path())) as temporary:
            self._temporary = PurePosixPath(temporary)
            try:
                save(self, data)
            finally:
                self._temporary = None

    # Kedro takes `__wrapped__` of a wrapped method for the bare one.
    del save_atomically.__wrapped__
    return save_atomically
