"""`teeth-unet segment` in processes of its own, outside of any project."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from importlib.util import find_spec

import pandas as pd
import pytest
from PIL import Image
from small_segmenters import small_segmenter
from test_inference_runs import FILES

from teeth_unet.phantoms import PhantomSettings, draw_xray
from teeth_unet.segmentation import write_segmenter

PHANTOMS = PhantomSettings(cases=6, seed=9, width=(120, 140))
COMMAND = (sys.executable, "-m", "teeth_unet", "segment")

TO_THE_CLOCK = re.compile(r'"(seconds|rate)": [0-9.]+')

WITHOUT_KEDRO = """
import sys
for name in ("kedro", "kedro_datasets", "kedro_viz", "fsspec", "mlflow"):
    sys.modules[name] = None  # as where it is not installed
from teeth_unet.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    path = tmp_path_factory.mktemp("network") / "segmenter.zip"
    write_segmenter(path, small_segmenter(data_note="Drawings of a test."))
    return path


@pytest.fixture
def here(tmp_path):
    """A folder with X-rays of a clinic: good ones and damaged ones, among them DICOM files."""
    for name, (content, _) in FILES.items():
        path = tmp_path / "Röntgen = alt" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


def many(folder, count):
    """X-rays with one picture under many names."""
    folder.mkdir()
    xray = Image.fromarray(draw_xray(PHANTOMS, 0))
    for case in range(count):
        xray.save(folder / f"{case}.png")


