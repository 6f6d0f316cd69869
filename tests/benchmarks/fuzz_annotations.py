"""What comes of annotations with something changed: counts by format, longest time, peak memory.

nice -n 5 python tests/benchmarks/fuzz_annotations.py 10000

So many inputs are made of each valid set. Input k is made from the seed k, so that one that fails
can be made again. All are read, numbered and drawn as a run does, in a process with a memory limit,
which a timer kills if an input takes too long.
"""

import multiprocessing
import os
import resource
import signal
import sys
import time
import warnings
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from changed_annotations import SETS, outcome

SECONDS = 5
"""An input that takes longer counts as a hang."""

MEMORY = 512 << 20
"""Bytes that a process may take beyond what it starts with."""


def work(numbers: range, results: Connection) -> None:
    """Try inputs one after the other, under limits, and send what came of each."""
    warnings.simplefilter("error")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for number in numbers:
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        began = time.perf_counter()
        found = outcome(number)
        taken = time.perf_counter() - began
        signal.setitimer(signal.ITIMER_REAL, 0)
        results.send((number, found, taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def main(inputs: int, first: int) -> None:
    """Try all inputs, and print what came of them; a process that dies is replaced."""
    names = list(SETS)
    counts = {name: Counter[str]() for name in names}
    longest, peak, began = (0.0, 0), 0, time.perf_counter()
    following, end = first, first + inputs * len(names)
    context = multiprocessing.get_context("spawn")
    while following < end:
        receiving, sending = context.Pipe(duplex=False)
        worker = context.Process(target=work, args=(range(following, end), sending))
        worker.start()
        sending.close()
        try:
            while True:
                number, found, taken, memory = receiving.recv()
                following = number + 1
                longest, peak = max(longest, (taken, number)), max(peak, memory)
                counts[names[number % len(names)]][found[:20]] += 1
                if found not in ("read", "refused"):
                    print(f"input {number} ({names[number % len(names)]}): {found}", flush=True)
        except EOFError:
            worker.join()
        if worker.exitcode:
            print(f"input {following}: the process died ({worker.exitcode})", flush=True)
            counts[names[following % len(names)]]["died"] += 1
            following += 1
    print(f"{end - first:,} inputs in {time.perf_counter() - began:.0f} s")
    print(f"longest {longest[0]:.3f} s (input {longest[1]}), peak {peak / 1024:.0f} MiB")
    for name in names:
        print(f"{name}: {dict(counts[name].most_common())}")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(given[0] if given else 10_000, given[1] if len(given) > 1 else 0)
