"""X-rays, masks and annotations of the same phantoms, stored in many ways."""

import base64
import io
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray

CASES = 16
SETTINGS = PhantomSettings(cases=CASES, seed=6, width=(1000, 1200), toothless_share=0)

Labels = NDArray[np.uint8]
Writer = Callable[[Path, str, Labels], None]


@dataclass(frozen=True)
class Phantom:
    """One case: its name, X-ray and label map."""

    name: str
    xray: NDArray[np.uint8]
    labels: Labels


def phantoms() -> list[Phantom]:
    return [
        Phantom(f"p{case:02}", draw_xray(SETTINGS, case), draw_labels(SETTINGS, case))
        for case in range(CASES)
    ]


def voc_colours() -> NDArray[np.uint8]:
    """Return the 256 colours of the VOC devkit: bits 0, 3, 6 of a number are red, and so on."""
    colours = np.zeros((256, 3), np.uint8)
    for number in range(256):
        for bit in range(8):
            for channel in range(3):
                colours[number, channel] |= ((number >> (3 * bit + channel)) & 1) << (7 - bit)
    return colours


VOC = voc_colours()


def fdi(labels: Labels) -> Labels:
    """Return a label map with numbers of teeth: 18 to 28 and 48 to 38, as many as there are."""
    chart = [*range(18, 10, -1), *range(21, 29), *range(48, 40, -1), *range(31, 39)]
    table = np.zeros(256, np.uint8)
    table[1 : 1 + len(chart)] = chart
    return table[labels]


def stretched(labels: Labels) -> Labels:
    return (labels * (255 / labels.max())).astype(np.uint8)


def plain(
    make: Callable[[Labels], NDArray[np.generic]], suffix: str = ".png", **how: int
) -> Writer:
    """Return a writer of pictures that are made of a label map."""

    def write(folder: Path, name: str, labels: Labels) -> None:
        Image.fromarray(make(labels)).save(folder / f"{name}{suffix}", **how)

    return write


def palette(colours: NDArray[np.uint8]) -> Writer:
    def write(folder: Path, name: str, labels: Labels) -> None:
        picture = Image.fromarray(labels, "P")
        picture.putpalette(colours.tobytes())
        picture.save(folder / f"{name}.png")

    return write


def tooth(labels: Labels) -> NDArray[np.bool_]:
    return labels > 0


def white(labels: Labels) -> Labels:
    return tooth(labels) * np.uint8(255)


def coloured(colour: tuple[int, ...]) -> Callable[[Labels], NDArray[np.uint8]]:
    return lambda labels: tooth(labels)[..., np.newaxis] * np.array(colour, np.uint8)


def with_alpha(labels: Labels) -> NDArray[np.uint8]:
    return np.dstack([VOC[labels], np.full_like(labels, 255)])


def two_classes(labels: Labels) -> Labels:
    return np.where(labels == 0, 0, np.where(labels % 2, 85, 255)).astype(np.uint8)


def rims(labels: Labels) -> NDArray[np.uint8]:
    """Return a mask enlarged from half its size: grey rims."""
    height, width = labels.shape
    half = Image.fromarray(white(labels)).resize((width // 2, height // 2), Image.Resampling.BOX)
    return np.asarray(half.resize((width, height), Image.Resampling.BILINEAR))


def jet(labels: Labels) -> NDArray[np.uint8]:
    """Return a label map as matplotlib draws it."""
    colours = (colormaps["jet"](labels / labels.max())[..., :3] * 255).astype(np.uint8)
    return np.where(tooth(labels)[..., np.newaxis], colours, 0).astype(np.uint8)


MASKS: dict[str, Writer] = {
    "black and white, grey PNG": plain(white),
    "1 bit": plain(tooth),
    "RGB": plain(coloured((255, 255, 255))),
    "JPEG": plain(white, ".jpg", quality=90),
    "0 and 1": plain(lambda labels: tooth(labels).astype(np.uint8)),
    "grey rims": plain(rims),
    "GIF": plain(white, ".gif"),
    "red": plain(coloured((255, 0, 0))),
    "one colour, (48,112,32)": plain(coloured((48, 112, 32))),
    "the same as JPEG": plain(coloured((48, 112, 32)), ".jpg", quality=90),
    "VOC colours, RGB": plain(lambda labels: VOC[labels]),
    "VOC colours, RGBA": plain(with_alpha),
    "VOC colours, JPEG": plain(lambda labels: VOC[labels], ".jpg", quality=90),
    "VOC colours, palette": palette(VOC),
    "colours of matplotlib's jet": plain(jet),
    "two classes, 85 and 255": plain(two_classes),
    "numbers 1 to n": plain(lambda labels: labels),
    "numbers 1 to n, 16 bits": plain(lambda labels: labels.astype(np.uint16)),
    "FDI numbers": plain(fdi),
    "numbers stretched to 0 … 255": plain(stretched),
    "numbers in steps of 8": plain(lambda labels: labels * np.uint8(8)),
    "black on white": plain(lambda labels: 255 - white(labels)),
}


def coco_runs(mask: NDArray[np.bool_]) -> list[int]:
    """Return the runs of COCO's plain RLE: columns first, background first."""
    flat = np.concatenate([[False], mask.ravel(order="F")])
    ends = np.flatnonzero(flat[1:] != flat[:-1])
    return [int(run) for run in np.diff([0, *ends, mask.size])]


def write_coco(folder: Path, phantoms: list[Phantom]) -> Path:
    images, annotations = [], []
    for number, phantom in enumerate(phantoms, start=1):
        height, width = phantom.labels.shape
        file = f"{phantom.name}.png"
        images.append({"id": number, "file_name": file, "width": width, "height": height})
        for tooth_number in np.unique(phantom.labels[phantom.labels > 0]):
            runs = coco_runs(phantom.labels == tooth_number)
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": 1,
                    "iscrowd": 0,
                    "segmentation": {"size": [height, width], "counts": runs},
                }
            )
    document = {"images": images, "annotations": annotations}
    document["categories"] = [{"id": 1, "name": "tooth"}]
    path = folder / "coco.json"
    path.write_text(json.dumps(document))
    return path


