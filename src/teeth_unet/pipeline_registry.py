"""All pipelines by name."""

from kedro.pipeline import Pipeline

from teeth_unet.pipelines import data_processing, data_science, reporting


def register_pipelines() -> dict[str, Pipeline]:
    """Return every pipeline that `kedro run --pipeline NAME` knows.

    Each is built here by name: Kedro's own search loads only the folder of the pipeline that is
    asked for, and `training` is made of three.
    """
    parts = {
        "data_processing": data_processing.create_pipeline(),
        "data_science": data_science.create_pipeline(),
        "reporting": reporting.create_pipeline(),
    }
    training = sum(parts.values(), Pipeline([]))
    return {**parts, "training": training, "__default__": training}
