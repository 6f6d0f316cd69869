"""Synthetic panoramic X-rays in the catalog."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
from kedro_datasets._typing import ImagePreview
from PIL import Image

from teeth_unet.configuration import checked
from teeth_unet.datasets.previews import contact_sheet, pick
from teeth_unet.datasets.read_only import SourceDataset
from teeth_unet.errors import InputError
from teeth_unet.numbering import label_map_of, number_picture
from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_truth, draw_xray

Content = Literal["xrays", "masks", "tooth_labels", "numbers"]


class Drawings(dict[str, Callable[[], Image.Image]]):
    """Functions that draw, by case name, and the settings that they draw with.

    Attributes:
        settings: Those of all of them.
    """

    settings: PhantomSettings


class PhantomDataset(SourceDataset[Drawings]):
    """Synthetic panoramic X-rays, or their ground truth, drawn when asked for.

    `load` gives a mapping from case name (`phantom-001`, ...) to a function that draws the
    picture: the same one for the same settings and case on every run. Entries with the same
    settings show the same patients.

    Args:
        content: `xrays`; `masks` (255 where a tooth is, else 0); `tooth_labels` (0, and the FDI
            number of each tooth; what has none as in `numbering.OTHERS`); or `numbers` (of every
            pixel the number in the chart in the red channel, the kind in the green one, and one
            number for each object in the blue one, whether or not it counts as tooth; see
            `numbering.number_picture`).
        metadata: For kedro-viz.
        **settings: As for `teeth_unet.phantoms.PhantomSettings`: `cases`, `seed`, `width`,
            `aspect`, `toothless_share`, `mouth` (a block: what is in the mouths, what of it counts
            as tooth in `masks` and `tooth_labels`, and how it is outlined), `scene` (what
            lies around, and how the picture was taken; a block, or the word `varied`).

    Raises:
        InputError: An option is out of range. (Kedro wraps it into a DatasetError.)
    """

    def __init__(
        self,
        *,
        content: Content,
        metadata: dict[str, Any] | None = None,
        **settings: Any,  # noqa: ANN401 (checked by PhantomSettings)
    ) -> None:
        if content not in _DRAW:
            known = f"one of {', '.join(_DRAW)}"
            raise InputError("option content", known, repr(content), "Put it right in the catalog.")
        self._content = content
        self._settings = checked(PhantomSettings, settings, "option ", "the catalog")
        self.metadata = metadata

    def load(self) -> Drawings:
        """Return a drawing function for each case."""
        digits = max(3, len(str(self._settings.cases)))
        drawings = Drawings(
            (f"phantom-{case + 1:0{digits}d}", partial(_DRAW[self._content], self._settings, case))
            for case in range(self._settings.cases)
        )
        drawings.settings = self._settings
        return drawings

    def preview(self) -> ImagePreview:
        """Show a few of the cases."""
        return contact_sheet(draw() for draw in pick(list(self.load().values()), 4))

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"content": self._content, **self._settings.model_dump()}


def _draw_xray(settings: PhantomSettings, case: int) -> Image.Image:
    return Image.fromarray(draw_xray(settings, case))


def _draw_mask(settings: PhantomSettings, case: int) -> Image.Image:
    labels = draw_labels(settings, case)
    return Image.fromarray(np.where(labels > 0, 255, 0).astype(np.uint8))


def _draw_tooth_labels(settings: PhantomSettings, case: int) -> Image.Image:
    truth = draw_truth(settings, case)
    return Image.fromarray(label_map_of(truth, truth.counted(settings.mouth.mask)))


def _draw_numbers(settings: PhantomSettings, case: int) -> Image.Image:
    return Image.fromarray(number_picture(draw_truth(settings, case)))


_DRAW: dict[str, Callable[[PhantomSettings, int], Image.Image]] = {
    "xrays": _draw_xray,
    "masks": _draw_mask,
    "tooth_labels": _draw_tooth_labels,
    "numbers": _draw_numbers,
}
