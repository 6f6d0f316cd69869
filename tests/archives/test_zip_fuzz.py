"""Anything at all in place of an archive: read or refused, never another error."""

import random
import re
import unicodedata
import zipfile

import hostile
import pytest
from archives import MASKS, picture, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teeth_unet.archives import ArchiveRules, first_damage, list_members, read_member
from teeth_unet.errors import InputError
from teeth_unet.intake import pictures_of_archive
from teeth_unet.pictures import is_picture

VALID = [
    zipped({"1.png": picture(1), "in/2.png": picture(2)}, zipfile.ZIP_DEFLATED),
    zipped({"1.png": picture(1), "ä.png": picture(2)}, zipfile.ZIP_LZMA),
    zipped({"1.bmp": picture(1, "BMP")}, zipfile.ZIP_BZIP2),
    hostile.nested(1, MASKS),
    hostile.in_zip64({"1.png": picture(1)}),
    hostile.overlapping(5),
]


def mutated(content, chance):
    """A copy with a few bytes changed, cut, doubled or moved."""
    content = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(content) + 1)
        length = chance.choice([1, 1, 2, 4, 30])
        match chance.randrange(5):
            case 0:
                content[place : place + length] = chance.randbytes(length)
            case 1:
                content[place : place + 1] = bytes([chance.choice([0, 1, 127, 128, 255])])
            case 2:
                del content[place : place + length]
            case 3:
                content[place:place] = content[place : place + length]
            case 4:
                del content[place:]
    return bytes(content)


def read_all(path, cache):
    """Do with an archive what a run does; return how many pictures could be read."""
    read = 0
    for open_picture in pictures_of_archive(path, cache, ArchiveRules(total_size=10**7)).values():
        try:
            open_picture()
            read += 1
        except InputError:
            pass
    return read


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
