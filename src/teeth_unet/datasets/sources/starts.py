"""What a training begins with in the catalog."""

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NoReturn

from kedro.io import AbstractVersionedDataset, DatasetError
from kedro_datasets._typing import JSONPreview

from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.saved.segmenters import shown
from teeth_unet.errors import InputError
from teeth_unet.segmentation import (
    SegmenterSettings,
    packaged_segmenter,
    read_segmenter,
    read_settings,
)
from teeth_unet.storage import fetched, place_of, with_addresses
from teeth_unet.unet import PACKAGE, SCRATCH

if TYPE_CHECKING:
    from teeth_unet.segmentation import Segmenter


class StartDataset(AbstractVersionedDataset[NoReturn, "Segmenter | None"]):
    """The segmenter whose weights a training begins with; read-only.

    It is known by its content alone: what it was made from is in its own record, and need not
    agree with what the training is given.

    Args:
        filepath: Its file, or the address of that, if `start` is neither of the two words. "~"
            stands for the user's home folder.
        start: As the parameter `training.start`: `scratch` for none, `package` for that of this
            package, or anything else for the file.
        metadata: Anything for other tools; kedro-viz reads its own part.
    """

    of_another_run = True

    def __init__(
        self, *, filepath: str, start: str, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(PurePosixPath(place_of(filepath)), None)
        self._start = start
        self.metadata = metadata

    @property
    def in_words(self) -> str | None:
        """What `kedro lineage` says of it where there is no file."""
        return f"none: from {SCRATCH}" if self._start == SCRATCH else None

    @property
    def stands_in(self) -> bool:
        """Whether it is what comes with this package."""
        return self._start == PACKAGE

    def settings(self) -> SegmenterSettings | None:
        """Read what the file says besides the network; None from scratch.

        Raises:
            InputError: There is no such file, or it is no segmenter.
        """
        path = self._place()
        return None if path is None else read_settings(path)

    def load(self) -> "Segmenter | None":
        """Read the segmenter, see `segmentation.read_segmenter`; None from scratch."""
        path = self._place()
        return None if path is None else read_segmenter(path)

    def save(self, data: NoReturn) -> NoReturn:
        """Refuse: what a training begins with stays as it is."""
        raise DatasetError(f"{self._filepath} is read-only: nothing can be saved there.")

    def _place(self) -> Path | None:
        """Return the file; None from scratch."""
        if self._start == SCRATCH:
            return None
        place = packaged_segmenter() if self.stands_in else fetched(Path(self._filepath))
        if place is None or not place.exists():
            raise InputError(
                "training.start",
                f"{PACKAGE}, {SCRATCH} or the path of a segmenter",
                f"{place}, where there is none" if place else "no network in this package",
                f"Correct the path, which counts from the project's folder; or set {SCRATCH}."
                if place
                else f"Set training.start={SCRATCH}, or the path of a segmenter.",
            )
        return place

    def _get_load_path(self) -> PurePosixPath:
        place = self._place()
        if place is None:
            raise DatasetError("A training from scratch begins with no file.")
        return PurePosixPath(place)

    def _exists(self) -> bool:
        return True  # a start that is not there is told of when it is loaded

    def _describe(self) -> dict[str, Any]:
        if self._start in (SCRATCH, PACKAGE):
            return {"start": self._start}
        return {"filepath": with_addresses(str(self._filepath))}

    @of_what_is_there
    def preview(self) -> JSONPreview:
        """Show in kedro-viz what belongs to the network."""
        settings = self.settings()
        return JSONPreview(shown(settings) if settings else json.dumps({"start": SCRATCH}))
