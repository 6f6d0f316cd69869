import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pytest
from mlflow_stores import NAMES, logged_models, needs_mlflow, runs_in, store
from rooms import imported_modules
from small_segmenters import small_segmenter

from teeth_unet import load_segmenter
from teeth_unet.experiments import begin_run, log_segmenter
from teeth_unet.experiments.models import NEEDED, PACKAGE
from teeth_unet.experiments.places import Place
from teeth_unet.segmentation import write_segmenter

pytestmark = pytest.mark.slow

USED = """
import sys
import numpy as np
from teeth_unet import load_segmenter
load_segmenter(sys.argv[1]).predict(np.zeros((48, 64), np.uint8))
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.fixture(scope="module")
def segmenter(tmp_path_factory):
    path = tmp_path_factory.mktemp("segmenter") / "segmenter.zip"
    write_segmenter(path, small_segmenter())
    return path


@pytest.fixture(scope="module")
def logged(segmenter, tmp_path_factory):
    """Return a store, and the only model in it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in NAMES:
            patch.delenv(name, raising=False)
        folder = tmp_path_factory.mktemp("store")
        uri = store(folder / "runs.db")
        run = begin_run(Place(uri, "tiny", (folder / "artifacts").as_uri()), "training", {})
        model = log_segmenter(segmenter)
        run.log_numbers({"dice.mean": {0: 0.9}}, model)
        run.end()
    client, (run,) = runs_in(uri, "tiny")
    return uri, client, run, *logged_models(client, run)


@needs_mlflow
def test_the_segmenter_is_the_runs_model_and_its_scores_are_the_models(logged):
    _, _, run, model = logged
    assert (model.name, model.status.value) == ("segmenter", "READY")
    assert [output.model_id for output in run.outputs.model_outputs] == [model.model_id]
    assert [(metric.key, metric.value) for metric in model.metrics] == [("dice.mean", 0.9)]


@needs_mlflow
def test_the_logged_model_gives_the_masks_of_the_segmenter(logged, segmenter, monkeypatch):
    import mlflow

    uri, _, _, model = logged
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    xray = np.random.default_rng(1).integers(0, 255, (90, 130)).astype(np.uint8)
    found = mlflow.pyfunc.load_model(f"models:/{model.model_id}").predict(xray)
    expected = load_segmenter(segmenter).predict(xray)
    assert (found.shape, found.dtype) == ((90, 130), np.uint8)
    assert 0 < expected.sum() < expected.size
    np.testing.assert_array_equal(found, expected)


@needs_mlflow
def test_other_arrays_than_grey_levels_are_refused(logged, monkeypatch):
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", logged[0])
    model = mlflow.pyfunc.load_model(f"models:/{logged[-1].model_id}")
    for wrong in (np.zeros((9, 9)), np.zeros((1, 9, 9), np.uint8)):
        with pytest.raises(mlflow.MlflowException, match="schema"):
            model.predict(wrong)


@pytest.fixture
def files(logged, monkeypatch):
    """Return the files of the model by name."""
    from mlflow.artifacts import download_artifacts

    uri, _, _, model = logged
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    folder = Path(download_artifacts(f"models:/{model.model_id}"))
    return {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}


@needs_mlflow
def test_the_model_holds_the_segmenters_very_bytes_the_code_and_no_pickle(files, segmenter):
    assert files["artifacts/segmenter.zip"].read_bytes() == segmenter.read_bytes()
    code = {p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py")}
    assert {f"code/teeth_unet/{name}" for name in code} <= files.keys()
    assert [name for name in files if name.endswith((".pkl", ".pickle"))] == []


@needs_mlflow
def test_requirements_are_ranges(files):
    lines = files["requirements.txt"].read_text().split()
    assert {line.split("<")[0] for line in lines} == {"mlflow", *NEEDED}
    assert all(",>=" in line and "==" not in line for line in lines)


def test_all_that_a_segmenter_imports_is_named(segmenter):
    done = subprocess.run(
        [sys.executable, "-c", USED, str(segmenter)], capture_output=True, text=True, check=True
    )
    ours = {
        name.partition(".")[0]
        for path in PACKAGE.rglob("*.py")
        for name in _imports(path)
        if path.parts[len(PACKAGE.parts)] in {"segmentation", "imaging", "unet", "teeth", "storage"}
    }
    distributions = packages_distributions()
    used = {
        distributions[name][0] for name in ours & set(done.stdout.split()) if name in distributions
    }
    assert used - {"teeth-unet"} <= set(NEEDED)


def _imports(path):
    return imported_modules(path.read_text("utf-8"), types_too=False)
