"""The reporting pipeline."""

from kedro.pipeline import Node, Pipeline

from teeth_unet.pipelines.reporting import nodes


def create_pipeline() -> Pipeline:
    """From models, histories and predictions to `model_summary`, the plots and `report`."""
    return Pipeline(
        [
            Node(
                nodes.summarise_model,
                inputs="compiled_unet",
                outputs="model_summary",
                name="summarise_model",
            ),
            Node(
                nodes.plot_sample,
                inputs=["prepared_xrays", "prepared_masks", "cases", "params:plots"],
                outputs="sample_plot",
                name="plot_sample",
            ),
            Node(
                nodes.plot_training_curves,
                inputs="training_history",
                outputs="training_curves",
                name="plot_training_curves",
            ),
            Node(
                nodes.plot_predictions,
                inputs=[
                    "x_test",
                    "y_test",
                    "predicted_masks",
                    "cases",
                    "case_scores",
                    "params:plots",
                ],
                outputs="prediction_plots",
                name="plot_predictions",
            ),
            Node(
                nodes.write_report,
                inputs=[
                    "cases",
                    "data_quality",
                    "training_record",
                    "training_history",
                    "model_summary",
                    "decision_threshold",
                    "case_scores",
                    "scores",
                    "x_test",
                    "y_test",
                    "predicted_masks",
                    "tooth_charts",
                    "tooth_scores",
                    "tooth_number_scores",
                    "params:split",
                    "params:report",
                ],
                outputs="report",
                name="write_report",
            ),
        ]
    )
