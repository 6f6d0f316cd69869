"""The inference pipeline."""

from functools import partial, update_wrapper

from kedro.pipeline import Node, Pipeline

from teeth_unet.inference import InferenceSummary
from teeth_unet.pipelines.inference import nodes

OF_SEGMENTING = [
    "new_xrays",
    "segmenter",
    "fold_segmenters",
    "params:inference",
    "params:quality",
    "inference_results",
]


def create_pipeline(shards: int = 1) -> Pipeline:
    """From `new_xrays` and `segmenter` to the tables of cases, teeth and charts.

    Args:
        shards: Into how many nodes segmenting is cut; one is done by `segment_xrays`.
    """
    return Pipeline(
        [
            *(_segment_all() if shards == 1 else _segment_in_shards(shards)),
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


def _segment_all() -> list[Node]:
    return [
        Node(
            nodes.segment_xrays,
            inputs=OF_SEGMENTING,
            outputs="inference_summary",
            name="segment_xrays",
            tags="of_different_runs",
        )
    ]


def _segment_in_shards(shards: int) -> list[Node]:
    summaries = {number: f"shard_{number:03d}_summary" for number in range(1, shards + 1)}
    segmenting = [
        Node(
            _of_shard(number),
            inputs=OF_SEGMENTING,
            outputs=summary,
            name=f"segment_shard_{number:03d}",
            tags="of_different_runs",
        )
        for number, summary in summaries.items()
    ]
    joining = Node(
        nodes.join_shards,
        inputs=["params:inference", "inference_results", *summaries.values()],
        outputs="inference_summary",
        name="join_shards",
        tags="of_different_runs",
    )
    return [*segmenting, joining]


def _of_shard(number: int) -> "partial[InferenceSummary]":
    """Return the node's function with its name, docstring and types, as Kedro reads them."""
    function = partial(nodes.segment_shard, shard=number)
    update_wrapper(function, nodes.segment_shard)
    return function
