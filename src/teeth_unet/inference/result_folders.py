"""How a folder of results is known again."""

import json
from pathlib import Path

from teeth_unet.storage import OF_ONE_FILE, atomic_write, is_litter

SIGN = "ABOUT.txt"

SUMMARY, CASES, TEETH, CHARTS = "summary.json", "cases.csv", "teeth.csv", "charts.csv"

_TABLES = {SUMMARY, CASES, TEETH, CHARTS}

_ABOUT = """Results of teeth_unet for new X-rays

masks/        tooth (white) and background, at the size of the X-ray
overlays/     the X-ray with its teeth drawn in, and their numbers
labels/       each pixel has the FDI number of its tooth; 104 is an implant, 105 a pontic,
              107 a supernumerary tooth, 108 a bar, 109 a denture; without a number 101 is
              a tooth, 102 a milk tooth, 103 a germ; colours are of the palette only
odontograms/  the chart of the mouth as a picture
uncertainty/  where the network is unsure: the brighter, the less sure
coco.json, labelme/, yolo/   the teeth for annotation tools, if asked for
dicom_seg/    the teeth as DICOM Segmentations, if asked for: these alone hold name and number
              of the patient, of the X-ray's file
instances/    what these are made from: one number a tooth, that of teeth.csv
rows/         what each case was made from, with the path of its X-ray, and its rows of the tables
cases.csv, teeth.csv, charts.csv

The tables are of the X-rays of the last run; results of X-rays that it was not given are left as
they are, and another X-ray of the same name is refused. The next run writes here again. With
inference.remove_others=true (teeth-unet segment: --remove-others) it removes the results of X-rays
that it is not given. Files that you add or change yourself stay as they are, always.
"""


def sign(folder: Path) -> None:
    """Make a folder one of results, unless it is one; it need not exist."""
    if not is_result_folder(folder):
        with atomic_write(folder / SIGN) as temporary:
            temporary.write_text(_ABOUT, "utf-8")


def is_result_folder(path: Path) -> bool:
    """Tell whether a folder holds results that were written here."""
    try:
        with (path / SIGN).open(encoding="utf-8") as file:
            return file.readline() == _ABOUT.splitlines(keepends=True)[0]
    except OSError as failure:
        if failure.errno not in OF_ONE_FILE:
            raise
        return False
    except ValueError:  # no text
        return False


def others_in(folder: Path) -> list[str]:
    """Return what is in a folder that is none of results, in order; hidden files do not count.

    A summary of ours, alone or with the tables, counts as nothing: what lost its sign, or never
    got one, can be written again.
    """
    found = sorted(each.name for each in folder.iterdir() if not is_litter(each.name))
    return [] if set(found) <= _TABLES and _is_summary(folder / SUMMARY) else found


def _is_summary(path: Path) -> bool:
    try:
        summary = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return isinstance(summary, dict) and {"cases", "failures", "made", "found"} <= summary.keys()
