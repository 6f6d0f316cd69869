"""The data_processing pipeline."""

from kedro.pipeline import Node, Pipeline

from teeth_unet.pipelines.data_processing import nodes


def create_pipeline() -> Pipeline:
    """From `raw_xrays` and `raw_masks` to `x_train` ... `y_test`."""
    return Pipeline(
        [
            Node(
                nodes.survey_masks,
                inputs=["raw_masks", "params:preparation"],
                outputs="mask_encoding",
                name="survey_masks",
            ),
            Node(
                nodes.prepare_cases,
                inputs=["raw_xrays", "raw_masks", "mask_encoding", "params:preparation"],
                outputs=[
                    "prepared_xrays",
                    "prepared_masks",
                    "inspected_cases",
                    "unusable_cases",
                ],
                name="prepare_cases",
            ),
            Node(
                nodes.inspect_tooth_numbers,
                inputs=["raw_tooth_labels", "raw_masks", "mask_encoding"],
                outputs="inspected_tooth_numbers",
                name="inspect_tooth_numbers",
            ),
            Node(
                nodes.prepare_tooth_numbers,
                inputs=[
                    "raw_tooth_labels",
                    "raw_masks",
                    "mask_encoding",
                    "inspected_cases",
                    "inspected_tooth_numbers",
                    "params:preparation",
                    "params:numbering",
                ],
                outputs="prepared_tooth_numbers",
                name="prepare_tooth_numbers",
            ),
            Node(
                nodes.report_quality,
                inputs=[
                    "inspected_cases",
                    "unusable_cases",
                    "prepared_xrays",
                    "prepared_masks",
                    "mask_encoding",
                    "inspected_tooth_numbers",
                    "params:quality",
                ],
                outputs="data_quality",
                name="report_quality",
            ),
            Node(
                nodes.split_cases,
                inputs=["inspected_cases", "data_quality", "params:split"],
                outputs="cases",
                name="split_cases",
            ),
            Node(
                nodes.draw_mask_images,
                inputs=["prepared_masks", "cases"],
                outputs="mask_images",
                name="draw_mask_images",
            ),
            *(
                Node(
                    select,
                    inputs=["prepared_xrays", "prepared_masks", "cases"],
                    outputs=[f"x_{part}", f"y_{part}"],
                    name=f"select_{part}_cases",
                )
                for part, select in (
                    ("train", nodes.select_train_cases),
                    ("validation", nodes.select_validation_cases),
                    ("test", nodes.select_test_cases),
                )
            ),
            Node(
                nodes.select_tooth_numbers,
                inputs=["prepared_tooth_numbers", "cases"],
                outputs=["numbers_train", "numbers_validation"],
                name="select_tooth_numbers",
            ),
        ]
    )
