"""A page whose Teach is pressed, with the server behind it in the same process."""

import time

from edits import edit, send
from starlette.testclient import TestClient

from teeth_unet.review.application import make_application
from teeth_unet.review.guarding import Rules

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
        for name in names:
            assert send(self.client, self.keys()[name], 0, edit(looked_at=True)).status_code == 200

    def status(self):
        return self.client.get("/api/teaching").json()

    def post(self, address):
        return self.client.post(f"/api/teaching{address}")

    def teach(self):
        assert self.post("").status_code == 200
        wait(lambda: self.status()["progress"] is None)
        return self.status()


THREE = ("patient-0", "patient-1", "patient-2")
