"""What comes of pipelines whose disk gets full, or is read-only: a table in Markdown.

taskset -c 1 nice -n 5 python tests/benchmarks/full_disks.py 24

Needs the right to mount. Each run has `data` on a small file system with a random part of the
room that it needs; afterwards every entry that exists is loaded, room is made, and the same command
has to end with what two undisturbed runs agreed on.
"""

import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from killed_pipelines import report
from workshop import (
    KINDS,
    Kind,
    Reference,
    Workshop,
    begin,
    digests,
    kedro_run,
    load_everything,
    references,
)

PAGE = 4096


def mount(place: Path, options: str) -> None:
    """Mount a file system in memory, or mount it anew with other options."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)


def room_for(data: Path) -> int:
    """Return the bytes that files take in whole pages."""
    sizes = [path.stat().st_size for path in data.rglob("*") if path.is_file()]
    return sum(-(-size // PAGE) * PAGE for size in sizes)


def trial(shop: Workshop, kind: Kind, reference: Reference, read_only: bool) -> str:
    """Run in too little room, or none, load all there is, and run again with room enough."""
    begin(shop, kind, over=True)
    staged = shop.data.rename(shop.data.with_name("staged"))
    shop.data.mkdir()
    mount(shop.data, "size=64m")
    try:
        shutil.copytree(staged, shop.data, dirs_exist_ok=True)
        before = digests(shop.data)
        room = int(random.uniform(0, 0.1) * room_for(shop.kept / "same"))
        used = shutil.disk_usage(shop.data).used
        mount(shop.data, "remount,ro" if read_only else f"remount,size={used + room}")
        code, printed = shop.do(lambda: kedro_run(kind))
        if not code:
            return "there was room enough"
        told = "Read-only file system" if read_only else "No space left on device"
        message = printed[printed.rindex("Error: ") :] if "Error: " in printed else printed
        if told not in message or "Make room" not in message or "Traceback" in printed:
            return f"WRONG: {printed[-3000:]}"
        mount(shop.data, "remount,rw,size=64m")
        if read_only and digests(shop.data) != before:
            return "WRONG: changed"
        code, printed = shop.do(load_everything)
        if code:
            return f"WRONG: {printed[-3000:]}"
        code, printed = shop.do(lambda: kedro_run(kind))
        now = digests(shop.data)
        if code or any(now.get(place) != one for place, one in reference.digests.items()):
            return f"WRONG: {printed[-3000:]}"
        return "told clearly, all entries whole, then the same results"
    finally:
        subprocess.run(["umount", str(shop.data)], check=True)
        shutil.rmtree(staged)


def main(trials: int, place: Path) -> None:
    """Try each pipeline in turn: once read-only, then with a disk that gets full."""
    shop = Workshop(place)
    shop.warm_up()
    undisturbed = references(shop)
    counts = {f"{fault}, {kind.pipeline}": Counter() for fault in FAULTS for kind in KINDS}
    for number in range(trials):
        kind, read_only = KINDS[number % len(KINDS)], number < len(KINDS)
        outcome = trial(shop, kind, undisturbed[kind.pipeline], read_only)
        counts[f"{FAULTS[not read_only]}, {kind.pipeline}"][outcome] += 1
        print(number, kind.pipeline, read_only, outcome, file=sys.stderr, flush=True)
    report(counts, {})


FAULTS = ("read-only", "full")

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 24, Path(temporary))
