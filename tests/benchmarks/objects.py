"""What comes of files and folders on a storage that misbehaves, with kills: counts of outcomes.

nice -n 10 python tests/benchmarks/objects.py 200 [seed]

Processes write numbered versions of files (small ones and ones in parts) and of folders, fetch and
remove them, through a proxy that lets requests go wrong; each is killed after a random count of
requests. Whatever is found afterwards, by a machine without copies, has to be one version, whole.
"""

import hashlib
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import storage_server as support

from teeth_unet.storage import StorageFailure, atomic_write, fetched, place_of, remove

BASE = f"s3://{support.BUCKET}/objects"
FILES = {"small": 2_000, "large": 30_000_000}
FOLDER = 5
SHARE = 0.1


def version(name: str, number: int, size: int) -> bytes:
    """Return a content that tells by itself whether it is whole."""
    body = random.Random(f"{name} {number}").randbytes(size)
    head = f"{number:08d}{hashlib.sha256(body).hexdigest()}".encode()
    return head + body


def number_of(content: bytes) -> int:
    """Return which version a content is.

    Raises:
        ValueError: It is not whole.
    """
    if hashlib.sha256(content[72:]).hexdigest().encode() != content[8:72]:
        raise ValueError(f"{len(content)} bytes that are no version")
    return int(content[:8])


def write(name: str, number: int) -> None:
    with atomic_write(place_of(f"{BASE}/{name}")) as temporary:
        if name == "folder":
            temporary.mkdir()
            for each in range(1 + number % FOLDER):
                (temporary / f"{each}.png").write_bytes(version(f"{name}{each}", number, 500))
        else:
            temporary.write_bytes(version(name, number, FILES[name]))


def read(name: str) -> int | None:
    """Return the version that is there, None for none.

    Raises:
        ValueError: What is there is not one version, whole.
    """
    path = fetched(place_of(f"{BASE}/{name}"), whole=name == "folder")
    if name != "folder":
        return number_of(path.read_bytes()) if path.exists() else None
    if not path.exists():
        return None
    found = {number_of(each.read_bytes()) for each in path.iterdir()}
    if len(found) != 1 or len(list(path.iterdir())) != 1 + min(found) % FOLDER:
        raise ValueError(f"files of {found}")
    return found.pop()


def work(address: str, copies: Path, seed: int, log: Path) -> None:
    """Write, fetch and remove, until this process is killed."""

    def tell(outcome: str) -> None:
        with log.open("a") as file:
            file.write(f"{outcome}\n")

    os.environ.update(support.environment(address, copies))
    chance, number = random.Random(seed), seed * 1000
    while True:
        number += 1
        name = chance.choice([*FILES, "folder", "folder"])
        try:
            if chance.random() < 0.1:
                remove(place_of(f"{BASE}/{name}"))
            else:
                write(name, number)
                if (there := read(name)) != number:
                    tell(f"WRONG: {there} in place of {number}")
            tell("done")
        except StorageFailure:
            tell("the storage's trouble, told")
        except ValueError as failure:
            tell(f"WRONG: {failure}")


def main(faults: int, folder: Path) -> None:
    """Try until so many faults were injected."""
    context = multiprocessing.get_context("spawn")
    log, outcomes, trial = folder / "log", Counter(), 0
    with support.storage_server() as behind, support.faulty(behind) as (proxy, address):
        support.client(behind).create_bucket(Bucket=support.BUCKET)
        while sum(proxy.counts.values()) < faults:
            trial += 1
            proxy.left, proxy.share, proxy.slow = faults, SHARE, random.uniform(0.1, 1)
            before, limit = len(proxy.requests), random.randrange(1, 200)
            process = context.Process(target=work, args=(address, folder / "here", trial, log))
            process.start()
            while len(proxy.requests) - before < limit:
                time.sleep(0.01)
            process.kill()
            process.join()
            outcomes["killed"] += 1
            proxy.left = 0
            with support.used(address, folder / f"elsewhere-{trial}"):
                for name in (*FILES, "folder"):
                    try:
                        found = read(name)
                        told = "none there" if found is None else "one version, whole"
                        outcomes[f"after a kill, elsewhere: {told} ({name})"] += 1
                    except ValueError as failure:
                        outcomes[f"WRONG after a kill: {name}: {failure}"] += 1
                write("folder", 1)
                outcomes[f"written again: {read('folder') == 1}"] += 1
        outcomes += Counter(log.read_text().splitlines())
        print(f"{sum(proxy.counts.values())} faults of {len(proxy.requests)} requests")
        for name, count in [*sorted(proxy.counts.items()), *outcomes.most_common()]:
            print(f"| {name} | {count} |")


if __name__ == "__main__":
    random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    with tempfile.TemporaryDirectory() as temporary:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, Path(temporary))
