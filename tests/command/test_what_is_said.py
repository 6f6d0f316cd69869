"""What `teeth-unet segment` prints, how it ends, and what it leaves when it is stopped."""

import errno
import io
import logging
import re
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import pytest
from bright_xrays import xray
from click.testing import CliRunner
from fake_segmenter import FakeSegmenter, settings
from kedro.framework import project

import teeth_unet
from teeth_unet import cli
from teeth_unet.__main__ import program
from teeth_unet.command import running, showing, wording
from teeth_unet.command.options import BY_CTRL_C
from teeth_unet.lineage import AtWork, Claim

ROOT = Path(__file__).parents[2]


@pytest.fixture
def three(here):
    """Three X-rays, of which the second is damaged."""
    for case in "abc":
        xray().save(here / f"{case}.png")
    (here / "b.png").write_bytes((here / "b.png").read_bytes()[:-100])
    return here


def mend(folder):
    xray().save(folder / "b.png")


def test_the_end_tells_how_many_where_and_by_which_network(segment, three):
    mend(three)
    done = segment(".")
    first, second, third = done.stdout.splitlines()
    assert first == (f"3 of 3 X-rays segmented, 0 failed. Results: {three / 'teeth-unet-results'}")
    assert second == "Network, as every row of cases.csv and teeth.csv names it: Nothing."
    assert re.fullmatch(
        r"Teeth: \d+ in 3 X-rays\. Numbers to be looked at by a person: \d of 3 X-rays.*\.", third
    )
    assert "looked at" not in segment(".", "--no-numbers").stdout
    assert "Teeth:" not in segment(".", "--no-teeth").stdout


def test_a_threshold_that_is_given_is_told_beside_that_of_the_network(segment, three):
    assert "Threshold" not in segment("a.png").stdout
    told = segment("a.png", "--threshold", "0.4").stdout.splitlines()[2]
    assert told == "Threshold, as given: 0.4. The network's own is 0.5."


def test_a_network_taught_by_drawings_is_told_to_have_seen_no_real_xray(
    segment, three, monkeypatch
):
    drawn = FakeSegmenter(settings(synthetic=True), taught_on="package: Drawings.")
    monkeypatch.setattr(running, "read_segmenter", lambda path: drawn)
    told = segment("a.png").stdout
    assert "names it: package: Drawings. It was taught by drawings alone and has seen no" in told


def test_a_damaged_file_among_good_ones_is_left_out_told_of_and_tried_again(segment, three):
    done = segment(".", code=1)
    assert "2 of 3 X-rays segmented, 1 failed. Results: " in done.stdout
    told = done.stderr.partition("Error: ")[2]
    assert told.startswith("XRAY: expected 3 X-rays that can be used, found 1 that cannot.")
    assert "run the same command again: nothing is done twice" in told
    assert re.search(r"\n  b: b.png in .*: expected an intact picture", told)
    assert {path.stem for path in (three / "teeth-unet-results" / "masks").iterdir()} == {"a", "c"}

    mend(three)
    again = segment(".")
    assert "3 of 3 X-rays segmented (2 of them before), 0 failed." in again.stdout
    assert "Error" not in again.stderr


def test_given_twice_it_does_nothing_twice(segment, three):
    mend(three)
    segment(".")
    folder = three / "teeth-unet-results"
    before = {path: path.stat().st_mtime_ns for path in folder.glob("[lmor]*/*.*")}
    assert len(before) == 15
    assert "(3 of them before)" in segment(".").stdout
    assert {path: path.stat().st_mtime_ns for path in folder.glob("[lmor]*/*.*")} == before


def test_stopped_by_its_user_it_says_that_nothing_is_lost_and_goes_on(segment, three, monkeypatch):
    mend(three)
    whole = FakeSegmenter.predict_probabilities
    calls = []

    def stopped(self, xray):
        calls.append(xray)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(self, xray)

    monkeypatch.setattr(FakeSegmenter, "predict_probabilities", stopped)
    done = segment(".", code=BY_CTRL_C)
    assert done.stderr.rstrip().endswith(wording.STOPPED)
    assert done.stdout == ""
    assert not (three / "teeth-unet-results" / "cases.csv").exists()
    assert "3 of 3 X-rays segmented (1 of them before)" in segment(".").stdout


def test_a_full_disk_is_told_of_with_what_to_do(segment, three, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "teeth.csv")

    monkeypatch.setattr(running.inference, "write_tables", full)
    told = segment("a.png", code=1).stderr
    assert "No space left on device: 'teeth.csv'" in told
    assert "Make room, or make this place writable, and give the same command again" in told


def test_a_fault_of_the_program_keeps_its_traceback(three, monkeypatch):
    monkeypatch.setattr(running.inference, "gather_tables", lambda *_: 1 / 0)
    done = CliRunner().invoke(program, ["segment", "a.png"])
    assert isinstance(done.exception, ZeroDivisionError)


def test_a_fault_of_the_program_while_an_error_is_handled_keeps_its_traceback(three, monkeypatch):
    def faulty(*_):
        try:
            raise PermissionError(errno.EACCES, "Permission denied", "a.png")
        except OSError:
            return {}["fault"]

    monkeypatch.setattr(running.inference, "gather_tables", faulty)
    done = CliRunner().invoke(program, ["segment", "a.png"])
    assert isinstance(done.exception, KeyError)


