"""Sets of prepared cases that are larger than memory: made piece by piece, kept on the disk."""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from teeth_unet.preparation.encoding import MaskEncoding
from teeth_unet.preparation.preparing import (
    Loader,
    PreparedCases,
    pair_cases,
    prepare_set,
    with_groups,
)
from teeth_unet.preparation.settings import Preparation
from teeth_unet.quality import CaseRecord
from teeth_unet.storage import DAMAGE, atomic_write, is_damage, remove
from teeth_unet.text import duration

log = logging.getLogger(__name__)

CASES_OF_SHARD = 64
"""A kill loses no more; at 512 px they are 34 MB."""

KEY, RECORDS = "made_of.txt", "records"


class ShardStore(Protocol):
    """A place for shards: prepared cases, some at a time."""

    def begin(self, key: str) -> None:
        """Keep what was made of the same, and forget all else.

        Args:
            key: Tells what the cases are made of, and how.
        """
        ...

    def read(self, number: int) -> PreparedCases | None:
        """Return a shard, if it is there and whole."""
        ...

    def write(self, number: int, cases: PreparedCases) -> None:
        """Keep a shard."""
        ...

    def allocate(self, name: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return an array of zeros on the disk, which goes with `clear`."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...


def prepare_in_shards(
    xrays: Mapping[str, Loader],
    masks: Mapping[str, Loader],
    encoding: MaskEncoding,
    preparation: Preparation,
    store: ShardStore,
    key: str,
) -> PreparedCases:
    """Prepare a set of any size as `prepare_set` does, within the memory that a shard takes.

    What a run before this one has made of the same is not made again.

    Args:
        xrays: Case name to a function that opens the X-ray.
        masks: Case name to a function that opens its mask.
        encoding: How masks are read.
        preparation: The common size.
        store: Where the shards are kept.
        key: Tells what the pictures are, and what is done with them.

    Returns:
        As `prepare_set`; the two stacks are mapped into memory, and go when the store is cleared.
    """
    names, unusable = pair_cases(xrays, masks)
    store.begin(key)
    shape = (len(names), preparation.size, preparation.size, 1)
    stacks = store.allocate("xrays", shape), store.allocate("masks", shape)
    records: list[CaseRecord] = []
    began, made = time.monotonic(), 0
    for number, first in enumerate(range(0, len(names), CASES_OF_SHARD)):
        part = names[first : first + CASES_OF_SHARD]
        shard = store.read(number)
        if shard is None:
            shard = prepare_set(
                {name: xrays[name] for name in part},
                {name: masks[name] for name in part},
                encoding,
                preparation,
            )
            unusable += shard.unusable
            store.write(number, shard)
            made += len(part)
            left = (time.monotonic() - began) / made * (len(names) - first - len(part))
            log.info("%d of %d cases, %s left", first + len(part), len(names), duration(left))
        rows = slice(len(records), len(records) + len(shard.records))
        for stack, pictures in zip(stacks, (shard.xrays, shard.masks), strict=True):
            stack[rows] = pictures
        records += shard.records
    x, y = (stack[: len(records)] for stack in stacks)
    return PreparedCases(x, y, with_groups(records), unusable)


class ShardFolder(ShardStore):
    """A folder with a `.npz` file a shard; no pickled objects."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, key: str) -> None:
        """Keep what was made of the same; else begin with an empty folder."""
        place = self.path / KEY
        if place.exists():
            if place.read_text("utf-8") == key:
                return
            log.info("What %s holds was made of other things, or by other code", self.path)
        self.clear()
        with atomic_write(place) as temporary:
            temporary.write_text(key, "utf-8")

    def read(self, number: int) -> PreparedCases | None:
        """Read a shard; one that is damaged counts as none, since it can be made again."""
        try:
            with np.load(self._place(number), allow_pickle=False) as file:
                records = json.loads(file[RECORDS].tobytes())
                xrays, masks = file["xrays"], file["masks"]
        except FileNotFoundError:
            return None
        except (*DAMAGE, KeyError, TypeError) as failure:
            if isinstance(failure, OSError) and not is_damage(failure):
                raise
            return None
        return PreparedCases(xrays, masks, [CaseRecord(**record) for record in records], [])

    def write(self, number: int, cases: PreparedCases) -> None:
        """Write a shard, whole or not at all."""
        records = json.dumps([asdict(record) for record in cases.records]).encode()
        with atomic_write(self._place(number)) as temporary, temporary.open("wb") as file:
            np.savez(
                file,
                xrays=cases.xrays,
                masks=cases.masks,
                records=np.frombuffer(records, np.uint8),
            )

    def allocate(self, name: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Map a new file of the folder into memory."""
        array: NDArray[np.uint8] = open_memmap(self.path / f"{name}.npy", "w+", np.uint8, shape)
        return array

    def clear(self) -> None:
        """Remove the folder."""
        remove(self.path)

    def _place(self, number: int) -> Path:
        return self.path / f"{number:05d}.npz"
