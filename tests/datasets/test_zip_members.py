import random
import re
import stat
import unicodedata
import zipfile
import zlib

import hostile
import numpy as np
import pytest
from archives import MASKS, OTHER, names_in, picture, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from teeth_unet.datasets.archive_rules import ArchiveRules
from teeth_unet.datasets.remote_archive import _archive_cases
from teeth_unet.datasets.zip_members import first_damage, innermost, list_members, read_member
from teeth_unet.errors import InputError


@pytest.fixture
def cases(tmp_path):
    """A reader of the bytes of an archive, with the rules named."""

    def read(content, **rules):
        (tmp_path / "m.zip").write_bytes(content)
        return _archive_cases(tmp_path / "m.zip", tmp_path / "cache", ArchiveRules(**rules))

    return read


# What is wrong, the archive, the rules, the member named, and the words of the refusal.
REFUSED = [
    ("climbs out", hostile.named("../1.png"), {}, "../1.png", "inside the archive's own folder"),
    ("climbs out deeper", hostile.named("a/../../1.png"), {}, "a/../../1.png", "own folder"),
    ("climbs out on Windows", hostile.named("..\\1.png"), {}, "../1.png", "own folder"),
    ("absolute", hostile.named("/etc/1.png"), {}, "/etc/1.png", "own folder"),
    ("absolute on Windows", hostile.named("\\etc\\1.png"), {}, "/etc/1.png", "own folder"),
    ("network share", hostile.named("\\\\host\\1.png"), {}, "//host/1.png", "own folder"),
    ("drive letter", hostile.named("C:\\1.png"), {}, "C:/1.png", "own folder"),
    ("drive letter, relative", hostile.named("c:1.png"), {}, "c:1.png", "own folder"),
    ("climbs out, no picture", hostile.named("1.png", "../passwd"), {}, "../passwd", "own folder"),
    ("climbs out, litter", hostile.named("1.png", "../.bashrc"), {}, "../.bashrc", "own folder"),
    ("folder that climbs out", hostile.named("1.png", "../x/"), {}, "../x/", "own folder"),
    ("no name", hostile.nameless(), {}, "", "printable characters"),
    ("zero byte in a name", hostile.named("1.png\x00.txt"), {}, "", r"found '1.png\x00.txt'"),
    ("escape sequence in a name", hostile.named("\x1b[31m1.png"), {}, "", r"found '\x1b[31m1.png'"),
    ("symbolic link", hostile.link(), {}, "1.png", "a plain file, found a symbolic link"),
    ("block device", hostile.device(), {}, "1.png", "a plain file, found a device"),
    ("character device", hostile.of_kind(stat.S_IFCHR), {}, "1.png", "found a device"),
    ("pipe", hostile.of_kind(stat.S_IFIFO), {}, "1.png", "found a pipe"),
    ("socket", hostile.of_kind(stat.S_IFSOCK), {}, "1.png", "found a socket"),
    ("link, no picture", hostile.of_kind(stat.S_IFLNK, "passwd"), {}, "passwd", "symbolic link"),
    ("same name twice", hostile.named("1.png", "1.png"), {}, None, "two: 1.png and 1.png"),
    (
        "case collision",
        zipped({"A.png": picture(), "a.png": picture()}),
        {},
        None,
        "two: A.png and a.png",
    ),
    (
        "case collision in folders",
        zipped({"x/ä.png": picture(), "y/Ä.png": picture()}),
        {},
        None,
        "two: x/ä.png and y/Ä.png",
    ),
    (
        "encrypted",
        hostile.encrypted(MASKS.replace(b"README.txt", b"README.png")),
        {},
        "README.png",
        "without a password, found an encrypted one",
    ),
    (
        "encrypted archive inside",
        hostile.encrypted(hostile.nested(1)),
        {},
        "level0.zip",
        "without a password",
    ),
    (
        "a method from elsewhere",
        hostile.with_method(OTHER, 9),
        {},
        "3.png",
        "packed with deflate, found method 9",
    ),
    ("two deep", hostile.nested(2), {}, "level0.zip in level1.zip", "at most 1 archive(s) deep"),
    (
        "nine deep",
        hostile.nested(9),
        {"nesting": 5},
        "level3.zip in level4.zip",
        "at most 5 archive(s) deep",
    ),
    (
        "one deep, none allowed",
        hostile.nested(1),
        {"nesting": 0},
        "level0.zip",
        "at most 0 archive(s) deep",
    ),
    ("two archives inside", zipped({"a.zip": MASKS, "b.zip": MASKS}), {}, None, "a.zip, b.zip"),
    ("empty", zipped({}), {}, None, "found no files"),
    ("empty archive inside", hostile.nested(1, zipped({})), {}, None, "found no files"),
    (
        "no pictures",
        zipped({"a.txt": b"-", "b.exe": b"-"}),
        {},
        None,
        "2 other file(s): a.txt, b.exe",
    ),
    (
        "litter alone",
        zipped({"__MACOSX/._1.png": b"-", "Thumbs.db": b"-"}),
        {},
        None,
        "found no files",
    ),
    (
        "too many members",
        hostile.members(101),
        {"members": 100},
        None,
        "at most 100 members, found 101",
    ),
    (
        "a directory too long",
        hostile.members(2000),
        {"members": 20},
        None,
        "found a directory of 1",
    ),
    (
        "large picture",
        hostile.bomb(9 << 20),
        {"member_size": 1 << 20},
        "1.png",
        "at most 1048576 bytes, unpacked, found 9437184",
    ),
    (
        "large in all",
        hostile.bomb(9 << 20, "a.txt"),
        {"total_size": 1 << 20},
        None,
        "at most 1048576 bytes, unpacked",
    ),
    (
        "bomb",
        hostile.bomb(65 << 20),
        {},
        "1.png",
        "at most 200 bytes for each packed one, found 10",
    ),
    ("bomb inside", hostile.nested(1, hostile.bomb(65 << 20)), {}, "1.png", "as in a bomb"),
    ("archive inside that is a bomb", hostile.bomb(65 << 20, "a.zip"), {}, "a.zip", "as in a bomb"),
    ("claims 4 GB", hostile.claiming(OTHER, 0xFFFFFFF0), {}, "3.png", "at most 1000000000 bytes"),
    ("overlapping members", hostile.overlapping(), {}, None, "members that overlap, as in a bomb"),
    ("quoted members", hostile.quoted(), {}, None, "members that overlap, as in a bomb"),
    (
        "directory cut short",
        hostile.without_last_entry(),
        {},
        None,
        "expected an intact zip archive",
    ),
    (
        "directory spoilt",
        MASKS.replace(hostile.ENTRY, b"PK\x01\xff"),
        {},
        None,
        "expected an intact zip archive",
    ),
    (
        "no directory",
        MASKS[: MASKS.index(hostile.ENTRY)],
        {},
        None,
        "expected an intact zip archive",
    ),
    (
        "name that is not in UTF-8",
        hostile.patched(zipped({"ä.png": picture()}), "ä".encode(), 0, b"\xff\xff"),
        {},
        None,
        "expected an intact zip archive",
    ),
    (
        "version from the future",
        hostile.patched(OTHER, hostile.ENTRY, 6, b"\xff\x00"),
        {},
        None,
        "zip file version 25.5",
    ),
    (
        "damaged archive inside",
        hostile.damaged(hostile.nested(1, MASKS), MASKS[:40]),
        {},
        "level0.zip",
        "Bad CRC-32",
    ),
    (
        "archive inside that is none",
        zipped({"a.zip": b"-"}),
        {},
        None,
        "expected an intact zip archive",
    ),
]


