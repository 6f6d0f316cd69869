"""Places given by --params are read by the pipeline asked for, or refused."""

import json

import pytest

CASES = [
    # pipeline, environment, what is given, whether it is taken, what is said if not
    ("inference", "base", "xrays", True, ""),
    ("inference", "folder", "xrays", True, ""),
    ("inference", "base", "results", True, ""),
    ("inference", "base", "segmenter", True, ""),
    ("inference", "base", "masks", False, "--env folder"),
    ("inference", "folder", "masks", False, "It is for cross_validation, data_processing"),
    ("inference", "base", "tooth_labels", False, "tooth_labels"),
    ("inference", "base", "baseline", False, "It is for comparison."),
    ("training", "base", "xrays", False, "--env folder"),
    ("training", "folder", "xrays", True, ""),
    ("training", "abdi", "masks", True, ""),
    ("training", "base", "baseline", False, "It is for comparison."),
    ("training", "base", "candidate", False, "It is for comparison."),
    ("training", "base", "results", False, "It is for inference."),
    ("data_science", "folder", "masks", True, ""),
    ("data_science", "folder", "xrays", True, ""),  # both, as the first run was given them
    ("teeth", "folder", "masks", True, ""),
    ("teeth", "folder", "tooth_labels", True, ""),
    ("teeth", "base", "tooth_labels", False, "tooth_labels"),
    ("reporting", "folder", "xrays", False, "It is for"),
    ("reporting", "base", "segmenter", False, "It is for export, inference."),
    ("training", "base", "segmenter", False, "It is for export, inference."),
    ("cross_validation", "abdi", "segmenter", False, "It is for export, inference."),
    ("export", "base", "segmenter", True, ""),
    ("cross_validation", "abdi", "xrays", True, ""),
    ("comparison", "base", "baseline", True, ""),
    ("comparison", "base", "xrays", False, "--env folder"),
    ("inference", "base", "xray", False, "did you mean 'xrays'?"),
]

# The checks by themselves: a run for each would take minutes.
SCRIPT = """
import json, sys
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from teeth_unet.hooks import ParameterChecks
bootstrap_project(".")
told = []
for pipeline, environment, name in json.loads(sys.argv[1]):
    given = {name: "somewhere"} | ({"baseline": "x"} if pipeline == "comparison" else {})
    with KedroSession.create(".", env=environment, runtime_params=given) as session:
        checks = ParameterChecks()
        checks.after_context_created(session.load_context())
        run_params = {"runtime_params": given, "pipeline_names": [pipeline]}
        try:
            checks.before_pipeline_run(run_params, pipelines[pipeline])
            told.append("")
        except Exception as error:
            told.append(str(error))
print(">>>" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(finished_project):
    cases = json.dumps([case[:3] for case in CASES])
    printed = finished_project.python("-c", SCRIPT, cases)
    found = json.loads(printed[printed.index(">>>") + 3 :].splitlines()[0])
    return dict(zip([case[:3] for case in CASES], found, strict=True))


@pytest.mark.parametrize(("pipeline", "environment", "name", "taken", "said"), CASES)
def test_a_place_is_taken_by_a_pipeline_that_reads_it(
    told, pipeline, environment, name, taken, said
):
    message = told[pipeline, environment, name]
    assert (message == "") == taken, message
    assert said in message
    if not taken:
        assert name in message
