"""The page in a real browser: a server that can be killed, and a tab that is used as people do."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reviewing import WIDTH, folder_of_xrays, inside

pytest.importorskip("starlette", reason="needs the extra review")
pytest.importorskip("uvicorn", reason="needs the extra review")
webdriver = pytest.importorskip("selenium.webdriver", reason="needs the extra dev")
ActionChains, Keys = webdriver.ActionChains, webdriver.Keys
By = pytest.importorskip("selenium.webdriver.common.by").By
WebDriverWait = pytest.importorskip("selenium.webdriver.support.wait").WebDriverWait

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
SERVER = Path(__file__).with_name("reviewing.py")
PATIENCE = float(os.environ.get("PATIENCE", "120"))

MARKS = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM.exists() and DRIVER.exists()),
        reason="needs Debian's packages chromium and chromium-driver",
    ),
]
"""Of tests that need a browser."""


def free_port():
    """Return a port that no program is given by chance while the server is down."""
    while True:
        port = random.randrange(15000, 30000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class Server:
    """The server in a process of its own, which can be killed and started again."""

    def __init__(self, folder, count=2):
        self.xrays = folder_of_xrays(folder / "xrays", count)
        self.corrections = folder / "corrections"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}/"
        self.process = None

    def start(self):
        command = [sys.executable, SERVER, self.xrays, self.corrections, str(self.port)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while True:
            assert self.process.poll() is None
            try:
                urllib.request.urlopen(f"{self.address}api/about").close()
                return
            except OSError:
                time.sleep(0.05)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def record(self, case="patient-0"):
        path = self.corrections / "cases" / f"{case}.json"
        return json.loads(path.read_text("utf-8")) if path.exists() else {"revision": 0}

    def labels(self, case="patient-0"):
        return np.asarray(Image.open(self.corrections / "labels" / f"{case}.png"))


class Page:
    """A tab of the browser."""

    def __init__(self, driver, address):
        self.driver, self.address = driver, address

    def load(self):
        self.driver.get(self.address)
        return self

    def wait(self, met):
        return WebDriverWait(self.driver, PATIENCE, 0.05).until(lambda _: met())

    def status(self):
        return self.driver.find_element(By.ID, "status").text

    def says(self, words):
        self.wait(lambda: words in self.status())

    def saved(self, server, revision):
        """Wait until an edit is on the disk, and the page says so."""
        self.wait(lambda: server.record()["revision"] == revision)
        self.says("Saved")

    def open(self, case="patient-0"):
        self.wait(lambda: "teeth" in self.told_of(case))  # the network has seen it
        find = "[...document.querySelectorAll('#case-list button')].find"
        click = f"{find}((each) => each.textContent.startsWith(arguments[0])).click()"
        self.driver.execute_script(click, case)
        words = ("Nothing is changed yet", "Saved", "put back")
        self.wait(lambda: any(each in self.status() for each in words))
        return self

    def told_of(self, case):
        """Return what the list says of a case."""
        told = "return [...document.querySelectorAll('#case-list li')].map((li) => li.textContent)"
        return "".join(each for each in self.driver.execute_script(told) if each.startswith(case))

    def press(self, *keys):
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()
        return self

    def control(self, key):
        chain = ActionChains(self.driver).key_down(Keys.CONTROL).send_keys(key)
        chain.key_up(Keys.CONTROL).perform()

    def at(self, point):
        """Return where a point of the X-ray is, from the middle of the view."""
        script = """
          const box = document.getElementById("view");
          return Math.min(box.clientWidth / 1024, box.clientHeight / 512) * 0.98;
        """
        share = self.driver.execute_script(script)
        return round((point[0] - WIDTH / 2) * share), round((point[1] - 256) * share)

    def click(self, point):
        view = self.driver.find_element(By.ID, "view")
        chain = ActionChains(self.driver).move_to_element_with_offset(view, *self.at(point))
        chain.click().perform()
        return self

    def begin_stroke(self, begin, end):
        view = self.driver.find_element(By.ID, "view")
        chain = ActionChains(self.driver).move_to_element_with_offset(view, *self.at(begin))
        chain.click_and_hold().move_to_element_with_offset(view, *self.at(end)).perform()

    def end_stroke(self):
        ActionChains(self.driver).release().perform()

    def brush(self, number, begin, end):
        self.press("v").click(inside(number)).press("b")
        self.begin_stroke(begin, end)
        self.end_stroke()


def make_browser(width=1366, height=768):
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument(f"--window-size={width},{height}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options, webdriver.ChromeService(str(DRIVER)))
