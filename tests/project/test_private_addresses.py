"""A run with a login: it is used, and stands nowhere afterwards."""

import io
import zipfile

import numpy as np
import pytest
import yaml
from loopback import Response, loopback_server
from PIL import Image
from tiny_project import TINY_PARAMETERS

from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray

SECRET, TOKEN = "s3cret-password", "t0ken-of-the-query"


PHANTOMS = PhantomSettings(cases=8, seed=4, width=(96, 128))


def archive_of(pictures):
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for case, picture in enumerate(pictures, 1):
            with archive.open(f"{case}.png", "w") as file:
                Image.fromarray(picture).save(file, "PNG")
    return Response(stored.getvalue())


def archives():
    """X-rays, and their masks."""
    cases = range(PHANTOMS.cases)
    masks = ((draw_labels(PHANTOMS, case) > 0) * np.uint8(255) for case in cases)
    return archive_of(draw_xray(PHANTOMS, case) for case in cases), archive_of(masks)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with loopback_server() as server:
        yield server


def run(project, server, pipeline, xrays, masks, code):
    """Run with a login for both archives, in the three places where one can be given."""
    host = server.base.removeprefix("http://")
    (project.path / "conf" / "abdi" / "credentials.yml").write_text(
        f"hospital:\n  {host}: {{username: ann, password: {SECRET}}}\n"
    )
    (project.path / "conf" / "abdi" / "parameters.yml").write_text(yaml.safe_dump(TINY_PARAMETERS))
    sources = project.path / "conf" / "base" / "catalog_sources.yml"
    entry = "addresses: ${runtime_params:xrays,"
    named = sources.read_text("utf-8").replace(entry, f"credentials: hospital\n      {entry}")
    sources.write_text(named, "utf-8")
    xrays = server.serve("/x.zip", xrays)
    masks = server.serve("/m.zip", masks).replace("://", f"://ann:{SECRET}@")
    places = f"--params=xrays={xrays}?token={TOKEN},masks={masks}"
    return project.kedro("run", f"--pipeline={pipeline}", "--env=abdi", places, code=code)


def refuse_secrets(project, printed):
    kept = [path for path in (project.path / "data").rglob("*") if path.is_file()]
    assert project.path / "data" / "kedro.log" in kept
    for text in [printed, *(path.read_bytes().decode(errors="replace") for path in kept)]:
        assert SECRET not in text
        assert TOKEN not in text


def test_a_login_is_used_and_stands_in_no_result(project, server):
    printed = run(project, server, "training", *archives(), code=0)
    assert server.authorizations[0].startswith("Basic ")
    assert len(set(server.authorizations)) == 1  # both archives, the same login
    assert server.requests["/x.zip"] == 1
    for result in ("08_reporting/report.html", "06_models/segmenter.zip"):
        assert (project.path / "data" / "abdi" / result).exists()
    refuse_secrets(project, printed)


def test_a_login_that_is_refused_stands_in_no_message(project, server):
    printed = run(
        project, server, "data_processing", Response(status=403), Response(status=403), code=1
    )
    assert f"{server.base}/x.zip" in printed
    refuse_secrets(project, printed)
