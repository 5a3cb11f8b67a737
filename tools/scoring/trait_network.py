"""The trait reader's network: one small convolutional trunk, one linear head for all categories.

Imported only where torch is already needed; `tools.scoring.trait_reader` is the door.
"""

from __future__ import annotations

import torch
from torch import nn

WIDTHS = (32, 64, 96)
SQUEEZED = 32


class TraitNetwork(nn.Module):
    """(n, 3, 32, 32) pictures in [-1, 1] -> (n, values) logits, all categories side by side."""

    def __init__(self, values: int) -> None:
        super().__init__()
        first, second, third = WIDTHS
        self.trunk = nn.Sequential(
            *_layer(3, first),
            *_layer(first, second, stride=2),
            *_layer(second, second),
            *_layer(second, third, stride=2),
            *_layer(third, third),
            *_layer(third, SQUEEZED, kernel=1),
        )
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(SQUEEZED * 8 * 8, values)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Logits of every value of every category."""
        features: torch.Tensor = self.trunk(pictures).flatten(1)
        logits: torch.Tensor = self.head(self.dropout(features))
        return logits


def _layer(inputs: int, outputs: int, stride: int = 1, kernel: int = 3) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return convolution, nn.BatchNorm2d(outputs), nn.SiLU()
