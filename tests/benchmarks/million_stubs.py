"""Stubs of networks and pictures, and X-rays and records that take no room: for `million.py`.

Workers import this, by the catalog of the environment that `million.py` makes.
"""

import json
import os
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from kedro.io import AbstractDataset

from teeth_unet.datasets import InferenceResultsDataset
from teeth_unet.inference import CaseResult, ResultFolder, recorded_files, segmenting, shard_of
from teeth_unet.inference.annotating import file_of
from teeth_unet.inference.cases import Look, OpenedXray
from teeth_unet.inference.lying import Lie
from teeth_unet.storage import atomic_write
from teeth_unet.tooth_numbers import PERMANENT

LINKS = 50_000
"""Names of one file; ext4 allows 65,000."""

A_FOLDER = 1000
"""X-rays."""

NOTHING = np.zeros((2, 2), np.uint8)


# The stubs, in each worker ----------------------------------------------------------------------


class StubSegmenter:
    """A network that sees nothing."""

    settings = SimpleNamespace(threshold=0.5, size=2, mirror=False)
    fingerprint = "none"
    taught_on = "Nothing."
    numbering_network = None

    def predict_probabilities(self, resized: np.ndarray) -> np.ndarray:
        """Return probabilities of nothing."""
        return np.zeros(resized.shape, np.float32)


class StubSegmenterDataset(AbstractDataset):
    """Puts the stubs in place in the process that loads it."""

    def load(self) -> StubSegmenter:
        """Return the network."""
        put_stubs()
        return StubSegmenter()

    def save(self, data: object) -> None:
        """Refuse."""
        raise NotImplementedError

    def _describe(self) -> dict[str, Any]:
        return {}


def put_stubs() -> None:
    """Leave pictures alone, and let nothing wait for the disk, in this process from now on."""
    segmenting.open_xray = opened_xray
    segmenting.make_result = made_result
    recorded_files.to_disk = lambda path: None


def opened_xray(case: str, load: object, *others: object) -> OpenedXray:
    """Return an X-ray without decoding it."""
    lie = Lie(False, ())
    return OpenedXray(case, file_of(load, case), NOTHING, NOTHING, None, [], None, lie, 0.0)


def made_result(opened: OpenedXray, predicted: object, *others: object) -> CaseResult:
    """Return a result without pictures; its rows come with the record."""
    look = next(each for each in others if isinstance(each, Look))
    return CaseResult(opened.case, look.fingerprint, {}, source=look.source)


class LinkedResults(ResultFolder):
    """Results whose records are links to some that are there."""

    def _write_json(self, path: Path, content: dict[str, Any]) -> None:
        if path.parent != self.path / recorded_files.RECORDS:
            super()._write_json(path, content)
            return
        pool = self.path.parent / "pool"
        number = shard_of(path.stem, len(os.listdir(pool)))
        with atomic_write(path) as temporary:
            json.dumps(content, indent=1)
            os.link(pool / f"{number}.json", temporary)


class LinkedResultsDataset(InferenceResultsDataset):
    """A store of them."""

    def load(self) -> LinkedResults:
        """Return the store."""
        return LinkedResults.at(self.path)


# The files --------------------------------------------------------------------------------------


def record(seed: int) -> dict[str, Any]:
    """Return a record with 29 teeth, with numbers of as many digits as real ones have."""
    draw = random.Random(seed)
    places = sorted(draw.sample(PERMANENT, 29))
    teeth = [
        {
            "tooth": number,
            "jaw": "upper" if place < 30 else "lower",
            "order": number,
            "centre_x": round(draw.uniform(300, 2600), 1),
            "centre_y": round(draw.uniform(300, 999), 1),
            "area_px": draw.randrange(10_000, 40_000),
            "length_px": round(draw.uniform(200, 400), 1),
            "width_px": round(draw.uniform(60, 140), 1),
            "tilt_degrees": round(draw.uniform(-20, 20), 1),
            "fdi": place,
            "kind": "tooth",
            "number_probability": round(draw.uniform(0.5, 1), 4),
            "kind_probability": round(draw.uniform(0.5, 1), 4),
        }
        for number, place in enumerate(places, start=1)
    ]
    row = {"width": 2900, "height": 1350, "threshold": 0.5, "tooth_share": 0.1834}
    row |= {"doubt": round(draw.uniform(0, 0.1), 5), "teeth": 29, "gaps": 2}
    missing = [place for place in PERMANENT if place not in places]
    row |= {"dentition": "permanent", "missing": " ".join(map(str, missing)), "review": ""}
    chart = {str(place): "present" if place in places else "missing" for place in PERMANENT}
    row |= {"chart": chart, "warnings": "", "seconds": 0.583}
    files = {f"{kind}/{seed}.png": 64 * "0" for kind in ("masks", "labels", "overlays")}
    made = {"case": str(seed), "fingerprint": 64 * "0", "source": {"place": "", "content": ""}}
    return {**made, "row": row, "teeth": teeth, "files": files}


def make_files(folder: Path, count: int) -> None:
    """Make X-rays and a pool of records."""
    pool = folder / "pool"
    pool.mkdir()
    for number in range(1, max(16, 2 * count // LINKS) + 1):
        (pool / f"{number}.json").write_text(json.dumps(record(number), indent=1), "utf-8")
    first = folder
    for case in range(count):
        place = folder / "xrays" / f"{case // A_FOLDER:04d}" / f"{case:07d}.png"
        if case % A_FOLDER == 0:
            place.parent.mkdir(parents=True)
        if case % LINKS == 0:
            place.write_bytes(b"\x89PNG\r\n\x1a\n")
            first = place
        else:
            os.link(first, place)
