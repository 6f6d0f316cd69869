"""What comes of what people have: a table in Markdown, through the `kedro` command.

python tests/benchmarks/doors [PROJECT] [--segmenter FILE] [--only WORD]

Sixteen synthetic X-rays with their masks, stored in some eighty ways, go through `data_processing`
and `inference` of the project in the folder PROJECT (by default this one), so that states of the
code can be put side by side. Dice is that of the masks made with the true ones: of labels at
512 px for training, of predictions at their own size with the segmenter for new X-rays.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
import material
import stored_xrays
from material import white
from project_copy import Project, read_mask, scored

from teeth_unet.imaging import resize_mask

Row = tuple[str, int, str, str]
ROOT = Path(__file__).parents[3]


class Doors:
    """The phantoms, a project, and a place for what is stored."""

    def __init__(self, project: Project, place: Path, segmenter: Path | None) -> None:
        self.project, self.place, self.segmenter = project, place, segmenter
        self.phantoms = material.phantoms()
        self.true = {one.name: white(one.labels) for one in self.phantoms}
        self.small = {name: resize_mask(mask // 255, 512) for name, mask in self.true.items()}

    def folder(self, name: str = "given") -> Path:
        folder = self.place / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def plain_xrays(self) -> Path:
        folder = self.place / "xrays"
        if not folder.exists():
            folder.mkdir()
            for one in self.phantoms:
                Image.fromarray(one.xray).save(folder / f"{one.name}.png")
        return folder

    def train_with(self, title: str, **paths: object) -> Row:
        """Process a set for a training, and compare the labels."""
        self.project.forget()
        code, words = self.project.run("data_processing", {**paths, "split.validation_cases": 3})
        figure = "none"
        if code == 0:
            cases, masks = self.project.prepared()
            figure = scored(dict(zip(cases, masks, strict=True)), self.small)
        return title, code, figure, words

    def segment(self, title: str, given: Path, names: dict[str, str] | None = None) -> Row:
        """Segment new X-rays, and compare the masks; `names` gives the phantom of a file."""
        self.project.forget()
        results = self.folder("results")
        parameters = {"xrays": given, "results": results, "segmenter": self.segmenter}
        parameters |= {"inference.overlay": "false", "inference.teeth": "false"}
        code, words = self.project.run("inference", parameters)
        made = {path.stem: read_mask(path) for path in results.glob("masks/*.png")}
        if names is not None:
            true = {name: self.true[phantom] for name, phantom in names.items()}
        else:
            true = self.true
        return title, code, scored(made, true), words


def masks_in_many_colours(doors: Doors) -> Iterator[Row]:
    for title, write in material.MASKS.items():
        masks = doors.folder()
        for one in doors.phantoms:
            write(masks, one.name, one.labels)
        yield doors.train_with(title, xrays=doors.plain_xrays(), masks=masks)


def masks_that_lie_wrong(doors: Doors) -> Iterator[Row]:
    changes: dict[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
        "masks upside down": lambda mask: mask[::-1],
        "masks mirrored": lambda mask: mask[:, ::-1],
        "masks turned by 180°": lambda mask: mask[::-1, ::-1],
        "masks 3 % of the width to the right": lambda mask: np.roll(mask, mask.shape[1] // 33, 1),
        "masks transposed": np.transpose,
    }
    for title, change in changes.items():
        masks = doors.folder()
        for one in doors.phantoms:
            Image.fromarray(np.ascontiguousarray(change(white(one.labels)))).save(
                masks / f"{one.name}.png"
            )
        yield doors.train_with(title, xrays=doors.plain_xrays(), masks=masks)
    xrays, masks = doors.folder("turned"), doors.folder()
    exif = Image.Exif()
    exif[274] = 3
    for one in doors.phantoms:
        # Stored upside down, with a note that says so; the masks are of the stored pixels.
        turned = Image.fromarray(one.xray[::-1, ::-1])
        turned.save(xrays / f"{one.name}.jpg", quality=95, exif=exif)
        Image.fromarray(white(one.labels)[::-1, ::-1]).save(masks / f"{one.name}.png")
    yield doors.train_with("X-rays with EXIF orientation 3", xrays=xrays, masks=masks)
    masks = doors.folder()
    for one, other in zip(doors.phantoms, doors.phantoms[1:] + doors.phantoms[:1], strict=True):
        size = one.xray.shape[::-1]
        Image.fromarray(white(other.labels)).resize(size).save(masks / f"{one.name}.png")
    yield doors.train_with("masks of the next X-ray", xrays=doors.plain_xrays(), masks=masks)
    yield doors.train_with("X-rays and masks swapped", xrays=masks, masks=doors.plain_xrays())


def annotations(doors: Doors) -> Iterator[Row]:
    for title, write in material.ANNOTATIONS.items():
        given = write(doors.folder(), doors.phantoms)
        yield doors.train_with(title, xrays=doors.plain_xrays(), annotations=given)


def layouts(doors: Doors) -> Iterator[Row]:
    def stored(xray: str, mask: str) -> Path:
        folder = doors.folder()
        for one in doors.phantoms:
            for name, picture in ((xray, one.xray), (mask, white(one.labels))):
                path = folder / name.format(one.name)
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(picture).save(path)
        return folder

    both = stored("{}.png", "{}_mask.png")
    yield doors.train_with("7.png beside 7_mask.png", xrays=both, masks=both)
    both = stored("images/{}.png", "masks/{}.png")
    yield doors.train_with("images/ and masks/ in one folder", xrays=both, masks=both)
    archive = Path(shutil.make_archive(str(doors.place / "set"), "zip", both))
    yield doors.train_with("images/ and masks/ in one zip", xrays=archive, masks=archive)
    xrays = doors.folder()
    for one in doors.phantoms:
        (xrays / f"{one.name}.dcm").write_bytes(stored_xrays.as_dicom(12)(one.xray))
    masks = doors.folder("masks")
    for one in doors.phantoms:
        Image.fromarray(white(one.labels)).save(masks / f"{one.name}.png")
    yield doors.train_with("DICOM X-rays", xrays=xrays, masks=masks)


def names_in_one_folder(doors: Doors) -> Iterator[Row]:
    folder = doors.folder()
    names = {}
    for one, (name, encode) in zip(doors.phantoms, stored_xrays.FILES.items(), strict=True):
        (folder / name).write_bytes(encode(one.xray))
        names |= {name.partition(".")[0]: one.name, name: one.name}
    title = f"{len(stored_xrays.FILES)} files of a clinic, 14 of them X-rays"
    row = doors.segment(title, folder, names)
    yield row[0], row[1], row[2].replace(f" of {len(names)}", ""), row[3]


def depths_and_dicom(doors: Doors) -> Iterator[Row]:
    for suffix, kinds in (("", stored_xrays.DEPTHS), (".dcm", stored_xrays.DICOM)):
        for title, encode in kinds.items():
            folder = doors.folder()
            for one in doors.phantoms[:4]:
                ending = suffix or (".tif" if "TIFF" in title else ".png")
                (folder / f"{one.name}{ending}").write_bytes(encode(one.xray))
            few = {one.name: one.name for one in doors.phantoms[:4]}
            yield doors.segment(f"DICOM: {title}" if suffix else title, folder, few)


def paths(doors: Doors) -> Iterator[Row]:
    mine, other = doors.phantoms[:2]
    root = doors.project.path  # where the command is given, so that a path is a bare name
    for name in stored_xrays.PATHS:
        others = {name.partition(sign)[0] for sign in (" #", ",", "=")}
        for short in {*others, name.replace("_", "")} - {name}:
            (root / short).mkdir()
            Image.fromarray(other.xray).save(root / short / "other.png")
        (root / name).mkdir()
        Image.fromarray(mine.xray).save(root / name / "mine.png")
        yield doors.segment(f"xrays={name}", Path(name), {"mine": mine.name})
        for folder in (*others, name.replace("_", ""), name):
            shutil.rmtree(root / folder, ignore_errors=True)


SECTIONS = (
    masks_in_many_colours,
    masks_that_lie_wrong,
    annotations,
    layouts,
    names_in_one_folder,
    depths_and_dicom,
    paths,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path, nargs="?", default=ROOT)
    parser.add_argument("--segmenter", type=Path, help="for new X-rays; without it they are left")
    parser.add_argument("--only", default="", help="sections whose name holds this word")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        project = Project(given.project.resolve(), Path(place) / "project")
        segmenter = given.segmenter.resolve() if given.segmenter else None
        doors = Doors(project, Path(place), segmenter)
        print("| what | exit | figures | told |\n|---|---|---|---|")
        for section in SECTIONS:
            if given.only in section.__name__:
                for row in section(doors):
                    print("|", " | ".join(map(str, row)), "|", flush=True)


if __name__ == "__main__":
    main()
