import base64
import logging
import pickle

import pytest
from archives import MASKS, PAGE, picture, zipped
from kedro.io import DataCatalog, DatasetError
from loopback import Response, loopback_server

from teeth_unet.acquisition import Login, downloading, login_for, parse_logins
from teeth_unet.acquisition.credentials import VARIABLES, hidden
from teeth_unet.config_loader import ConfigLoader
from teeth_unet.datasets import RemoteArchiveDataset
from teeth_unet.errors import InputError, without_secrets

SECRET = "s3cret-päss"
BASIC = "Basic " + base64.b64encode(f"ann:{SECRET}".encode()).decode()


@pytest.fixture(autouse=True)
def direct_and_without_long_pauses(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(downloading, "FIRST_PAUSE", 0.005)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with loopback_server() as server:
        yield server


def host_of(server):
    return server.base.removeprefix("http://")


def dataset(tmp_path, address, **options):
    options = {"timeout": 300, "retries": 1, **options}
    return RemoteArchiveDataset(filepath=str(tmp_path / "c"), addresses=address, **options)


# --- who asks -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"username": "ann", "password": SECRET}, BASIC),
        ({"username": "ann", "password": f" {SECRET}\n"}, BASIC),
        ({"token": SECRET.replace("ä", "a")}, "Bearer s3cret-pass"),
    ],
)
def test_a_login_signs_the_requests_to_its_host(server, tmp_path, fields, sent):
    address = server.serve("/m.zip", MASKS)
    entry = dataset(tmp_path, address, credentials={host_of(server).upper(): fields})
    assert list(pickle.loads(pickle.dumps(entry)).load()) == ["2", "10"]
    assert server.authorizations == [sent]


def test_no_login_is_sent_to_another_host(server, tmp_path):
    with loopback_server() as other:
        logins = {host_of(other): {"token": SECRET}}
        moved = Response(status=302, headers={"Location": other.serve("/m.zip", MASKS)})
        entry = dataset(tmp_path, server.serve("/m.zip", moved), credentials=logins)
        assert list(entry.load()) == ["2", "10"]
        assert server.authorizations == other.authorizations == [None]


def test_a_login_does_not_follow_to_another_host(server, tmp_path):
    with loopback_server() as other:
        logins = {host_of(server): {"username": "ann", "password": SECRET}}
        moved = Response(status=302, headers={"Location": other.serve("/m.zip", MASKS)})
        entry = dataset(tmp_path, server.serve("/m.zip", moved), credentials=logins)
        assert list(entry.load()) == ["2", "10"]
        assert server.authorizations == [BASIC]
        assert other.authorizations == [None]


def test_a_login_may_come_from_the_environment(server, tmp_path, monkeypatch):
    monkeypatch.setenv("TEETH_UNET_HOST", host_of(server))
    monkeypatch.setenv("TEETH_UNET_USERNAME", "ann")
    monkeypatch.setenv("TEETH_UNET_PASSWORD", SECRET + "\n")
    assert dataset(tmp_path, server.serve("/m.zip", MASKS)).load()
    assert server.authorizations == [BASIC]


def test_the_catalog_comes_before_the_environment(monkeypatch):
    monkeypatch.setenv("TEETH_UNET_HOST", "example.org")
    monkeypatch.setenv("TEETH_UNET_TOKEN", "from the environment")
    logins = parse_logins({"example.org": {"token": "from the file"}})
    assert login_for("https://example.org/m.zip", logins).token == "from the file"
    assert login_for("https://example.org/m.zip", {}).token == "from the environment"
    assert login_for("https://example.org:444/m.zip", {}) is None
    assert login_for("https://other.org/m.zip", logins) is None


def test_kedro_brings_credentials_from_the_environment_of_the_run(server, tmp_path, monkeypatch):
    monkeypatch.setenv("HOSPITAL_PASSWORD", SECRET)
    conf = tmp_path / "conf"
    for name in ("base", "abdi"):
        (conf / name).mkdir(parents=True)
    (conf / "abdi" / "catalog.yml").write_text(
        "raw_masks:\n  type: teeth_unet.datasets.RemoteArchiveDataset\n"
        f"  filepath: {tmp_path}\n  addresses: {server.serve('/m.zip', MASKS)}\n"
        "  credentials: hospital\n"
    )
    (conf / "abdi" / "credentials.yml").write_text(
        f"hospital:\n  {host_of(server)}:\n    username: ann\n"
        "    password: ${oc.env:HOSPITAL_PASSWORD}\n"
    )
    loader = ConfigLoader(str(conf), env="abdi", base_env="base", default_run_env="local")
    catalog = DataCatalog.from_config(loader["catalog"], loader["credentials"])
    assert list(catalog.load("raw_masks")) == ["2", "10"]
    assert server.authorizations == [BASIC]
    assert SECRET not in f"{catalog} {catalog['raw_masks']!r}"


