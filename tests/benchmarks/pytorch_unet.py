"""The project's U-Nets in PyTorch, to compare the speed with."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from teeth_unet.unet import Network

SMOOTH_PIXELS = 100.0


class Block(nn.Module):
    """Two convolutions; returns what the skip sees and what the next level sees."""

    def __init__(self, network: Network, level: int, channels: int, *, last: bool) -> None:
        super().__init__()
        filters = network.filters[level]
        before = network.normalisation_place == "before_activation"
        after = not before and not last
        parts: list[nn.Module] = []
        for number, inputs in enumerate((channels, filters)):
            parts.append(nn.Conv2d(inputs, filters, 3, padding=1, bias=not before))
            if before:
                parts.append(nn.BatchNorm2d(filters, eps=1e-3))
            parts.append(nn.ReLU(inplace=True))
            if number == 0 and network.dropout[level]:
                parts.append(nn.Dropout(network.dropout[level]))
        self.convolutions = nn.Sequential(*parts)
        self.normalisation = nn.BatchNorm2d(filters, eps=1e-3) if after else nn.Identity()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.convolutions(x)
        return x, self.normalisation(x)


class Up(nn.Module):
    """Double height and width, as the configuration says."""

    def __init__(self, network: Network, level: int) -> None:
        super().__init__()
        channels, filters = network.filters[level + 1], network.filters[level]
        if network.upsampling == "transposed":
            self.channels = channels
            self.parts = nn.Sequential(
                nn.ConvTranspose2d(channels, channels, 4, stride=2, padding=1), nn.ReLU()
            )
        else:
            self.channels = filters
            self.parts = nn.Sequential(
                nn.Conv2d(channels, filters, 1),
                nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False),
            )

    def forward(self, x: Tensor) -> Tensor:
        return self.parts(x)


class UNet(nn.Module):
    """The network of `teeth_unet.unet.build_unet`, with batch normalisation and max pooling."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.patch = network.patch
        bottom = len(network.filters) - 1
        channels = network.patch**2
        self.down = nn.ModuleList()
        for level in range(bottom + 1):
            self.down.append(Block(network, level, channels, last=False))
            channels = network.filters[level]
        self.up = nn.ModuleList(Up(network, level) for level in range(bottom))
        self.merge = nn.ModuleList(
            Block(network, level, up.channels + network.filters[level], last=level == 0)
            for level, up in enumerate(self.up)
        )
        self.logits = nn.Conv2d(network.filters[0], network.patch**2, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (batch, 1, h, w) in float32."""
        if self.patch > 1:
            x = functional.pixel_unshuffle(x, self.patch)
        skips = []
        for level, block in enumerate(self.down):
            skip, x = block(x)
            if level < len(self.up):
                skips.append(skip)
                x = functional.max_pool2d(x, 2)
        for level in reversed(range(len(self.up))):
            x = self.merge[level](torch.cat([self.up[level](x), skips[level]], 1))[1]
        x = self.logits(x).float()
        return functional.pixel_shuffle(x, self.patch) if self.patch > 1 else x


def crossentropy_dice(logits: Tensor, masks: Tensor) -> Tensor:
    """Return binary cross-entropy plus soft Dice loss, as the project's own."""
    probabilities = torch.sigmoid(logits)
    both = (probabilities * masks).sum((1, 2, 3))
    sizes = (probabilities + masks).sum((1, 2, 3)) / 2
    dice = 1 - (both + SMOOTH_PIXELS) / (sizes + SMOOTH_PIXELS)
    return functional.binary_cross_entropy_with_logits(logits, masks) + dice.mean()
