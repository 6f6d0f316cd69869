"""Which room may import which: the page in `src/teeth_unet` draws what the code does."""

import ast
import subprocess
import sys

import pytest
from rooms import (
    KEDROS_SIDE,
    PAGE,
    SHARED,
    arrows,
    drawn,
    imported_modules,
    imported_packages,
    imports,
    module_of,
    reached,
    sources,
    told_arrows,
    told_picture,
)
from small_segmenters import small_segmenter

from teeth_unet.segmentation import write_segmenter

TEXT = PAGE.read_text("utf-8")
KEDRO = {"kedro", "kedro_datasets"}
MODULES = {path: imported_packages(source) for path, source in sources().items()}

LOAD_AND_PREDICT = """
import sys
for name in ("kedro", "kedro_datasets", "pooch"):
    sys.modules[name] = None  # as where it is not installed
import numpy as np
import teeth_unet
print(teeth_unet.load_segmenter(sys.argv[1]).predict(np.zeros((48, 64), np.uint8)).shape)
print(sorted(name for name in sys.modules if name.startswith("teeth_unet.acquisition")))
"""


def importers(package):
    return {path for path, packages in MODULES.items() if package in packages}


@pytest.mark.parametrize("user", sorted(arrows()))
def test_the_page_tells_what_each_room_uses_and_nothing_else(user):
    assert told_arrows(TEXT).get(user) == arrows()[user]


def test_the_page_tells_of_nothing_that_is_not_there():
    assert told_arrows(TEXT).keys() == arrows().keys()


def test_the_picture_shows_the_same_arrows():
    assert told_picture(TEXT) == drawn(told_arrows(TEXT))


def test_no_arrow_leads_back():
    assert [user for user in imports() if user in reached(imports(), user)] == []


def test_pipelines_never_import_each_other():
    pipelines = {user: used for user, used in imports().items() if user.startswith("pipelines")}
    assert pipelines.keys() >= {"pipelines/data_science", "pipelines/inference"}
    assert {name for used in pipelines.values() for name in used} & pipelines.keys() == set()


def test_rooms_know_nothing_of_pipelines_datasets_or_the_side_of_kedro():
    rooms = arrows().keys() - KEDROS_SIDE - {user for user in arrows() if "/" in user}
    above = {*KEDROS_SIDE, "datasets", "pipelines", *(user for user in arrows() if "/" in user)}
    assert {user: arrows()[user] & above for user in rooms if arrows()[user] & above} == {}


def test_nodes_import_rooms_and_nothing_of_kedro():
    above = KEDROS_SIDE | {"datasets", "__init__"}
    nodes = {path: packages for path, packages in MODULES.items() if path.name == "nodes.py"}
    assert len(nodes) == sum("/" in user for user in imports())
    assert [path for path, packages in nodes.items() if packages & KEDRO] == []
    of_pipelines = {name for user, used in imports().items() if "/" in user for name in used}
    assert of_pipelines & above == set()


def test_only_datasets_pipelines_and_its_own_side_import_kedro():
    importing = importers("kedro") | importers("kedro_datasets")
    rest = {
        path for path in importing if path.parts[0] != "datasets" and path.name != "pipeline.py"
    }
    assert {module_of(path)[0] for path in rest} <= KEDROS_SIDE


def test_only_unet_imports_keras_and_only_exporting_tensorflow_beside_it():
    assert {path.parts[0] for path in importers("keras")} == {"unet"}
    assert {path.parts[0] for path in importers("tensorflow")} <= {"unet", "exporting"}


@pytest.mark.parametrize("module", sorted(SHARED))
def test_a_shared_module_uses_no_room_and_is_told_of(module):
    assert imports()[module] <= SHARED
    assert f"| [{module}.py]({module}.py) |" in TEXT


def settings_classes():
    """Name and place of every class whose base is a settings class, by way of others as well."""
    classes = [
        (node.name, {ast.unparse(base) for base in node.bases}, path)
        for path, source in sources().items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
    ]
    known, before = {"Settings"}, set()
    while known != before:
        before = set(known)
        known |= {name for name, bases, _ in classes if bases & known}
    return {name: path for name, _, path in classes if name in known - {"Settings"}}


def test_every_settings_class_is_in_the_settings_of_its_room():
    classes = settings_classes()
    assert {"Training", "Severities", "Scoring", "DownloadRules"} <= classes.keys()
    assert {path.name for path in classes.values()} == {"settings.py"}


def test_only_acquisition_asks_for_requests():
    assert {path.parts[0] for path in importers("requests") | importers("urllib3")} == {
        "acquisition"
    }
    assert importers("pooch") == set()


@pytest.mark.slow
def test_a_segmenter_is_loaded_and_predicts_without_kedro_and_without_acquisition(tmp_path):
    # TensorFlow itself imports requests: what of ours would need it is not there.
    write_segmenter(tmp_path / "segmenter.zip", small_segmenter())
    command = [sys.executable, "-c", LOAD_AND_PREDICT, str(tmp_path / "segmenter.zip")]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.stdout == "(48, 64)\n[]\n", finished.stderr


@pytest.mark.parametrize(
    ("source", "packages", "with_types"),
    [
        ("import keras", {"keras"}, {"keras"}),
        ("import os, keras.ops as o", {"os", "keras"}, {"os", "keras"}),
        ("def f():\n    from keras.layers import Input", {"keras"}, {"keras"}),
        ("if TYPE_CHECKING:\n    import keras\nelse:\n    import os", {"os"}, {"os", "keras"}),
        ("'import keras'", set(), set()),
    ],
)
def test_imports_are_found_wherever_they_stand(source, packages, with_types):
    assert imported_packages(source) == packages
    found = imported_modules(source, types_too=True)
    assert {name.partition(".")[0] for name in found} == with_types


def test_a_way_over_other_rooms_is_not_drawn_twice():
    graph = {"a": frozenset("bc"), "b": frozenset("c"), "c": frozenset()}
    assert drawn(graph) == {("a", "b"), ("b", "c")}
    assert reached(graph | {"c": frozenset("a")}, "a") == {"a", "b", "c"}
