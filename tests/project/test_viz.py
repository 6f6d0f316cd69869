"""What kedro-viz shows of the project: layers, previews, and nothing that alarms."""

import base64
import io
import json
import os
import shutil
from dataclasses import replace

import pytest
from PIL import Image

LAYERS = ["raw", "intermediate", "model_input", "models", "model_output", "reporting"]

PREVIEWS = {
    "raw_xrays": ("raw", "ImagePreview"),
    "raw_masks": ("raw", "ImagePreview"),
    "raw_tooth_labels": ("raw", "ImagePreview"),
    "prepared_xrays": ("intermediate", "ImagePreview"),
    "prepared_masks": ("intermediate", "ImagePreview"),
    "mask_images": ("intermediate", "ImagePreview"),
    "inspected_cases": ("intermediate", "TablePreview"),
    "unusable_cases": ("intermediate", "JSONPreview"),
    "mask_encoding": ("intermediate", "JSONPreview"),
    "inspected_tooth_numbers": ("intermediate", "JSONPreview"),
    "cases": ("intermediate", "TablePreview"),
    "data_quality": ("intermediate", "JSONPreview"),
    "x_train": ("model_input", "ImagePreview"),
    "y_train": ("model_input", "ImagePreview"),
    "x_validation": ("model_input", "ImagePreview"),
    "y_validation": ("model_input", "ImagePreview"),
    "x_test": ("model_input", "ImagePreview"),
    "y_test": ("model_input", "ImagePreview"),
    "compiled_unet": ("models", "TablePreview"),
    "fitted_unet": ("models", "TablePreview"),
    "training_history": ("model_output", "JSONPreview"),
    "training_record": ("model_output", "JSONPreview"),
    "training_versions": ("model_output", "JSONPreview"),
    "validation_probabilities": ("model_output", "ImagePreview"),
    "decision_threshold": ("model_output", "JSONPreview"),
    "predicted_probabilities": ("model_output", "ImagePreview"),
    "predicted_masks": ("model_output", "ImagePreview"),
    "case_scores": ("model_output", "TablePreview"),
    "calibration": ("model_output", "JSONPreview"),
    "scores": ("model_output", "JSONPreview"),
    "segmenter": ("model_output", "JSONPreview"),
    "fitted_numbering": ("models", "JSONPreview"),
    "numbering_history": ("model_output", "JSONPreview"),
    "numbering_record": ("model_output", "JSONPreview"),
    "predicted_tooth_labels": ("model_output", "ImagePreview"),
    "predicted_tooth_numbers": ("model_output", "ImagePreview"),
    "numbered_teeth": ("model_output", "TablePreview"),
    "tooth_charts": ("model_output", "TablePreview"),
    "measured_teeth": ("model_output", "TablePreview"),
    "tooth_scores": ("model_output", "JSONPreview"),
    "tooth_number_scores": ("model_output", "TablePreview"),
    "model_summary": ("reporting", "HTMLPreview"),
    "sample_plot": ("reporting", "ImagePreview"),
    "training_curves": ("reporting", "ImagePreview"),
    "prediction_plots": ("reporting", "ImagePreview"),
    "tooth_plots": ("reporting", "ImagePreview"),
    "chart_plots": ("reporting", "ImagePreview"),
    "report": ("reporting", "HTMLPreview"),
}

# No checkpoint is left of a training that is done, and no numbers are learned in this one.
NOTHING_TO_SHOW = {
    "checkpoints": "models",
    "numbering_checkpoints": "models",
    "fold_checkpoints": "models",
    "fold_probabilities": "model_output",
    "prepared_tooth_numbers": "intermediate",
    "numbers_train": "model_input",
    "numbers_validation": "model_input",
}


