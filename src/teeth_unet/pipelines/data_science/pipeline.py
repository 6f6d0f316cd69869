"""The data_science pipeline."""

from kedro.pipeline import Node, Pipeline

from teeth_unet.pipelines.data_science import fold_nodes, nodes, numbering_nodes, scoring_nodes


def create_helping_pipeline() -> Pipeline:
    """The training alone, for all processes of one but the first; nothing is saved."""
    compiling = create_pipeline().only_nodes("compile_unet")
    helping = Node(
        nodes.help_to_fit_unet,
        inputs=[
            "compiled_here",
            "x_train",
            "y_train",
            "x_validation",
            "y_validation",
            "params:training",
        ],
        outputs=None,
        name="fit_unet",
    )
    return Pipeline(
        [*Pipeline(compiling, outputs={"compiled_unet": "compiled_here"}).nodes, helping]
    )


def create_pipeline() -> Pipeline:
    """From `x_train` ... `y_test` to `fitted_unet`, `fitted_numbering`, `scores`, `segmenter`."""
    return Pipeline(
        [
            Node(
                nodes.compile_unet,
                inputs=[
                    "cases",
                    "params:preparation",
                    "params:network",
                    "params:training",
                    "start",
                ],
                outputs="compiled_unet",
                name="compile_unet",
            ),
            Node(
                nodes.fit_unet,
                inputs=[
                    "compiled_unet",
                    "x_train",
                    "y_train",
                    "x_validation",
                    "y_validation",
                    "params:training",
                    "checkpoints",
                ],
                outputs=["fitted_unet", "training_history", "training_versions"],
                name="fit_unet",
            ),
            Node(
                fold_nodes.fit_folds,
                inputs=[
                    "compiled_unet",
                    "x_train",
                    "y_train",
                    "cases",
                    "params:network",
                    "params:training",
                    "params:prediction",
                    "fold_checkpoints",
                ],
                outputs="fold_probabilities",
                name="fit_folds",
            ),
            Node(
                nodes.discard_checkpoint,
                inputs=["scores", "checkpoints", "fold_checkpoints"],
                outputs=None,
                name="discard_checkpoint",
            ),
            Node(
                nodes.record_training,
                inputs=[
                    "training_history",
                    "training_versions",
                    "cases",
                    "params:preparation",
                    "params:network",
                    "params:training",
                    "start",
                ],
                outputs="training_record",
                name="record_training",
            ),
            Node(
                nodes.predict_probabilities,
                inputs=["fitted_unet", "x_validation", "params:prediction"],
                outputs="validation_probabilities",
                name="predict_validation_cases",
            ),
            Node(
                scoring_nodes.choose_threshold,
                inputs=[
                    "validation_probabilities",
                    "y_validation",
                    "fold_probabilities",
                    "y_train",
                    "cases",
                ],
                outputs="decision_threshold",
                name="choose_threshold",
            ),
            Node(
                nodes.predict_test_cases,
                inputs=["fitted_unet", "x_test", "params:prediction", "fold_probabilities"],
                outputs="predicted_probabilities",
                name="predict_test_cases",
            ),
            Node(
                scoring_nodes.predict_masks,
                inputs=["predicted_probabilities", "decision_threshold", "cases"],
                outputs="predicted_masks",
                name="predict_masks",
            ),
            Node(
                scoring_nodes.score_cases,
                inputs=[
                    "y_test",
                    "predicted_probabilities",
                    "decision_threshold",
                    "raw_masks",
                    "mask_encoding",
                    "cases",
                    "training_record",
                    "params:scoring",
                ],
                outputs="case_scores",
                name="score_cases",
            ),
            Node(
                scoring_nodes.measure_calibration,
                inputs=["predicted_probabilities", "y_test", "params:scoring"],
                outputs="calibration",
                name="measure_calibration",
            ),
            Node(
                scoring_nodes.summarise_scores,
                inputs=[
                    "case_scores",
                    "calibration",
                    "decision_threshold",
                    "training_record",
                    "params:scoring",
                ],
                outputs="scores",
                name="summarise_scores",
            ),
            Node(
                numbering_nodes.fit_numbering,
                inputs=[
                    "x_train",
                    "numbers_train",
                    "x_validation",
                    "numbers_validation",
                    "cases",
                    "params:preparation",
                    "params:numbering",
                    "start",
                    "numbering_checkpoints",
                ],
                outputs=["fitted_numbering", "numbering_history", "numbering_record"],
                name="fit_numbering",
            ),
            Node(
                numbering_nodes.discard_numbering_checkpoint,
                inputs=["numbering_record", "numbering_checkpoints"],
                outputs=None,
                name="discard_numbering_checkpoint",
            ),
            Node(
                nodes.make_segmenter,
                inputs=[
                    "fitted_unet",
                    "x_train",
                    "decision_threshold",
                    "training_record",
                    "scores",
                    "params:prediction",
                    "params:report",
                    "fitted_numbering",
                    "numbering_record",
                ],
                outputs="segmenter",
                name="make_segmenter",
            ),
        ]
    )
