"""Anything at all in place of an archive: read or refused, never another error."""

import random
import re
import unicodedata

import pytest
from archives import picture, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import VALID, mutated, read_all

from teeth_unet.archives import ArchiveRules, first_damage, list_members, read_member
from teeth_unet.errors import InputError
from teeth_unet.pictures import is_picture


def test_no_mutation_of_an_archive_gives_another_error(tmp_path):
    chance, refused = random.Random(6), 0
    for trial in range(1000):
        (tmp_path / "m.zip").write_bytes(mutated(VALID[trial % len(VALID)], chance))
        first_damage(tmp_path / "m.zip", ArchiveRules(total_size=10**7))
        try:
            read_all(tmp_path / "m.zip", tmp_path / "cache")
        except InputError:
            refused += 1
    assert 200 < refused < 1000
    assert {path.parent for path in tmp_path.rglob("*.*")} <= {tmp_path, tmp_path / "cache"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"]))
def test_no_bytes_at_all_give_another_error(tmp_path, content, mark):
    (tmp_path / "m.zip").write_bytes(mark + content)
    with pytest.raises(InputError):
        read_all(tmp_path / "m.zip", tmp_path / "cache")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20))
def test_every_name_is_read_as_it_was_written_or_refused(tmp_path, name):
    path = tmp_path / "m.zip"
    path.write_bytes(zipped({f"{name}.png": picture(1)}))
    try:
        (member,) = list_members(path, ArchiveRules(), is_picture)
    except InputError:
        assert any(unicodedata.category(letter) == "Cc" for letter in name) or (
            re.match(r"[/\\]|[A-Za-z]:|.*[/\\]\.\.[/\\]|\.\.[/\\]", name)
        )
        return
    assert member.name == unicodedata.normalize("NFC", f"{name}.png".replace("\\", "/"))
    assert read_member(path, member) == picture(1)
