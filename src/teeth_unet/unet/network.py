"""One builder for every U-Net."""

import keras
from keras import KerasTensor, layers

from teeth_unet.unet.configuration import Network, check_size
from teeth_unet.unet.layers import DepthToSpace, SpaceToDepth

SUMMARY_WIDTH = 80


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
    x = SpaceToDepth(network.patch, dtype=precision)(inputs) if network.patch > 1 else inputs

    skips = []
    for level in range(len(network.filters) - 1):
        skip, x = build.block(x, level)
        skips.append(skip)
        x = build.pool(x)
    _, x = build.block(x, len(network.filters) - 1)
    for level in reversed(range(len(skips))):
        x = layers.Concatenate(dtype=precision)([build.upsample(x, level), skips[level]])
        x = build.block(x, level, last=level == 0)[1]

    # Logits and sigmoid in float32: in bfloat16 probabilities near 1 have steps of 0.004.
    x = layers.Conv2D(network.patch**2, 1, kernel_initializer=build.initializer(), dtype="float32")(
        x
    )
    if network.patch > 1:
        x = DepthToSpace(network.patch, dtype="float32")(x)
    outputs = layers.Activation("sigmoid", dtype="float32", name="probability")(x)
    return keras.Model(inputs, outputs, name="unet")


def summarise_model(model: keras.Model) -> str:
    """Return the table of a model's layers, shapes and parameters."""
    lines: list[str] = []
    # A compiled model would count its optimizer's numbers; one over the same layers is bare.
    bare = keras.Model(model.input, model.output, name=model.name)
    bare.summary(line_length=SUMMARY_WIDTH, print_fn=lines.append)
    return "\n".join(lines) + "\n"


class _Builder:
    """The parts of one network, sharing its configuration and its stream of seeds."""

    def __init__(self, network: Network, precision: str, seed: int) -> None:
        self.network = network
        self.precision = precision
        self.seeds = iter(range(seed * 100_000, (seed + 1) * 100_000))

    def initializer(self) -> keras.initializers.Initializer:
        return keras.initializers.HeNormal(seed=next(self.seeds))

    def block(
        self, x: KerasTensor, level: int, *, last: bool = False
    ) -> tuple[KerasTensor, KerasTensor]:
        """Return a block's output as the skip connection sees it, and as the next level does."""
        share = self.network.dropout[level]
        x = self.convolution(x, level)
        if share:
            x = layers.Dropout(share, seed=next(self.seeds), dtype=self.precision)(x)
        x = self.convolution(x, level)
        if self.network.normalisation_place == "before_activation" or last:
            return x, x
        return x, self.normalise(x)

    def convolution(self, x: KerasTensor, level: int) -> KerasTensor:
        filters = self.network.filters[level]
        normalised = (
            self.network.normalisation != "none"
            and self.network.normalisation_place == "before_activation"
        )
        x = layers.Conv2D(
            filters,
            3,
            padding="same",
            use_bias=not normalised,  # the normalisation's offset replaces it
            kernel_initializer=self.initializer(),
            dtype=self.precision,
        )(x)
        if normalised:
            x = self.normalise(x)
        return layers.Activation("relu", dtype=self.precision)(x)

    def normalise(self, x: KerasTensor) -> KerasTensor:
        if self.network.normalisation == "batch":
            return layers.BatchNormalization(momentum=self.network.momentum, dtype=self.precision)(
                x
            )
        if self.network.normalisation == "group":
            groups = next(n for n in (8, 4, 2, 1) if x.shape[-1] % n == 0)
            return layers.GroupNormalization(groups, dtype=self.precision)(x)
        return x

    def pool(self, x: KerasTensor) -> KerasTensor:
        pooling = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
        return pooling[self.network.pooling](2, dtype=self.precision)(x)

    def upsample(self, x: KerasTensor, level: int) -> KerasTensor:
        if self.network.upsampling == "transposed":
            return layers.Conv2DTranspose(
                x.shape[-1],
                4,
                strides=2,
                padding="same",
                activation="relu",
                kernel_initializer=self.initializer(),
                dtype=self.precision,
            )(x)
        # The 1x1 convolution comes first: it commutes with the interpolation and costs a
        # quarter at the lower resolution.
        x = layers.Conv2D(
            self.network.filters[level],
            1,
            kernel_initializer=self.initializer(),
            dtype=self.precision,
        )(x)
        return layers.UpSampling2D(2, interpolation="bilinear", dtype=self.precision)(x)
