"""One network on several devices: each computes its share of every batch."""

import contextlib
from collections.abc import Iterator, Sequence

import keras

from teeth_unet.errors import InputError
from teeth_unet.unet.distribution import BACKEND
from teeth_unet.unet.precision import has_gpu
from teeth_unet.unet.settings import Distribution


class SharedBatches(keras.distribution.DataParallel):
    """All processes are given the same batches; XLA deals each out over all devices.

    `keras.distribution.DataParallel` has every process read a part of each batch: the last batch
    of an epoch, which may be smaller, does not divide then. Here every process prepares the whole
    batch, with the order and the augmentation that one device would see; outputs of layers are
    shared out, and XLA fills up what does not divide, without counting it.
    """

    def __init__(self) -> None:
        super().__init__(auto_shard_dataset=False)

    def get_data_layout(self, data_shape: Sequence[int]) -> keras.distribution.TensorLayout:
        """Give every device the whole batch: pictures are small, and what is made of them is not.

        Args:
            data_shape: Of the pictures, (batch, h, w, channels).
        """
        return keras.distribution.TensorLayout([None] * len(data_shape), self.device_mesh)

    def get_tensor_layout(self, path: str) -> keras.distribution.TensorLayout:
        """Share out the output of every layer by its first axis, the batch."""
        return keras.distribution.TensorLayout([self.batch_dim_name], self.device_mesh)


@contextlib.contextmanager
def spread(distribution: Distribution, batch_size: int) -> Iterator[None]:
    """Let models that are made and fitted inside compute on the devices of a distribution.

    Raises:
        InputError: Keras computes with something else than JAX, there are no GPUs to mirror on, or
            the devices would not get the same share of a batch.
    """
    if distribution.kind == "none":
        yield
        return
    _refuse_other_backend(distribution)
    if distribution.kind == "mirrored" and not has_gpu():
        raise InputError(
            "training.distribution=mirrored",
            "a GPU that JAX computes on",
            "none",
            'pip install "jax[cuda13]", or use training.distribution=none',
        )
    devices = keras.distribution.get_device_count()
    if batch_size % devices:
        raise InputError(
            "training.batch_size",
            f"a multiple of {devices}, as there are {devices} devices, each with the same share",
            str(batch_size),
            f"Use for example --params training.batch_size={-(-batch_size // devices) * devices}",
        )
    with SharedBatches().scope():
        yield


def _refuse_other_backend(distribution: Distribution) -> None:
    backend = keras.backend.backend()
    if backend != BACKEND:
        raise InputError(
            f"training.distribution={distribution.kind}",
            "Keras to compute with jax",
            str(backend),
            "Set KERAS_BACKEND=jax before Keras is imported.",
        )
