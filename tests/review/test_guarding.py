"""Who may speak to the server, and what it says of itself and of patients."""

import logging
import re
from pathlib import Path

import pytest
from edits import edit, send
from picture_files import bomb
from reviewing import png, xray

pytest.importorskip("starlette", reason="needs the extra review")
pytest.importorskip("httpx", reason="needs the extra dev")

from starlette.testclient import TestClient

from teeth_unet.review import application
from teeth_unet.review.application import PAGE, make_application
from teeth_unet.review.guarding import HEADERS, Rules, is_loopback

HERE = "http://127.0.0.1:8620"


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8620", "localhost:8620", "localhost", "[::1]:8620", "127.0.0.2"]
)
def test_this_machine_may_ask_by_each_of_its_names(client, host):
    assert client.get("/api/cases", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8620", "127.0.0.1.evil.example", "localhost.evil.example",
     "192.168.1.5:8620", "", "[::1", "127.0.0.1@evil.example", "0x7f.1.evil.example", "0.0.0.0"],
)  # fmt: skip
def test_a_name_that_was_made_to_lead_here_is_refused(client, host):
    assert client.get("/api/cases", headers={"host": host}).status_code == 421


FROM_ELSEWHERE = {
    "another site": {"origin": "http://evil.example"},
    "another port of this machine": {"origin": "http://127.0.0.1:8000"},
    "the same over TLS": {"origin": "https://127.0.0.1:8620"},
    "a file or a sandbox": {"origin": "null"},
    "another name of this machine": {"origin": "http://localhost:8620"},
    "a picture on another site": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    "a form on another site": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    "another port, as browsers call it": {"sec-fetch-site": "same-site"},
}


@pytest.mark.parametrize("name", FROM_ELSEWHERE)
def test_other_sites_cannot_post(client, key, corrections, name):
    sent = {"if-match": '"0"', **FROM_ELSEWHERE[name]}
    answer = client.post(f"/api/cases/{key}/edits", json=edit(looked_at=True), headers=sent)
    assert answer.status_code == 403
    posted = client.post("/api/cases?name=a.png", content=png(xray()), headers=sent)
    assert posted.status_code == 403
    assert not (corrections / "cases").exists()
    assert not (corrections / "xrays").exists()


@pytest.mark.parametrize("name", [name for name in FROM_ELSEWHERE if "form" not in name])
def test_other_sites_cannot_read_or_embed(client, key, name):
    address = f"/api/cases/{key}/xray.png"
    assert client.get(address, headers=FROM_ELSEWHERE[name]).status_code == 403


def test_a_link_on_another_site_opens_the_page_and_the_page_itself_may_ask(client):
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.get("/", headers=link).status_code == 200
    own = {"origin": HERE, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}
    assert client.get("/api/cases", headers=own).status_code == 200


@pytest.fixture
def from_afar(make_place):
    """Another machine, which does not know the token."""
    guard = make_application(*make_place(), Rules("0.0.0.0", "secret"))
    return TestClient(guard, base_url="http://192.168.1.5:8620", follow_redirects=False)


@pytest.mark.parametrize("address", ["/", "/api/cases", "/page/main.js", "/?token=wrong"])
def test_without_the_token_another_machine_sees_nothing(from_afar, address):
    assert from_afar.get(address).status_code == 401
    headers = {"authorization": "Bearer wrong", "cookie": "teeth_unet_token=wrong"}
    assert from_afar.get(address, headers=headers).status_code == 401
    assert from_afar.post("/api/segment", content=png(xray())).status_code == 401


def test_the_token_in_the_address_becomes_a_cookie_that_no_script_and_no_site_can_read(from_afar):
    answer = from_afar.get("/?token=secret")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert from_afar.get("/api/cases").status_code == 200  # the client keeps the cookie


@pytest.mark.parametrize("other", ["a:b=1", "=", "x", 'q="', "a[]=1", "é=1"])
def test_cookies_of_other_programs_on_this_machine_do_no_harm(from_afar, other):
    cookies = f"{other}; teeth_unet_token=secret".encode("latin-1")
    assert from_afar.get("/api/cases", headers={"cookie": cookies}).status_code == 200
    assert (
        from_afar.get("/api/cases", headers={"cookie": other.encode("latin-1")}).status_code == 401
    )


def test_programs_send_the_token_in_a_header(from_afar):
    bearer = {"authorization": "Bearer secret"}
    assert from_afar.get("/api/cases", headers=bearer).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.5.evil.example:8620"])
def test_a_name_that_leads_to_this_network_is_refused_even_with_the_token(from_afar, host):
    headers = {"authorization": "Bearer secret", "host": host}
    assert from_afar.get("/api/cases", headers=headers).status_code == 421


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("192.168.1.5", False), ("clinic.example", False), ("", False)],
)  # fmt: skip
def test_only_this_machine_needs_no_token(host, alone):
    assert is_loopback(host) == alone


@pytest.mark.parametrize("address", ["/", "/page/main.js", "/api/cases", "/api/nothing"])
def test_every_answer_lets_browsers_load_from_this_server_alone(client, address):
    headers = client.get(address).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    sources = re.findall(r"'[\w-]+'|[\w-]+:", HEADERS["content-security-policy"])
    assert set(sources) == {"'none'", "'self'", "blob:"}


