"""A segmenter as the start of a training: what it may differ in, and what is recorded of it."""

import pytest
from small_segmenters import SIZE, small_segmenter

from teeth_unet.errors import InputError
from teeth_unet.segmentation import record_start, refuse_other_network
from teeth_unet.unet import Network, start_in_words

NETWORK = {"filters": (2, 4), "dropout": (0, 0), "patch": 2}
START = small_segmenter(training={"network": NETWORK, "trained_on": ["a"]})


@pytest.mark.parametrize(
    "network",
    [
        Network(**NETWORK),
        Network(**{**NETWORK, "dropout": (0.1, 0.2)}),  # no weight depends on these
        Network(**NETWORK, momentum=0.5),
    ],
)
def test_a_network_with_the_same_layers_begins_with_its_weights(network):
    refuse_other_network(START.settings, network, SIZE)


@pytest.mark.parametrize(
    ("network", "size", "told", "remedy"),
    [
        (
            {"patch": 1},
            SIZE,
            "network.patch 2 where this training has 1",
            "network.patch=2",
        ),
        (
            {"filters": (2, 8), "pooling": "average"},
            SIZE,
            "network.filters [2,4], network.pooling max where this training has [2,8], average",
            "network.filters=[2,4],network.pooling=max",
        ),
        (
            {"filters": (2, 4, 8), "dropout": (0, 0, 0)},
            SIZE,
            "network.dropout [0.0,0.0] where this training has [2,4,8], [0.0,0.0,0.0]",
            "network.filters=[2,4],network.dropout=[0.0,0.0]",
        ),
        ({}, 64, "preparation.size 32 where this training has 64", "preparation.size=32"),
    ],
)
def test_another_network_or_size_is_refused_with_what_to_set(network, size, told, remedy):
    with pytest.raises(InputError) as refused:
        refuse_other_network(START.settings, Network(**{**NETWORK, **network}), size)
    assert told in str(refused.value)
    assert f"Set --params '{remedy}', or start from scratch." in str(refused.value)


def test_the_names_to_set_are_those_of_the_block_that_is_asked_for():
    with pytest.raises(InputError, match=r"^pretraining\.training\.start: .*'pretraining\.pre"):
        refuse_other_network(START.settings, Network(**NETWORK), 64, "pretraining.")


@pytest.mark.parametrize("training", [{}, {"network": {"filters": "many"}}])
def test_a_segmenter_that_does_not_tell_its_network_is_refused(training):
    silent = small_segmenter(training=training)
    with pytest.raises(InputError, match="a segmenter that tells how its network is built"):
        refuse_other_network(silent.settings, Network(**NETWORK), SIZE)


def test_the_record_tells_the_whole_way_that_weights_have_come():
    first = small_segmenter(data_note="Drawings.", training={"trained_on": ["a"]})
    record = {"trained_on": ["b"], "start": record_start(first)}
    second = small_segmenter(data_note="Of the clinic.", training=record)
    told = record_start(second)
    assert told["record"]["start"]["record"] == {"trained_on": ["a"]}
    assert start_in_words({"start": told}) == (
        f"Of the clinic. ({second.fingerprint[:12]}), which began with "
        f"Drawings. ({first.fingerprint[:12]})"
    )


def test_from_scratch_nothing_is_recorded():
    assert record_start(None) is None
    assert start_in_words({"trained_on": []}) == "scratch"