def segment(folder, *arguments, code=0, command=COMMAND):
    done = subprocess.run(
        [*command, *map(str, arguments)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def everything(folder):
    """Contents of all files by name, without times and what is hidden."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".lineage" not in path.parts
    }
    for name, content in found.items():
        if name.endswith(".json"):
            found[name] = TO_THE_CLOCK.sub("", content.decode()).encode()
    table = pd.read_csv(folder / "cases.csv", dtype=str, keep_default_na=False)
    found["cases.csv"] = table.drop(columns="seconds").to_csv().encode()
    return found


def test_results_are_those_of_the_pipeline_byte_for_byte(here, network, project):
    options = "--formats", "coco+labelme+yolo", "--uncertainty", "flips", "--notation", "palmer"
    options += "--mirrored", "true"
    given = ("Röntgen = alt", "--segmenter", network, "--results", "found")
    segment(here, *given, *options, code=1)
    settings = ("inference.formats=coco+labelme+yolo", "inference.uncertainty=flips")
    settings += ("inference.notation=palmer", "inference.mirrored=true")
    paths = (f"segmenter={network}", f"results={here / 'of_kedro'}")
    parameters = ("--params", f"xrays={here / 'Röntgen = alt'}")
    for each in (*paths, *settings):
        parameters += ("--params", each)
    project.kedro("run", "--pipeline", "inference", "--env", "tiny", *parameters, code=1)

    found, expected = everything(here / "found"), everything(here / "of_kedro")
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []
    done = sum(said is not None for name, (_, said) in FILES.items() if name != "notes.txt")
    assert len([name for name in found if name.startswith("masks/")]) == done

    # Each goes on where the other was.
    again = segment(
        here, "Röntgen = alt", "--segmenter", network, "--results", "of_kedro", *options, code=1
    )
    assert f"({done} of them before)" in again.stdout


def test_it_says_on_which_streams_what_there_is(here, network):
    done = segment(here, "Röntgen = alt", "--segmenter", network, code=1)
    first, second, third = done.stdout.splitlines()
    failed = sum(said is None for _, said in FILES.values())
    assert first.endswith(f"{failed} failed. Results: {here / 'teeth-unet-results'}")
    assert "names it: Drawings of a test. It was taught by drawings alone and has seen no" in second
    assert third.startswith("Teeth: ")
    assert " Numbers to be looked at by a person: " in third
    assert "Error: XRAY: expected " in done.stderr
    for word in ("Traceback", "kedro", "--params", "oneDNN", "cuda"):
        assert word not in done.stdout + done.stderr


def test_no_part_of_kedro_is_imported(here, network):
    command = (sys.executable, "-c", WITHOUT_KEDRO, "segment")
    segment(here, "Röntgen = alt/plain.png", "--segmenter", network, command=command)


def test_help_and_a_wrong_path_come_before_anything_that_takes_long(here, network):
    for arguments in (["--help"], ["nowhere", "--segmenter", network]):
        told = subprocess.run(
            [sys.executable, "-X", "importtime", *COMMAND[1:], *arguments],
            cwd=here,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        imported = set(re.findall(r"\| +(\w+)$", told.stderr, re.MULTILINE))
        assert "click" in imported
        assert imported & {"keras", "tensorflow", "kedro", "matplotlib"} == set()
        assert ("numpy" in imported) == ("nowhere" in arguments)


def test_killed_it_goes_on_when_the_command_is_given_again(tmp_path, network):
    many(tmp_path / "x", 60)
    results = tmp_path / "teeth-unet-results"
    run = subprocess.Popen(
        [*COMMAND, "x", "--segmenter", str(network)],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(list(results.glob("rows/[!.]*.json"))) < 2:
        assert run.poll() is None, "it ended before its second X-ray"
        time.sleep(0.01)
    run.kill()
    run.wait()
    assert not (results / "cases.csv").exists()
    before = {path: path.read_bytes() for path in results.glob("rows/[!.]*.json")}
    told = segment(tmp_path, "x", "--segmenter", network).stdout
    assert f"60 of 60 X-rays segmented ({len(before)} of them before), 0 failed" in told
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.skipif(os.name == "nt", reason="no such signal on Windows")
def test_stopped_with_ctrl_c_it_ends_at_once_and_in_words(tmp_path, network):
    many(tmp_path / "x", 200)
    results = tmp_path / "teeth-unet-results"
    run = subprocess.Popen(
        [*COMMAND, "x", "--segmenter", str(network)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # Whoever starts the tests in the background may have it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    while not list(results.glob("rows/[!.]*.json")):
        assert run.poll() is None, "it ended before its first X-ray"
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    printed, told = run.communicate()
    assert run.returncode == 130
    assert printed == ""
    assert told.endswith("the same command goes on with the X-rays that are not segmented yet.\n")
    assert "Traceback" not in told
    assert 0 < len(list(results.glob("rows/[!.]*.json"))) < 200


@pytest.mark.skipif(find_spec("pty") is None, reason="no such terminals on Windows")
def test_a_terminal_shows_a_bar(tmp_path, network):
    import pty
    import termios

    many(tmp_path / "x", 3)
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(ours, (24, 80))
    run = subprocess.Popen(
        [*COMMAND, "x", "--segmenter", str(network)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # Linux says so that the other end is closed
        pass
    run.communicate()
    assert run.returncode == 0
    assert b"3/3" in shown
    assert b"100%" in shown


def test_a_letter_that_the_terminal_does_not_have_is_no_reason_to_fail(here, network):
    done = subprocess.run(
        [*COMMAND, "Röntgen = alt", "--segmenter", str(network)],
        cwd=here,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"R\\xf6ntgen = alt" in done.stderr


def test_an_archive_and_its_files_are_read_where_they_are(here, network):
    with zipfile.ZipFile(here / "p.zip", "w") as archive:
        archive.writestr("in/plain.png", FILES["plain.png"][0])
    (here / "elsewhere").mkdir()
    given = ("../p.zip", here / "Röntgen = alt" / "plain.png")
    segment(here / "elsewhere", *given, "--segmenter", network)
    summary = json.loads((here / "elsewhere" / "teeth-unet-results" / "summary.json").read_text())
    assert sorted(summary["files"].values()) == ["Röntgen = alt/plain.png", "p.zip/in/plain.png"]
