"""Teach in a real browser: by keyboard alone, with the server killed in the middle."""

import json
import urllib.request

import psutil
import pytest
from review_browser import MARKS, By, Keys, Server

pytestmark = MARKS


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path, count=4)
    try:
        made.start()
        yield made
    finally:
        made.kill()


@pytest.fixture
def halt(tmp_path):
    """While this file is there, a training stays in the middle."""
    return tmp_path / "halt"


def status(server):
    return json.load(urllib.request.urlopen(f"{server.address}api/teaching"))


def done_with(page, server, *cases):
    """Say of cases that a person is done with them."""
    for case in cases:
        page.open(case).press("d")
        page.wait(lambda case=case: server.record(case).get("looked_at"))
        page.says("Saved")


def part(page, name):
    return page.driver.find_element(By.ID, f"teach-{name}" if name else "teach")


def says(page, name, words):
    page.wait(lambda: words in part(page, name).text)


def tab_to(page, met):
    for _ in range(40):
        if met(page.driver.switch_to.active_element):
            return
        page.press(Keys.TAB)
    raise AssertionError("the keyboard does not reach it")


def severe(page):
    said = [each for each in page.driver.get_log("browser") if each["level"] == "SEVERE"]
    return [each for each in said if "ERR_CONNECTION" not in each["message"]]


FITS = """
  const dialog = document.getElementById("teach-dialog");
  const outside = [dialog, ...dialog.querySelectorAll("button, table, progress")].filter((each) => {
    const { width, left, right, top, bottom } = each.getBoundingClientRect();
    return width && !each.closest(".scrolls") && (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight);
  });
  return outside.map((each) => each.outerHTML);
"""  # noqa: E501 (a script)


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_a_network_is_taught_looked_at_and_used_by_keyboard_alone(page, server, size):
    page.driver.set_window_size(*size)
    page.press("t")
    says(page, "what", "0 X-rays are marked. At least 3 are needed.")
    assert not part(page, "go").is_enabled()
    page.press(Keys.ESCAPE)
    done_with(page, server, "patient-0", "patient-1", "patient-2")
    page.press("t")
    page.wait(lambda: page.driver.switch_to.active_element == part(page, "go"))
    says(page, "what", "3 X-rays are marked.")
    assert page.driver.execute_script(FITS) == []
    page.press(Keys.ENTER)
    says(page, "verdict", "3 marked X-rays cannot tell which network is better: Dice 1.000 before")
    says(page, "cases", "patient-0 1.000 0.900")
    page.wait(lambda: "still to be compared" not in part(page, "waiting").text)
    assert page.driver.execute_script(FITS) == []
    tab_to(page, lambda each: each.text.startswith("patient-3"))
    page.press(Keys.ENTER)
    compared = page.driver.find_element(By.ID, "compared")
    page.wait(lambda: compared.text == "After: the new network")
    page.press("a")  # nothing of it can be corrected
    page.says("C goes back")
    page.press("c")
    page.wait(lambda: compared.text == "Before: the network in use")
    page.press("t")
    page.wait(lambda: page.driver.switch_to.active_element == part(page, "use"))
    page.press(Keys.ENTER)
    says(page, "networks", "by 3 X-rays, Dice 0.900")
    page.press(Keys.ESCAPE)
    page.wait(lambda: status(server)["in_use"])
    page.open("patient-3").press("d")
    page.wait(lambda: server.record("patient-3")["revision"] == 1)
    assert server.record("patient-3")["network"]["fingerprint"].startswith("taught")
    assert server.record("patient-0")["network"]["fingerprint"].startswith("fake")
    assert severe(page) == []


def test_killed_in_the_middle_and_started_again_the_training_goes_on(page, server, halt):
    done_with(page, server, "patient-0", "patient-1", "patient-2")
    halt.touch()
    page.press("t")
    page.wait(lambda: part(page, "go").is_enabled())
    part(page, "go").click()
    says(page, "far", "Network 1 of 4, epoch 1 of 2.")
    page.press(Keys.ESCAPE)  # the keyboard is still in the dialog, though its button has gone
    page.wait(lambda: not part(page, "dialog").is_displayed())
    training = psutil.Process(server.process.pid).children()
    assert training
    server.kill()
    psutil.wait_procs(training)  # it does not go on unseen
    server.start()
    page.wait(lambda: "Teaching" in part(page, "").text)
    page.driver.refresh()
    page.wait(lambda: "Teaching" in part(page, "").text)
    halt.unlink()
    says(page, "", "A new network: look (T)")
    assert len(status(server)["result"]["cases"]) == 3


def test_it_is_stopped(page, server, halt):
    done_with(page, server, "patient-0", "patient-1", "patient-2")
    halt.touch()
    page.press("t")
    page.wait(lambda: part(page, "go").is_enabled())
    part(page, "go").click()
    says(page, "far", "epoch 1")
    part(page, "stop").click()
    page.wait(lambda: part(page, "go").is_displayed())
    assert status(server)["progress"] is None


INSTEAD = """
  const real = window.fetch;
  window.fetch = async (address, options) => {
    const answer = await real(address, options);
    if (!String(address).endsWith("api/teaching")) return answer;
    return Response.json({ ...(await answer.json()), ...window.told });
  };
"""

SCORED = {"name": "patient-0", "before": 0.9, "after": 0.95}
RESULT = {
    **{"name": "new", "cases": [SCORED] * 6, "before": 0.9, "after": 0.95, "better": None},
    **{"others": [], "waiting": 0, "not_compared": 0},
}
TOLD = (
    ({"off": "Install it again."}, "failed", "Nothing can be taught here. Install it again."),
    ({"start": "other.zip"}, "how", "It begins with other.zip and takes about"),
    (
        {"start": "other.zip", "seen_by_start": 2},
        "how",
        "other.zip has learned from 2 X-rays of these, on which it cannot be tested: "
        "it begins with the network of this program instead and takes",
    ),
    ({"waiting": True, "failed": "Make room."}, "failed", "Make room."),
    ({"failed": "No mask."}, "failed", "The last training has failed. No mask."),
    ({"result": {"better": True}}, "verdict", "On 6 marked X-rays the new network is better"),
    ({"result": {"better": False}}, "verdict", "On 6 marked X-rays the new network is worse"),
    ({"result": {"better": None}}, "verdict", "6 marked X-rays cannot tell which network"),
    ({"result": {"not_compared": 1}}, "waiting", "1 X-ray could not be opened, and is not"),
)


def test_the_dialog_says_what_the_server_tells(page):
    page.driver.execute_script(INSTEAD)
    for told, name, words in TOLD:
        result = {"result": RESULT | told["result"]} if "result" in told else {}
        given = {"looked_at": 3, "minutes": 2, **told, **result}
        page.driver.execute_script("window.told = arguments[0]", given)
        page.press("t")
        says(page, name, words)
        if not result:
            assert part(page, "go").is_enabled() is ("off" not in told)
            assert part(page, "stop").is_displayed() is ("waiting" in told)
        page.press(Keys.ESCAPE)
        page.wait(lambda: not part(page, "dialog").is_displayed())
    assert severe(page) == []
