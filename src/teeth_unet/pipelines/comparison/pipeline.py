"""The comparison pipeline."""

from kedro.pipeline import Node, Pipeline

from teeth_unet.pipelines.comparison import nodes


def create_pipeline() -> Pipeline:
    """From two tables of case scores to `comparison`."""
    return Pipeline(
        [
            Node(
                nodes.compare_cases,
                inputs=["baseline_case_scores", "candidate_case_scores"],
                outputs="comparison",
                name="compare_cases",
                tags="of_different_runs",
            ),
        ]
    )
