"""Small sets of annotations of every format, changed at random, and all that is in them read."""

import copy
import json
import random
import re
from dataclasses import dataclass

import numpy as np
import tool_files
from mutations import mutated
from tool_files import in_memory

from teeth_unet.annotations import (
    Annotations,
    LabelledPicture,
    Numbering,
    coco_file,
    number_labels,
    open_annotations,
    rasterise,
    yolo_file,
    yolo_names,
)
from teeth_unet.annotations.formats import FORMATS
from teeth_unet.annotations.run_lengths import packed
from teeth_unet.errors import InputError

WIDTH, HEIGHT = 40, 30

LABELS = np.zeros((HEIGHT, WIDTH), dtype=np.uint16)
LABELS[3:14, 4:12], LABELS[3:14, 14:22], LABELS[16:27, 4:12], LABELS[6:9, 7:9] = 11, 36, 48, 0

NAMES = {11: "11", 36: "tooth 36", 48: "48"}


@dataclass(frozen=True)
class InMemory:
    """A file that is nowhere."""

    name: str
    content: bytes

    def read(self):
        return self.content


def _coco_of_all_kinds():
    """Polygons, both kinds of run lengths, a box, and a category that is no tooth."""
    runs = [93, 11, 19, 11, 1066]
    regions = [
        [[4, 3, 12, 3, 12.5, 14, 4, 14], [20, 3, 22, 3, 22, 5]],
        {"size": [HEIGHT, WIDTH], "counts": runs},
        {"size": [HEIGHT, WIDTH], "counts": packed(runs)},
        [],
        [[1, 1, 9, 1, 9, 9]],
    ]
    return {
        "info": {"year": 2026},
        "images": [
            {"id": 1, "file_name": "1.png", "width": WIDTH, "height": HEIGHT},
            {"id": "b", "file_name": "in\\2.png", "width": WIDTH, "height": HEIGHT},
        ],
        "annotations": [
            {"id": place, "image_id": [1, "b"][place % 2], "category_id": place % 4, "area": 9.5,
             "iscrowd": place % 2, "bbox": [1, 2, 3, 4], "segmentation": region}
            for place, region in enumerate(regions)
        ],
        "categories": [
            {"id": id_, "name": name}
            for id_, name in enumerate(["11", "tooth 36", "caries", "UR8"])
        ],
    }  # fmt: skip


def _written(name, text):
    return InMemory(name, text.encode())


SETS = {
    "COCO, as we write it": [
        _written("teeth.json", "".join(coco_file([LabelledPicture("1.png", LABELS)], NAMES)))
    ],
    "COCO": [_written("annotations.json", json.dumps(_coco_of_all_kinds()))],
    "YOLO, as we write it": [
        _written("labels/1.txt", yolo_file(LABELS, NAMES)),
        _written("data.yaml", yolo_names(NAMES)),
    ],
    "YOLO": [
        _written(
            "1.txt", "0 0,1 0,1 0,3 0,1 0,3 0,4\n1 0.5 0.5 0.1 0.1\n1, 0.5, 0.5, 1, 1, 0, 1\n"
        ),
        _written("2.txt", ""),
        _written("classes.txt", "11\ntooth 36\n"),
    ],
    **{
        name: [InMemory(file.name, file.read()) for file in in_memory(files)]
        for name, files in tool_files.VALID.items()
    },
}
"""A valid set of every kind, by a name of its own."""

NASTY = [
    None, True, -1, 0, 3, 2**31, 2**63, -(2**70), 10**400, 1e300, 1e999, float("nan"), 0.5, "", "x",
    "11", "../../a", "\ud800", "x" * 3000, [], {}, [[]], [None], [0, 0], {"a": 1}, [[[]]] * 3,
    [1e9] * 8, {"size": [10**9, 10**9], "counts": [10**18]}, {"size": [30, 40], "counts": "o" * 99},
]  # fmt: skip
"""Values that are put in place of others in JSON."""

NASTY_WORDS = [
    "", "nan", "inf", "-1", "1e308", "1e-308", "9" * 5000, "0,5", "0x10", "1_0", "\u0661", "\0",
    "None", "[", "{", "&a", "*a", "!!python/object:os.system", "\ufeff", "- " * 50, '"', ":",
]  # fmt: skip
"""What is put in place of numbers and words in other text."""


def changed(files, chance):
    """A copy of a set with one file changed, and now and then one left out or doubled."""
    place = chance.randrange(len(files))
    file = files[place]
    match chance.randrange(5):
        case 0:
            content = mutated(file.content, chance)
        case 1 | 2 if file.name.endswith(".json"):
            content = _with_nasty_value(file.content, chance)
        case 1 | 2 | 3 if not file.name.endswith(".png"):
            content = _with_nasty_word(file.content, chance)
        case _:
            content = mutated(mutated(file.content, chance), chance)
    others = [each for number, each in enumerate(files) if number != place or len(files) == 1]
    match chance.randrange(20):
        case 0:
            return others
        case 1:
            return [*files, InMemory(file.name, content)]
    return [*files[:place], InMemory(file.name, content), *files[place + 1 :]]


def _with_nasty_value(content, chance):
    document = json.loads(content)
    for _ in range(chance.randint(1, 3)):
        owner, key = _place(document, chance)
        if owner is not None:
            owner[key] = copy.deepcopy(chance.choice(NASTY))
    return json.dumps(document).encode("utf-8", "surrogatepass")


def _place(document, chance):
    """Somewhere in a document: what holds a value, and its key."""
    owner, key = None, None
    value = document
    while isinstance(value, dict | list) and value:
        owner = value
        key = chance.choice(list(owner) if isinstance(owner, dict) else range(len(owner)))
        value = owner[key]
        if chance.random() < 0.25:
            break
    return owner, key


def _with_nasty_word(content, chance):
    text = content.decode("utf-8")
    words = list(re.finditer(r"[\w.]+", text))
    if not words:
        return chance.choice(NASTY_WORDS).encode()
    word = chance.choice(words)
    return (text[: word.start()] + chance.choice(NASTY_WORDS) + text[word.end() :]).encode()


def use(files, read=open_annotations):
    """Do with a set what a run does; return how many pixels are tooth."""
    annotations = read(files)
    try:
        numbering = number_labels(annotations, Annotations())
    except InputError:
        # Labels may have become unknown ones; their shapes are drawn all the same.
        numbering = Numbering(dict.fromkeys(annotations.labels), single_teeth=True)
    drawn = 0
    for picture in annotations.pictures:
        try:
            labels = rasterise(picture, WIDTH, HEIGHT, numbering, lambda sentence: None)
            drawn += int((labels > 0).sum())
        except InputError:
            pass
    return drawn


def outcome(number):
    """Return what comes of the input of a number: "read", "refused", or an error in words."""
    names = list(SETS)
    name = names[number % len(names)]
    files = changed(SETS[name], random.Random(number))
    found = "read"
    # By the door, and as the format that it was: changes may hide it from the door.
    for read in (open_annotations, *(form.read for form in FORMATS if name.startswith(form.NAME))):
        try:
            use(files, read)
        except InputError:
            found = "refused"
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return found
