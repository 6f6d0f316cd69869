"""One builder for every U-Net."""

from collections import Counter

import keras
from keras import KerasTensor, layers

from teeth_unet.unet.layers import (
    BatchNormalization,
    DepthToSpace,
    Dropout,
    SpaceToDepth,
)
from teeth_unet.unet.settings import Network, check_size

SUMMARY_WIDTH = 80

HEAD = "logits"
"""Name of the last convolution."""


def build_unet(
    network: Network, size: int, *, precision: str = "float32", seed: int = 0
) -> keras.Model:
    """Build an untrained U-Net.

    Args:
        network: Its architecture.
        size: Height and width of the input in px.
        precision: Keras dtype policy of all layers; weights and output are float32 always.
        seed: Seed of initial weights and dropout; the same seed gives the same network.

    Returns:
        A model from (batch, size, size, 1) grey levels in [0, 1] to (batch, size, size, 1)
        probabilities of tooth in [0, 1].

    Raises:
        InputError: `size` is not a multiple of `network.size_factor`.
    """
    check_size(network, size)
    build = _Builder(network, precision, seed)
    inputs = layers.Input((size, size, 1), name="xray")
    x = inputs
    if network.patch > 1:
        x = SpaceToDepth(network.patch, **build.options("fold"))(x)

    skips = []
    bottom = len(network.filters) - 1
    for level in range(bottom):
        build.stage = f"down_{level + 1}"
        skip, x = build.block(x, level)
        skips.append(skip)
        x = build.pool(x)
    build.stage = "bottom"
    _, x = build.block(x, bottom)
    for level in reversed(range(bottom)):
        build.stage = f"up_{level + 1}"
        x = layers.Concatenate(**build.options("join"))([build.upsample(x, level), skips[level]])
        x = build.block(x, level, last=level == 0)[1]

    # Logits and sigmoid in float32: in bfloat16 probabilities near 1 have steps of 0.004.
    head = layers.Conv2D(
        network.patch**2,
        1,
        kernel_initializer=build.initializer(),
        dtype="float32",
        name=HEAD,
    )
    x = head(x)
    if network.patch > 1:
        x = DepthToSpace(network.patch, dtype="float32", name="unfold")(x)
    outputs = layers.Activation("sigmoid", dtype="float32", name="probability")(x)
    return keras.Model(inputs, outputs, name="unet")


def layer_table(model: keras.Model) -> str:
    """Return the table of a model's layers, shapes and parameters."""
    lines: list[str] = []
    # A compiled model would count its optimizer's numbers; one over the same layers is bare.
    bare = keras.Model(model.input, model.output, name=model.name)
    bare.summary(line_length=SUMMARY_WIDTH, print_fn=lines.append)
    return "\n".join(lines) + "\n"


class _Builder:
    """The parts of one network, sharing its configuration, seeds and names.

    Attributes:
        stage: Where in the network the next layers are; the beginning of their names.
    """

    def __init__(self, network: Network, precision: str, seed: int) -> None:
        self.network = network
        self.precision = precision
        self.seeds = iter(range(seed * 100_000, (seed + 1) * 100_000))
        self.stage = "input"
        self.named: Counter[str] = Counter()

    def initializer(self) -> keras.initializers.Initializer:
        return keras.initializers.HeNormal(seed=next(self.seeds))

    def options(self, kind: str) -> dict[str, str]:
        """Return a layer's name, such as `down_1_convolution_2`, and its precision."""
        name = f"{self.stage}_{kind}"
        self.named[name] += 1
        return {"name": f"{name}_{self.named[name]}", "dtype": self.precision}

    def block(
        self, x: KerasTensor, level: int, *, last: bool = False
    ) -> tuple[KerasTensor, KerasTensor]:
        """Return a block's output as the skip connection sees it, and as the next level does."""
        share = self.network.dropout[level]
        x = self.convolution(x, level)
        if share:
            x = Dropout(share, seed=next(self.seeds), **self.options("dropout"))(x)
        x = self.convolution(x, level)
        if self.network.normalisation_place == "before_activation" or last:
            return x, x
        return x, self.normalise(x)

    def convolution(self, x: KerasTensor, level: int) -> KerasTensor:
        normalised = (
            self.network.normalisation != "none"
            and self.network.normalisation_place == "before_activation"
        )
        convolve = layers.Conv2D(
            self.network.filters[level],
            3,
            padding="same",
            use_bias=not normalised,  # the normalisation's offset replaces it
            kernel_initializer=self.initializer(),
            **self.options("convolution"),
        )
        x = convolve(x)
        if normalised:
            x = self.normalise(x)
        return layers.Activation("relu", **self.options("relu"))(x)

    def normalise(self, x: KerasTensor) -> KerasTensor:
        options = self.options("normalisation")
        if self.network.normalisation == "batch":
            return BatchNormalization(momentum=self.network.momentum, **options)(x)
        if self.network.normalisation == "group":
            groups = next(n for n in (8, 4, 2, 1) if x.shape[-1] % n == 0)
            return layers.GroupNormalization(groups, **options)(x)
        return x

    def pool(self, x: KerasTensor) -> KerasTensor:
        pooling = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
        return pooling[self.network.pooling](2, **self.options("pooling"))(x)

    def upsample(self, x: KerasTensor, level: int) -> KerasTensor:
        if self.network.upsampling == "transposed":
            double = layers.Conv2DTranspose(
                x.shape[-1],
                4,
                strides=2,
                padding="same",
                activation="relu",
                kernel_initializer=self.initializer(),
                **self.options("transposed_convolution"),
            )
            return double(x)
        # The 1x1 convolution comes first: it commutes with the interpolation and costs a
        # quarter at the lower resolution.
        narrow = layers.Conv2D(
            self.network.filters[level],
            1,
            kernel_initializer=self.initializer(),
            **self.options("narrowing"),
        )
        upsample = layers.UpSampling2D(2, interpolation="bilinear", **self.options("upsampling"))
        return upsample(narrow(x))
