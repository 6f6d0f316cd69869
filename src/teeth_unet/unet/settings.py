"""What can be chosen about the network and its training. Imports no Keras: cheap to read."""

import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from teeth_unet.configuration import Names, Settings, known_name, without_templates
from teeth_unet.errors import InputError
from teeth_unet.unet.losses import LOSSES, loss_options

Share = Annotated[float, Field(ge=0, lt=1)]

OPTIMIZERS = ("adam", "adamw", "muon", "sgd", "rmsprop", "nadam")
SCRATCH, PACKAGE = "scratch", "package"
"""Of `Training.start`: anything else is the path of a segmenter."""

PLACE = ("address", "processes", "process")
"""Settings that say where the processes of a training meet, and which one this is."""

METRICS = ("accuracy", "dice", "iou", "precision", "sensitivity")


class Network(Settings):
    """One U-Net (Ronneberger et al. 2015, arXiv:1505.04597).

    Attributes:
        filters: Filters of each level from the full resolution down; the last is the bottleneck.
        dropout: Share of activations dropped between the two convolutions of each level.
        patch: Side of the square of pixels that is folded into channels before the first level
            and unfolded after the last (space-to-depth, Shi et al. 2016, arXiv:1609.05158).
            With 1 there is no folding; with 2 every level works on a quarter of the pixels.
        normalisation: Which normalisation, if any.
        normalisation_place: `after_block` is the article's: convolution, ReLU, dropout,
            convolution, ReLU, and one normalisation which only the way down sees (the skip is
            taken before it; the last block has none). `before_activation` normalises between
            every convolution and its ReLU.
        momentum: Momentum of the moving averages of batch normalisation.
        pooling: How a level's output is halved on the way down.
        upsampling: `transposed` is a 4x4 transposed convolution of stride 2 with ReLU and as
            many filters as its input has; `bilinear` doubles by interpolation and a 1x1
            convolution to the level's filters.
    """

    filters: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=2)
    dropout: tuple[Share, ...]
    patch: Literal[1, 2, 4] = 1
    normalisation: Literal["none", "batch", "group"] = "batch"
    normalisation_place: Literal["after_block", "before_activation"] = "before_activation"
    momentum: Share = 0.9
    pooling: Literal["max", "average"] = "max"
    upsampling: Literal["transposed", "bilinear"] = "bilinear"

    @model_validator(mode="after")
    def _one_dropout_a_level(self) -> "Network":
        if len(self.dropout) != len(self.filters):
            raise ValueError(
                f"filters and dropout need one value a level each, "
                f"found {len(self.filters)} and {len(self.dropout)}"
            )
        return self

    @property
    def size_factor(self) -> int:
        """Pixels that height and width of an input must be a multiple of."""
        factor: int = self.patch * 2 ** (len(self.filters) - 1)
        return factor


def check_size(network: Network, size: int, name: str = "preparation.size") -> None:
    """Refuse an input size that the network cannot halve down to its last level and back.

    Args:
        network: The architecture.
        size: Height and width in px.
        name: Of the parameter, for the message.

    Raises:
        InputError: `size` is not a multiple of `network.size_factor`.
    """
    factor = network.size_factor
    if size % factor:
        nearest = max(1, round(size / factor)) * factor
        raise InputError(
            name,
            f"a multiple of {factor} px, as the network halves the picture "
            f"{len(network.filters) - 1} times after a patch of {network.patch}",
            f"{size} px",
            f"Use for example --params {name}={nearest}",
        )


class Augmentation(Settings):
    """Random changes to an X-ray and its mask while training; all off by default.

    Attributes:
        flip: Probability of a mirror image, left to right.
        rotation: Largest rotation to either side, in degrees.
        zoom: Largest relative change of scale, 0.1 for 0.9 to 1.1.
        shift: Largest shift in each direction, as a share of the side.
        gamma: Largest change of exposure: grey ** exp(u), u uniform in [-gamma, gamma].
        contrast: Largest relative change of contrast about the picture's mean grey.
        noise: Largest standard deviation of added Gaussian noise, in grey levels of [0, 1].
    """

    flip: Annotated[float, Field(ge=0, le=1)] = 0.0
    rotation: Annotated[float, Field(ge=0, le=180)] = 0.0
    zoom: Share = 0.0
    shift: Share = 0.0
    gamma: Annotated[float, Field(ge=0, le=3)] = 0.0
    contrast: Share = 0.0
    noise: Share = 0.0


