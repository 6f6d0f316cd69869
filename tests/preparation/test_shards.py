"""Large sets are prepared piece by piece, and a killed run goes on where it stopped."""

from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image

from teeth_unet import preparation
from teeth_unet.preparation import Preparation, ShardFolder, prepare_in_shards, shards

SETTINGS = Preparation(size=16)
NAMES = [f"{number}" for number in range(8)]
ENCODING = {
    "found": "Tooth is white.",
    "remedy": "",
    "coding": {"kind": "binary", "threshold": 127, "level": 255, "rims": False},
    "others": {},
    "odd": {},
}


class Killed(BaseException):
    """What nothing catches."""


class Openers(dict):
    """Draws X-rays or masks; counts how often, and is killed at one of them."""

    def __init__(self, draw, killed_at=None):
        super().__init__((name, self.opener(name)) for name in NAMES)
        self.draw, self.killed_at, self.opened = draw, killed_at, []

    def opener(self, name):
        def draw():
            if name == self.killed_at:
                raise Killed
            self.opened.append(name)
            return Image.fromarray(self.draw(int(name)))

        return draw


def xray(number):
    # Numbers 1 and 6 are the same picture, in different shards.
    return np.random.default_rng({6: 1}.get(number, number)).integers(0, 250, (24, 40), np.uint8)


def mask(number):
    levels = np.zeros((24, 40), np.uint8)
    levels[4:12, 3 : 8 + 4 * (number % 3)] = 255
    return levels


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch):
    monkeypatch.setattr(shards, "CASES_OF_SHARD", 3)


@pytest.fixture
def store(tmp_path):
    return ShardFolder(tmp_path / "drawings")


def made(store, xrays=None, key="a"):
    return prepare_in_shards(xrays or Openers(xray), Openers(mask), ENCODING, SETTINGS, store, key)


def assert_same(one, other):
    np.testing.assert_array_equal(one.xrays, other.xrays)
    np.testing.assert_array_equal(one.masks, other.masks)
    assert [*map(asdict, one.records)] == [*map(asdict, other.records)]


WHOLE = preparation.prepare_set(Openers(xray), Openers(mask), ENCODING, SETTINGS)


def test_it_is_the_same_set_as_if_it_were_made_at_once(store):
    assert_same(made(store), WHOLE)


def test_the_same_picture_in_two_shards_is_one_group(store):
    groups = [record.group for record in made(store).records]
    assert groups[1] == groups[6]
    assert len(set(groups)) == 7


def test_the_stacks_are_on_the_disk_and_not_in_memory(store):
    assert isinstance(made(store).xrays, np.memmap)


def test_a_killed_run_goes_on_after_its_last_shard(store):
    with pytest.raises(Killed):
        made(store, Openers(xray, killed_at="7"))
    again = Openers(xray)
    assert_same(made(store, again), WHOLE)
    assert sorted(again.opened) == ["6", "7"]


def test_what_is_there_is_not_made_again(store):
    made(store)
    again = Openers(xray)
    assert_same(made(store, again), WHOLE)
    assert again.opened == []


def test_of_other_things_all_is_made_anew_and_told(store, caplog):
    made(store)
    again = Openers(xray)
    with caplog.at_level("INFO"):
        made(store, again, key="b")
    assert sorted(again.opened) == NAMES
    assert "was made of other things" in caplog.text


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-300]),
        lambda path: path.write_bytes(b"no archive"),
        lambda path: path.write_bytes(path.read_bytes().replace(b"xrays", b"x-ray")),
    ],
    ids=["empty", "cut", "other", "without X-rays"],
)
def test_a_damaged_shard_is_made_again(store, damage):
    made(store)
    damage(store.path / "00001.npz")
    again = Openers(xray)
    assert_same(made(store, again), WHOLE)
    assert sorted(again.opened) == ["3", "4", "5"]


def test_a_shard_with_another_byte_is_made_again(store):
    made(store)
    path = store.path / "00000.npz"
    content = bytearray(path.read_bytes())
    content[300] ^= 1  # within the first array: the archive's checksum of it tells
    path.write_bytes(content)
    again = Openers(xray)
    assert_same(made(store, again), WHOLE)
    assert sorted(again.opened) == ["0", "1", "2"]


def test_what_cannot_be_used_is_left_out_and_told(store):
    xrays = Openers(lambda number: xray(number)[: 20 if number == 4 else 24])
    part = made(store, xrays)
    assert [case.case for case in part.unusable] == ["4"]
    assert [record.case for record in part.records] == [name for name in NAMES if name != "4"]
    assert len(part.xrays) == len(part.masks) == 7


def test_a_store_that_is_cleared_leaves_nothing(store):
    made(store)
    store.clear()
    store.clear()
    assert not store.path.exists()
