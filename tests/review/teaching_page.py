"""A page whose Teach is pressed, with the server behind it in the same process."""

import time

import pytest
from edits import edit, patch, send
from starlette.testclient import TestClient

from teeth_unet.review.application import make_application
from teeth_unet.review.guarding import Rules
from teeth_unet.review.teaching import TEACHING

HERE = "http://127.0.0.1:8620"


def wait(met):
    while not met():
        time.sleep(0.02)


class Page:
    """A page, and the server that is behind it."""

    def __init__(self, place):
        self.workplace, self.school = place
        self.client = TestClient(make_application(*place, Rules("127.0.0.1")), base_url=HERE)
        self.workplace.look_ahead()
        wait(lambda: "waiting" not in {each["state"] for each in self.cases()})

    def cases(self):
        return self.client.get("/api/cases").json()

    def keys(self):
        return {each["name"]: each["key"] for each in self.cases()}

    def look_at(self, *names):
        """Change a pixel of cases, and say that a person is done with them."""
        self._look_at(names, edit(patch=patch(0, 0, 1, 1, 1), looked_at=True))

    def accept(self, *names):
        """Say of cases that a person is done with them, who has left the mask as it was."""
        self._look_at(names, edit(looked_at=True))

    def _look_at(self, names, sent):
        for name in names:
            assert send(self.client, self.keys()[name], 0, sent).status_code == 200

    def status(self):
        return self.client.get("/api/teaching").json()

    def post(self, address):
        return self.client.post(f"/api/teaching{address}")

    def begin_and_cut_off(self, corrections, halt):
        """Begin a training, which waits as long as `halt` is there, and end it as its server."""
        self.look_at(*THREE)
        halt.touch()
        self.post("")
        wait((corrections / TEACHING / "begun").exists)
        self.school.teaching.leave()
        halt.unlink()

    def go_on(self):
        self.school.go_on()
        wait(lambda: self.status()["progress"] is None)
        return self.status()

    def teach(self):
        assert self.post("").status_code == 200
        wait(lambda: self.status()["progress"] is None)
        return self.status()


NEARLY = pytest.approx(1, abs=1e-4)
"""Dice of what a person has left with the network that had proposed all but a pixel of it."""

THREE = ("patient-0", "patient-1", "patient-2")
