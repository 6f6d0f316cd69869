"""The page in a real browser: opened, corrected, killed in mid-stroke, used by keyboard alone."""

import os
import signal

import pytest
from review_browser import MARKS, By, Keys
from reviewing import inside

pytestmark = MARKS

STROKE = (300, 60), (420, 60)


def test_what_is_drawn_is_saved_and_there_after_a_reload(page, server):
    page.open().brush(36, *STROKE)
    page.saved(server, 1)
    assert (server.labels()[60, 305:415] == 36).all()
    page.load().open()
    page.says("Saved")
    page.control("z")  # nothing to undo: that was another visit
    page.brush(36, (300, 30), (420, 30))
    page.saved(server, 2)
    page.control("z")
    page.saved(server, 3)
    assert (server.labels()[30, 305:415] == 0).all()
    page.control("y")
    page.saved(server, 4)
    assert (server.labels()[30, 305:415] == 36).all()
    assert (server.labels()[60, 305:415] == 36).all()


def test_killed_in_mid_stroke_the_stroke_is_saved_when_the_server_is_back(page, server):
    page.open().press("v").click(inside(36)).press("b")
    page.begin_stroke(*STROKE)
    server.kill()
    page.end_stroke()
    page.says("not saved yet")
    page.begin_stroke((300, 30), (420, 30))
    page.end_stroke()
    server.start()
    page.says("Saved")
    assert server.record()["revision"] == 2
    assert (server.labels()[[30, 60], 305:415] == 36).all()


def test_killed_in_mid_stroke_and_the_tab_closed_nothing_is_lost(page, server):
    page.open().press("v").click(inside(36)).press("b")
    page.begin_stroke(*STROKE)
    server.kill()
    page.end_stroke()
    page.says("not saved yet")
    page.driver.switch_to.new_window("tab")
    page.driver.switch_to.window(page.driver.window_handles[0])
    page.driver.execute_script("window.onbeforeunload = null")
    page.driver.close()
    page.driver.switch_to.window(page.driver.window_handles[0])
    server.start()
    page.load().open()
    page.saved(server, 1)
    assert (server.labels()[60, 305:415] == 36).all()


@pytest.mark.parametrize(("answer", "kept"), [("conflict-mine", 11), ("conflict-theirs", 0)])
def test_of_two_tabs_the_second_is_asked(page, server, answer, kept):
    page.open()
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    second = page.driver.current_window_handle
    page.load().open().brush(36, *STROKE)
    page.saved(server, 1)
    page.driver.switch_to.window(first)
    page.brush(11, (300, 30), (420, 30))
    dialog = page.driver.find_element(By.ID, "conflict-dialog")
    page.wait(dialog.is_displayed)
    assert server.record()["revision"] == 1
    page.driver.find_element(By.ID, answer).click()
    page.saved(server, 2 if kept else 1)
    assert (server.labels()[60, 305:415] == 36).all()  # what the other tab drew
    assert (server.labels()[30, 305:415] == kept).all()
    page.driver.switch_to.window(second)
    page.driver.close()
    page.driver.switch_to.window(first)


def test_what_is_put_on_top_changes_no_more_than_was_drawn_and_brings_a_tooth_back(page, server):
    page.open()
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.load().open().brush(11, (400, 35), (440, 35))
    page.saved(server, 1)
    page.press("v").click(inside(36)).press(Keys.DELETE)
    page.saved(server, 2)
    page.driver.close()
    page.driver.switch_to.window(first)
    page.brush(36, (300, 30), (420, 110))  # slanting: the other stroke is beside it
    page.wait(page.driver.find_element(By.ID, "conflict-dialog").is_displayed)
    page.driver.find_element(By.ID, "conflict-mine").click()
    page.saved(server, 3)
    assert (server.labels()[35, 400:440] == 11).all()
    assert server.labels()[70, 360] == 36
    x, y = inside(36)
    assert server.labels()[y, x] == 0  # but for what was drawn, the other one's word holds
    assert 36 in [each["number"] for each in server.record()["teeth"]]


@pytest.mark.parametrize(("answer", "kept"), [("conflict-mine", 36), ("conflict-theirs", 0)])
def test_a_change_that_the_server_refuses_does_not_stop_those_after_it(page, server, answer, kept):
    refusing = """
      const real = window.fetch;
      window.fetch = (address, options) => options?.method !== "POST" ? real(address, options) :
        Promise.resolve(new Response('{"error": "It does not fit."}', { status: 400 }));
      window.accept = () => { window.fetch = real; };
    """
    page.open().driver.execute_script(refusing)
    page.brush(36, *STROKE)
    dialog = page.driver.find_element(By.ID, "conflict-dialog")
    page.wait(dialog.is_displayed)
    assert "It does not fit." in dialog.text
    page.driver.execute_script("window.accept()")
    page.driver.find_element(By.ID, answer).click()
    page.wait(lambda: not dialog.is_displayed())
    page.brush(36, (300, 30), (420, 30))
    page.saved(server, 2 if kept else 1)
    assert (server.labels()[60, 305:415] == kept).all()
    assert (server.labels()[30, 305:415] == 36).all()


def test_what_rests_in_the_line_at_the_bottom_comes_back_after_what_is_more_urgent(page):
    page.driver.execute_async_script("""
      const { say } = await import("/page/state.js");
      say("The server does not answer.", "bad", 1);
      say("Saved.");
      say("The server does not answer.", "bad", 1);
      arguments[0]();
    """)
    page.says("Saved.")


