"""The report in a real browser, which has no network: what it shows, and what it does."""

import json
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from report_material import DICE, NAMES, material

from teeth_unet.pipelines.reporting.nodes import write_report

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed (apt-get install chromium)"
)

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--virtual-time-budget=3000",
]

SCREENS = {"telephone": (390, 844), "laptop": (1366, 768)}

# Put before the page's own script, so that it hears of every fault, and what it refuses to load.
LISTEN = """<script>
const faults = [];
addEventListener("error", (event) => faults.push(`error: ${event.message}`), true);
addEventListener("securitypolicyviolation", (event) => faults.push(event.blockedURI));
</script>"""

ANSWER = """<script>
addEventListener("load", () => {{
  const answer = (() => {{ {question} }})();
  parent.postMessage(JSON.stringify({{answer, faults}}), "*");
}});
</script>"""

# A browser's window cannot be as narrow as a telephone: the page is shown in a frame that is. The
# answer is written around it, where `--dump-dom` prints it.
FRAME = """<!doctype html><title>Frame</title><output id="answer"></output><script>
addEventListener("message", (event) => {{
  document.querySelector("#answer").textContent = event.data;
}});
</script>
<iframe src="report.html" style="border: 0; width: {}px; height: {}px"></iframe>"""


class Answer(HTMLParser):
    """Reads the text of the element with the id `answer`."""

    text, inside = "", False

    def handle_starttag(self, tag, attrs):
        self.inside = ("id", "answer") in attrs

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.text += data


@pytest.fixture(scope="module")
def page():
    return write_report(**material())


@pytest.fixture
def ask(page, tmp_path):
    """Return a function that opens the page, runs a script in it and returns its answer."""

    def run(question, screen="laptop", content=page):
        copy = tmp_path / "report.html"
        asked = ANSWER.format(question=question)
        copy.write_text(content.replace("<style>", f"{LISTEN}{asked}<style>", 1), "utf-8")
        frame = tmp_path / "frame.html"
        frame.write_text(FRAME.format(*SCREENS[screen]), "utf-8")
        done = subprocess.run(
            [
                CHROMIUM,
                *QUIET,
                f"--user-data-dir={tmp_path / 'profile'}",
                "--dump-dom",
                frame.as_uri(),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "CONSOLE" not in done.stderr, done.stderr
        reader = Answer()
        reader.feed(done.stdout)
        answered = json.loads(reader.text)
        assert answered["faults"] == []
        return answered["answer"]

    return run


@pytest.mark.parametrize("screen", SCREENS)
def test_the_page_fits_the_screen_and_every_picture_is_drawn(ask, screen):
    # Details are opened, so that what they hide has to fit as well.
    found = ask(
        """
        for (const each of document.querySelectorAll("details")) each.open = true;
        const root = document.documentElement;
        return {
          screen: innerWidth,
          width: root.scrollWidth,
          pictures: [...document.images].map((each) => each.complete && each.naturalWidth),
          narrowest: Math.min(...[...document.images].map((each) => each.clientWidth)),
          text: Math.min(...[...document.querySelectorAll("p, td, th, li")].map(
            (each) => parseFloat(getComputedStyle(each).fontSize))),
        };
        """,
        screen,
    )
    assert found["screen"] == SCREENS[screen][0]
    assert found["width"] == found["screen"]
    assert len(found["pictures"]) == 15
    assert all(found["pictures"])
    assert found["narrowest"] >= 340
    assert found["text"] >= 13


@pytest.mark.parametrize("screen", SCREENS)
def test_a_long_name_and_a_large_network_do_not_widen_the_page(ask, screen):
    name = "panoramic_" * 12
    wide = material(
        names=[name, *NAMES[1:]],
        dice=[0.99, *DICE[1:]],  # the best: its name is a heading as well
        model_summary="│" * 300 + "\n Total params: 1 (4 B)\n",
    )
    found = ask(
        """
        document.querySelectorAll("details").forEach((each) => { each.open = true; });
        return {
          page: document.documentElement.scrollWidth,
          names: document.querySelector("table.sortable tbody th").offsetWidth,
        };
        """,
        screen,
        write_report(**wide),
    )
    assert found["page"] == SCREENS[screen][0]
    assert found["names"] <= 200  # the column of names stays in place beside those that scroll


def sort(*columns):
    """A script that clicks the heads of columns, and returns the names of the cases in order."""
    clicks = "".join(f"table.tHead.rows[0].cells[{each}].firstChild.click();" for each in columns)
    return f"""
        const table = document.querySelector("table.sortable");
        {clicks}
        return {{
          cases: [...table.tBodies[0].rows].map((row) => row.cells[0].textContent),
          sorted: [...table.tHead.rows[0].cells].map((each) => each.getAttribute("aria-sort")),
        }};
        """


BY_DICE = [name for _, name in sorted(zip(DICE, NAMES, strict=True))]
NATURAL = ["1", "2", "10"]


@pytest.mark.parametrize(
    ("columns", "cases", "said"),
    [
        ((), NAMES, None),
        ((1,), BY_DICE, "ascending"),
        ((1, 1), BY_DICE[::-1], "descending"),
        ((1, 6), BY_DICE[::-1], "ascending"),  # HD95: the smaller the better
    ],
    ids=str,
)
def test_a_click_on_a_head_sorts_by_its_number(ask, columns, cases, said):
    answer = ask(sort(*columns))
    assert answer["cases"] == cases
    clicked = columns[-1] if columns else None
    expected = [said if place == clicked else None for place in range(len(answer["sorted"]))]
    assert answer["sorted"] == expected


def test_names_are_sorted_as_people_count(ask):
    cases = ask(sort(0))["cases"]
    assert sorted(cases) == sorted(NAMES)
    assert [case for case in cases if case in NATURAL] == NATURAL


def test_the_heads_are_buttons_that_the_keyboard_reaches(ask):
    found = ask(
        """
        const buttons = [...document.querySelectorAll("table.sortable thead button")];
        const reached = buttons.filter((each) => { each.focus();
          return document.activeElement === each; });
        reached[1].click();
        return {
          heads: document.querySelectorAll("table.sortable thead th").length,
          reached: reached.length,
          first: document.querySelector("table.sortable tbody th").textContent,
          hint: document.querySelector("#how-to-sort").hidden,
        };
        """
    )
    assert found["reached"] == found["heads"]
    assert found["first"] == BY_DICE[0]
    assert found["hint"] is False


def test_no_name_of_a_case_runs_as_a_script(ask):
    assert ask("return document.scripts.length;") == 3  # two of this test, one of the page


def test_a_script_of_the_page_that_fails_is_noticed(ask, page):
    broken = page.replace('"use strict";', '"use strict"; undefinedFunction();')
    with pytest.raises(AssertionError):
        ask("return 0;", content=broken)


def test_a_picture_from_elsewhere_is_refused_and_noticed(ask, page):
    with pytest.raises(AssertionError):
        ask("return 0;", content=page.replace("<main>", '<main><img src="https://a.invalid/b">'))
