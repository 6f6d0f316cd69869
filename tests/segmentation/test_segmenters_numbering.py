import zipfile
from dataclasses import replace

import numpy as np
import pytest
from small_segmenters import SIZE, small_segmenter

from teeth_unet import unet
from teeth_unet.errors import InputError
from teeth_unet.numbering import NumberingNetwork, load_numbering_network
from teeth_unet.numbering.network import CLASSES
from teeth_unet.segmentation import read_segmenter, write_segmenter
from teeth_unet.segmentation.files import NUMBERING
from teeth_unet.unet import Network

NETWORK = Network(filters=(2, 4), dropout=(0, 0), patch=2)


@pytest.fixture(scope="module")
def numbering():
    model = unet.build_label_unet(NETWORK, SIZE, CLASSES)
    return NumberingNetwork(model.get_weights(), NETWORK, SIZE, {"training": {"seed": 1}})


@pytest.fixture(scope="module")
def segmenter(numbering):
    return replace(small_segmenter(), numbering=numbering)


def test_without_a_network_of_its_own_a_segmenter_has_the_packages():
    expected = load_numbering_network().fingerprint
    assert small_segmenter().numbering_network.fingerprint == expected


def test_its_own_numbering_network_comes_back_from_the_file(segmenter, tmp_path):
    write_segmenter(tmp_path / "segmenter.zip", segmenter)
    again = read_segmenter(tmp_path / "segmenter.zip")
    assert again.numbering.about == {"training": {"seed": 1}}
    assert again.fingerprint == read_segmenter(tmp_path / "segmenter.zip").fingerprint
    write_segmenter(tmp_path / "again.zip", again)
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "segmenter.zip").read_bytes()


def test_the_fingerprint_tells_which_numbering_network_it_has(segmenter, numbering):
    other = NumberingNetwork([each + 1 for each in numbering.weights], NETWORK, SIZE)
    same = NumberingNetwork(numbering.weights, NETWORK, SIZE)
    assert segmenter.fingerprint != small_segmenter().fingerprint
    assert replace(segmenter, numbering=other).fingerprint != segmenter.fingerprint
    assert replace(small_segmenter(), numbering=same).fingerprint == segmenter.fingerprint


@pytest.mark.parametrize("change", ["left out", "damaged", "another"])
def test_a_file_whose_numbering_network_was_changed_is_refused(
    segmenter, numbering, tmp_path, change
):
    path, other = tmp_path / "segmenter.zip", tmp_path / "other.zip"
    write_segmenter(path, segmenter)
    more = NumberingNetwork([each + 1 for each in numbering.weights], NETWORK, SIZE)
    write_segmenter(other, replace(segmenter, numbering=more))
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(other) as another:
        members = {name: whole.read(name) for name in whole.namelist()}
        foreign = another.read(NUMBERING)
    own = members.pop(NUMBERING)
    changed = {"left out": {}, "damaged": {NUMBERING: own[:-9]}, "another": {NUMBERING: foreign}}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (members | changed[change]).items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match="not saved together"):
        read_segmenter(path)


def test_teeth_of_an_xray_are_numbered_at_its_own_size(segmenter):
    xray = np.random.default_rng(0).integers(0, 256, (45, 90), dtype=np.uint8)
    found = segmenter.number_teeth(xray)
    assert found.objects.shape == (45, 90)
    assert len(found.teeth) == found.objects.max()
    assert len(found.chart.states) == 32


def test_numbers_are_told_of_one_xray_at_a_time(segmenter):
    with pytest.raises(InputError, match="a batch of 2"):
        segmenter.number_teeth(np.zeros((2, 45, 90), np.uint8))