def test_a_stroke_stays_with_its_case_when_another_one_opens_meanwhile(page, server):
    page.open().press("v").click(inside(36)).press("b")
    page.begin_stroke(*STROKE)
    page.press("j")
    page.wait(lambda: page.driver.find_element(By.ID, "case-name").text == "patient-1")
    page.end_stroke()
    page.saved(server, 1)
    assert (server.labels()[60, 305:415] == 36).all()
    page.brush(36, (300, 30), (420, 30))
    page.wait(lambda: server.record("patient-1")["revision"] == 1)
    page.says("Saved")
    assert (server.labels("patient-1")[30, 305:415] == 36).all()
    assert (server.labels("patient-1")[60] == 0).all()


def test_beside_the_xray_there_is_nothing_to_fill(page, server):
    page.open().click(inside(36)).press("-", "-", "-", "f").click((512, 20)).press("d")
    page.saved(server, 1)
    assert [each["action"] for each in server.record()["history"]] == ["looked at"]


def test_a_tooth_is_renumbered_split_merged_and_deleted(page, server):
    page.open().click(inside(36)).press("n")
    page.press("35", Keys.ENTER)
    page.saved(server, 1)
    x, y = inside(36)
    assert server.labels()[y, x] == 35
    page.press("x")
    page.begin_stroke((x - 24, y), (x + 24, y))
    page.end_stroke()
    page.saved(server, 2)
    assert {int(server.labels()[y - 20, x]), int(server.labels()[y + 20, x])} == {35, 101}
    page.control("z")
    page.saved(server, 3)
    page.press("v").click(inside(11)).press("m").click(inside(21))
    page.saved(server, 4)
    assert server.labels()[inside(21)[::-1]] == 11
    page.press("v").click(inside(11)).press(Keys.DELETE)
    page.saved(server, 5)
    assert not (server.labels() == 11).any()
    history = [each["action"] for each in server.record()["history"]]
    assert history == ["number", "split", "undo", "merge", "delete"]


def test_a_case_is_corrected_by_keyboard_alone(page, server):
    page.wait(lambda: "teeth" in page.told_of("patient-0"))
    focused = lambda: page.driver.switch_to.active_element  # noqa: E731
    page.press(Keys.TAB)
    while not focused().text.startswith("patient-0"):
        page.press(Keys.TAB)
    page.press(Keys.ENTER)
    page.wait(lambda: page.driver.find_element(By.ID, "case-name").text == "patient-0")
    while focused().get_attribute("id") != "view":
        page.press(Keys.TAB)
    page.press(".", "n", "17", Keys.ENTER)  # the first tooth of the chart
    page.saved(server, 1)
    page.press("a", "55", Keys.ENTER)  # a milk tooth, drawn from the middle of the X-ray
    while focused().get_attribute("id") != "view":
        page.press(Keys.TAB)
    page.press(*[Keys.ARROW_UP] * 12, Keys.SPACE, Keys.ARROW_UP, Keys.ARROW_UP, Keys.SPACE)
    page.saved(server, 2)
    assert (server.labels() == 55).sum() > 300
    page.press("d")
    page.saved(server, 3)
    assert server.record()["looked_at"]
    page.press("?")
    assert page.driver.find_element(By.ID, "help-dialog").is_displayed()
    page.press(Keys.ESCAPE)
    assert not page.driver.find_element(By.ID, "help-dialog").is_displayed()


def test_another_threshold_is_shown_and_corrected(page, server):
    page.open()
    slider = page.driver.find_element(By.ID, "threshold")
    slider.click()
    slider.send_keys(Keys.END)
    page.says("Nothing is changed yet")
    page.wait(lambda: page.driver.find_element(By.ID, "threshold-value").text == "0.98")
    page.press("d")
    page.saved(server, 1)
    assert server.record()["network"]["threshold"] == 0.98


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_everything_has_its_place_and_comes_from_this_machine(page, server, size):
    page.driver.set_window_size(*size)
    page.open()
    fits = """
      const all = [...document.querySelectorAll("button, input, table, canvas")];
      const outside = all.filter((each) => {
        const { width, left, right, bottom } = each.getBoundingClientRect();
        const hidden = each.closest("dialog, .drop, #teeth-box") || !width;
        return !hidden && (right > innerWidth + 1 || bottom > innerHeight + 1 || left < 0);
      });
      return outside.map((each) => each.outerHTML);
    """
    assert page.driver.execute_script(fits) == []
    view = page.driver.find_element(By.ID, "view").size
    assert view["width"] > 0.6 * size[0]
    assert view["height"] > 0.4 * (size[1] - 150)
    loaded = "return performance.getEntriesByType('resource').map((each) => each.name)"
    addresses = page.driver.execute_script(loaded)
    assert len(addresses) > 15
    assert {each for each in addresses if not each.startswith((server.address, "blob:"))} == set()
    # Nothing has failed, and the content security policy has not been broken.
    severe = [each for each in page.driver.get_log("browser") if each["level"] == "SEVERE"]
    assert [each for each in severe if "ERR_CONNECTION" not in each["message"]] == []


def test_all_that_can_be_used_has_a_name(page):
    page.open()
    nameless = """
      const all = [...document.querySelectorAll("button, input, select, [tabindex], table")];
      const named = (each) => each.getAttribute("aria-label") || each.textContent.trim() ||
        each.closest("label") || each.labels?.length;
      return all.filter((each) => !named(each)).map((each) => each.outerHTML);
    """
    assert page.driver.execute_script(nameless) == []


def test_the_server_is_killed_many_times_and_no_stroke_is_lost(page, server):
    page.open()
    rows = list(range(10, 100, 15))
    for count, row in enumerate(rows, 1):
        page.press("v").click(inside(36)).press("b")
        page.begin_stroke((300, row), (420, row))
        os.kill(server.process.pid, signal.SIGKILL)
        page.end_stroke()
        server.process.wait()
        server.start()
        page.saved(server, count)
    assert (server.labels()[rows, 305:415] == 36).all()
