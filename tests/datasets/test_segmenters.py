import io
import json
import pickle
import struct
import tracemalloc
import zipfile

import keras
import numpy as np
import pytest
from kedro.io import DatasetError
from small_segmenters import small_segmenter

from teeth_unet.datasets import SegmenterDataset
from teeth_unet.segmentation.files import DESCRIPTION, MODEL
from teeth_unet.segmentation.files import _checksum as checksum_of

XRAY = np.random.default_rng(0).integers(0, 256, (45, 90), dtype=np.uint8)


@pytest.fixture(scope="module")
def segmenter():
    return small_segmenter(threshold=0.45)


@pytest.fixture
def dataset(tmp_path):
    return SegmenterDataset(filepath=str(tmp_path / "models" / "segmenter.zip"))


@pytest.fixture
def path(dataset, segmenter, tmp_path):
    dataset.save(segmenter)
    return tmp_path / "models" / "segmenter.zip"


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def replace(path, **changes):
    """Write other content for the description or the model, or leave one out."""
    held = members(path)
    named = {"description": DESCRIPTION, "model": MODEL}
    for name, content in changes.items():
        held[named[name]] = content
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            if content is not None:
                archive.writestr(name, content)


def test_a_segmenter_comes_back_the_same(dataset, path, segmenter):
    loaded = dataset.load()
    assert loaded.settings == segmenter.settings
    assert loaded.fingerprint == segmenter.fingerprint
    np.testing.assert_array_equal(loaded.predict(XRAY), segmenter.predict(XRAY))


def test_saving_it_again_changes_nothing(dataset, path, segmenter, tmp_path):
    copy = SegmenterDataset(filepath=str(tmp_path / "copy.zip"))
    copy.save(dataset.load())
    assert copy.load().fingerprint == segmenter.fingerprint


def test_a_save_that_fails_leaves_the_old_one(dataset, path, segmenter, monkeypatch):
    before = path.read_bytes()
    broken = small_segmenter(seed=3)

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(type(broken.model), "save", fail)
    with pytest.raises(DatasetError, match="disk full"):
        dataset.save(broken)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_without_a_file_it_says_so(dataset):
    with pytest.raises(DatasetError):
        dataset.load()
    assert not dataset.exists()


def described(path, **changes):
    description = json.loads(members(path)[DESCRIPTION])
    for name, value in changes.items():
        if name in description:
            description[name] = value
        else:
            description["settings"][name] = value
    return json.dumps(description)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("threshold", 0.3, "not saved together"),
        ("mirror", True, "not saved together"),
        ("size", 64, "not saved together"),
        ("threshold", 7, "settings of another kind"),
        ("unheard_of", 1, "settings of another kind"),
        ("checksum", "0" * 64, "not saved together"),
        ("format", "teeth_unet segmenter 99", "another format"),
    ],
)
def test_a_description_changed_by_hand_is_refused(dataset, path, name, value, told):
    replace(path, description=described(path, **{name: value}))
    with pytest.raises(DatasetError, match=told):
        dataset.load()


def test_the_network_of_another_segmenter_is_refused(dataset, path, tmp_path):
    other = SegmenterDataset(filepath=str(tmp_path / "other.zip"))
    other.save(small_segmenter(seed=1, threshold=0.45))
    replace(path, model=members(tmp_path / "other.zip")[MODEL])
    with pytest.raises(DatasetError, match="not saved together"):
        dataset.load()


@pytest.mark.parametrize(
    "changes",
    [
        {"model": None},
        {"description": None},
        {"model": b"no network"},
        {"description": b"no JSON"},
        {"description": b"[]"},
        {"description": b"{}"},
    ],
    ids=str,
)
def test_what_is_not_whole_is_refused_with_the_path(dataset, path, changes):
    replace(path, **changes)
    with pytest.raises(DatasetError, match=r"segmenter\.zip: expected a segmenter"):
        dataset.load()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY", b"<html>"], ids=repr)
def test_a_file_of_another_kind_is_refused(dataset, path, content):
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="a file of another kind, or a damaged one"):
        dataset.load()


def test_every_truncation_is_refused(dataset, path):
    whole = path.read_bytes()
    for length in np.linspace(0, len(whole) - 1, 12).astype(int):
        path.write_bytes(whole[:length])
        with pytest.raises(DatasetError, match="expected a segmenter"):
            dataset.load()


