"""The wheel and the configuration archive that `kedro package` makes, used in empty folders.

What the program needs besides is taken from where the tests run: only the wheel is installed.
"""

import os
import shutil
import socketserver
import subprocess
import sys
import sysconfig
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_segmenters import small_segmenter
from tiny_project import ROOT, copy_project

from teeth_unet.datasets import PhantomDataset
from teeth_unet.segmentation import write_segmenter

FOLDS = 2


@dataclass(frozen=True)
class Package:
    """The program installed from a wheel, and two forms of one configuration."""

    program: Path
    sources: dict[str, Path]
    listening: "Trap"


class Trap(socketserver.ThreadingTCPServer):
    """Stands for all of the internet, and counts who comes."""

    def __init__(self):
        self.visits = 0
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)

    def process_request(self, request, client_address):
        self.visits += 1
        self.shutdown_request(request)


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Package a copy of the project whose own cross-validation has two folds."""
    folder = tmp_path_factory.mktemp("packaged")
    project = copy_project(folder / "project")
    for name in ("README.md", "LICENSE"):
        shutil.copy(ROOT / name, project.path / name)
    folds = project.path / "conf" / "base" / "parameters_cross_validation.yml"
    folds.write_text(f"cross_validation: {{folds: {FOLDS}, seed: 1}}\n")
    (project.path / "conf" / "local").mkdir(exist_ok=True)
    project.kedro("package")
    (wheel,) = (project.path / "dist").glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", scripts / "python", "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", wheel], check=True)
    (site,) = (folder / "venv").rglob("site-packages")
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    shutil.copytree(project.path / "conf", folder / "conf")
    (archive,) = (project.path / "dist").glob("*.tar.gz")
    with Trap() as trap:
        threading.Thread(target=trap.serve_forever, daemon=True).start()
        sources = {"folder": folder / "conf", "archive": archive}
        yield Package(scripts / "teeth-unet", sources, trap)
        trap.shutdown()


@pytest.fixture(params=["folder", "archive"])
def run(request, package, tmp_path):
    """Return a function that runs the program in an empty folder, and returns what it prints."""
    here, home = tmp_path / "here", tmp_path / "home"
    here.mkdir()
    home.mkdir()
    keep = {"PATH", "SYSTEMROOT", "TMPDIR", "TEMP"}
    places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "APPDATA", "USERPROFILE"), str(home))
    proxy = f"http://127.0.0.1:{package.listening.server_address[1]}"
    environment = {name: value for name, value in os.environ.items() if name in keep} | places
    environment |= {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "COLUMNS": "200"}

    def run(*arguments, code=0):
        command = [package.program, f"--conf-source={package.sources[request.param]}", *arguments]
        done = subprocess.run(
            command,
            cwd=here,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "usage data" not in done.stdout + done.stderr
        return done.stdout + done.stderr

    run.here, run.home, run.listening = here, home, package.listening
    return run


def test_all_that_the_project_does_is_done_in_an_empty_folder(run):
    printed = run("--pipeline", "training", "--env", "tiny")
    assert "[36/36]" in printed
    assert "data/08_reporting/report.html" in printed
    assert (run.here / "data/08_reporting/report.html").exists()
    assert "rich" not in printed  # it prints as in the project
    assert "Running node: fit_unet" in (run.here / "data/kedro.log").read_text("utf-8")

    xrays = run.here / "xrays"
    xrays.mkdir()
    for case, draw in PhantomDataset(cases=2, width=[96, 128], content="xrays").load().items():
        draw().save(xrays / f"{case}.png")
    assert "2 of 2 X-rays done" in run("--pipeline", "inference", "--params", "xrays=xrays")
    results = {path.name for path in (run.here / "data/07_model_output/inference").iterdir()}
    assert {"cases.csv", "teeth.csv"} <= results

    printed = run("--pipeline", "cross_validation", "--env", "tiny")
    assert f"{FOLDS} folds of 4 to 4 cases" in printed

    # Nobody was asked for usage data, and none were sent.
    assert not list(run.home.rglob("telemetry*"))
    assert run.listening.visits == 0


def test_folds_are_as_many_as_the_command_says(run):
    few = ("--params", "cross_validation.folds=4", "--to-nodes", "split_folds")
    printed = run("--pipeline", "cross_validation", "--env", "tiny", *few)
    assert "4 folds of 2 to 2 cases" in printed
    made = sorted(path.name for path in (run.here / "data/02_intermediate").glob("fold_*"))
    assert made == [f"fold_{fold:02d}" for fold in range(1, 5)]


def test_what_is_missing_is_told_by_the_path_of_the_command(run):
    told = run("--pipeline", "inference", "--params", "xrays=nowhere", code=1)
    assert f"{run.here / 'nowhere'}: expected X-rays" in told


def test_the_page_teaches_by_the_settings_that_come_with_the_wheel(package, tmp_path):
    told = "from teeth_unet.command.teaching import configuration; print(configuration())"
    python = package.program.with_name("python")
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [python, "-P", "-c", told]
    done = subprocess.run(
        command, cwd=tmp_path, env=bare, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    place = Path(done.stdout.strip())
    assert package.program.parents[1] in place.parents
    here = ROOT / "conf"
    for environment in ("base", "folder"):
        names = sorted(path.name for path in (here / environment).glob("*.yml"))
        assert sorted(path.name for path in (place / environment).iterdir()) == names
    same = place / "base" / "globals.yml"
    assert same.read_bytes() == (here / "base" / "globals.yml").read_bytes()
    assert (place / "logging.yml").exists()


def test_without_configuration_it_is_told_how_it_is_named(package, tmp_path):
    done = subprocess.run(
        [package.program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "--conf-source=PATH, a folder or the archive that kedro package makes" in done.stderr
    assert "segmented without any: teeth-unet segment XRAY" in done.stderr


def test_xrays_are_segmented_without_any_configuration(package, tmp_path):
    write_segmenter(tmp_path / "s.zip", small_segmenter())
    draw = PhantomDataset(cases=1, width=[96, 128], content="xrays").load().popitem()[1]
    draw().save(tmp_path / "one.png")
    command = [package.program, "segment", "one.png", "--segmenter", "s.zip"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("1 of 1 X-rays segmented, 0 failed."), done.stderr
    assert (tmp_path / "teeth-unet-results" / "overlays" / "one.png").exists()