class Distribution(Settings):
    """On which devices a network is fitted; a single word stands for the kind.

    Every step computes the same, up to rounding, on however many devices: each takes a share of the
    batch, and statistics, losses and gradients are those of the whole batch. Both kinds compute
    with JAX: TensorFlow's mirrored strategy normalises every share by itself, and drops other
    activations than one device would.

    Attributes:
        kind: `none`: as Keras computes by itself, on one device. `mirrored`: all GPUs of this
            machine. `data_parallel`: all devices of all processes.
        address: Name and port of the first process, `10.0.0.1:8476`, that all others reach. Only
            for `data_parallel` in several processes, which are one a machine.
        processes: How many processes.
        process: Which of them this is, 0 to `processes` - 1.
    """

    kind: Literal["none", "mirrored", "data_parallel"] = "none"
    address: str | None = None
    processes: Annotated[int, Field(ge=1)] | None = None
    process: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _word_for_a_kind(cls, given: Any) -> Any:  # noqa: ANN401 (pydantic hands over anything)
        return {"kind": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _meet_in_data_parallel_only(self) -> "Distribution":
        given = [name for name in PLACE if getattr(self, name) is not None]
        if given and self.kind != "data_parallel":
            raise ValueError(f"{given[0]} is for data_parallel, found {self.kind}")
        return self


class Fitting(Settings):
    """How any network is fitted, whatever it learns.

    Attributes:
        optimizer: `muon` (on real X-rays a quarter of the steps that `adamw` needed), `adamw`,
            `adam`, `sgd`, `rmsprop` or `nadam`, made in `teeth_unet.unet.compiling`.
        learning_rate: Highest learning rate of the schedule.
        schedule: Of the learning rate: `constant`; `cosine` falls to zero over all epochs;
            `exponential` falls to a hundredth.
        warmup_epochs: Epochs over which the learning rate first rises from zero; at most half of
            all epochs are taken for it. Only `cosine` has it.
        weight_decay: Decoupled weight decay. Only `adamw` and `muon` have it.
        batch_size: Cases in one step.
        epochs: Passes over the training cases.
        epoch_cases: X-rays of an epoch at least: where there are fewer training cases, an epoch
            goes through them several times, so that a training has steps enough.
        average: The network that is validated and kept has the running average of the weights over
            the steps (Polyak and Juditsky 1992): each step moves it by 1 - `average` towards the
            weights that it has reached. 0 for the weights themselves.
        precision: `auto` takes `mixed_bfloat16` where the processor multiplies in it.
        seed: Seeds initial weights, dropout, order and augmentation.
        deterministic: Let every operation compute in a fixed order, so that the same seed gives
            the same weights bit for bit.
        patience: Epochs without a better validation Dice after which training stops; `null` for
            never. With `cosine` the best epoch comes last.
        resume: Resume a training that was interrupted; otherwise start from the beginning.
        augmentation: Random changes to the training pictures.
    """

    without_effect: ClassVar[frozenset[str]] = frozenset({"resume"})

    optimizer: str = "adamw"
    learning_rate: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1e-3
    schedule: Literal["constant", "cosine", "exponential"] = "cosine"
    warmup_epochs: Annotated[float, Field(ge=0)] = 0.0
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    batch_size: Annotated[int, Field(ge=1)] = 4
    epochs: Annotated[int, Field(ge=1)] = 20
    epoch_cases: Annotated[int, Field(ge=1)] = 1
    average: Share = 0.0
    precision: Literal["auto", "float32", "mixed_bfloat16"] = "auto"
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    deterministic: bool = True
    patience: Annotated[int, Field(ge=1)] | None = None
    resume: bool = True
    augmentation: Augmentation = Augmentation()

    def passes(self, train_cases: int) -> int:
        """Return how often an epoch goes through so many training cases.

        Example:
            >>> Fitting(epoch_cases=40).passes(15)
            3
        """
        return math.ceil(self.epoch_cases / max(1, train_cases))

    def steps(self, train_cases: int) -> int:
        """Return the steps of an epoch with so many training cases."""
        return math.ceil(self.passes(train_cases) * train_cases / self.batch_size)

    @field_validator("optimizer")
    @classmethod
    def _known_optimizer(cls, name: str) -> str:
        return known_name("optimizer", name, OPTIMIZERS)


class Training(Fitting):
    """How a network that finds teeth is compiled and fitted.

    Attributes:
        start: Weights that the training begins with: `scratch` for random ones, `package` for those
            of the network that comes with this package, or the path of a segmenter. Its network
            has to be the one of `network`, but for `dropout` and `momentum`, and its size
            `preparation.size`.
        loss: What is minimised, see `teeth_unet.unet.losses`.
        loss_options: The loss's own numbers by name, for example `alpha` and `beta` of `tversky`;
            those that are left out have the defaults given there.
        metrics: Further metrics beside `dice`, which is always measured: `accuracy`, `iou`,
            `precision`, `sensitivity`. A list, or names in one text with a + between them.
        distribution: On which devices it computes. No record tells of it: what comes out is the
            same up to rounding.
    """

    start: Annotated[str, Field(min_length=1)] = SCRATCH
    loss: str = "binary_crossentropy_dice"
    loss_options: dict[str, Any] = Field(default_factory=dict)
    metrics: Names = ()
    distribution: Distribution = Field(default=Distribution(), exclude=True)

    @field_validator("loss")
    @classmethod
    def _known_loss(cls, name: str) -> str:
        return known_name("loss", name, LOSSES)

    @field_validator("loss_options")
    @classmethod
    def _known_options(cls, given: dict[str, Any], others: ValidationInfo) -> dict[str, Any]:
        if "loss" not in others.data:  # refused already
            return given
        given = without_templates(given)
        options = loss_options(others.data["loss"], given)
        return {name: options[name] for name in given}

    @field_validator("metrics")
    @classmethod
    def _known_metrics(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(known_name("metric", name, METRICS) for name in names)


class Prediction(Settings):
    """How probabilities are predicted.

    Attributes:
        mirror: Average the probabilities of an X-ray and of its mirror image, at twice the cost.
    """

    mirror: bool = False
