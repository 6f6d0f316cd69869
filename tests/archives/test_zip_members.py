import re
import zipfile
import zlib

import hostile
import numpy as np
import pytest
from archives import MASKS, OTHER, names_in, picture, zipped
from hostile_cases import ACCEPTED, REFUSED
from pydantic import ValidationError

from teeth_unet.archives import ArchiveRules, first_damage, innermost
from teeth_unet.errors import InputError
from teeth_unet.intake import pictures_of_archive
from teeth_unet.pictures import is_picture


@pytest.fixture
def cases(tmp_path):
    """A reader of the bytes of an archive, with the rules named."""

    def read(content, **rules):
        (tmp_path / "m.zip").write_bytes(content)
        return pictures_of_archive(tmp_path / "m.zip", tmp_path / "cache", ArchiveRules(**rules))

    return read


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
    copy = innermost(tmp_path / "m.zip", cache, ArchiveRules(), is_picture)
    assert copy.parent == cache
    assert copy.read_bytes() == MASKS
    before = copy.stat().st_mtime_ns
    assert innermost(tmp_path / "m.zip", cache, ArchiveRules(), is_picture) == copy
    assert copy.stat().st_mtime_ns == before
    copy.write_bytes(hostile.damaged(MASKS, picture(2)))
    assert innermost(tmp_path / "m.zip", cache, ArchiveRules(), is_picture) == copy
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
