"""Paths given to the `kedro` command are the folders that are read and written, and no others."""

import json
import shutil

import pandas as pd
import pytest
import yaml
from PIL import Image

from teeth_unet.phantoms import PhantomSettings, draw_xray

XRAY = Image.fromarray(draw_xray(PhantomSettings(cases=1, seed=9, width=(120, 140)), 0))

# The folder of X-rays, and that of the results.
NAMES = [
    ("scan #2", "2024_01"),
    ("a: b", "a,b"),
    ("${oc.env:HOME}", 'it\'s "x" & 50 % [new] {1} '),
    ("\u0437\u0443\u0431\u044b=1", "out/ #1"),
]

DECOYS = {"scan", "202401", "a", "1e3"}


def infer(project, *options, code=0):
    return project.kedro("run", "--pipeline", "inference", "--env", "tiny", *options, code=code)


@pytest.fixture(scope="module")
def shared(finished_project, tmp_path_factory):
    """A project with folders of all names, and of those that they must not be taken for."""
    path = tmp_path_factory.mktemp("paths") / "project"
    shutil.copytree(finished_project.path, path)
    for name in {*(xrays for xrays, _ in NAMES), *DECOYS, "007", "yes"}:
        (path / name).mkdir()
        XRAY.save(path / name / f"of {''.join(filter(str.isalnum, name))}.png")
    return type(finished_project)(path)


def of(project, results):
    """The X-rays that a folder of results is of."""
    return pd.read_csv(project.path / results / "cases.csv")["file"].tolist()


@pytest.mark.parametrize(("xrays", "results"), NAMES)
def test_the_folders_of_these_names_are_read_and_written(shared, xrays, results):
    before = {each.name for each in shared.path.iterdir()}
    infer(shared, "--params", f"xrays={xrays},inference.overlay=false,results={results}")
    (xray,) = (shared.path / xrays).iterdir()
    assert of(shared, results) == [xray.name]
    made = {each.name for each in shared.path.iterdir()} - before
    assert made == {results.partition("/")[0]}


def test_a_file_of_config_is_read_in_the_same_way(shared):
    config = shared.path / "run.yml"
    options = {"pipeline": "inference", "env": "tiny"}
    text = yaml.safe_dump({"run": options}) + "  params:\n    xrays: 007\n    results: 2024_02\n"
    config.write_text(text)
    shared.kedro("run", "--config", str(config))
    assert of(shared, "2024_02") == ["of 007.png"]


def test_runtime_parameters_in_python_arrive_as_they_are(shared):
    program = """
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
bootstrap_project(".")
given = {"xrays": "yes", "results": "${oc.env:HOME}/1e3"}
with KedroSession.create(".", env="tiny", runtime_params=given) as session:
    session.run(pipeline_names=["inference"])
"""
    shared.python("-c", program)
    assert of(shared, "${oc.env:HOME}/1e3") == ["of yes.png"]


@pytest.mark.parametrize(
    ("given", "said", "code"),
    [
        ("xrays=", "expected a path or an address, found nothing", 2),
        ("xrays=scan,mask=yes", "did you mean 'masks'", 1),
        ("xrays=https://user:secret@host/x.zip?a=b,c&d", "a path of this machine, or an ad", 1),
        ("results=s3://user:secret@bucket/x", "an address without a login", 1),
        ("inference.formats=@", "values that YAML can read", 2),
    ],
)
def test_what_cannot_be_is_refused_in_a_few_lines(shared, given, said, code):
    printed = infer(shared, "--params", given, code=code)
    assert said in printed
    assert "Traceback" not in printed
    assert "secret" not in printed


def test_what_was_found_is_written_for_annotation_tools(shared):
    formats = "inference.formats=coco+labelme+yolo"
    infer(shared, "--params", f"xrays=yes,results=tools,{formats}")
    tools = shared.path / "tools"
    assert json.loads((tools / "labelme/of yes.json").read_text())["imagePath"] == "of yes.png"
    assert (tools / "yolo/of yes.txt").exists()
    printed = infer(shared, "--params", "xrays=yes,results=tools,inference.formats=[coco,yolo]")
    assert "0 now" in printed
    (tools / "coco.json").write_text("corrected")
    more = f"xrays=007,results=tools,{formats}"
    printed = infer(shared, "--params", more, code=1)
    assert "coco.json: expected no file, or one as this program has written it" in printed
    assert of(shared, "tools") == ["of 007.png"]
    assert (tools / "coco.json").read_text() == "corrected"
