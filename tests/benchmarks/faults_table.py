"""How downloads and archives fare under faults, many times over: a table in Markdown.

python tests/benchmarks/faults_table.py 20
"""

import logging
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from faults import FAULTS, WHOLE, Fault, good
from hostile_cases import ACCEPTED, REFUSED
from mutations import VALID, mutated, read_all
from try_faults import name_servers, try_fault

from teeth_unet.acquisition import downloading
from teeth_unet.archives import ArchiveRules, first_damage
from teeth_unet.errors import InputError
from teeth_unet.intake import pictures_of_archive


def outcome_of(fault: Fault, folder: Path) -> str:
    """Return what came of a fault, and whether it was what it should be."""
    outcome = try_fault(fault, folder)
    if isinstance(fault.gives, bytes):
        right = outcome.gave == fault.gives and len(outcome.left) == 1
        return "whole and verified" if right else "WRONG"
    right = isinstance(outcome.gave, str) and fault.gives in outcome.gave
    return f"refused: {fault.gives}" if right else "WRONG"


def downloads(trials: int, folder: Path) -> None:
    """Print a line for every fault of a server."""
    for fault in FAULTS:
        counts = Counter(outcome_of(fault, fresh(folder)) for _ in range(trials))
        line(fault.name, counts)
    broken = Counter()
    for _ in range(10 * trials):
        places = sorted(random.sample(range(1, len(WHOLE)), 2))
        cuts = [good(sent=places[0]), good(sent=places[1] - places[0]), good()]
        broken[outcome_of(Fault("", cuts, WHOLE, 3), fresh(folder))] += 1
    line("cut twice, at random places", broken)


def archives(folder: Path) -> None:
    """Print a line for every odd archive."""
    for name, content, rules, *_ in [*REFUSED, *ACCEPTED]:
        path = fresh(folder) / "m.zip"
        path.write_bytes(content)
        try:
            read = pictures_of_archive(path, folder / "cache", ArchiveRules(**rules))
            said = f"read: {len([read[case]() for case in read])} picture(s)"
        except InputError as error:
            said = f"refused: found {error.args[2]}"
        line(name, Counter({said: 1}))


def fuzz(trials: int, folder: Path) -> None:
    """Print how many mutated archives were read and refused, and how long that took."""
    counts, chance, longest, start = Counter(), random.Random(), 0.0, time.perf_counter()
    path = fresh(folder) / "m.zip"
    for trial in range(trials):
        path.write_bytes(mutated(VALID[trial % len(VALID)], chance))
        began = time.perf_counter()
        first_damage(path, ArchiveRules(total_size=10**7))
        try:
            counts["read" if read_all(path, folder / "cache") else "every picture refused"] += 1
        except InputError:
            counts["refused"] += 1
        longest = max(longest, time.perf_counter() - began)
    seconds = time.perf_counter() - start
    line(f"mutated archives, {seconds:.0f} s, the longest {longest:.2f} s", counts)


def fresh(folder: Path) -> Path:
    """Return the folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def line(name: str, counts: Counter) -> None:
    """Print a line of the table."""
    outcomes = "; ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    print(f"| {name} | {counts.total()} | {outcomes} |", flush=True)


if __name__ == "__main__":
    repeated = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    logging.disable()
    os.environ["NO_PROXY"] = "*"
    downloading.FIRST_PAUSE = 0.005
    socket.getaddrinfo = name_servers
    print("| fault | trials | outcome |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        downloads(repeated, Path(place) / "downloads")
        archives(Path(place) / "archives")
        fuzz(1000 * repeated, Path(place) / "archives")
