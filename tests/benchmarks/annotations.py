"""Time and memory of reading a large COCO file, and what a round trip through files costs.

    python tests/benchmarks/annotations.py large [--pictures 10000] [--teeth 30] [--corners 40]
    python tests/benchmarks/annotations.py read PATH
    python tests/benchmarks/annotations.py round-trip [--labels FOLDER] [--cases 10]

`large` writes a file, and reads it in a process of its own. `round-trip` writes label maps as COCO
and YOLO files, reads these, and compares; its label maps are those of phantoms, or pictures of a
folder in which a pixel's value is its tooth's number. Beside it stands what pycocotools makes of
the same file.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pycocotools.coco import COCO

from teeth_unet.annotations import (
    AnnotatedSet,
    Annotations,
    LabelledPicture,
    Numbering,
    coco_file,
    labelme_file,
    number_labels,
    open_annotations,
    outlines,
    rasterise,
    yolo_file,
    yolo_names,
)
from teeth_unet.phantoms import PhantomSettings, draw_labels

Labels = NDArray[np.uint16]

WIDTH, HEIGHT = 2900, 1250
LEAST_DICE = 0.998


def write_large(path: Path, pictures: int, teeth: int, corners: int) -> None:
    """Write a COCO file of ellipses with noise, a line a picture."""
    chance = np.random.default_rng(0)
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    form = np.stack((40 * np.cos(angles), 120 * np.sin(angles)), axis=1)
    with path.open("w") as file:
        file.write('{"categories": [{"id": 1, "name": "tooth"}], "annotations": [')
        for number in range(pictures * teeth):
            middle = chance.uniform((100, 200), (WIDTH - 100, HEIGHT - 200))
            ring = (form + middle + chance.normal(size=form.shape)).round(2)
            entry = {
                "id": number, "image_id": number // teeth, "category_id": 1, "iscrowd": 0,
                "segmentation": [ring.ravel().tolist()], "area": 15080.0,
                "bbox": [1.5, 2.5, 80.0, 240.0],
                "attributes": {"occluded": False, "rotation": 0.0},
            }  # fmt: skip
            file.write(("," if number else "") + json.dumps(entry))
        images = [
            {"id": number, "file_name": f"{number}.png", "width": WIDTH, "height": HEIGHT}
            for number in range(pictures)
        ]
        file.write(f'], "images": {json.dumps(images)}}}')


def read_large(path: Path) -> None:
    """Read a file, number its labels and draw some pictures; print times and peak memory."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    annotations = open_annotations([SimpleNamespace(name=path.name, read=path.read_bytes)])
    read = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    numbering = number_labels(annotations, Annotations())
    began = time.perf_counter()
    drawn = annotations.pictures[:100]
    teeth = [int(rasterise(each, WIDTH, HEIGHT, numbering).max()) - 100 for each in drawn]
    each = (time.perf_counter() - began) / len(drawn)
    print(f"{path.stat().st_size / 1e6:.0f} MB, {sum(annotations.labels.values()):,} shapes")
    print(f"read in {read:.1f} s, peak memory {peak / 1024:.0f} MiB ({before / 1024:.0f} before)")
    print(f"a label map of {max(teeth)} teeth in {each * 1000:.0f} ms")


def in_memory(name: str, text: str) -> SimpleNamespace:
    """Return a file that is nowhere."""
    return SimpleNamespace(name=name, read=text.encode)


def as_coco(labels: Labels, names: dict[int, str]) -> AnnotatedSet:
    """Return what is read of a COCO file."""
    text = "".join(coco_file([LabelledPicture("1.png", labels)], names))
    return open_annotations([in_memory("teeth.json", text)])


def as_yolo(labels: Labels, names: dict[int, str]) -> AnnotatedSet:
    """Return what is read of YOLO's files."""
    files = [("labels/1.txt", yolo_file(labels, names)), ("data.yaml", yolo_names(names))]
    return open_annotations([in_memory(*file) for file in files])


def as_labelme(labels: Labels, names: dict[int, str]) -> AnnotatedSet:
    """Return what is read of a LabelMe file."""
    height, width = labels.shape
    text = labelme_file("1.png", width, height, outlines(labels), names)
    return open_annotations([in_memory("1.json", text)])


