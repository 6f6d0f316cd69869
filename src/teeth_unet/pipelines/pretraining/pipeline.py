"""The pretraining pipeline."""

from kedro.pipeline import Node, Pipeline

from teeth_unet.pipelines.pretraining import nodes

NAME = "pretraining"


def create_pipeline(science: Pipeline) -> Pipeline:
    """From settings alone to `pretraining.segmenter`.

    It is a copy of data_science under its own name, with cases that are drawn for it, and weights
    that are rounded before they are scored.

    Args:
        science: The pipeline data_science.
    """
    fitting = Pipeline(science.only_nodes("fit_unet"), outputs={"fitted_unet": "full_unet"})
    rest = science - science.only_nodes("fit_unet", "record_training")
    return Pipeline(
        Pipeline(_own_nodes()) + fitting + rest, namespace=NAME, parameters={"params:scoring"}
    )


def _own_nodes() -> list[Node]:
    return [
        Node(
            nodes.draw_cases,
            inputs=["raw_xrays", "raw_masks", "params:preparation", "params:split", "drawings"],
            outputs=[
                *("x_train", "y_train", "x_validation", "y_validation", "x_test", "y_test"),
                "cases",
                "mask_encoding",
                "drawn_by",
            ],
            name="draw_cases",
        ),
        Node(
            nodes.discard_drawings,
            inputs=["cases", "drawings"],
            outputs=None,
            name="discard_drawings",
        ),
        Node(
            nodes.record_training,
            inputs=[
                "training_history",
                "training_versions",
                "cases",
                "drawn_by",
                "params:preparation",
                "params:network",
                "params:training",
                "start",
            ],
            outputs="training_record",
            name="record_training",
        ),
        Node(nodes.round_weights, inputs="full_unet", outputs="fitted_unet", name="round_weights"),
    ]
