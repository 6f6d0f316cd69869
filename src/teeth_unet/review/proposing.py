"""What the network says of an X-ray, kept so that a case opens at once the next time."""

import base64
import hashlib
import json
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teeth_unet import imaging
from teeth_unet.numbering import Chart, NumberedTooth, NumberMaps, number_teeth
from teeth_unet.review.known_teeth import KnownTeeth
from teeth_unet.review.runs import pack, unpack
from teeth_unet.segmentation import Segmenter
from teeth_unet.segmentation.segmenter import Maps
from teeth_unet.storage import atomic_write

FORM = 1
"""Of the files in which proposals are kept; of another one they are made again."""


@dataclass(frozen=True)
class Proposal:
    """What the network says of an X-ray.

    Attributes:
        mouth: The teeth.
        probabilities: (size, size) uint8, of tooth: 255 for 1.
        threshold: From which on a pixel counts as tooth.
    """

    mouth: KnownTeeth
    probabilities: NDArray[np.uint8]
    threshold: float


@dataclass(frozen=True)
class _Seen:
    """What both networks say of an X-ray, before any threshold."""

    maps: Maps
    numbers: NumberMaps
    upside_down: NumberMaps


class Proposer:
    """A network that stays loaded, used by one request at a time.

    Attributes:
        segmenter: The network.
    """

    def __init__(self, segmenter: Segmenter, kept: Path) -> None:
        """Take a network into use.

        Args:
            segmenter: The network.
            kept: Folder of what it said before.
        """
        self.segmenter = segmenter
        self._kept = kept
        self._lock = threading.Lock()
        self._last: tuple[str, _Seen] | None = None

    @property
    def fingerprint(self) -> str:
        """Tells both networks from all others."""
        return f"{self.segmenter.fingerprint}-{self.segmenter.numbering_network.fingerprint}"

    @property
    def threshold(self) -> float:
        """The network's own."""
        return self.segmenter.settings.threshold

    def propose(self, xray: NDArray[np.uint8], threshold: float | None = None) -> Proposal:
        """Return what the network says of an X-ray.

        Args:
            xray: (h, w) grey levels.
            threshold: From which on a pixel counts as tooth; None for the network's own.
        """
        used = self.threshold if threshold is None else threshold
        content = hashlib.sha256(xray.tobytes() + str(xray.shape).encode()).hexdigest()
        place = self._place(content)
        if used == self.threshold and (known := _read(place, xray.shape)) is not None:
            return known
        seen = self._seen(xray, content)
        mouth = _mouth(seen, used, xray.shape)
        levels = np.rint(seen.maps.probabilities * 255).astype(np.uint8)
        proposal = Proposal(mouth, levels, used)
        if used == self.threshold:
            _write(place, proposal)
        return proposal

    def seconds(self) -> float:
        """Return how long the segmenter takes for an X-ray, as a batch of one."""
        settings = self.segmenter.settings
        nothing, taken = np.zeros((settings.size, settings.size), np.uint8), []
        for _ in range(3):
            with self._lock:
                begun = time.monotonic()
                self.segmenter.predict_maps(nothing)
                taken.append(time.monotonic() - begun)
        return min(taken) / (2 if settings.mirror else 1)

    def number(self, xray: NDArray[np.uint8]) -> KnownTeeth:
        """Return the teeth of an X-ray of which nothing is kept."""
        with self._lock:
            seen = self._ask(xray)
        return _mouth(seen, self.threshold, xray.shape)

    def _seen(self, xray: NDArray[np.uint8], content: str) -> _Seen:
        """Return what both networks say; of the same X-ray as before without asking again."""
        with self._lock:
            if self._last is None or self._last[0] != content:
                self._last = content, self._ask(xray)
            return self._last[1]

    def _ask(self, xray: NDArray[np.uint8]) -> _Seen:
        """Ask both networks at the same time: neither keeps all processors busy."""
        numbering, settings = self.segmenter.numbering_network, self.segmenter.settings
        if numbering.size == settings.size:
            xray = imaging.resize_xray(xray, settings.size)  # once for all
        with ThreadPoolExecutor(1) as beside:
            maps = beside.submit(self.segmenter.predict_maps, xray)
            numbers, upside_down = numbering.maps(xray), numbering.maps(xray[::-1])
            return _Seen(maps.result(), numbers, upside_down)

    def _place(self, content: str) -> Path:
        name = hashlib.sha256(f"{FORM} {self.fingerprint} {content}".encode()).hexdigest()
        return self._kept / f"{name}.json"


def _mouth(seen: _Seen, threshold: float, shape: tuple[int, int]) -> KnownTeeth:
    """Tell the teeth apart, and give them their numbers."""
    found = number_teeth(
        seen.maps.probabilities,
        threshold,
        seen.numbers,
        shape,
        seen.upside_down,
        seen.maps.distances,
    )
    there = set(np.flatnonzero(np.bincount(found.objects.ravel())).tolist())
    teeth = {tooth.object: tooth for tooth in found.teeth if tooth.object in there}
    return KnownTeeth(found.objects.astype(np.uint16), teeth, found.chart)


def chart_record(chart: Chart) -> dict[str, Any]:
    """Return a chart as JSON has it: places are texts there."""
    return {
        "states": {str(place): state for place, state in chart.states.items()},
        "dentition": chart.dentition,
        "missing": list(chart.missing),
        "review": list(chart.review),
    }


def chart_of_record(record: dict[str, Any]) -> Chart:
    """Return the chart that `chart_record` has made a record of."""
    states = {int(place): state for place, state in record["states"].items()}
    return Chart(states, record["dentition"], tuple(record["review"]))


def _write(place: Path, proposal: Proposal) -> None:
    mouth = proposal.mouth
    packed = zlib.compress(proposal.probabilities.tobytes(), 1)
    record = {
        "teeth": [asdict(tooth) for tooth in mouth.teeth.values()],
        "chart": chart_record(mouth.chart),
        "threshold": proposal.threshold,
        "size": proposal.probabilities.shape[0],
        "probabilities": base64.b64encode(packed).decode(),
        "runs": pack(mouth.objects),
    }
    with atomic_write(place) as temporary:
        temporary.write_text(json.dumps(record), "utf-8")


def _read(place: Path, shape: tuple[int, int]) -> Proposal | None:
    """Return what is kept; None if there is nothing, or nothing that can be used."""
    try:
        record = json.loads(place.read_text("utf-8"))
        packed = zlib.decompress(base64.b64decode(record["probabilities"]))
        levels = np.frombuffer(packed, np.uint8).reshape(record["size"], record["size"])
        teeth = {each["object"]: NumberedTooth(**each) for each in record["teeth"]}
        objects = unpack(record["runs"], shape[1], shape[0])
        mouth = KnownTeeth(objects, teeth, chart_of_record(record["chart"]))
        return Proposal(mouth, levels, record["threshold"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, zlib.error):  # damaged: it is made again
        return None
