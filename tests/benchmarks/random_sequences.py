"""Random sequences of commands: is every result what its record names, or refused? A table.

python tests/benchmarks/random_sequences.py 200            # sequences 0 to 199
python tests/benchmarks/random_sequences.py --only 17      # one of them, with what was printed
python tests/benchmarks/random_sequences.py --smallest 17  # and without the steps it can do without

A sequence is 3 to 7 steps in a project of twelve tiny X-rays: pipelines, nodes, parameters,
versions, kills, two commands at once; files removed, edited, copied, moved, put back, exchanged.
After each command all results that lie there are compared with clean runs, in fresh projects, with
the parameters and cases that the records name:

- equal: all agree with one clean run;
- told: something does not, and a warning of the command names it (or its pipeline);
- refused: the command ended with a message; what lay there before still belongs together;
- FALSE: a third. A record that is not what was made, entries that do not belong together, a
  parameter that nothing read, a traceback.

Clean runs are made when they are needed. With `--keep FOLDER` they are kept there, by the source
code, and so is what has come of each sequence: the same command goes on where it was stopped.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from sequences.clean_runs import CleanRuns
from sequences.playing import FALSE, Outcome, Player
from sequences.steps import draw
from sequences.workplace import Workplace, end_with_parent

HERE = Path(__file__).parent
MAKERS = ("workplace", "contents", "clean_runs")
PLAYERS = (*MAKERS, "steps", "judging", "playing")
SOURCE = HERE.parents[1] / "src"


def code_digest(modules: Iterable[str]) -> str:
    """Return a digest of the source code, and of some modules here."""
    content = hashlib.sha256()
    files = [HERE / "sequences" / f"{name}.py" for name in modules]
    for path in sorted([*SOURCE.rglob("*.py"), *files]):
        content.update(path.read_bytes())
    return content.hexdigest()[:12]


def told(outcomes: Iterable[Outcome]) -> str:
    """Write a sequence and what came of it."""
    lines = []
    for outcome in outcomes:
        lines += [f"  {outcome.step}", f"      {'; '.join(outcome.words)}"]
        lines += [f"      ! {reason}" for reason in outcome.reasons]
    return "\n".join(lines)


def is_false(outcomes: Iterable[Outcome]) -> bool:
    """Tell whether anything false came of a sequence."""
    return any(FALSE in outcome.words for outcome in outcomes)


def play_share(player: Player, seeds: list[int], results: Path) -> None:
    """Play sequences, and write what comes of each."""
    for seed in seeds:
        began = time.perf_counter()
        environment, copied, steps = draw(seed)
        try:
            outcomes = player.play(f"sequence-{seed}", environment, copied, steps)
        except Exception:
            outcomes = [Outcome("(this program failed)", [FALSE], [traceback.format_exc()])]
        took = time.perf_counter() - began
        head = f"sequence {seed} ({environment}{', a copy' * copied}), {took:.0f} s"
        print(f"{head}{': ' + FALSE if is_false(outcomes) else ''}\n{told(outcomes)}", flush=True)
        line = {"seed": seed, "outcomes": [vars(outcome) for outcome in outcomes]}
        with results.open("a") as file:
            file.write(json.dumps(line) + "\n")


def lines_of(results: Path) -> list[dict]:
    """Return what came of the sequences that have been played."""
    return [json.loads(line) for line in results.read_text().splitlines()]


def summary(lines: list[dict]) -> str:
    """Return the table, and the messages by which commands were refused."""
    commands, ends, refusals = Counter(), Counter(), Counter()
    for line in lines:
        for outcome in line["outcomes"][:-1]:
            words = outcome["words"]
            if words:
                commands[_sort(words)] += 1
            refusals.update(word[:110] for word in words if word.startswith("refused"))
        ends.update([" + ".join(line["outcomes"][-1]["words"])])
    wrong = [line["seed"] for line in lines if is_false(Outcome(**o) for o in line["outcomes"])]
    rows = [f"| {name} | {count} |" for name, count in commands.most_common()]
    return "\n".join(
        [
            f"{len(lines)} sequences, {commands.total()} commands or pairs of them; {len(wrong)} "
            f"sequences with something false: {sorted(wrong)}",
            *("| commands | |", "|---|---|", *rows, ""),
            *(f"in the end {name}: {count}" for name, count in ends.most_common()),
            *(f"{count} x {message}" for message, count in refusals.most_common()),
        ]
    )


def _sort(words: list[str]) -> str:
    kinds = {word.partition(":")[0] for word in words}
    for kind in (FALSE, "told", "ended well"):
        if kind in kinds:
            return {"ended well": "equal"}.get(kind, kind)
    if "with a mixture left" in kinds:
        return "refused by a later node, with a mixture left of which the error tells"
    return "refused" if "refused" in kinds else "killed"


def smallest(player: Player, seed: int) -> list[Outcome]:
    """Return what comes of the sequence without the steps that it is false without."""
    environment, copied, steps = draw(seed)
    best = player.play(f"whole-{seed}", environment, copied, steps)
    number = 0
    while number < len(steps) and is_false(best):
        fewer = steps[:number] + steps[number + 1 :]
        outcomes = player.play(f"fewer-{seed}", environment, copied, fewer)
        if is_false(outcomes):
            steps, best = fewer, outcomes
        else:
            number += 1
    return best


def main(options: argparse.Namespace, place: Path) -> None:
    """Play all that was asked for, in as many processes as there are processors."""
    workplace = Workplace(place)
    workplace.prepare()
    runs = CleanRuns(workplace, (options.keep or place).resolve() / code_digest(MAKERS))
    runs.prepare()
    player = Player(workplace, runs)
    if options.smallest is not None:
        print(told(smallest(player, options.smallest)))
        return
    if options.only is not None:
        environment, copied, steps = draw(options.only)
        outcomes = player.play("only", environment, copied, steps)
        print(told(outcomes), *(outcome.printed for outcome in outcomes), sep="\n")
        return
    results = runs.folder / f"{code_digest(PLAYERS)}.jsonl"
    results.touch()
    seeds = set(range(options.first, options.first + options.sequences))
    left = sorted(seeds - {line["seed"] for line in lines_of(results)})
    workers = []
    for number in range(options.workers):
        if not (worker := os.fork()):
            end_with_parent()
            processors = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {processors[number % len(processors)]})
            play_share(player, left[number :: options.workers], results)
            os._exit(0)
        workers.append(worker)
    for worker in workers:
        os.waitpid(worker, 0)
    print(summary([line for line in lines_of(results) if line["seed"] in seeds]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sequences", type=int, nargs="?", default=200)
    parser.add_argument("--first", type=int, default=0, help="seed of the first sequence")
    parser.add_argument("--only", type=int, help="seed of the only one")
    parser.add_argument("--smallest", type=int, help="seed of one to make smaller")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="folder to keep clean runs and results in")
    with tempfile.TemporaryDirectory() as temporary:
        main(parser.parse_args(), Path(temporary).resolve())