def test_an_error_made_of_one_of_the_disk_is_told_as_that(segment, three, monkeypatch):
    def full(*_):
        raise RuntimeError("of a library") from OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(running.inference, "write_tables", full)
    assert "No space left on device\nMake room" in segment("a.png", code=1).stderr


def test_two_commands_do_not_write_into_one_folder_at_once(segment, three):
    folder = three / "teeth-unet-results"
    segment("a.png")
    claim = Claim(AtWork("teeth-unet segment", {}, {str(folder): "results"}, "noon"), [folder])
    told = segment("c.png", code=1).stderr
    assert "expected no other command that writes there, found teeth-unet segment, process" in told
    assert "or give another folder: --results FOLDER" in told
    claim.release()
    segment("c.png")


def test_files_that_are_no_xrays_are_told_of(segment, three):
    mend(three)
    (three / "notes.txt").write_text("-")
    assert "1 file(s) are no pictures: notes.txt" in segment(".").stderr


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_a_bar_and_lines_above_it(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with showing.shown_log(), showing.shown_progress(4) as progress:
        progress.add_found()
        progress.add_failure("7", "why")
        progress.add_made()
    shown = sys.stderr.getvalue()
    assert "WARNING: Case 7 failed: why\n" in shown
    assert "3/4" in shown
    assert "X-ray" in shown


def test_elsewhere_there_are_lines_and_no_bar(capsys):
    with showing.shown_log(), showing.shown_progress(4) as progress:
        progress.add_failure("7", "Give another folder: --params results=FOLDER")
    assert capsys.readouterr().err == (
        "WARNING: Case 7 failed: Give another folder: --results FOLDER\n"
    )


def test_what_libraries_say_is_kept_back_and_all_is_as_before_in_the_end(capsys):
    log = logging.getLogger("teeth_unet")
    before = log.level, list(log.handlers), list(logging.root.handlers)
    with showing.shown_log():
        logging.getLogger("PIL").warning("odd tag")
        warnings.warn("deprecated", stacklevel=1)
    assert capsys.readouterr().err == ""
    assert (log.level, list(log.handlers), list(logging.root.handlers)) == before


def test_packages_for_dicom_are_those_of_the_extra():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [re.match(r"[\w-]+", each)[0] for each in extras["optional-dependencies"]["dicom"]]
    assert wording.WORDS['pip install -e ".[dicom]"'] == f"pip install {' '.join(names)}"


def test_what_is_worded_anew_is_said_by_some_room():
    sources = ROOT / "src" / "teeth_unet"
    texts = [path.read_text() for path in sources.rglob("*.py") if path.parent.name != "command"]
    together = re.sub(r'"\n\s*"', "", "\n".join(texts))
    built = {"inference.formats: ", "new_xrays: ", "--pixel_spacing"}  # not as they stand
    assert [words for words in wording.WORDS.keys() - built if words not in together] == []


@pytest.mark.parametrize("options", [["--help"], ["-h"], ["segment", "--help"], ["segment", "-h"]])
def test_help_tells_what_to_do(options):
    done = CliRunner().invoke(program, options)
    assert done.exit_code == 0
    assert "segment" in done.output
    if "segment" in options:
        assert "teeth-unet segment xrays/ archive.zip scan.dcm --results found\n" in done.output
        assert max(map(len, done.output.splitlines())) <= 80


def test_the_version_is_told():
    assert teeth_unet.__version__ in CliRunner().invoke(program, ["--version"]).output


def test_an_xray_without_the_word_segment_is_told_where_to_put_it(three):
    done = CliRunner().invoke(program, ["a.png"], prog_name="teeth-unet")
    assert done.exit_code == 2
    assert "'a.png' is no command. To segment it: teeth-unet segment …" in done.output


@pytest.mark.parametrize(
    ("arguments", "pipeline"),
    [([], None), (["--pipeline", "x"], "x"), (["run", "--pipeline", "x"], "x")],
)
def test_options_without_a_command_are_those_of_a_run(arguments, pipeline, monkeypatch):
    ran = []
    monkeypatch.setattr(cli.run, "callback", lambda **options: ran.append(options["pipeline"]))
    monkeypatch.setattr(project, "configure_project", ran.append)
    done = CliRunner().invoke(program, arguments)
    assert done.exit_code == 0, done.output
    assert ran == ["teeth_unet", pipeline]


def test_a_wrong_option_of_a_run_is_told_as_one_of_it(here):
    # In a process of its own: Kedro keeps the streams that it finds.
    command = [sys.executable, "-m", "teeth_unet", "--pipelin", "x"]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert re.search(r"Usage: \S+( -m teeth_unet)? run \[OPTIONS\]", done.stderr)


def test_results_of_another_xray_of_the_same_name_stay(segment, here):
    for name, teeth in (("A", 2), ("B", 3)):
        (here / name).mkdir()
        xray(teeth).save(here / name / "pano.png")
    segment("A/pano.png")
    done = segment("B/pano.png", code=1)
    assert "0 of 1 X-rays segmented, 1 failed." in done.stdout
    assert f"found results of {here / 'A' / 'pano.png'}. Give both at once" in done.stderr
    assert "or another folder for the results." in done.stderr
    assert "1 of 1 X-rays segmented (1 of them before)" in segment("A/pano.png").stdout
