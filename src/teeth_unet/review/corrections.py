"""The folder of corrections: what a person has left of what the network said.

One file a case, `cases/NAME.json`, is the truth, and is written whole or not at all. Label maps and
masks, for trainings and other programs, are made from it, and made again where a server was killed
between the two.
"""

import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.case_names import file_stem
from teeth_unet.errors import InputError
from teeth_unet.numbering import NumberedTooth
from teeth_unet.review.known_teeth import Edit, KnownTeeth
from teeth_unet.review.proposing import Proposal, chart_of_record, chart_record
from teeth_unet.review.runs import pack, unpack
from teeth_unet.storage import atomic_write

CASES, LABELS, MASKS, NETWORK = "cases", "labels", "masks", "network"
"""Folders: the truth; what is made of it; and the label map that the network had proposed."""

FORM = 1

PNG_LEVEL = 1
"""Of zlib: the next ones take several times as long for files that are a little smaller."""

MOST_TOLD = 5000
"""Entries of a history; beyond that, the oldest ones go."""


@dataclass(frozen=True)
class Corrected:
    """A case that a person has changed.

    Attributes:
        mouth: Its teeth now.
        revision: Counts the edits, from 1.
        last_edit: Identifier of the last one.
        xray: Checksum of the X-ray's grey levels.
        network: What the network had said: its fingerprint, threshold, teeth, chart, and the
            checksum of its label map.
        history: What was done, oldest first: action, objects, pixels, times, who.
    """

    mouth: KnownTeeth
    revision: int
    last_edit: str
    xray: str
    network: dict[str, Any]
    history: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, proposal: Proposal, xray: str, fingerprint: str) -> Self:
        """Return a case before its first edit."""
        mouth = proposal.mouth
        network = {
            "fingerprint": fingerprint,
            "threshold": proposal.threshold,
            "labels_sha256": checksum(mouth.label_map),
            "teeth": [asdict(tooth) for tooth in mouth.teeth.values()],
            "chart": chart_record(mouth.chart),
        }
        return cls(mouth, 0, "", xray, network, ())

    def edited(self, edit: Edit, person: str) -> Self:
        """Return the case after an edit.

        Raises:
            ValueError: It does not fit this X-ray.
        """
        mouth = self.mouth.edited(edit)
        changed = mouth.objects != self.mouth.objects
        touched = {*self.mouth.objects[changed].tolist(), *mouth.objects[changed].tolist()} - {0}
        told = {
            "action": edit.action,
            "objects": sorted(touched | edit.teeth.keys()),
            "numbers": {str(key): said.number for key, said in edit.teeth.items() if said},
            "by": person,
        }
        history = _told(self.history, told, int(np.count_nonzero(changed)))
        return replace(
            self, mouth=mouth, revision=self.revision + 1, last_edit=edit.id, history=history
        )


def checksum(pixels: NDArray[Any]) -> str:
    """Return the SHA-256 of an array's values and shape."""
    return hashlib.sha256(str(pixels.shape).encode() + pixels.tobytes()).hexdigest()


def _told(
    history: Sequence[dict[str, Any]], told: dict[str, Any], pixels: int
) -> tuple[dict[str, Any], ...]:
    """Add to a history: several strokes at the same teeth are one entry."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    if history and all(history[-1][key] == value for key, value in told.items()):
        last = history[-1]
        together = {"times": last["times"] + 1, "pixels": last["pixels"] + pixels, "last": now}
        return (*history[:-1], {**last, **together})
    entry = {**told, "times": 1, "pixels": pixels, "first": now, "last": now}
    return (*history, entry)[-MOST_TOLD:]


class CorrectionFolder:
    """A folder of corrections.

    Attributes:
        path: The folder, which need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, case: str) -> Corrected | None:
        """Return a case; None if nobody has changed it.

        Raises:
            InputError: Its file is damaged.
        """
        place = self._place(CASES, case, ".json")
        try:
            return _corrected(json.loads(place.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as failure:
            raise InputError(
                str(place), "a correction that was written here", "a damaged file", "Put it aside."
            ) from failure

    def write(self, case: str, corrected: Corrected) -> None:
        """Write a case: first the truth, then what is made of it.

        Raises:
            OSError: The disk is full, or cannot be written.
        """
        labels, mask = (_png(each) for each in (corrected.mouth.label_map, corrected.mouth.mask))
        _write(self._place(CASES, case, ".json"), json.dumps(_record(corrected)).encode())
        self._write_made(case, labels, mask)

    def write_network(self, case: str, proposal: Proposal) -> None:
        """Write the label map that the network has proposed, beside what becomes of it."""
        _write(self._place(NETWORK, case, ".png"), _png(proposal.mouth.label_map))

    def is_as_proposed(self, case: str, corrected: Corrected) -> bool:
        """Tell whether nothing was changed of the mask that the network has proposed."""
        if corrected.network["labels_sha256"] == checksum(corrected.mouth.label_map):
            return True
        try:
            with Image.open(self._place(NETWORK, case, ".png")) as picture:
                proposed = np.asarray(picture)
        except (OSError, ValueError, SyntaxError):  # it is gone, or damaged
            return False
        return np.array_equal(proposed > 0, corrected.mouth.objects > 0)

    def mend(self, case: str) -> None:
        """Make label map and mask again, if they are not those of the truth."""
        corrected = self.read(case)
        if corrected is None:
            return
        made = {LABELS: corrected.mouth.label_map, MASKS: corrected.mouth.mask}
        for kind, pixels in made.items():
            content, place = _png(pixels), self._place(kind, case, ".png")
            if not place.exists() or place.read_bytes() != content:
                _write(place, content)

    def _write_made(self, case: str, labels: bytes, mask: bytes) -> None:
        _write(self._place(LABELS, case, ".png"), labels)
        _write(self._place(MASKS, case, ".png"), mask)

    def _place(self, kind: str, case: str, suffix: str) -> Path:
        return self.path / kind / f"{file_stem(case)}{suffix}"


def _png(pixels: NDArray[np.uint8]) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "png", compress_level=PNG_LEVEL)
    return content.getvalue()


def _write(place: Path, content: bytes) -> None:
    """Write a file, and wait until it is on the disk."""
    with atomic_write(place) as temporary, temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _record(corrected: Corrected) -> dict[str, Any]:
    mouth = corrected.mouth
    height, width = mouth.objects.shape
    return {
        "form": FORM,
        "revision": corrected.revision,
        "last_edit": corrected.last_edit,
        "looked_at": mouth.looked_at,
        "width": width,
        "height": height,
        "xray": corrected.xray,
        "network": corrected.network,
        "teeth": [asdict(tooth) for tooth in mouth.teeth.values()],
        "of_person": sorted(mouth.of_person),
        "chart": chart_record(mouth.chart),
        "history": list(corrected.history),
        "runs": pack(mouth.objects),
    }


def _corrected(record: dict[str, Any]) -> Corrected:
    if record["form"] != FORM:
        raise ValueError(f"form {record['form']}")
    mouth = KnownTeeth(
        unpack(record["runs"], record["width"], record["height"]),
        {each["object"]: NumberedTooth(**each) for each in record["teeth"]},
        chart_of_record(record["chart"]),
        frozenset(record["of_person"]),
        record["looked_at"],
    )
    return Corrected(
        mouth,
        record["revision"],
        record["last_edit"],
        record["xray"],
        record["network"],
        tuple(record["history"]),
    )
