"""What comes of pipelines that are killed at a random moment: a table in Markdown.

taskset -c 1 nice -n 5 python tests/benchmarks/killed_pipelines.py 200 [inference,teeth]

Every run is a fork of this process, which has imported TensorFlow but not used it: a run then
takes a few seconds instead of ten. After each kill every catalog entry that exists is loaded, and
the same command is given again: it has to end with what two undisturbed runs agreed on.
"""

import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

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


def trial(shop: Workshop, kind: Kind, reference: Reference, *, over: bool) -> tuple[str, str]:
    """Kill a run at a random moment, load all there is, and run again.

    Returns:
        The node at work when the run was killed, and what came of it.
    """
    begin(shop, kind, over=over)
    process = shop.start(lambda: kedro_run(kind))
    time.sleep(random.uniform(0, reference.seconds))
    ended, _ = os.waitpid(process, os.WNOHANG)
    if not ended:
        os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)
    reference.seconds *= 0.7 if ended else 1.02
    # Rich breaks long lines, so only the beginning of a name can be told.
    nodes = re.findall(r"Running node:\s+(\w+)", shop.log.read_text("utf-8", "replace"))
    moment = "after its end" if ended else nodes[-1] if nodes else "before the first node"
    code, printed = shop.do(load_everything)
    if code:
        return moment, f"WRONG: {printed[-2000:]}"
    code, printed = shop.do(lambda: kedro_run(kind))
    if code:
        told = "Remove" in printed and "Traceback" not in printed
        return moment, "told what to remove" if told else f"WRONG: {printed[-2000:]}"
    now = digests(shop.data)
    differing = [place for place, one in reference.digests.items() if now.get(place) != one]
    return moment, f"WRONG: {differing}" if differing else "the same results"


def report(counts: dict[str, Counter], moments: dict[str, Counter]) -> None:
    """Print the table."""
    print("| killed | trials | outcome |\n|---|---|---|")
    for pipeline, outcomes in counts.items():
        told = "; ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
        print(f"| {pipeline} | {outcomes.total()} | {told} |")
    for pipeline, seen in moments.items():
        print(f"{pipeline}: {dict(seen.most_common())}")
    sys.stdout.flush()


def main(trials: int, kinds: list[Kind], place: Path) -> None:
    """Try each pipeline in turn, on empty folders and over another run's results."""
    shop = Workshop(place)
    shop.warm_up()
    undisturbed = references(shop)
    print({name: round(one.seconds, 1) for name, one in undisturbed.items()}, flush=True)
    counts = {kind.pipeline: Counter() for kind in kinds}
    moments = {kind.pipeline: Counter() for kind in kinds}
    for number in range(trials):
        kind, over = kinds[number % len(kinds)], bool(number // len(kinds) % 2)
        moment, outcome = trial(shop, kind, undisturbed[kind.pipeline], over=over)
        counts[kind.pipeline][outcome] += 1
        moments[kind.pipeline][moment] += 1
        print(f"{number} {kind.pipeline} over={over} {moment}: {outcome}", file=sys.stderr)
        if number % 20 == 19:
            report(counts, moments)
    report(counts, moments)


if __name__ == "__main__":
    asked_for = sys.argv[2].split(",") if len(sys.argv) > 2 else [kind.pipeline for kind in KINDS]
    with tempfile.TemporaryDirectory() as temporary:
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 200,
            [kind for kind in KINDS if kind.pipeline in asked_for],
            Path(temporary),
        )
