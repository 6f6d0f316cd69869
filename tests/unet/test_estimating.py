import re

import pytest
from small_unets import discs, small_network, small_training

from teeth_unet import unet
from teeth_unet.errors import InputError
from teeth_unet.unet import estimating
from teeth_unet.unet.estimating import Cost


def compiled(size=16, network=None, **training):
    settings = small_training(**training)
    return unet.compile_model(network or small_network(), settings, size=size, train_cases=4)


def test_operations_are_those_of_the_convolutions():
    # Filters 4 and 8 at 16 and 8 px: kernel pixels x inputs x outputs x pixels, twice.
    down = 9 * (1 * 4 + 4 * 4) * 16**2
    bottom = 9 * (4 * 8 + 8 * 8) * 8**2
    narrowing = 8 * 4 * 8**2
    up = 9 * (8 * 4 + 4 * 4) * 16**2
    head = 4 * 16**2
    expected = 2 * (down + bottom + narrowing + up + head)
    assert estimating.count_flops(compiled()) == expected


def test_a_transposed_convolution_is_applied_at_the_pixels_it_reads():
    plain = estimating.count_flops(compiled())
    transposed = estimating.count_flops(compiled(network=small_network(upsampling="transposed")))
    # 4x4x8x8 at 8x8 px in place of the narrowing, and four channels more into the block above.
    assert transposed - plain == 2 * ((16 * 8 * 8 - 8 * 4) * 8**2 + 9 * 4 * 4 * 16**2)


def test_mixed_precision_halves_the_bytes_of_activations_but_for_the_head():
    single, mixed = (
        estimating.count_activation_bytes(compiled(precision=precision))
        for precision in ("float32", "mixed_bfloat16")
    )
    assert 0.5 < mixed / single < 0.6


def test_cost_grows_as_it_must():
    model = compiled()
    one = estimating.estimate_cost(
        model, small_training(batch_size=2), images=100, flops_per_second=1e9
    )
    more = estimating.estimate_cost(
        model, small_training(batch_size=8), images=200, flops_per_second=1e9
    )
    assert more.seconds == pytest.approx(2 * one.seconds)
    image_memory = estimating.ACTIVATION_COPIES * estimating.count_activation_bytes(model)
    assert one.image_memory == more.image_memory == pytest.approx(image_memory)
    assert more.memory - one.memory == pytest.approx(6 * image_memory)


@pytest.mark.parametrize(
    ("available", "remedy"),
    [  # One GiB beside the images, and two for each of eight images: 17.
        (14, "Lower training.batch_size to 6."),  # 13 GiB; 7 would need 15
        (13, "Lower training.batch_size to 6."),
        (12.9, "Lower training.batch_size to 5."),
        (3, "Lower training.batch_size to 1."),
        (2.9, "No batch would fit: lower preparation.size or network.filters, or raise "),
        (0.5, "No batch would fit: lower preparation.size or network.filters, or raise "),
    ],
)
def test_too_little_memory_is_refused_with_the_batch_size_that_fits(available, remedy):
    gib = 2**30
    with pytest.raises(InputError) as error:
        estimating.refuse_too_much_memory(
            Cost(17 * gib, 60, 2 * gib), small_training(batch_size=8), available * gib
        )
    message = str(error.value)
    assert f"expected 17.0 GiB for batches of 8, found {available:.1f} GiB" in message
    assert remedy in message


def test_memory_that_suffices_but_for_the_error_of_the_estimate_is_enough():
    estimating.refuse_too_much_memory(Cost(12e9, 60, 1e9), small_training(batch_size=8), 10e9)


def test_a_training_that_will_not_fit_does_not_begin(monkeypatch):
    monkeypatch.setattr(estimating, "available_memory", lambda: 1e8)
    monkeypatch.setattr(estimating, "has_gpu", lambda: False)
    training = small_training(batch_size=2)
    with pytest.raises(InputError, match=r"No batch would fit"):
        unet.fit_model(compiled(), *discs(4), *discs(2), training)


def test_the_cost_is_told_in_one_line(caplog):
    with caplog.at_level("INFO", estimating.__name__):
        estimating.tell_cost(compiled(), small_training(batch_size=2), train_cases=4, epochs=3)
    (line,) = (one.getMessage() for one in caplog.records if one.name == estimating.__name__)
    assert re.fullmatch(
        r"3 epochs of 4 cases at 16 px, 2 at a time, will take about 1\.1 GiB of memory "
        r"and less than a minute",
        line,
    )
