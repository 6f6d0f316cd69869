"""Results become stale by themselves when the code or the weights that made them change."""

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from fake_segmenter import FakeSegmenter, FakeSeparationNetwork
from small_xrays import PLAIN, loaders, segment

import teeth_unet
from teeth_unet.inference import Inference, cases, make_xray_predictor, predicting, segment_all
from teeth_unet.inference.code_version import ROOMS, SHARED, code_fingerprint, hash_sources
from teeth_unet.quality import Quality

PACKAGE = Path(teeth_unet.__file__).parent

# What makes results: the room itself, and what opens the X-rays that it is given.
MAKERS = ("teeth_unet.inference", "teeth_unet.pictures.lazy", "teeth_unet.pictures.dicom")


def imported(path):
    """Names that a module imports, wherever, and the modules these may be."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def source_of(name):
    path = PACKAGE.joinpath(*name.split(".")[1:])
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((each for each in candidates if each.is_file()), None)


def modules_used_by(names):
    """Paths of all modules of this package that are imported with these."""
    waiting, found = list(names), set()
    while waiting:
        package, *parts = waiting.pop().split(".")
        if package != "teeth_unet":
            continue
        for end in range(len(parts) + 1):  # a module is imported after the packages around it
            path = source_of(".".join([package, *parts[:end]]))
            if path is not None and path not in found:
                found.add(path)
                waiting += imported(path)
    return {path.relative_to(PACKAGE).as_posix() for path in found}


def test_every_module_that_makes_results_counts():
    used = modules_used_by(MAKERS)
    assert {"imaging/decoding.py", "unet/network.py", "teeth/separating.py"} <= used
    others = {name for name in used if name.split("/")[0] not in (*ROOMS, *SHARED)}
    assert others == {"version.py"}  # a number, which makes nothing


def test_nothing_counts_for_no_reason():
    used = {name.split("/")[0] for name in modules_used_by(MAKERS)}
    assert {*ROOMS, *SHARED} - used == set()


@pytest.fixture
def copy(tmp_path):
    ignored = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(PACKAGE, tmp_path / "elsewhere" / "teeth_unet", ignore=ignored)


def test_the_place_of_the_package_does_not_count(copy):
    assert hash_sources(copy) == code_fingerprint()


def test_line_endings_do_not_count(copy):
    for path in copy.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert hash_sources(copy) == code_fingerprint()


def test_caches_of_python_do_not_count(copy):
    (copy / "teeth" / "__pycache__").mkdir()
    (copy / "teeth" / "__pycache__" / "gaps.cpython-311.pyc").write_bytes(b"\0")
    assert hash_sources(copy) == code_fingerprint()


@pytest.mark.parametrize(
    "name", ["teeth/gaps.py", "pictures/dicom/levels.py", "unet/layers.py", "errors.py"]
)
def test_a_line_of_what_makes_results_counts(copy, name):
    with (copy / name).open("a") as source:
        source.write("# one line more\n")
    assert hash_sources(copy) != code_fingerprint()


@pytest.mark.parametrize("name", ["scoring/surfaces.py", "reporting/page.py", "cli.py"])
def test_a_line_of_something_else_does_not_count(copy, name):
    with (copy / name).open("a") as source:
        source.write("# one line more\n")
    assert hash_sources(copy) == code_fingerprint()


def test_a_module_that_is_new_gone_or_renamed_counts(copy):
    changed = {code_fingerprint()}
    (copy / "teeth" / "canines.py").write_text("")
    changed.add(hash_sources(copy))
    (copy / "teeth" / "canines.py").rename(copy / "teeth" / "fangs.py")
    changed.add(hash_sources(copy))
    assert len(changed) == 3
    (copy / "teeth" / "fangs.py").unlink()
    assert hash_sources(copy) == code_fingerprint()


def test_a_package_in_a_zip_file_counts_the_same(copy, tmp_path):
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as parts:
        for path in copy.rglob("*"):
            parts.write(path, path.relative_to(copy.parent).as_posix())
    program = (
        "from teeth_unet.inference import code_version; "
        "print(code_version.__file__, code_version.code_fingerprint())"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(archive)},
        capture_output=True,
        text=True,
        check=True,
    )
    origin, fingerprint = found.stdout.split()
    assert origin.startswith(str(archive))
    assert fingerprint == code_fingerprint()


def test_the_sources_are_read_once_a_process(monkeypatch):
    code_fingerprint()
    monkeypatch.setattr(Path, "read_bytes", None)
    assert code_fingerprint() == code_fingerprint()


def test_other_code_makes_all_results_anew(store, copy, monkeypatch):
    segment(store, loaders(2))
    with (copy / "imaging" / "resizing.py").open("a") as source:
        source.write("# one line more\n")
    monkeypatch.setattr(cases, "code_fingerprint", lambda: hash_sources(copy))
    assert segment(store, loaders(2))["made"] == 2
    assert segment(store, loaders(2))["found"] == 2


class OtherSeparationNetwork(FakeSeparationNetwork):
    weights = (np.array([0.0, 1.0, 2.5]),)


@pytest.mark.usefixtures("fake_separation_network")
@pytest.mark.parametrize(("inference", "made"), [(Inference(), 2), (PLAIN, 0)])
def test_other_weights_make_anew_what_they_are_used_for(store, monkeypatch, inference, made):
    segment(store, loaders(2), inference)
    monkeypatch.setattr(predicting, "load_separation_network", OtherSeparationNetwork)
    predictor = make_xray_predictor(FakeSegmenter(), [], inference)
    assert segment_all(loaders(2), predictor, inference, Quality(), store)["made"] == made