def write_supervisely(folder: Path, phantoms: list[Phantom]) -> Path:
    (folder / "ds" / "ann").mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"classes": [{"title": "tooth"}], "tags": []}))
    for phantom in phantoms:
        height, width = phantom.labels.shape
        objects = []
        for number, rows, columns in boxes(phantom.labels):
            stored = io.BytesIO()
            Image.fromarray(phantom.labels[rows, columns] == number).save(stored, "PNG")
            data = base64.b64encode(zlib.compress(stored.getvalue())).decode()
            origin = [int(columns.start), int(rows.start)]
            objects.append(
                {
                    "classTitle": "tooth",
                    "geometryType": "bitmap",
                    "bitmap": {"data": data, "origin": origin},
                    "tags": [],
                }
            )
        document = {"size": {"height": height, "width": width}, "tags": [], "objects": objects}
        path = folder / "ds" / "ann" / f"{phantom.name}.png.json"
        path.write_text(json.dumps({"description": "", **document}))
    return folder


def write_cvat(folder: Path, phantoms: list[Phantom]) -> Path:
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<annotations><version>1.1</version>"]
    for number, phantom in enumerate(phantoms):
        height, width = phantom.labels.shape
        lines += [
            f'<image id="{number}" name="{phantom.name}.png" width="{width}" height="{height}">'
        ]
        for tooth_number, rows, columns in boxes(phantom.labels):
            mask = phantom.labels[rows, columns] == tooth_number
            runs = ", ".join(map(str, coco_runs(mask.T)))
            place = f'left="{columns.start}" top="{rows.start}"'
            size = f'width="{mask.shape[1]}" height="{mask.shape[0]}"'
            lines += [
                f'<mask label="tooth" source="manual" rle="{runs}" {place} {size} z_order="0"/>'
            ]
        lines += ["</image>"]
    path = folder / "annotations.xml"
    path.write_text("\n".join([*lines, "</annotations>"]))
    return path


def write_tooth_files(folder: Path, phantoms: list[Phantom]) -> Path:
    for phantom in phantoms:
        numbers = fdi(phantom.labels)
        for number in np.unique(numbers[numbers > 0]):
            picture = Image.fromarray((numbers == number) * np.uint8(255))
            picture.save(folder / f"{phantom.name}_{number}.png")
    return folder


def write_voc(folder: Path, phantoms: list[Phantom]) -> Path:
    (folder / "SegmentationClass").mkdir()
    colours = voc_colours()
    for phantom in phantoms:
        picture = Image.fromarray(colours[fdi(phantom.labels)])
        picture.save(folder / "SegmentationClass" / f"{phantom.name}.png")
    names = ["background:0,0,0::"]
    chart = [*range(11, 19), *range(21, 29), *range(31, 39), *range(41, 49)]
    names += [f"{number}:{','.join(map(str, colours[number]))}::" for number in chart]
    (folder / "labelmap.txt").write_text("# label:color_rgb:parts:actions\n" + "\n".join(names))
    return folder


ANNOTATIONS: dict[str, Callable[[Path, list[Phantom]], Path]] = {
    "COCO JSON, plain RLE": write_coco,
    "Supervisely JSON, bitmaps": write_supervisely,
    "CVAT XML, masks": write_cvat,
    "VOC colour masks with labelmap.txt": write_voc,
    "one mask file a tooth": write_tooth_files,
}


def boxes(labels: Labels) -> Iterator[tuple[int, slice, slice]]:
    """Yield each tooth's number with the rows and columns that it lies in."""
    for number in np.unique(labels[labels > 0]):
        rows, columns = np.nonzero(labels == number)
        yield (
            int(number),
            slice(int(rows.min()), int(rows.max()) + 1),
            slice(int(columns.min()), int(columns.max()) + 1),
        )
