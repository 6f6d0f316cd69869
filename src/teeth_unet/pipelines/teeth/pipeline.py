"""The teeth pipeline."""

from kedro.pipeline import Node, Pipeline

from teeth_unet.pipelines.teeth import nodes, scoring_nodes


def create_pipeline() -> Pipeline:
    """From `predicted_probabilities` to numbered teeth, `tooth_scores` and pictures of both."""
    return Pipeline(
        [
            Node(
                nodes.number_teeth,
                inputs=[
                    "predicted_probabilities",
                    "decision_threshold",
                    "raw_xrays",
                    "fitted_numbering",
                    "cases",
                    "case_scores",
                ],
                outputs=[
                    "predicted_tooth_labels",
                    "predicted_tooth_numbers",
                    "numbered_teeth",
                    "tooth_charts",
                ],
                name="number_teeth",
            ),
            Node(
                nodes.measure_teeth,
                inputs=["predicted_tooth_labels", "numbered_teeth"],
                outputs="measured_teeth",
                name="measure_teeth",
            ),
            Node(
                scoring_nodes.score_teeth,
                inputs=[
                    "predicted_tooth_labels",
                    "predicted_tooth_numbers",
                    "numbered_teeth",
                    "predicted_probabilities",
                    "raw_tooth_labels",
                    "raw_masks",
                    "mask_encoding",
                    "inspected_tooth_numbers",
                    "cases",
                    "case_scores",
                    "numbering_record",
                ],
                outputs=["tooth_scores", "tooth_number_scores"],
                name="score_teeth",
            ),
            Node(
                nodes.plot_teeth,
                inputs=[
                    "raw_xrays",
                    "predicted_tooth_labels",
                    "numbered_teeth",
                    "case_scores",
                    "params:plots",
                ],
                outputs="tooth_plots",
                name="plot_teeth",
            ),
            Node(
                nodes.plot_charts,
                inputs=["tooth_charts", "case_scores", "params:plots"],
                outputs="chart_plots",
                name="plot_charts",
            ),
        ]
    )
