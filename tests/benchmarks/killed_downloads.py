"""How downloads fare in processes at once, and in ones that are killed: counts of outcomes.

python tests/benchmarks/killed_downloads.py 20
"""

import logging
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from faults import WHOLE, good
from fetching_process import fetch_alone
from loopback import loopback_server
from zip_fetching import fetch

from teeth_unet.acquisition import Address, downloading


def processes(trials: int, folder: Path) -> None:
    """Print what comes of processes that fetch at once, and of ones that are killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fetching_process"])
    at_once, killed = Counter(), Counter()
    with loopback_server() as server:
        for trial in range(trials):
            cuts = [good(sent=random.randrange(1, len(WHOLE))) for _ in range(trial % 9)]
            address = server.serve(f"/{trial}.zip", *cuts, good())
            cache = fresh(folder)
            new = [context.Process(target=fetch_alone, args=(address, cache)) for _ in range(4)]
            for each in new:
                each.start()
            for each in new:
                each.join()
            place = Address(address).place(cache)
            right = not any(each.exitcode for each in new) and place.read_bytes() == WHOLE
            clean = os.listdir(cache) == [place.name]
            at_once["all four whole and verified" if right and clean else "WRONG"] += 1
        print("four at once, cut at random places:", dict(at_once), flush=True)
        for trial in range(10 * trials):
            address = server.serve(f"/k{trial}.zip", good(stall=0.05), good())
            cache = fresh(folder)
            process = context.Process(target=fetch_alone, args=(address, cache))
            process.start()
            while not server.requests[f"/k{trial}.zip"]:
                time.sleep(0.001)
            time.sleep(random.uniform(0, 0.1))
            process.kill()
            process.join()
            before = Address(address).place(cache)
            ready = before.exists() and before.read_bytes() == WHOLE
            torn = before.exists() and not ready
            rules = downloading.DownloadRules(timeout=10)
            place = fetch(Address(address), cache, rules)
            right = not torn and place.read_bytes() == WHOLE and os.listdir(cache) == [place.name]
            done = "it was whole, and stayed so" if ready else "the next run made it whole"
            killed[done if right else f"WRONG {os.listdir(cache)}"] += 1
        print("killed at a random moment:", dict(killed), flush=True)


def fresh(folder: Path) -> Path:
    """Return the folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


if __name__ == "__main__":
    logging.disable()
    os.environ["NO_PROXY"] = "*"
    os.environ["PYTHONPATH"] = os.pathsep.join([sys.path[0], os.environ.get("PYTHONPATH", "")])
    with tempfile.TemporaryDirectory() as place:
        processes(int(sys.argv[1]) if len(sys.argv) > 1 else 20, Path(place) / "cache")
