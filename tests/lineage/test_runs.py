"""Two runs never work on the same entries."""

import os
import signal
import subprocess
import sys

import pytest

from teeth_unet.errors import InputError
from teeth_unet.lineage import AtWork, Claim

CASES, SCORES, RESULTS = "/data/cases.csv", "/data/scores.json", "/data/inference/cases.csv"

HOLD = r"""
import sys, os, time
from pathlib import Path
from teeth_unet.lineage import AtWork, Claim
run = AtWork("kedro run --pipeline training", {}, {sys.argv[2]: "cases"}, "10:12")
claim = Claim(run, [Path(sys.argv[1])])
if len(sys.argv) > 3 and os.fork() == 0:
    os.write(1, f"{os.getpid()}\n".encode())
    time.sleep(60)
os.write(1, b"held\n")
time.sleep(60)
"""


def run(reads=(), writes=(), command="kedro run --pipeline teeth"):
    return AtWork(command, named(reads), named(writes), "11:00 on 2026-11-26")


def named(paths):
    return {path: path.rpartition("/")[2].partition(".")[0] for path in paths}


def test_in_the_way_is_who_writes_what_another_one_reads_or_writes():
    reader, writer = run(reads=[CASES]), run(writes=[CASES])
    assert reader.in_the_way_of(writer) == writer.in_the_way_of(reader) == ["cases"]
    assert writer.in_the_way_of(writer) == ["cases"]
    assert reader.in_the_way_of(reader) == []
    assert run(reads=[CASES], writes=[SCORES]).in_the_way_of(run(writes=[RESULTS])) == []


def test_a_second_run_is_refused_until_the_first_is_done(tmp_path):
    first = Claim(run(writes=[CASES]), [tmp_path])
    with pytest.raises(InputError) as refusal:
        Claim(run(reads=[CASES], command="kedro run --pipeline reporting"), [tmp_path])
    told = str(refusal.value)
    assert f"kedro run --pipeline teeth, process {os.getpid()} on " in told
    assert "at work since 11:00 on 2026-11-26" in told
    assert "(cases)" in told
    assert "Meanwhile inference into another folder" in told
    first.release()
    Claim(run(reads=[CASES]), [tmp_path]).release()


def test_who_is_not_in_the_way_may_work(tmp_path):
    first = Claim(run(writes=[CASES]), [tmp_path])
    second = Claim(run(writes=[RESULTS]), [tmp_path])
    first.release()
    second.release()


def test_of_two_folders_none_is_kept_if_one_is_refused(tmp_path):
    other, own = tmp_path / "b", tmp_path / "a"
    first = Claim(run(writes=[RESULTS]), [other])
    with pytest.raises(InputError):
        Claim(run(writes=[RESULTS]), [own, other])
    Claim(run(writes=[RESULTS]), [own]).release()
    first.release()


@pytest.fixture
def holder(tmp_path):
    """Start another process that has claimed the cases."""
    started = []

    def start(*more):
        command = [sys.executable, "-c", HOLD, str(tmp_path), CASES, *more]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process, [process.stdout.readline().strip() for _ in range(1 + len(more))]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_another_process_is_named_and_forgotten_once_it_is_killed(tmp_path, holder):
    process, _ = holder()
    with pytest.raises(InputError, match=f"training, process {process.pid} on .* since 10:12"):
        Claim(run(writes=[CASES]), [tmp_path])
    process.send_signal(signal.SIGKILL)
    process.wait()
    Claim(run(writes=[CASES]), [tmp_path]).release()
    assert list(tmp_path.glob(".lineage/runs/*.json")) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_what_a_killed_run_has_left_at_work_is_named(tmp_path, holder):
    process, lines = holder("with a child")
    child = next(int(line) for line in lines if line != "held")
    process.send_signal(signal.SIGKILL)
    process.wait()
    try:
        with pytest.raises(InputError, match=f"has ended, but has left process {child} at work"):
            Claim(run(writes=[CASES]), [tmp_path])
    finally:
        os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize("content", ["", "{", "{}"])
def test_what_is_no_claim_is_in_nobodys_way(tmp_path, content):
    runs = tmp_path / ".lineage" / "runs"
    runs.mkdir(parents=True)
    (runs / "host-1.json").write_text(content)
    Claim(run(writes=[CASES]), [tmp_path]).release()


def test_where_a_file_system_has_no_locks_the_process_counts(tmp_path, holder, monkeypatch):
    process, _ = holder()

    def refuse(file, how):
        raise OSError(37, "no locks available")

    monkeypatch.setattr("teeth_unet.lineage.runs.fcntl.flock", refuse)
    with pytest.raises(InputError, match=f"process {process.pid}"):
        Claim(run(writes=[CASES]), [tmp_path])
    process.kill()
    process.wait()
    Claim(run(writes=[CASES]), [tmp_path]).release()
