"""A run with a login: it is used, and stands nowhere afterwards."""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "datasets"))
from loopback import Answer, loopback_server

SECRET, TOKEN = "s3cret-password", "t0ken-of-the-query"


def archive_of_pictures():
    stored, random = io.BytesIO(), np.random.default_rng(0)
    with zipfile.ZipFile(stored, "w") as archive:
        for case in range(1, 7):
            picture = random.integers(0, 256, (24, 48)).astype(np.uint8)
            with archive.open(f"{case}.png", "w") as file:
                Image.fromarray(picture).save(file, "PNG")
    return stored.getvalue()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with loopback_server() as server:
        yield server


@pytest.mark.parametrize("answer", ["right", "wrong"])
def test_a_login_is_used_and_stands_nowhere(project, server, answer):
    answers = [Answer(archive_of_pictures())] if answer == "right" else [Answer(status=403)]
    host = server.base.removeprefix("http://")
    (project.path / "conf" / "abdi" / "credentials.yml").write_text(
        f"hospital:\n  {host}: {{username: ann, password: {SECRET}}}\n"
    )
    catalog = project.path / "conf" / "abdi" / "catalog.yml"
    entry = "raw_xrays:\n"
    catalog.write_text(catalog.read_text().replace(entry, f"{entry}  credentials: hospital\n"))
    xrays = server.serve("/x.zip", *answers)
    masks = server.serve("/m.zip", *answers).replace("://", f"://ann:{SECRET}@")
    output = project.kedro(
        "run",
        "--pipeline=data_processing",
        "--env=abdi",
        f"--params=xrays={xrays}?token={TOKEN},masks={masks},preparation.size=32",
        code=1,
    )
    assert server.authorizations[0].startswith("Basic ")
    assert server.requests["/x.zip"] == 1
    assert xrays in output
    kept = [path for path in (project.path / "data").rglob("*") if path.is_file()]
    assert project.path / "data" / "kedro.log" in kept
    for text in [output, *(path.read_bytes().decode(errors="replace") for path in kept)]:
        assert SECRET not in text
        assert TOKEN not in text
