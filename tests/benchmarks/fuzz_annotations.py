"""What comes of annotation files that are changed: counts by format, longest time, peak memory.

nice -n 5 python tests/benchmarks/fuzz_annotations.py 10000

So many inputs a format. Input k is made from the seed k: of a small valid set one file is changed,
in its bytes or, where it is JSON or XML, in its values. The set is then read by its format and by
`open_annotations`, and all that it holds is drawn; in a process with a memory limit, which a timer
kills if an input takes too long.
"""

import json
import random
import re
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from annotation_files import STRANGE, VALID, in_memory, restructured
from fuzz_pictures import results_of
from mutations import mutated

from teeth_unet.annotations import AnnotatedSet, Numbering, open_annotations, rasterise
from teeth_unet.annotations.formats import FORMATS
from teeth_unet.errors import InputError


class _Every(dict[str, int | None]):
    """Says of every label that it is a tooth."""

    def __contains__(self, label: object) -> bool:
        return True

    def __missing__(self, label: str) -> None:
        return None


def changed(content: bytes, name: str, chance: random.Random) -> bytes:
    """Return a file's content with something changed."""
    if name.endswith(".json") and chance.random() < 0.6:
        return json.dumps(restructured(json.loads(content), chance)).encode()
    if name.endswith((".xml", ".txt", ".csv", ".yaml")) and chance.random() < 0.6:
        return revalued(content.decode(), chance).encode("utf-8", "surrogatepass")
    return mutated(content, chance)


def revalued(text: str, chance: random.Random) -> str:
    """Return a text with a few of its words or numbers replaced."""
    for _ in range(chance.randint(1, 3)):
        words = list(re.finditer(r"[\w.#-]+", text))
        if words:
            word = chance.choice(words)
            strange = str(chance.choice([*STRANGE[:16], "1e9", "-0", "9" * 5000, "<a>", "&a;"]))
            text = text[: word.start()] + strange + text[word.end() :]
    return text


def drawn(annotations: AnnotatedSet) -> None:
    """Draw all pictures of a set."""
    for picture in annotations.pictures:
        rasterise(picture, 8, 6, Numbering(_Every(), single_teeth=True), lambda told: None)


def files_of(kind: str, number: int) -> dict[str, bytes]:
    """Return the files of an input, by name."""
    chance = random.Random(number)
    files = {file.name: file.read() for file in in_memory(VALID[kind])}
    name = chance.choice(list(files))
    files[name] = changed(files[name], name, chance)
    return files


def outcome_of(kind: str, number: int) -> str:
    """Read and draw an input; return what came of it."""
    files = in_memory(files_of(kind, number))
    form = next(form for form in FORMATS if form.__name__.endswith(f".{kind}"))  # type: ignore[attr-defined]
    outcomes = []
    for read in (form.read, open_annotations):
        try:
            drawn(read(files))
            outcomes.append("drawn")
        except InputError as error:
            str(error)
            outcomes.append("refused")
        except BaseException as error:
            return f"{type(error).__name__}: {error}"
    return outcomes[0]


def main(inputs: int, kinds: list[str]) -> None:
    """Try all inputs of each format, and print what came of them."""
    for kind in kinds or VALID:
        counts, longest, peak, began = Counter[str](), (0.0, 0), 0, time.perf_counter()
        for number, outcome, taken, memory in results_of(0, inputs, partial(outcome_of, kind)):
            counts[outcome] += 1
            longest, peak = max(longest, (taken, number)), max(peak, memory)
            if outcome not in ("drawn", "refused"):
                print(f"{kind}, input {number}: {outcome}"[:300], flush=True)
        print(
            f"{kind}: {inputs} inputs in {time.perf_counter() - began:.0f} s, longest "
            f"{longest[0]:.3f} s (input {longest[1]}), peak {peak / 1024:.0f} MiB, "
            f"{dict(counts.most_common(4))}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, sys.argv[2:])
