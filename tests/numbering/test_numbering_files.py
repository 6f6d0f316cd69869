"""Numbering networks in files, and the one of the package."""

import io
import json

import numpy as np
import pytest

from teeth_unet.errors import InputError
from teeth_unet.numbering import (
    NumberingNetwork,
    load_numbering_network,
    read_numbering_network,
    write_numbering_network,
)
from teeth_unet.numbering.files import PACKAGED, in_half_precision
from teeth_unet.numbering.network import CLASSES, NETWORK
from teeth_unet.unet import Network, build_label_unet

SMALL = Network(filters=(4, 8), dropout=(0, 0), patch=2)


def small_network():
    weights = build_label_unet(SMALL, 32, CLASSES, seed=5).get_weights()
    return NumberingNetwork(weights, SMALL, 32, {"scores": {"dice": 0.5}})


def written(network):
    file = io.BytesIO()
    write_numbering_network(file, network)
    return file.getvalue()


def test_a_network_comes_back_in_half_precision_with_all_that_belongs_to_it(tmp_path):
    network, path = small_network(), tmp_path / "numbering.npz"
    path.write_bytes(written(network))
    found = read_numbering_network(path)
    assert (found.network, found.size, found.about) == (SMALL, 32, network.about)
    for ours, theirs in zip(found.weights, in_half_precision(network.weights), strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_array_equal(ours, theirs)
    for whole, rounded in zip(network.weights, found.weights, strict=True):
        np.testing.assert_allclose(rounded, whole, rtol=1 / 2048, atol=6e-8)
    xray = np.random.default_rng(0).integers(0, 256, (40, 60), np.uint8)
    maps = found.maps(xray)
    assert maps.numbers.shape == (16, 16, 53)
    np.testing.assert_allclose(maps.kinds.sum(axis=-1), 1, atol=1e-5)


def test_the_same_network_gives_the_same_bytes():
    assert written(small_network()) == written(small_network())


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", written(small_network())[:500]],
    ids=["empty", "other", "cut off"],
)
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "numbering.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"numbering\.npz: expected a numbering network"):
        read_numbering_network(path)


@pytest.mark.parametrize("left_out", ["network", "size", "about", "description.json"])
def test_weights_alone_are_no_network(tmp_path, left_out):
    arrays = dict(np.load(io.BytesIO(written(small_network()))))
    told = json.loads(arrays.pop("description.json").tobytes())
    told.pop(left_out, None)
    if left_out != "description.json":
        arrays["description.json"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    np.savez(tmp_path / "numbering.npz", **arrays)
    with pytest.raises(InputError, match="expected a numbering network"):
        read_numbering_network(tmp_path / "numbering.npz")


def test_the_network_of_the_package_is_small_and_tells_what_taught_it():
    from teeth_unet import numbering, segmentation

    network = load_numbering_network()
    assert network.network == NETWORK
    drawings = network.about["training"]["drawings"]
    assert drawings["cases"] >= 2000
    assert drawings["settings"]["scene"]
    places = {PACKAGED: numbering, "separation.npz": segmentation, "segmenter.zip": segmentation}
    from importlib import resources

    sizes = {
        name: place.stat().st_size
        for name, room in places.items()
        if (place := resources.files(room).joinpath(name)).is_file()
    }
    assert sizes[PACKAGED] < 4_500_000
    assert sum(sizes.values()) < 12_000_000
