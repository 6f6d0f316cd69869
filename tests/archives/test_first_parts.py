"""The first part of an archive that was cut into several."""

import io
import random
import struct
import zipfile

import pytest
from archives import picture, zipped
from mutations import mutated

from teeth_unet.archives import ArchiveRules, first_damage, is_archive, list_members, read_member
from teeth_unet.errors import InputError
from teeth_unet.pictures import is_picture
from teeth_unet.storage import is_damage

RULES = ArchiveRules(first_part=True)
FILES = {f"set/{n}.png": picture(n, size=(40, 30)) for n in range(1, 6)} | {"a.txt": b"text"}


class _Stream(io.RawIOBase):
    """A place that cannot be gone back in: sizes have to be written after each member."""

    def __init__(self):
        self.content = bytearray()

    def writable(self):
        return True

    def write(self, content):
        self.content += content
        return len(content)


def streamed(files, compression):
    stored = _Stream()
    with zipfile.ZipFile(stored, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return bytes(stored.content)


WHOLE = {
    "stored": zipped(FILES),
    "deflated": zipped(FILES, zipfile.ZIP_DEFLATED),
    "deflated, sizes after": streamed(FILES, zipfile.ZIP_DEFLATED),
}


def listed(path):
    return {member.name: member for member in list_members(path, RULES, is_picture)}


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_whole_in_it_is_read(tmp_path, kind):
    whole = WHOLE[kind]
    path = tmp_path / "set.zip.001"
    cut = whole.index(b"set/4.png") + 20
    path.write_bytes(whole[:cut])
    assert not is_archive(path)
    assert is_archive(path, RULES)
    members = listed(path)
    assert list(members) == ["set/1.png", "set/2.png", "set/3.png"]
    for name, member in members.items():
        assert read_member(path, member) == FILES[name]
    assert first_damage(path, RULES) is None


@pytest.mark.parametrize("kind", WHOLE)
def test_an_archive_cut_anywhere_gives_its_first_members_or_is_none(tmp_path, kind):
    path, whole = tmp_path / "a.001", WHOLE[kind]
    for cut in range(0, len(whole), 7):
        path.write_bytes(whole[:cut])
        if is_archive(path, RULES):
            found = list(listed(path))
            assert found == list(FILES)[: len(found)]
            assert len(found) > 0
        else:
            assert cut < whole.index(b"set/2.png") + 20


def test_without_the_rule_a_cut_archive_is_damaged(tmp_path):
    path = tmp_path / "set.zip"
    path.write_bytes(WHOLE["stored"][:-200])
    with pytest.raises(InputError, match="an intact zip archive"):
        list_members(path, ArchiveRules(), is_picture)


def test_sizes_of_more_than_four_gibibytes_are_understood(tmp_path):
    head = struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0, 0, 0, 0, 0, 2**32 - 1, 2**32 - 1, 1, 20)
    extra = struct.pack("<HHQQ", 1, 16, 10**10, 10**10)
    path = tmp_path / "a.001"
    first = zipped({"1.png": picture()})
    first = first[: first.index(b"PK\1\2")]
    path.write_bytes(first + head + b"b" + extra + bytes(100))
    assert list(listed(path)) == ["1.png"]  # the huge one goes on in the next part


def test_no_mutation_gives_another_error(tmp_path):
    chance, refused = random.Random(3), 0
    path = tmp_path / "m.001"
    kinds = [whole[: whole.index(b"PK\1\2")] for whole in WHOLE.values()]
    for trial in range(1500):
        path.write_bytes(mutated(kinds[trial % len(kinds)], chance))
        first_damage(path, RULES)
        try:
            for member in listed(path).values():
                read_member(path, member)
        except InputError:
            refused += 1
        except Exception as failure:
            refused += 1
            if not is_damage(failure):
                raise
    assert 200 < refused < 1500
