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

THERE, NOWHERE = "pyproject.toml", "nowhere.zip"
GIVEN = [(*case[:3], THERE, None) for case in CASES]

FILES = [
    ("inference", "segmenter"),
    ("export", "segmenter"),
    ("comparison", "baseline"),
    ("comparison", "candidate"),
]
GIVEN += [(pipeline, "base", name, NOWHERE, None) for pipeline, name in FILES]

CHOSEN = ("data_processing", "folder", "xrays", THERE, "data_processing.split_cases")
GIVEN.append(CHOSEN)

# The checks by themselves: a run for each would take minutes.
SCRIPT = """
import json, sys
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from teeth_unet.hooks import ParameterChecks
bootstrap_project(".")
told = []
for pipeline, environment, name, place, first in json.loads(sys.argv[1]):
    given = {"baseline": "pyproject.toml"} if pipeline == "comparison" else {}
    given |= {name: place}
    with KedroSession.create(".", env=environment, runtime_params=given) as session:
        checks = ParameterChecks()
        context = session.load_context()
        checks.after_context_created(context)
        nodes = pipelines[pipeline]
        nodes = nodes.from_nodes(first) if first else nodes
        run_params = {"runtime_params": given, "pipeline_names": [pipeline]}
        try:
            checks.before_pipeline_run(run_params, nodes, context.catalog)
            told.append("")
        except Exception as error:
            told.append(str(error))
print(">>>" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(finished_project):
    printed = finished_project.python("-c", SCRIPT, json.dumps(GIVEN))
    found = json.loads(printed[printed.index(">>>") + 3 :].splitlines()[0])
    return dict(zip(GIVEN, found, strict=True))


@pytest.mark.parametrize(("pipeline", "environment", "name", "taken", "said"), CASES)
def test_a_place_is_taken_by_a_pipeline_that_reads_it(
    told, pipeline, environment, name, taken, said
):
    message = told[pipeline, environment, name, THERE, None]
    assert (message == "") == taken, message
    assert said in message
    if not taken:
        assert name in message


@pytest.mark.parametrize(("pipeline", "name"), FILES)
def test_a_file_that_is_not_there_is_told_of_by_its_parameter(told, pipeline, name):
    message = told[pipeline, "base", name, NOWHERE, None]
    assert message.startswith(f"--params {name}: expected the path of a file, found {NOWHERE}")


def test_chosen_nodes_that_do_not_read_a_place_are_told_from_their_pipeline(told):
    assert "for other nodes than the chosen ones" in told[CHOSEN]
