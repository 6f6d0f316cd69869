"""The export pipeline."""

from kedro.pipeline import Node, Pipeline

from teeth_unet.pipelines.export import nodes


def create_pipeline() -> Pipeline:
    """From `segmenter` to `exported_models`, by way of `export_comparison`."""
    return Pipeline(
        [
            Node(
                nodes.convert_network,
                inputs=["segmenter", "x_train", "params:export"],
                outputs="unchecked_models",
                name="convert_network",
            ),
            Node(
                nodes.compare_formats,
                inputs=[
                    "unchecked_models",
                    "segmenter",
                    "x_test",
                    "y_test",
                    "cases",
                    "params:export",
                ],
                outputs="export_comparison",
                name="compare_formats",
            ),
            Node(
                nodes.add_model_card,
                inputs=["unchecked_models", "export_comparison", "segmenter", "params:report"],
                outputs="exported_models",
                name="add_model_card",
            ),
        ]
    )