def as_half_coco(labels: Labels, names: dict[int, str]) -> AnnotatedSet:
    """Return the same as a tool has it that worked on a copy of half the width and height."""
    content = json.loads("".join(coco_file([LabelledPicture("1.png", labels)], names)))
    (image,) = content["images"]
    size = np.array((image["width"], image["height"]))
    image["width"], image["height"] = (size // 2).tolist()
    for entry in content["annotations"]:
        rings = [np.reshape(ring, (-1, 2)) * (size // 2) / size for ring in entry["segmentation"]]
        entry["segmentation"] = [ring.round(2).ravel().tolist() for ring in rings]
    return open_annotations([in_memory("teeth.json", json.dumps(content))])


def dice(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return the Dice coefficient of two masks."""
    return 2 * float((one & other).sum()) / max(1, int(one.sum() + other.sum()))


def round_trip(labels: Labels, through: Callable[..., AnnotatedSet]) -> tuple[float, float]:
    """Return Dice of all teeth together, and of the worst tooth by number."""
    teeth = [int(number) for number in np.unique(labels)[1:]]
    names = {number: str(number) for number in teeth}
    annotations = through(labels, names)
    numbering = Numbering({str(tooth): tooth for tooth in teeth}, single_teeth=True)
    height, width = labels.shape
    again = rasterise(annotations.pictures[0], width, height, numbering, lambda _: None)
    return dice(labels > 0, again > 0), min(dice(labels == each, again == each) for each in teeth)


def pycocotools_trip(labels: Labels) -> tuple[float, float]:
    """Return the same for what pycocotools makes of our file."""
    teeth = [int(number) for number in np.unique(labels)[1:]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "teeth.json"
        pieces = coco_file([LabelledPicture("1.png", labels)], {each: str(each) for each in teeth})
        path.write_text("".join(pieces))
        loader = COCO(path)
    masks = [loader.annToMask(each) > 0 for each in loader.loadAnns(loader.getAnnIds())]
    each = [dice(labels == tooth, mask) for tooth, mask in zip(teeth, masks, strict=True)]
    return dice(labels > 0, np.any(masks, axis=0)), min(each)


def label_maps(folder: Path | None, cases: int) -> Iterator[Labels]:
    """Yield label maps of phantoms, or of a folder."""
    if folder is None:
        settings = PhantomSettings(toothless_share=0)
        yield from (draw_labels(settings, case).astype(np.uint16) for case in range(cases))
    else:
        for path in sorted(folder.iterdir())[:cases]:
            yield np.asarray(Image.open(path)).astype(np.uint16)


def compare(folder: Path | None, cases: int) -> None:
    """Print the lowest and the mean Dice of round trips."""
    ways = {
        "COCO": lambda labels: round_trip(labels, as_coco),
        "YOLO": lambda labels: round_trip(labels, as_yolo),
        "LabelMe": lambda labels: round_trip(labels, as_labelme),
        "COCO, half the size": lambda labels: round_trip(labels, as_half_coco),
        "COCO, pycocotools": pycocotools_trip,
    }
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for labels in label_maps(folder, cases):
        for way, trip in ways.items():
            found[way].append(trip(labels))
    for way, figures in found.items():
        (mean, tooth), (least, worst) = np.mean(figures, axis=0), np.min(figures, axis=0)
        print(f"{way:20} mean {mean:.5f} lowest {least:.5f} | worst tooth: {tooth:.4f} {worst:.4f}")


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["large", "read", "round-trip"])
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--teeth", type=int, default=30)
    parser.add_argument("--corners", type=int, default=40)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--cases", type=int, default=10)
    options = parser.parse_args()
    if options.what == "round-trip":
        compare(options.labels, options.cases)
    elif options.what == "read":
        read_large(options.path)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "large.json"
            write_large(path, options.pictures, options.teeth, options.corners)
            subprocess.run([sys.executable, __file__, "read", str(path)], check=True)


if __name__ == "__main__":
    main()
