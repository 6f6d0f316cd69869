"""New X-rays through the `kedro` command, good ones and all kinds of bad ones."""

import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import ExifTags, Image

from teeth_unet.phantoms import PhantomSettings, draw_xray

PHANTOMS = PhantomSettings(cases=6, seed=9, width=(120, 140))
XRAYS = [draw_xray(PHANTOMS, case) for case in range(PHANTOMS.cases)]
HAS_PYDICOM = find_spec("pydicom") is not None


def turned(xray):
    """The bytes of a JPEG that lies on its side and says so."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # to be turned by 90 degrees, clockwise
    stored = io.BytesIO()
    lying = Image.fromarray(np.ascontiguousarray(np.rot90(xray)))
    lying.save(stored, "JPEG", exif=exif, quality=95)
    return stored.getvalue()


def png(picture):
    stored = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(stored, "PNG")
    return stored.getvalue()


def photograph():
    rng = np.random.default_rng(0)
    return np.kron(rng.integers(0, 256, (8, 12, 3)), np.ones((10, 10, 1))).astype(np.uint8)


def new_xrays():
    """By file name: content, and what is to be said of it (None: it fails)."""
    grey = Image.fromarray(XRAYS[0])
    files = {
        "plain.png": (png(XRAYS[0]), ""),
        "sub/folder/deep.png": (png(XRAYS[1]), ""),
        "sixteen.png": (png(XRAYS[0].astype(np.uint16) * 257), ""),
        "palette.png": (png(grey.convert("P")), ""),
        "alpha.png": (png(grey.convert("LA")), ""),
        "turned.jpg": (turned(XRAYS[0]), ""),
        "negative.png": (png(255 - XRAYS[0]), "negative"),
        "photograph.png": (png(photograph()), "coloured on"),
        "tiny.png": (png(XRAYS[0][::6, ::6]), "tiny"),
        "text.png": (b"no picture", None),
        "cut.png": (png(XRAYS[2])[:-200], None),
        "notes.txt": (b"-", "left out"),
    }
    if HAS_PYDICOM:
        from dicom_files import dicom

        whole = dicom(XRAYS[0], PixelSpacing=[0.1, 0.1])
        files["clinic/IM1"] = (whole, "")
        files["clinic/cut.dcm"] = (whole[:-50], None)
        files["clinic/film.dcm"] = (dicom(XRAYS[0], NumberOfFrames=3, pixels=bytes(9)), None)
    return files


FILES = new_xrays()


def run(project, place, *parameters, code=0):
    given = ",".join([f"xrays={place}", *parameters])
    options = ("--pipeline", "inference", "--env", "tiny", "--params", given)
    return project.kedro("run", *options, code=code)


@pytest.fixture(scope="module")
def first_run(finished_project, tmp_path_factory):
    """The folder of X-rays, its project, and what the first run printed."""
    folder = tmp_path_factory.mktemp("new")
    for name, (content, _) in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    path = tmp_path_factory.mktemp("inference") / "project"
    shutil.copytree(finished_project.path, path)
    project = replace(finished_project, path=path)
    return folder, project, run(project, folder, "inference.uncertainty=flips", code=1)


def results(project):
    return project.path / "data" / "07_model_output" / "inference"


def table(project, name="cases"):
    return pd.read_csv(results(project) / f"{name}.csv", dtype={"case": str}, keep_default_na=False)


def test_every_xray_has_a_row_with_what_is_to_be_said_of_it(first_run):
    _, project, _ = first_run
    cases = table(project).set_index("case")
    given = {Path(name).stem: said for name, (_, said) in FILES.items() if said != "left out"}
    if HAS_PYDICOM:  # two files of that name
        given["cut_png"], given["clinic_cut"] = given.pop("cut"), None
    assert set(cases.index) == given.keys()
    for case, said in given.items():
        row = cases.loc[case]
        assert row["status"] == ("failed" if said is None else "done"), (case, row["reason"])
        if said is None:
            assert row["reason"]
        elif said:
            assert said in row["warnings"], case


def test_masks_overlays_and_uncertainty_have_the_size_of_their_xray(first_run):
    _, project, _ = first_run
    done = table(project).query("status == 'done'")
    for kind in ("masks", "overlays", "uncertainty"):
        found = {path.stem: path for path in (results(project) / kind).iterdir()}
        assert found.keys() == set(done["case"])
        for case in done.itertuples():
            size = (int(float(case.width)), int(float(case.height)))
            assert Image.open(found[case.case]).size == size


def test_one_xray_in_many_forms_has_one_mask(first_run):
    _, project, _ = first_run
    masks = {
        path.stem: np.asarray(Image.open(path)) for path in (results(project) / "masks").iterdir()
    }
    same = ["sixteen", "palette", "alpha", *(["IM1"] if HAS_PYDICOM else [])]
    for case in same:
        np.testing.assert_array_equal(masks[case], masks["plain"], case)
    assert masks["turned"].shape == masks["plain"].shape  # upright again; JPEG changed its levels
    assert np.mean(masks["turned"] == masks["plain"]) > 0.9


def test_the_run_ends_with_a_summary_and_an_error(first_run):
    _, project, printed = first_run
    failed = (table(project)["status"] == "failed").sum()
    done = (table(project)["status"] == "done").sum()
    assert f"{done} of {done + failed} X-rays done: {done} now" in printed
    message = printed[printed.index("Error: ") :]
    assert f"found {failed} that cannot. All other results are there." in message
    assert "text.png in" in message
    assert "run the same command again: nothing is done twice" in message
    assert "Traceback" not in printed
    assert "--from-nodes" not in printed
    assert "arning" not in printed.replace("WARNING", "").replace("column warnings", "")


def test_nothing_of_a_patient_is_written_or_logged(first_run):
    _, project, printed = first_run
    log = (project.path / "data" / "kedro.log").read_text("utf-8")
    tables = "".join(path.read_text("utf-8") for path in results(project).rglob("*.[cj]s*"))
    for word in ("Mustermann", "MUSTER-4711"):
        assert word not in printed + log + tables


def test_the_same_run_again_does_nothing_twice_and_others_stay(first_run):
    folder, project, _ = first_run
    for name, (_, said) in FILES.items():
        if said is None:
            (folder / name).unlink()
    (folder / "tiny.png").unlink()
    before = {path: path.stat().st_mtime_ns for path in results(project).glob("masks/*")}
    printed = run(project, folder, "inference.uncertainty=flips")
    assert "Results of 1 other X-rays in " in printed
    assert f"{len(before) - 1} before; 0 failed" in printed
    assert "tiny" not in set(table(project)["case"])
    after = {path: path.stat().st_mtime_ns for path in results(project).glob("masks/*")}
    assert after == before


def test_an_archive_goes_where_the_user_wants_it(first_run, tmp_path):
    _, project, _ = first_run
    with zipfile.ZipFile(tmp_path / "new.zip", "w") as archive:
        archive.writestr("a/one.png", png(XRAYS[3]))
    place = f"results={tmp_path / 'here'}"
    run(project, tmp_path / "new.zip", place, "inference.pixel_spacing=0.1")
    names = (str(path.relative_to(tmp_path / "here")) for path in (tmp_path / "here").rglob("*.*"))
    found = {name for name in names if not name.startswith(".lineage")}
    pictures = {f"{kind}/one.png" for kind in ("masks", "labels", "overlays", "odontograms")}
    tables = {"cases.csv", "teeth.csv", "charts.csv"}
    assert found == {*pictures, *tables, "rows/one.json", "summary.json", "ABOUT.txt"}


def test_where_every_xray_fails_the_tables_say_why_and_the_same_command_goes_on(
    first_run, tmp_path
):
    _, project, _ = first_run
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "one.png").write_bytes(b"no picture")
    results = tmp_path / "here"
    printed = run(project, tmp_path / "new", f"results={results}", code=1)
    assert "1 X-rays that can be used, found 1 that cannot" in printed
    assert "one: one.png in " in printed
    assert "Traceback" not in printed
    cases = pd.read_csv(results / "cases.csv")
    assert list(zip(cases["case"], cases["status"], strict=True)) == [("one", "failed")]
    assert cases["reason"].str.contains("one.png in ").all()
    assert (results / "teeth.csv").exists()

    (tmp_path / "new" / "one.png").write_bytes(png(XRAYS[3]))
    printed = run(project, tmp_path / "new", f"results={results}")
    assert "1 of 1 X-rays done: 1 now" in printed
    assert pd.read_csv(results / "cases.csv")["status"].tolist() == ["done"]
    assert (results / "masks" / "one.png").exists()


REFUSALS = {  # what is given instead of something good, and what is said
    "an empty folder": ({"xrays": "empty"}, "no files", "xrays=PATH"),
    "no such path": ({"xrays": "nowhere"}, "nothing there", "xrays=PATH"),
    "no segmenter": ({"segmenter": "other.txt"}, "a file of another kind", "segmenter=PATH"),
    "other things": ({"results": "others"}, "expected an empty folder", "results=FOLDER"),
    "a picture for results": ({"results": "other.txt"}, "found a file", "results=FOLDER"),
}


def test_what_cannot_be_used_at_all_is_one_clear_error(first_run, tmp_path):
    folder, project, _ = first_run
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.txt").write_text("no segmenter")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "thesis.doc").write_text("mine")
    given = {
        name: {"xrays": str(folder)} | {key: str(tmp_path / value) for key, value in bad.items()}
        for name, (bad, *_) in REFUSALS.items()
    }
    printed = project.python("-c", SCRIPT, json.dumps(given))
    told = dict(re.findall("<(.*?)>(.*?)</>", printed, re.DOTALL))
    for name, (_, *said) in REFUSALS.items():
        assert all(words in told[name] for words in said), told[name]
    assert (tmp_path / "others" / "thesis.doc").read_text() == "mine"


# One process for all: most of a run is getting ready.
SCRIPT = """
import json, sys
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from teeth_unet.cli import explain
bootstrap_project(".")
for name, given in json.loads(sys.argv[1]).items():
    with KedroSession.create(".", env="tiny", runtime_params=given) as session:
        try:
            session.run(pipeline_names=["inference"])
            print(f"<{name}>ran</>")
        except Exception as error:
            print(f"<{name}>{explain(error)}</>")
"""
