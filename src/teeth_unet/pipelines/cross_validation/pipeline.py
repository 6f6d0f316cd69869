"""The cross_validation pipeline."""

import warnings

from kedro.pipeline import Node, Pipeline

from teeth_unet.pipelines.cross_validation import nodes, numbering_nodes


def create_pipeline(
    folds: int, processing: Pipeline, science: Pipeline, teeth: Pipeline
) -> Pipeline:
    """From `raw_xrays` and `raw_masks` to `cross_validation_scores`.

    Every fold is a copy of data_science under its own name, `fold_01` and so on, with its own
    compiled and fitted network, arrays, history and scores. They share the prepared pictures, what
    trainings begin with and all parameters, and nothing else. What comes before and after the folds
    is grouped by name alone, for kedro-viz.

    Args:
        folds: Number of folds.
        processing: The pipeline data_processing, whose pictures all folds share.
        science: The pipeline data_science, of which each fold is a copy.
        teeth: The pipeline teeth, by which each fold numbers the teeth of its own cases.
    """
    names = [f"fold_{fold:02d}" for fold in range(1, folds + 1)]
    with warnings.catch_warnings():
        # Kedro advises against names with dots outside of namespaces: these are the folds' own.
        warnings.filterwarnings("ignore", "One or more dataset names contain '.'")
        around = [
            _group(
                "data_processing",
                processing.only_nodes(
                    "survey_masks",
                    "prepare_cases",
                    "inspect_tooth_numbers",
                    "prepare_tooth_numbers",
                    "report_quality",
                ),
            ),
            _group("fold_assignment", _before_the_folds(names)),
            _group("fold_summary", _after_the_folds(names)),
        ]
        return sum(
            (_one_fold(name, processing, science, teeth) for name in names), Pipeline(around)
        )


def _group(name: str, pipeline: Pipeline) -> Pipeline:
    return Pipeline(pipeline, namespace=name, prefix_datasets_with_namespace=False)


def _before_the_folds(names: list[str]) -> Pipeline:
    return Pipeline(
        [
            Node(
                nodes.assign_folds,
                inputs=["inspected_cases", "data_quality", "params:cross_validation"],
                outputs="folds",
                name="assign_folds",
            ),
            Node(
                nodes.split_folds,
                inputs=["folds", "params:cross_validation", "params:split"],
                outputs=[f"{name}.cases" for name in names],
                name="split_folds",
            ),
        ]
    )


def _after_the_folds(names: list[str]) -> Pipeline:
    return Pipeline(
        [
            Node(
                nodes.gather_case_scores,
                inputs=["folds", *(f"{name}.case_scores" for name in names)],
                outputs="cross_validation_case_scores",
                name="gather_case_scores",
            ),
            Node(
                nodes.summarise_folds,
                inputs=[
                    "cross_validation_case_scores",
                    "params:scoring",
                    *(f"{name}.scores" for name in names),
                ],
                outputs="cross_validation_scores",
                name="summarise_folds",
            ),
            Node(
                numbering_nodes.score_numbers,
                inputs=[
                    "folds",
                    "raw_tooth_labels",
                    "raw_masks",
                    "mask_encoding",
                    "inspected_tooth_numbers",
                    *(f"{name}.predicted_tooth_numbers" for name in names),
                    *(f"{name}.numbered_teeth" for name in names),
                    *(f"{name}.numbering_record" for name in names),
                ],
                outputs=["cross_validation_tooth_scores", "cross_validation_tooth_number_scores"],
                name="score_numbers",
            ),
            Node(
                nodes.write_cross_validation_report,
                inputs=[
                    "cross_validation_case_scores",
                    "cross_validation_scores",
                    "cross_validation_tooth_scores",
                    "cross_validation_tooth_number_scores",
                    "data_quality",
                    "params:report",
                ],
                outputs="cross_validation_report",
                name="write_cross_validation_report",
            ),
            # Only when all folds are done: a run that is killed in between and repeated finds
            # each finished training in its checkpoint, and does not train it again.
            Node(
                nodes.discard_checkpoints,
                inputs=[
                    "cross_validation_scores",
                    *(f"{name}.checkpoints" for name in names),
                    *(f"{name}.numbering_checkpoints" for name in names),
                ],
                outputs=None,
                name="discard_checkpoints",
            ),
        ]
    )


def _one_fold(name: str, processing: Pipeline, science: Pipeline, teeth: Pipeline) -> Pipeline:
    training = science - science.only_nodes("discard_checkpoint", "discard_numbering_checkpoint")
    training += processing.only_nodes(
        "select_train_cases",
        "select_validation_cases",
        "select_test_cases",
        "select_tooth_numbers",
    )
    training += teeth.only_nodes("number_teeth")
    parameters = {each for each in training.inputs() if each.startswith("params:")}
    return Pipeline(
        training,
        namespace=name,
        inputs={
            *("prepared_xrays", "prepared_masks", "prepared_tooth_numbers"),
            *("raw_xrays", "raw_masks", "mask_encoding", "start"),
        },
        parameters=parameters,
    )