def announced(path, name, size):
    """Announce another size of a member, in the directory and before the member itself."""
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(name)
        directory = archive.start_dir
    content = bytearray(path.read_bytes())
    # APPNOTE 4.3.7 and 4.3.12: the unpacked size stands 22 and 24 bytes behind the signatures.
    at = content.index(b"PK\x01\x02", directory)
    while content[at + 46 : at + 46 + len(name)] != name.encode():
        at = content.index(b"PK\x01\x02", at + 4)
    content[at + 24 : at + 28] = struct.pack("<I", size)
    content[entry.header_offset + 22 : entry.header_offset + 26] = struct.pack("<I", size)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "size"), [(MODEL, 2_000_000_001), (MODEL, 4_000_000_000), (DESCRIPTION, 10_000_001)]
)
def test_members_that_announce_too_much_are_refused(dataset, path, name, size):
    announced(path, name, size)
    with pytest.raises(DatasetError, match=rf"found {size} bytes of {name}, where \d+ is the most"):
        dataset.load()


def memory_of(action):
    """The most bytes that Python holds at once during an action."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def load_and_be_refused(dataset):
    with pytest.raises(DatasetError, match="expected a segmenter"):
        dataset.load()


BOMB = 200_000_000


def test_a_description_that_is_larger_than_it_announces_is_not_unpacked(dataset, path):
    model = members(path)[MODEL]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DESCRIPTION, bytes(BOMB))
        archive.writestr(MODEL, model)
    announced(path, DESCRIPTION, 1000)
    assert memory_of(lambda: load_and_be_refused(dataset)) < BOMB / 4


def sealed(path, model):
    """Put in another network, with the checksum that belongs to it."""
    held = path.with_name("held.keras")
    held.write_bytes(model)
    settings = json.loads(members(path)[DESCRIPTION])["settings"]
    replace(path, model=model, description=described(path, checksum=checksum_of(settings, held)))


def test_a_network_with_packed_parts_is_refused_before_keras_unpacks_it(dataset, path):
    with zipfile.ZipFile(io.BytesIO(members(path)[MODEL])) as model:
        parts = {name: model.read(name) for name in model.namelist()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    sealed(path, packed.getvalue())
    with pytest.raises(DatasetError, match="a network that was packed again"):
        dataset.load()


def test_a_network_of_another_size_than_the_settings_say_is_refused(dataset, path, tmp_path):
    small_segmenter().model.save(tmp_path / "unet.keras")
    replace(path, description=described(path, size=64))
    sealed(path, (tmp_path / "unet.keras").read_bytes())
    with pytest.raises(DatasetError, match=r"from \(None, 64, 64, 1\)"):
        dataset.load()


def test_a_later_keras_that_describes_its_layers_otherwise_reads_it(dataset, path, monkeypatch):
    described_now = keras.Model.to_json
    monkeypatch.setattr(keras.Model, "to_json", lambda *a, **k: described_now(*a, **k) + " ")
    dataset.load()


@pytest.mark.parametrize("method", [99, 12])
def test_a_description_that_cannot_be_unpacked_is_refused(dataset, path, method):
    # APPNOTE 4.4.5: the method of packing, 10 bytes behind the directory's signature. 99 is
    # encryption; 12 (bzip2) what the packed bytes are not.
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry, directory = archive.getinfo(DESCRIPTION), archive.start_dir
    at = content.rindex(b"PK\x01\x02", directory)
    assert content[at + 46 : at + 46 + len(DESCRIPTION)] == DESCRIPTION.encode()
    content[at + 10] = content[entry.header_offset + 8] = method
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="a file of another kind, or a damaged one"):
        dataset.load()


def test_a_segmenter_that_was_unpacked_and_packed_again_is_one(dataset, path, segmenter):
    held = members(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    assert dataset.load().fingerprint == segmenter.fingerprint


class Trap:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (open, (str(self.marker), "w"))


def test_no_code_in_the_file_is_executed(dataset, path, tmp_path):
    marker = tmp_path / "executed"
    stolen = io.BytesIO()
    pickle.dump(Trap(marker), stolen)
    replace(path, model=stolen.getvalue())
    with pytest.raises(DatasetError, match="expected a segmenter"):
        dataset.load()
    assert not marker.exists()


def test_kedro_viz_shows_what_belongs_to_the_network(dataset, path):
    shown = json.loads(dataset.preview())
    assert shown["threshold"] == 0.45
    assert shown["scores"]["dice"]["mean"] == 0.9
