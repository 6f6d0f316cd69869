"""A training and a segmentation of files with all kinds of names, through the `kedro` command."""

import os
import sys

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import ExifTags, Image

from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray

pytestmark = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="file names are text on this system"
)

NAMES = [b"caf\xe9", b"new\nline", "牙齿".encode(), b"con", b"<b>&amp;", b"7", b"x" * 240]
NAMES += [b"=1+1", b"a b", b"10"]
CASES = {"caf\ufffd", "new_line", "牙齿", "7", "=1+1", "a b", "10"}
PHANTOMS = PhantomSettings(cases=len(NAMES), seed=4, width=(96, 128))


@pytest.fixture
def folders(tmp_path):
    """X-rays and masks of these names; the X-rays have notes that are damaged."""
    for kind, suffix in (("xrays", b".jpg"), ("masks", b".png")):
        folder = os.fsencode(tmp_path / kind)
        os.mkdir(folder)
        for case, name in enumerate(NAMES):
            with open(os.path.join(folder, name + suffix), "wb") as file:
                if kind == "xrays":
                    Image.fromarray(draw_xray(PHANTOMS, case)).save(file, "JPEG", exif=notes())
                else:
                    teeth = draw_labels(PHANTOMS, case) > 0
                    Image.fromarray(teeth.astype(np.uint8) * np.uint8(255)).save(file, "PNG")
    return tmp_path


def notes():
    """EXIF that ends before it says what it announces."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "A maker of X-ray machines"
    return exif.tobytes()[:-20]


def make_tiny(conf):
    """Give the environment `folder` the tiny network, and most cases to the test part."""
    settings = yaml.safe_load((conf / "tiny" / "parameters.yml").read_text())
    settings |= {"split": {"test_cases": 7, "validation_cases": 1}, "plots": {"cases": 7}}
    (conf / "folder" / "parameters.yml").write_text(yaml.safe_dump(settings))


def test_all_that_is_written_of_cases_survives_their_names(project, folders):
    make_tiny(project.path / "conf")
    given = f"xrays={folders / 'xrays'},masks={folders / 'masks'}"
    printed = project.kedro("run", "--env", "folder", "--params", given)
    assert "site-packages" not in printed
    assert "EXIF" not in printed
    data = project.path / "data/folder"
    cases = pd.read_csv(data / "02_intermediate/cases.csv", dtype=str, keep_default_na=False)
    assert set(cases["case"]) > CASES
    assert len(cases) == len(NAMES)
    masks = {path.stem for path in (data / "02_intermediate/mask_images").iterdir()}
    assert masks == set(cases["case"])
    plots = {path.stem for path in (data / "08_reporting/prediction_plots").iterdir()}
    assert plots == set(cases["case"][cases["split"] == "test"])
    assert "caf\ufffd" in (data / "08_reporting/report.html").read_text("utf-8")

    new = ("run", "--env", "folder", "--pipeline", "inference", "--params")
    printed = project.kedro(*new, f"xrays={folders / 'xrays'},results={folders / 'results'}")
    assert "site-packages" not in printed
    assert "EXIF" not in printed
    assert f"{len(NAMES)} of {len(NAMES)} X-rays done" in printed


def test_a_path_that_is_no_text_is_refused_in_short_with_a_way_out(project, tmp_path):
    given = os.fsdecode(os.fsencode(tmp_path) + b"/pati\xe9nt")
    printed = project.kedro("run", "--env", "folder", "--params", f"xrays={given}", code=2)
    assert "expected names that are text (UTF-8)" in printed
    assert "pati\ufffdnt" in printed
    assert "a link to it" in printed
    assert "Traceback" not in printed


def test_a_folder_whose_name_is_no_text_behind_a_link_is_told_of(project, tmp_path):
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/pati\xe9nt")
    os.mkdir(folder)
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "link" / "1.png").write_text("no picture")
    (tmp_path / "masks").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "masks" / "1.png")
    given = f"xrays={tmp_path / 'link'},masks={tmp_path / 'masks'}"
    pipeline = ("run", "--env", "folder", "--pipeline", "data_processing")
    printed = project.kedro(*pipeline, "--params", given, code=1)
    assert "1.png in" in printed
    assert "pati\ufffdnt" in printed
    assert "Traceback" not in printed


def test_what_a_library_warns_of_is_in_the_log_file_alone(project):
    nodes = project.path / "src/teeth_unet/pipelines/data_processing/nodes.py"
    source, warn = nodes.read_text("utf-8"), "__import__('warnings').warn('of some library')"
    made = "    made = preparation.prepare_set"
    assert made in source
    nodes.write_text(source.replace(made, f"    {warn}\n{made}"), "utf-8")
    printed = project.kedro("run", "--env", "tiny", "--pipeline", "data_processing")
    assert "of some library" not in printed
    assert "of some library" in (project.path / "data/kedro.log").read_text("utf-8")