@pytest.mark.parametrize(
    ("content", "rules", "member", "said"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_what_is_refused_is_told_by_archive_and_member(
    cases, tmp_path, content, rules, member, said
):
    before = {path for path in tmp_path.rglob("*") if path.parent.name != "cache"}
    with pytest.raises(InputError) as error:
        cases(content, **rules)
    message = str(error.value)
    assert said in message
    assert ".zip: expected" in message
    if member is not None:
        assert re.match(rf".*{re.escape(member)}['\"]? in .*\.zip: ", message)
    assert message.isprintable()
    after = {path for path in tmp_path.rglob("*") if path.parent.name != "cache"}
    assert {path.name for path in after - before} <= {"m.zip", "cache"}


# What is odd but right, the archive, the rules, and the cases with their grey level.
ACCEPTED = [
    ("zip64", hostile.in_zip64({"1.png": picture(1), "2.png": picture(2)}), {}, {"1": 1, "2": 2}),
    ("something before it", b"#!/bin/sh\n" * 9 + OTHER, {}, {"3": 3}),
    (
        "a comment after it",
        hostile.patched(OTHER, b"PK\x05\x06", 20, b"\x02\x00") + b"ok",
        {},
        {"3": 3},
    ),
    ("one deep", hostile.nested(1), {}, {"1": 1}),
    ("three deep, if allowed", hostile.nested(3), {"nesting": 3}, {"1": 1}),
    ("archive beside pictures", zipped({"1.png": picture(1), "a.zip": MASKS}), {}, {"1": 1}),
    ("encrypted, but no picture", hostile.encrypted(MASKS), {}, {"2": 2, "10": 10}),
    ("UTF-8 that says so", zipped({"Zähne/ä.png": picture(4)}), {}, {"ä": 4}),
    ("UTF-8 that does not say so", hostile.named("Zähne/ä.png"), {}, {"ä": 5}),
    (
        "UTF-8 in pieces, from a Mac",
        hostile.named(unicodedata.normalize("NFD", "ä.png")),
        {},
        {"ä": 5},
    ),
    ("cp437", hostile.named("ä.png".encode("cp437")), {}, {"ä": 5}),
    ("cp1252", hostile.named("ä.png".encode("cp1252")), {"name_encoding": "cp1252"}, {"ä": 5}),
    ("Windows separators", zipped({"Images/": b"", "Images\\1.png": picture(1)}), {}, {"1": 1}),
    (
        "dots in names",
        zipped({"..1.png": b"-", "a..b/1..2.png": picture(1), "./3.png": picture(2)}),
        {},
        {"1..2": 1, "3": 2},
    ),
    ("dots as folders", zipped({"./3.png": picture(2)}), {}, {"3": 2}),
    (
        "litter",
        zipped(
            {"1.png": picture(1)}
            | dict.fromkeys(
                [
                    "__MACOSX/._1.png",
                    "._1.png",
                    ".DS_Store",
                    "Thumbs.db",
                    "x/THUMBS.DB",
                    "desktop.ini",
                ],
                b"-",
            )
        ),
        {},
        {"1": 1},
    ),
    (
        "a bomb that is never read",
        zipped({"1.png": picture(1), "a.zip": b"-", "b.txt": b""}),
        {},
        {"1": 1},
    ),
]


@pytest.mark.parametrize(
    ("content", "rules", "levels"),
    [case[1:] for case in ACCEPTED],
    ids=[case[0] for case in ACCEPTED],
)
def test_what_is_odd_but_right_is_read(cases, content, rules, levels):
    found = {case: np.asarray(read()).max() for case, read in cases(content, **rules).items()}
    assert found == levels


@pytest.mark.parametrize("method", [0, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_usual_way_of_packing_is_read(cases, method):
    files = {f"{n}.png": picture(n) for n in range(5)}
    levels = [np.asarray(read()).max() for read in cases(zipped(files, method)).values()]
    assert levels == [0, 1, 2, 3, 4]


def test_a_large_empty_mask_is_no_bomb(cases):
    mask = picture(0, "BMP", size=(3100, 1400))
    assert len(mask) / len(zlib.compress(mask)) > 500
    found = cases(zipped({"1.bmp": mask}, zipfile.ZIP_DEFLATED))["1"]()
    assert found.size == (3100, 1400)


def test_a_damaged_member_is_told_when_it_is_read(cases, tmp_path):
    content = zipped({"good.png": picture(1), "in/bad.png": picture(7)})
    found = cases(hostile.damaged(content, picture(7)))
    assert np.asarray(found["good"]()).max() == 1
    with pytest.raises(InputError, match="Bad CRC-32") as error:
        found["bad"]()
    assert str(error.value).startswith(f"in/bad.png in {tmp_path / 'm.zip'}: ")


@pytest.mark.parametrize("size", [1, 10, 10**6])
def test_a_size_that_is_a_lie_never_makes_a_picture(cases, size):
    found = cases(hostile.claiming(zipped({"1.png": picture(1)}, zipfile.ZIP_DEFLATED), size))
    with pytest.raises(InputError, match=r"^1\.png in "):
        found["1"]()


def test_an_archive_that_has_changed_since_is_told(cases, tmp_path):
    found = cases(zipped({"1.png": picture(1)}))
    (tmp_path / "m.zip").write_bytes(hostile.bomb(9 << 20))
    with pytest.raises(InputError, match="has changed since it was listed"):
        found["1"]()


def test_an_archive_inside_is_copied_once_and_mended(tmp_path):
    (tmp_path / "m.zip").write_bytes(hostile.nested(1, MASKS))
    cache = tmp_path / "cache"
    copy, members = innermost(tmp_path / "m.zip", cache, ArchiveRules())
    assert copy.parent == cache
    assert copy.read_bytes() == MASKS
    before = copy.stat().st_mtime_ns
    assert innermost(tmp_path / "m.zip", cache, ArchiveRules()) == (copy, members)
    assert copy.stat().st_mtime_ns == before
    copy.write_bytes(hostile.damaged(MASKS, picture(2)))
    assert innermost(tmp_path / "m.zip", cache, ArchiveRules()) == (copy, members)
    assert copy.read_bytes() == MASKS


@pytest.mark.parametrize("name", ["../../evil.zip", "..\\evil.zip", "/evil.zip", "C:\\evil.zip"])
def test_no_archive_inside_gets_out_of_the_cache(cases, tmp_path, name):
    with pytest.raises(InputError, match="own folder"):
        cases(hostile.named(name, content=MASKS))
    assert names_in(tmp_path) == ["m.zip"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (MASKS, None),
        (zipped({}), None),
        (zipped({"1.png": picture(1)}, zipfile.ZIP_LZMA), None),
        (hostile.encrypted(OTHER), None),
        (hostile.with_method(OTHER, 9), None),
        (hostile.overlapping(), None),  # without end, perhaps: for the rules to refuse
        (hostile.damaged(OTHER, picture(3)), "Bad CRC-32"),
        (hostile.damaged(zipped({"1.txt": b"abcdef"}, zipfile.ZIP_BZIP2), b"BZh9"), "damaged"),
        (b"-", "damaged archive: File is not a zip file"),
    ],
)
def test_damage_is_found_by_reading_all(tmp_path, content, said):
    (tmp_path / "m.zip").write_bytes(content)
    found = first_damage(tmp_path / "m.zip", ArchiveRules())
    assert found is None if said is None else said in found


@pytest.mark.parametrize(
    "rules",
    [
        {"members": 0},
        {"ratio": 0},
        {"nesting": -1},
        {"nesting": 10},
        {"name_encoding": "cp0"},
        {"name_encoding": "rot13"},
        {"member": 1},
    ],
)
def test_rules_out_of_range_are_refused(rules):
    with pytest.raises(ValidationError):
        ArchiveRules(**rules)


# --- anything at all ----------------------------------------------------------------------

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
    for open_picture in _archive_cases(path, cache, ArchiveRules(total_size=10**7)).values():
        try:
            open_picture()
            read += 1
        except InputError:
            pass
    return read


def test_no_mutation_of_an_archive_gives_another_error(tmp_path):
    chance, refused = random.Random(6), 0
    for trial in range(1500):
        (tmp_path / "m.zip").write_bytes(mutated(VALID[trial % len(VALID)], chance))
        first_damage(tmp_path / "m.zip", ArchiveRules(total_size=10**7))
        try:
            read_all(tmp_path / "m.zip", tmp_path / "cache")
        except InputError:
            refused += 1
    assert 300 < refused < 1500
    assert {path.parent for path in tmp_path.rglob("*.*")} <= {tmp_path, tmp_path / "cache"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"]))
def test_no_bytes_at_all_give_another_error(tmp_path, content, mark):
    (tmp_path / "m.zip").write_bytes(mark + content)
    with pytest.raises(InputError):
        read_all(tmp_path / "m.zip", tmp_path / "cache")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_every_name_is_read_as_it_was_written_or_refused(tmp_path, name):
    path = tmp_path / "m.zip"
    path.write_bytes(zipped({f"{name}.png": picture(1)}))
    try:
        (member,) = list_members(path, ArchiveRules())
    except InputError:
        assert any(unicodedata.category(letter) == "Cc" for letter in name) or (
            re.match(r"[/\\]|[A-Za-z]:|.*[/\\]\.\.[/\\]|\.\.[/\\]", name)
        )
        return
    assert member.name == unicodedata.normalize("NFC", f"{name}.png".replace("\\", "/"))
    assert read_member(path, member) == picture(1)
