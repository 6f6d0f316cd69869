"""`teeth-unet review`: what can be given, and what is said before a page is there."""

import socket

import pytest
from click.testing import CliRunner
from reviewing import FakeNetwork, folder_of_xrays

pytest.importorskip("starlette", reason="needs the extra review")
pytest.importorskip("uvicorn", reason="needs the extra review")

from teeth_unet.__main__ import program
from teeth_unet.cli import cli
from teeth_unet.command import reviewing, running


@pytest.fixture(autouse=True)
def fake_network(monkeypatch):
    monkeypatch.setattr(running, "read_segmenter", lambda path: FakeNetwork())


@pytest.fixture
def served(monkeypatch):
    """Sockets and applications of servers that end at once."""
    uvicorn = pytest.importorskip("uvicorn", reason="needs the extra review")
    found = []

    def run(server, sockets):
        found.append((sockets[0].getsockname(), server.config))
        sockets[0].close()
        raise KeyboardInterrupt  # as its user ends it

    monkeypatch.setattr(uvicorn.Server, "run", run)
    return found


@pytest.fixture
def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def review(*arguments, code=0):
    done = CliRunner().invoke(program, ["review", "--no-browser", *map(str, arguments)])
    if done.exit_code != code:
        raise AssertionError(done.output) from done.exception
    return done


def test_a_page_is_served_to_this_machine_alone_until_it_is_ended(here, served, free_port):
    folder_of_xrays(here / "xrays")
    done = review("xrays", "--port", free_port)
    ((address, config),) = served
    assert address == ("127.0.0.1", int(free_port))
    assert not config.access_log
    assert f"http://127.0.0.1:{free_port}/ " in done.stderr
    assert "X-rays: 3" in done.stderr
    assert "patient" not in done.stderr


def test_another_address_has_a_token(here, served, free_port):
    done = review("--host", "0.0.0.0", "--port", free_port)
    assert f"http://0.0.0.0:{free_port}/?token=" in done.stderr
    done = review("--host", "0.0.0.0", "--port", free_port, "--token", "secret")
    assert f"http://0.0.0.0:{free_port}/?token=secret " in done.stderr


def test_results_stand_for_the_xrays_that_they_were_made_of(here, served, free_port):
    pytest.importorskip("uvicorn")
    folder_of_xrays(here / "xrays")
    from fake_segmenter import FakeSegmenter

    running_network = running.read_segmenter
    running.read_segmenter = lambda path: FakeSegmenter()
    try:
        done = CliRunner().invoke(program, ["segment", "xrays", "--results", "results"])
    finally:
        running.read_segmenter = running_network
    assert done.exit_code == 0, done.output
    (here / "xrays" / "patient-2.png").unlink()
    done = review("results", "--port", free_port)
    assert "X-rays: 2" in done.stderr
    assert "1 X-ray(s) of these results are not where they were" in done.stderr


def test_a_port_that_is_taken_is_said(here):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = review("--port", port, code=1)
    assert "another program there" in done.stderr
    assert "--port NUMBER" in done.stderr


def test_a_second_server_on_the_same_corrections_is_refused(here, monkeypatch, free_port):
    uvicorn = pytest.importorskip("uvicorn", reason="needs the extra review")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        other_port = free.getsockname()[1]
    told = []
    monkeypatch.setattr(
        uvicorn.Server,
        "run",
        lambda server, sockets: told.append(review("--port", other_port, code=1).stderr),
    )
    review("--port", free_port)
    assert "no other server that corrects there" in told[0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--port", "0"], "port"),
        (["--port", "99999"], "port"),
        (["nowhere"], "nothing there"),
        (["--segmenter", "nowhere"], "nowhere"),
        (["--host", "256.256.256.256"], "--host ADDRESS"),
    ],
)
def test_what_cannot_be_used_is_said(here, free_port, given, words):
    assert words in review("--port", free_port, *given, code=1).stderr


def test_without_the_packages_it_is_said_which_to_install(here, monkeypatch):
    monkeypatch.setattr(reviewing, "NEEDED", ("starlette", "no_such_package"))
    assert 'pip install "teeth-unet[review]"' in review(code=1).stderr


def test_help_comes_without_what_takes_long(here):
    review("--help")
    assert "kedro run --env folder" in review("--help").output


def test_kedro_has_the_same_command():
    assert cli.commands["review"] is program.commands["review"]
