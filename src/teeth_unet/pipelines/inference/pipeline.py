"""The inference pipeline."""

from kedro.pipeline import Node, Pipeline

from teeth_unet.pipelines.inference import nodes


def create_pipeline() -> Pipeline:
    """From `new_xrays` and `segmenter` to the tables of cases, teeth and charts."""
    return Pipeline(
        [
            Node(
                nodes.segment_xrays,
                inputs=[
                    "new_xrays",
                    "segmenter",
                    "fold_segmenters",
                    "params:inference",
                    "params:quality",
                    "inference_results",
                ],
                outputs="inference_summary",
                name="segment_xrays",
                tags="of_different_runs",
            ),
            Node(
                nodes.gather_tables,
                inputs=["inference_summary", "inference_results"],
                outputs=["inference_cases", "inference_teeth", "inference_charts"],
                name="gather_tables",
            ),
            Node(
                nodes.refuse_failures,
                inputs=["inference_cases", "inference_summary"],
                outputs=None,
                name="refuse_failures",
            ),
        ]
    )
