"""The pretraining pipeline."""

from kedro.pipeline import Node, Pipeline

from teeth_unet.pipelines.data_science.nodes import make_segmenter
from teeth_unet.pipelines.pretraining import nodes, numbering_nodes

NAME = "pretraining"


def create_pipeline(science: Pipeline) -> Pipeline:
    """From settings alone to `pretraining.segmenter` and `pretraining.numbering`.

    The way to the first is a copy of data_science under its own name, with cases that are drawn for
    it, and weights that are rounded before they are scored. The second learns from the same cases.

    Args:
        science: The pipeline data_science.
    """
    fitting = Pipeline(science.only_nodes("fit_unet"), outputs={"fitted_unet": "full_unet"})
    others = "fit_numbering", "discard_numbering_checkpoint", "make_segmenter"
    rest = science - science.only_nodes("fit_unet", "record_training", *others)
    return Pipeline(
        Pipeline(_own_nodes()) + fitting + rest + Pipeline(_numbering_nodes()),
        namespace=NAME,
        parameters={"params:scoring"},
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
        # Without the network that tells numbers: that serves all segmenters, and is a file of its
        # own.
        Node(
            make_segmenter,
            inputs=[
                *("fitted_unet", "x_train", "decision_threshold", "training_record", "scores"),
                "params:prediction",
                "params:report",
            ],
            outputs="segmenter",
            name="make_segmenter",
        ),
    ]


def _numbering_nodes() -> list[Node]:
    network, training = "params:numbering.network", "params:numbering.training"
    return [
        Node(
            numbering_nodes.draw_numbers,
            inputs=[
                *("raw_numbers", "cases", "drawn_by", "params:preparation"),
                network,
                "number_drawings",
            ],
            outputs=["numbers_train", "numbers_validation", "numbers_test"],
            name="draw_numbers",
        ),
        Node(
            numbering_nodes.discard_number_drawings,
            inputs=["numbers_test", "number_drawings"],
            outputs=None,
            name="discard_number_drawings",
        ),
        Node(
            numbering_nodes.fit_numbering,
            inputs=[
                *("x_train", "numbers_train", "x_validation", "numbers_validation"),
                network,
                training,
                "numbering_checkpoints",
            ],
            outputs=["fitted_numbering", "numbering_history", "numbering_versions"],
            name="fit_numbering",
        ),
        Node(
            nodes.record_fitting,
            inputs=[
                *("numbering_history", "numbering_versions", "cases", "drawn_by"),
                "params:preparation",
                network,
                training,
            ],
            outputs="numbering_record",
            name="record_numbering",
        ),
        Node(
            numbering_nodes.score_numbering,
            inputs=["fitted_numbering", "x_test", "numbers_test"],
            outputs="numbering_scores",
            name="score_numbering",
        ),
        Node(
            numbering_nodes.make_numbering,
            inputs=["fitted_numbering", "numbering_record", "numbering_scores"],
            outputs="numbering",
            name="make_numbering",
        ),
        Node(
            numbering_nodes.discard_numbering_checkpoint,
            inputs=["numbering_scores", "numbering_checkpoints"],
            outputs=None,
            name="discard_numbering_checkpoint",
        ),
    ]