def test_nothing_of_the_page_is_from_elsewhere():
    text = {path.name: path.read_text("utf-8") for path in PAGE.iterdir()}
    assert len(text) > 15
    # The one address is the name of a format, which nobody asks for.
    addresses = {each for page in text.values() for each in re.findall(r"\w+://[^\s\"'`)]*", page)}
    assert addresses == {"http://www.w3.org/2000/svg"}
    imported = re.findall(r"(?:from|import) \"([^\"]+)\"", "\n".join(text.values()))
    assert {each.removeprefix("./") for each in imported} <= text.keys()
    asked = re.findall(r"(?:src|href)=\"([^\"]+)\"", text["index.html"])
    assert {each.removeprefix("/page/") for each in asked} <= text.keys()
    assert "eval(" not in "".join(text.values())
    assert "innerHTML" not in "".join(text.values())  # names of files are text


@pytest.mark.parametrize(
    "address",
    ["/page/../application.py", "/page/%2e%2e/application.py", "/page/..%2fguarding.py",
     "/page//etc/passwd", "/api/cases/../../etc/passwd", "/api/cases/%2e%2e%2f/xray.png",
     "/api/cases/0000000000000000", "/api/cases/0000000000000000/xray.png", "/openapi.json"],
)  # fmt: skip
def test_there_is_nothing_but_the_page_and_its_cases(client, address):
    assert client.get(address).status_code == 404


HOSTILE = {
    "nothing": b"",
    "a page": b"<html><script>alert(1)</script></html>",
    "half a picture": png(xray())[:400],
    "a picture that unfolds to 10 gigapixels": bomb("PNG"),
    "an archive": b"PK\x03\x04" + bytes(100),
    "zeros": bytes(5000),
    "the head of a DICOM file": bytes(128) + b"DICM" + bytes(50),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("address", ["/api/segment", "/api/cases?name=xray.png"])
def test_what_is_no_xray_is_refused_and_not_kept(client, corrections, name, address):
    answer = client.post(address, content=HOSTILE[name])
    assert answer.status_code == 422, answer.text
    assert "expected" in answer.json()["error"]
    assert not list(corrections.rglob("xrays/*"))


@pytest.mark.parametrize("address", ["/api/segment", "/api/cases?name=xray.png"])
@pytest.mark.parametrize("tells", [True, False])
def test_more_than_an_xray_can_have_is_not_read(client, monkeypatch, address, tells):
    monkeypatch.setattr(application, "MOST_OF_XRAY", 10_000)
    pieces = [bytes(1000)] * 50
    content = b"".join(pieces) if tells else iter(pieces)
    assert client.post(address, content=content).status_code == 413


NAMES = {
    "../../outside.png": "outside",
    "..\\..\\outside.png": "outside",
    "/etc/cron.d/outside.png": "outside",
    "outside.png.exe": "outside.png.exe",
    "con.png": "_con-1143da2b",
    "=1+1.png": "_1+1",
    "": "X-ray",
    "...": "X-ray",
    "a" * 500 + ".png": None,
    "patient-0.png": "patient-0 (2)",
    "PATIENT-0.png": "PATIENT-0 (2)",
    "tooth\x00\n.png": "tooth__",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_sent_leads_nowhere_else(client, corrections, tmp_path, name):
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    answer = client.post("/api/cases", params={"name": name}, content=png(xray(level=99)))
    assert answer.status_code == 201
    case = client.get(f"/api/cases/{answer.json()['key']}").json()
    assert NAMES[name] in (case["name"], None)
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert {path.parent for path in new} == {corrections / "xrays", corrections / ".proposals"}


def test_an_xray_that_was_dropped_is_there_at_the_next_start(client, make_workplace):
    answer = client.post("/api/cases?name=dropped.png", content=png(xray(level=99)))
    key = answer.json()["key"]
    assert send(client, key, 0, edit(looked_at=True)).status_code == 200
    assert make_workplace().case(key).revision == 1


def test_logs_and_answers_to_faults_say_nothing_of_patients(
    client, key, caplog, monkeypatch, make_workplace
):
    caplog.set_level(logging.DEBUG)

    def faulty(self, *given):
        raise RuntimeError("/home/clinic/patient-0.png: Miller, born 1970")

    client.get("/api/cases/patient-0")
    client.post("/api/segment?name=patient-0.png", content=b"no xray of patient-0")
    client.post("/api/cases?name=patient-0.png", content=png(xray()))
    send(client, key, 0, edit(looked_at=True))
    monkeypatch.setattr("teeth_unet.review.workplace.Workplace.case", faulty)
    answer = client.get(f"/api/cases/{key}")
    assert answer.status_code == 500
    make_workplace()._look_at(key)
    told = "\n".join(record.getMessage() for record in caplog.records if "httpx" not in record.name)
    assert "RuntimeError at" in told  # where it failed is said
    for text in (told, answer.text):
        assert "Miller" not in text
        assert "patient" not in text


def test_cases_are_not_called_by_their_name_in_addresses(client):
    for each in client.get("/api/cases").json():
        assert re.fullmatch("[0-9a-f]{16}", each["key"])


def test_every_script_is_short():
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in PAGE.glob("*.js")}
    assert {name: length for name, length in lengths.items() if length >= 300} == {}
    assert Path(PAGE / "main.js").name in lengths