class Site:
    """What `kedro viz build --include-previews` has made of a project, and what it printed."""

    def __init__(self, project, environment):
        with pytest.MonkeyPatch.context() as patch:
            # `build` has no option for the environment.
            patch.setenv("KEDRO_ENV", environment)
            # Kedro-viz must do without them: each is found here first, and cannot be imported.
            forbidden = project.path / "forbidden"
            forbidden.mkdir()
            for name in ("tensorflow", "keras"):
                (forbidden / f"{name}.py").write_text("raise ImportError('takes seconds')")
            patch.setenv("PYTHONPATH", str(forbidden), prepend=os.pathsep)
            self.printed = project.kedro("viz", "build", "--include-previews")
        self.api = project.path / "build" / "api"
        self.graph = json.loads((self.api / "main").read_text())
        self.entries = {
            node["name"]: node for node in self.graph["nodes"] if node["type"] == "data"
        }

    def details(self, name):
        return json.loads((self.api / "nodes" / self.entries[name]["id"]).read_text())


@pytest.fixture(scope="module")
def site(finished_project, tmp_path_factory):
    path = tmp_path_factory.mktemp("viz") / "project"
    shutil.copytree(finished_project.path, path)
    return Site(replace(finished_project, path=path), "tiny")


def test_layers_are_in_the_order_of_the_data(site):
    assert site.graph["layers"] == LAYERS


@pytest.mark.parametrize("pipeline", ["training", "inference", "export", "cross_validation"])
def test_every_pipeline_is_drawn_in_layers(site, pipeline):
    graph = json.loads((site.api / "pipelines" / pipeline).read_text())
    assert graph["layers"]  # none are drawn where data would flow back to an earlier one


def test_the_default_graph_is_four_boxes_that_open(site):
    boxes = {"data_processing", "data_science", "teeth", "reporting"}
    tree = site.graph["modular_pipelines"]
    assert tree.keys() == boxes | {"__root__"}
    at_first = {child["id"]: child["type"] for child in tree["__root__"]["children"]}
    assert {name for name, kind in at_first.items() if kind == "modularPipeline"} == boxes
    assert "task" not in at_first.values()


def test_every_entry_of_the_graph_is_expected_here(site):
    assert set(site.entries) == {*PREVIEWS, *NOTHING_TO_SHOW, "start"}


@pytest.mark.parametrize(("name", "layer"), NOTHING_TO_SHOW.items())
def test_where_there_is_nothing_to_show_there_is_a_layer_alone(site, name, layer):
    assert site.entries[name]["layer"] == layer
    assert not site.details(name).get("preview")


@pytest.mark.parametrize(("name", "layer", "kind"), [(n, *rest) for n, rest in PREVIEWS.items()])
def test_every_entry_has_a_layer_and_a_preview(site, name, layer, kind):
    assert site.entries[name]["layer"] == layer
    details = site.details(name)
    assert details["preview_type"] == kind
    assert details["preview"]


@pytest.mark.parametrize("name", [name for name, (_, kind) in PREVIEWS.items() if "Image" in kind])
def test_pictures_have_the_shape_of_the_panel(site, name):
    picture = Image.open(io.BytesIO(base64.b64decode(site.details(name)["preview"])))
    assert picture.size == (1200, 800)
    assert picture.getchannel(0).getextrema()[1] > 0


def test_tables_and_texts_show_what_is_in_the_files(site):
    assert len(site.details("cases")["preview"]["data"]) == 8
    assert "dice" in site.details("case_scores")["preview"]["columns"]
    assert json.loads(site.details("scores")["preview"])["cases"] == 2
    assert json.loads(site.details("training_history")["preview"])["epoch"] == [1, 2]
    layers = [row[0] for row in site.details("fitted_unet")["preview"]["data"]]
    assert layers[0] == "xray"
    assert layers[-1] == "probability"
    assert "Trainable params" in site.details("model_summary")["preview"]


@pytest.mark.parametrize("environment", ["base", "abdi"])
def test_before_the_first_run_there_is_a_graph_and_nothing_is_fetched(project, environment):
    site = Site(project, environment)
    assert site.graph["layers"] == LAYERS
    assert site.details("cases")["preview"] is None
    assert project.files() == set()
    assert_calm(site)


def test_nothing_alarming_is_printed(site):
    assert_calm(site)


def assert_calm(site):
    for word in ("Warning", "WARNING", "could not be previewed", "ERROR", "Traceback", "Circular"):
        assert word not in site.printed
