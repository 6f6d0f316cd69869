"""What comes of picture files with some bytes changed: counts, longest time, peak memory.

nice -n 5 python tests/benchmarks/fuzz_pictures.py 40000
nice -n 5 python tests/benchmarks/fuzz_pictures.py 40000 0 dicom

Input k is made from the seed k, so that one that fails can be made again. Each is opened and
decoded as a run does, in a process with a memory limit, which a timer kills if an input takes
too long.
"""

import multiprocessing
import os
import random
import resource
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import dicom_files
import picture_files
from mutations import mutated

from teeth_unet.errors import InputError

SECONDS = 5
"""An input that takes longer counts as a hang."""

MEMORY = 512 << 20
"""Bytes that a process may take beyond what it starts with."""

PIXELS = 1_000_000
KINDS = {
    "pictures": (picture_files.every_kind(), picture_files.use),
    "dicom": (list(dicom_files.every_kind().values()), dicom_files.use),
}


def content_of(number: int, kind: str) -> bytes:
    """Return the input of a number."""
    valid = KINDS[kind][0]
    content = mutated(valid[number % len(valid)], random.Random(number))
    return content if number // len(valid) % 2 else picture_files.with_right_checksums(content)


def outcome_of(number: int, kind: str) -> str:
    """Open and decode an input; return what came of it."""
    try:
        KINDS[kind][1](content_of(number, kind), PIXELS)
    except InputError as error:
        if isinstance(error.__cause__, MemoryError):
            return "out of memory"
        return "refused"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return "decoded"


def work(numbers: range, kind: str, results: Connection) -> None:
    """Try inputs one after the other, under limits, and send what came of each."""
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libtiff writes there
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for number in numbers:
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        began = time.perf_counter()
        outcome = outcome_of(number, kind)
        taken = time.perf_counter() - began
        signal.setitimer(signal.ITIMER_REAL, 0)
        results.send((outcome, taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def results_of(first: int, end: int, kind: str) -> Iterator[tuple[int, str, float, int]]:
    """Yield number, outcome, seconds and peak memory in KiB of every input.

    A process that dies is replaced, and goes on after the input that it died of.
    """
    context = multiprocessing.get_context("spawn")
    while first < end:
        receiving, sending = context.Pipe(duplex=False)
        worker = context.Process(target=work, args=(range(first, end), kind, sending))
        worker.start()
        sending.close()
        memory = 0
        try:
            while True:
                outcome, taken, memory = receiving.recv()
                yield first, outcome, taken, memory
                first += 1
        except EOFError:
            worker.join()
        if worker.exitcode:
            yield first, f"the process died: {worker.exitcode}", SECONDS, memory
            first += 1


def main(inputs: int = 40_000, first: int = 0, kind: str = "pictures") -> None:
    """Try all inputs, and print what came of them."""
    counts, longest, peak, began = Counter(), (0.0, 0), 0, time.perf_counter()
    for number, outcome, taken, memory in results_of(first, first + inputs, kind):
        counts[outcome] += 1
        longest, peak = max(longest, (taken, number)), max(peak, memory)
        if outcome not in ("decoded", "refused"):
            print(f"input {number}: {outcome}", flush=True)
    taken = time.perf_counter() - began
    print(f"{inputs} inputs from {len(KINDS[kind][0])} valid files in {taken:.0f} s")
    print(f"longest {longest[0]:.3f} s (input {longest[1]}), peak {peak / 1024:.0f} MiB")
    print(dict(counts.most_common()))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:4])
