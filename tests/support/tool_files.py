"""Small annotation files as LabelMe, CVAT, Supervisely and others write them."""

import base64
import io
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class MemoryFile:
    """A file of annotations that is in memory."""

    name: str
    read: Callable[[], bytes]


def in_memory(files):
    """Files by name: bytes, text, or what becomes JSON."""

    def content(value):
        if isinstance(value, bytes):
            return value
        return (value if isinstance(value, str) else json.dumps(value)).encode()

    return [MemoryFile(name, partial(bytes, content(value))) for name, value in files.items()]


def png(pixels, mode=None, palette=None, **options):
    """A PNG file."""
    picture = Image.fromarray(np.asarray(pixels, dtype=np.uint8), mode)
    if palette:
        picture.putpalette(palette)
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", **options)
    return buffer.getvalue()


def in_base64(content):
    return base64.b64encode(content).decode()


def labelme_shape(label, points, **more):
    return {
        "label": label,
        "points": points,
        "group_id": None,
        "description": "",
        "shape_type": "polygon",
        "flags": {},
        "mask": None,
        **more,
    }


def labelme(*shapes, path="17.png", size=(8, 6), **more):
    """A file of LabelMe 5.5."""
    return {
        "version": "5.5.0",
        "flags": {},
        "shapes": list(shapes),
        "imagePath": path,
        "imageData": None,
        "imageHeight": size[1],
        "imageWidth": size[0],
        **more,
    }


def cvat(*images, meta="<task><id>3</id><name>teeth</name></task>"):
    """A file of CVAT for images 1.1."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n'
        f"  <meta>{meta}<dumped>2024-05-01 10:00:00+00:00</dumped></meta>\n"
        f"{''.join(images)}</annotations>\n"
    )


def cvat_image(*shapes, name="17.png", size=(8, 6)):
    return (
        f'  <image id="0" name="{name}" width="{size[0]}" height="{size[1]}">\n'
        f"{''.join(shapes)}  </image>\n"
    )


def cvat_shape(kind, label, inside="", **attributes):
    given = {"source": "manual", "occluded": "0", "z_order": "0", **attributes}
    told = "".join(f' {name}="{value}"' for name, value in given.items())
    return f'    <{kind} label="{label}"{told}>{inside}</{kind}>\n'


def supervisely_object(label, **geometry):
    return {
        "id": 1,
        "classId": 7,
        "description": "",
        "labelerLogin": "someone",
        "createdAt": "2022-01-01T10:00:00.000Z",
        "tags": [],
        "classTitle": label,
        **geometry,
    }


def supervisely_polygon(label, exterior, *interior, **more):
    points = {"exterior": exterior, "interior": list(interior)}
    return supervisely_object(label, geometryType="polygon", points=points, **more)


def supervisely_bitmap(label, origin, pixels, **more):
    """A bitmap as Supervisely packs it: black is transparent."""
    palette = [0, 0, 0, 255, 255, 255]
    packed = zlib.compress(png(pixels, "P", palette, transparency=0))
    mask = {"data": in_base64(packed), "origin": origin}
    return supervisely_object(label, geometryType="bitmap", bitmap=mask, **more)


def supervisely(*objects, size=(8, 6)):
    """An annotation of Supervisely."""
    return {
        "description": "",
        "tags": [],
        "size": {"height": size[1], "width": size[0]},
        "objects": list(objects),
    }


SQUARE = [[1, 1], [3, 1], [3, 4], [1, 4]]
"""Corners around the pixels of rows 1 to 3 and columns 1 and 2."""

SUPERVISELY_META = {
    "classes": [{"title": "11", "shape": "any", "color": "#FF0000"}],
    "tags": [],
    "projectType": "images",
}

LABELMAP = "# label:color_rgb:parts:actions\nbackground:0,0,0::\n11:128,0,0::\n21:0,128,0::\n"

COLOURED = np.zeros((6, 8, 3), dtype=np.uint8)
COLOURED[1:4, 1:3] = (128, 0, 0)
COLOURED[0:2, 5:7] = (0, 128, 0)

MARKED = np.zeros((6, 8), dtype=np.uint8)
MARKED[1:4, 1:3] = 255

VALID = {
    "LabelMe": {
        "17.json": labelme(
            labelme_shape("11", SQUARE),
            labelme_shape("21", [[5, 0], [7, 2]], shape_type="rectangle", group_id=3),
            labelme_shape("22", [[5.0, 4.0], [6.0, 4.0]], shape_type="circle"),
            labelme_shape(
                "23", [[4, 3], [5, 4]], shape_type="mask", mask=in_base64(png([[255, 0], [0, 255]]))
            ),
            labelme_shape("_background_", [[1, 1], [2, 1], [2, 2], [1, 2]]),
            labelme_shape("nerve", [[0, 0], [4, 4]], shape_type="linestrip"),
        )
    },
    "CVAT for images": {
        "annotations.xml": cvat(
            cvat_image(
                cvat_shape("polygon", "11", points="1.00,1.00;3.00,1.00;3.00,4.00;1.00,4.00"),
                cvat_shape("mask", "21", rle="1, 2, 1", left=5, top=0, width=2, height=2),
                cvat_shape("ellipse", "22", cx="5", cy="4", rx="1", ry="1.5", rotation="30"),
                cvat_shape("box", "23", xtl="1", ytl="1", xbr="2", ybr="2"),
                cvat_shape(
                    "polygon",
                    "tooth",
                    '<attribute name="fdi">24</attribute>',
                    points="4,3;6,3;6,5",
                    group_id=2,
                ),
            ),
            cvat_image(name="18.png"),
        )
    },
    "Supervisely": {
        "meta.json": SUPERVISELY_META,
        "d/ann/17.png.json": supervisely(
            supervisely_polygon("11", SQUARE, [[2, 2], [2, 3], [3, 3]]),
            supervisely_bitmap("21", [5, 0], [[1, 0], [1, 1]]),
            supervisely_object(
                "22", geometryType="rectangle", points={"exterior": [[0, 0], [1, 1]]}
            ),
        ),
    },
    "masks in colours": {
        "labelmap.txt": LABELMAP,
        "SegmentationClass/17.png": png(COLOURED),
        "SegmentationObject/17.png": png(COLOURED[:, :, ::-1]),
    },
    "one mask file a tooth": {
        "17_11.png": png(MARKED),
        "17_21.png": png(MARKED.T[:6, :].repeat(2, 1)[:, :8]),
    },
}
"""A small set of each format: its files by name."""
