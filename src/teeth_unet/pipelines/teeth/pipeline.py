"""The teeth pipeline."""

from kedro.pipeline import Node, Pipeline

from teeth_unet.pipelines.teeth import nodes


def create_pipeline() -> Pipeline:
    """From `predicted_probabilities` to `measured_teeth`, `tooth_scores` and `tooth_plots`."""
    return Pipeline(
        [
            Node(
                nodes.separate_teeth,
                inputs=["predicted_probabilities", "decision_threshold", "cases", "case_scores"],
                outputs="predicted_tooth_labels",
                name="separate_teeth",
            ),
            Node(
                nodes.measure_teeth,
                inputs="predicted_tooth_labels",
                outputs="measured_teeth",
                name="measure_teeth",
            ),
            Node(
                nodes.score_teeth,
                inputs=[
                    "predicted_tooth_labels",
                    "predicted_probabilities",
                    "raw_tooth_labels",
                    "raw_masks",
                    "mask_encoding",
                    "cases",
                    "case_scores",
                ],
                outputs="tooth_scores",
                name="score_teeth",
            ),
            Node(
                nodes.plot_teeth,
                inputs=["raw_xrays", "predicted_tooth_labels", "case_scores", "params:plots"],
                outputs="tooth_plots",
                name="plot_teeth",
            ),
        ]
    )
