"""Public sets as environments, on small copies of their layout, served on this machine."""

import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from archives import zipped
from loopback import loopback_server
from picture_files import stored
from PIL import Image
from tool_files import supervisely, supervisely_polygon

from teeth_unet.annotations import outlines
from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray

DRAWN = PhantomSettings(cases=9, width=(96, 128), toothless_share=0)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with loopback_server() as server:
        yield server


def xray(case, kind="PNG"):
    return stored(Image.fromarray(draw_xray(DRAWN, case)).convert("RGB"), kind)


def teeth_of(case):
    """What Supervisely has of a case: one polygon a tooth, called by its Universal number."""
    labels = draw_labels(DRAWN, case).astype(np.uint16)
    return [
        supervisely_polygon(str(number), np.rint(one.rings[0]).astype(int).tolist())
        for number, one in outlines(labels).items()
        if number <= 32
    ]


def hitl():
    """As `Teeth+Segmentation.zip`: everything twice, masks of grey levels that are no numbers."""
    order = [13, 14, 15, 11, 12, *(n for n in range(1, 33) if n not in (11, 12, 13, 14, 15))]
    meta = {"classes": [{"title": str(n), "shape": "polygon"} for n in order], "tags": []}
    colours = {str(number): [grey] * 3 for grey, number in enumerate(order, 1)}
    files = {}
    for folder in ("Teeth Segmentation JSON", "Teeth Segmentation PNG"):
        files[f"{folder}/meta.json"] = json.dumps(meta)
        files[f"{folder}/obj_class_to_machine_color.json"] = json.dumps(colours)
        for case in range(9):
            image, name = xray(case, "JPEG"), f"{case + 1}.jpg"
            size = draw_labels(DRAWN, case).shape[::-1]
            objects = teeth_of(case) if case < 8 else []
            if case == 0:
                objects = [*objects, supervisely_polygon("5", [[3, 3], [3, 3], [3, 3]])]
            files[f"{folder}/d2/img/{name}"] = image
            files[f"{folder}/d2/ann/{name}.json"] = json.dumps(supervisely(*objects, size=size))
            grey = Image.fromarray(draw_labels(DRAWN, case).astype(np.uint8)).convert("RGB")
            files[f"{folder}/d2/masks_machine/{case + 1}.png"] = stored(grey, "PNG")
    return zipped(files, zipfile.ZIP_DEFLATED)


def sts2d():
    """As `SD-Tooth.zip.001`: cut before the directory, in the middle of a volume."""
    files = {}
    for case in range(9):
        group = "A-PXI" if case < 6 else "C-PXI"
        part, number = ("Labeled", case % 6 + 1) if case < 8 else ("Unlabeled", 1)
        folder = f"SD-Tooth/STS-2D-Tooth/{group}/{part}"
        files[f"{folder}/Image/{number:03}.png"] = xray(case)
        if part == "Labeled":
            mask = Image.fromarray(draw_labels(DRAWN, case) > 0)
            files[f"{folder}/Mask/{number:03}_Mask.png"] = stored(mask, "PNG")
    for number in range(10, 40):
        files[f"SD-Tooth/STS-2D-Tooth/A-PXI/Unlabeled/Image/{number}.png"] = xray(number % 9)
    files["SD-Tooth/STS-3D-Tooth/volume.nii.gz"] = bytes(10_000)
    content = zipped(files)
    return content[: content.index(b"volume.nii.gz") + 5_000]


def run(project, environment, address):
    return project.kedro(
        *("run", "--pipeline", "data_processing", "--env", environment),
        *("--params", f"xrays={address}", "--params", "preparation.size=32,split.test_cases=2"),
    )


def cases_of(project, environment):
    table = project.path / "data" / environment / "02_intermediate" / "cases.csv"
    return list(pd.read_csv(table, dtype={"case": str})["case"])


def test_hitl(project, server):
    printed = run(project, "hitl", server.serve("/Teeth+Segmentation.zip", hitl()))
    assert cases_of(project, "hitl") == [str(case) for case in range(1, 9)]
    told = " ".join(printed.split())
    assert "Supervisely, 9 picture(s)" in told
    assert "nobody marked a tooth: 1 of 9, left out" in told


def test_sts2d(project, server):
    printed = run(
        project, "sts2d", server.serve("/files/SD-Tooth.zip.001", sts2d()) + "?download=1"
    )
    assert len(cases_of(project, "sts2d")) == 8
    told = " ".join(printed.split())
    assert "X-rays without a mask: 31 of 39, left out" in told
    assert "Unlabeled" not in told


@pytest.mark.parametrize("environment", ["hitl", "sts2d"])
def test_an_environment_of_a_public_set_is_some_twenty_lines(project, environment):
    files = (project.path / "conf" / environment).iterdir()
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    assert len([line for line in lines if line.strip() and not line.startswith("#")]) <= 22
