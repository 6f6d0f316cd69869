import pickle

import pytest

from teeth_unet.acquisition import Address
from teeth_unet.errors import InputError


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/Orig%20Masks%2Fall.zip", "all.zip"),
        ("/x/Ma%C3%9Fe (1).zip", "Ma_e_1_.zip"),
        ("/" + "n" * 300 + ".zip", "n" * 76 + ".zip"),
        ("/", "archive"),
        ("/..%2F..%2Fetc", "etc"),
        ("/%2e%2e", ".."),  # never alone: behind its key
    ],
)
def test_a_fetched_file_has_a_name_that_every_system_takes(tmp_path, path, name):
    place = Address(f"https://example.org{path}").place(tmp_path)
    assert place.parent == tmp_path
    assert place.name.split("-", 1)[1] == name


@pytest.mark.parametrize(
    "item",
    [
        [],
        "",
        None,
        "ftp://example.org/m.zip",
        {"adress": "https://example.org/m.zip"},
        {"address": "https://example.org/m.zip", "md5": "0" * 32},
    ],
)
def test_an_address_of_another_form_is_refused(item):
    with pytest.raises(InputError, match=r"expected http\(s\)://…"):
        Address.parse(item)


@pytest.mark.parametrize("sha", ["2b90", "g" * 64, 7, ""])
def test_a_checksum_of_another_form_is_refused(sha):
    with pytest.raises(InputError, match=r"^sha256 of https://example\.org/m\.zip: expected 64"):
        Address.parse({"address": "https://ann:secret@example.org/m.zip", "sha256": sha})


@pytest.mark.parametrize(
    "location",
    [
        "https:///m.zip",
        "https://ann:s3cret/x@example.org/m.zip",
        "https://ann:s3cret?x@example.org/m.zip",
        "https://ann:s3cret#x@example.org/m.zip",
        "https://example.org:s3cret/m.zip",
        "https://[s3cret/m.zip",
    ],
)
def test_an_address_without_a_host_is_refused_and_not_shown(location):
    with pytest.raises(InputError, match="a host after https://") as error:
        Address.parse(location)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://example.org/m.zip", "https://example.org/m.zip"),
        ("https://ann:p@ss@example.org/m.zip", "https://example.org/m.zip"),
        ("https://ann@example.org:8080/m.zip", "https://example.org:8080/m.zip"),
        ("https://example.org/m.zip?signature=1&x=2", "https://example.org/m.zip"),
        ("https://example.org?signature=a@b", "https://example.org"),
        ("https://example.org/@ann/m.zip#token=1", "https://example.org/@ann/m.zip"),
        ("/data/what@home?/m.zip", "/data/what@home?/m.zip"),
    ],
)
def test_an_address_is_shown_without_its_secrets(location, shown):
    address = Address.parse(location)
    assert str(address) == shown
    assert repr(address) == "Address(sha256=None)"
    assert pickle.loads(pickle.dumps(address)).location == location