@pytest.mark.parametrize(
    "credentials",
    [
        SECRET,
        [SECRET],
        {"token": SECRET},
        {"username": "ann", "password": SECRET},
        {"example.org": SECRET},
        {"example.org": {"username": SECRET}},
        {"example.org": {"password": SECRET}},
        {"example.org": {"token": SECRET, "username": "ann"}},
        {"example.org": {"pasword": SECRET, "username": "ann"}},
        {"example.org": {"token": ""}},
        {"example.org": {"token": f"{SECRET}\n{SECRET}"}},
        {SECRET: {"token": ""}},
    ],
)
def test_credentials_of_another_form_are_refused_and_not_shown(tmp_path, credentials):
    with pytest.raises(InputError, match=r"^credentials") as error:
        dataset(tmp_path, "https://example.org/m.zip", credentials=credentials)
    assert "s3cret" not in str(error.value)
    assert error.value.__cause__ is error.value.__context__ is None


def test_half_a_login_in_the_environment_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("TEETH_UNET_HOST", "example.org")
    monkeypatch.setenv("TEETH_UNET_PASSWORD", SECRET)
    with pytest.raises(DatasetError, match=r"credentials of example\.org") as error:
        dataset(tmp_path, "https://example.org/m.zip").load()
    assert SECRET not in str(error.value)


# --- what is shown ------------------------------------------------------------------------


def texts_of(error):
    """The texts of an error and of all that it came from, as a traceback shows them."""
    while error:
        yield f"{error} {error!r} {error.args}"
        error = error.__cause__ or error.__context__


def failures():
    """Servers that repeat, in every place there is, what they were asked and by whom."""
    leak = f"{SECRET} {BASIC} ann:{SECRET} t0ken-of-query".encode("latin-1").decode("latin-1")
    yield "no", Response(status="403 " + leak)
    yield "busy", Response(status="503 " + leak)
    yield "page", Response(SECRET.encode() + PAGE)
    yield "cut", Response(zipped({"1.png": picture()}), sent=40)
    yield "encoding", Response(MASKS, headers={"Content-Encoding": leak})
    yield (
        "redirect",
        Response(status=302, headers={"Location": "ftp://ann:s3cret-x@h/?t0ken-of-query"}),
    )
    yield (
        "host",
        Response(
            status=302, headers={"Location": "http://ann:s3cret-x@no.invalid/?a=t0ken-of-query"}
        ),
    )
    yield "loop", Response(status=302, headers={"Location": "?t0ken-of-query=1"})


@pytest.mark.parametrize(
    ("name", "response"), list(failures()), ids=[name for name, _ in failures()]
)
@pytest.mark.parametrize("where", ["credentials", "userinfo", "variables"])
def test_secrets_are_never_shown(server, tmp_path, caplog, monkeypatch, name, response, where):
    for logger in ("", "urllib3", "teeth_unet"):
        caplog.set_level(logging.DEBUG, logger=logger)
    url = server.serve("/m.zip", response) + "?a=t0ken-of-query"
    options = {}
    if where == "userinfo":
        url = url.replace("http://", f"http://ann:{SECRET}@")
    elif where == "credentials":
        options["credentials"] = {host_of(server): {"username": "ann", "password": SECRET}}
    else:
        monkeypatch.setenv("TEETH_UNET_HOST", host_of(server))
        monkeypatch.setenv("TEETH_UNET_USERNAME", "ann")
        monkeypatch.setenv("TEETH_UNET_PASSWORD", SECRET)
    entry = dataset(tmp_path, url, **options)
    with pytest.raises(DatasetError) as error:
        entry.load()
    assert server.authorizations[0].startswith("Basic ")
    shown = [caplog.text, repr(entry), str(entry._describe()), *texts_of(error.value)]
    # All that the dataset holds, but for what Kedro itself keeps to write a catalog file from.
    shown += [repr(value) for name, value in vars(entry).items() if name != "_init_args"]
    for text in shown:
        for secret in ("s3cret", "t0ken", BASIC[6:]):
            assert secret not in text
    assert f"{server.base}/m.zip" in str(error.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no colon-slash-slash here @ all?", "no colon-slash-slash here @ all?"),
        ("at https://ann:pw@example.org/m.zip?t=1, twice", "at https://example.org/m.zip twice"),
        ("'http://a/?b' and 'http://c:d@e#f'", "'http://a/' and 'http://e'"),
        ('"GET /m.zip?token=1 HTTP/1.1" 200', '"GET /m.zip HTTP/1.1" 200'),
        ("http://ann:p@ss@example.org", "http://example.org"),
    ],
)
def test_a_text_loses_its_secrets(text, shown):
    assert without_secrets(text) == shown


def test_short_words_are_not_taken_for_secrets():
    assert (
        hidden("a 404 of x", "https://x:404@example.org/?v=404", Login(token="a")) == "a 404 of x"
    )
