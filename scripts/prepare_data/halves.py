"""A permutation as PyTorch draws it on a CPU, for data that others divided by one.

Reads and writes nothing.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

_Row = TypeVar("_Row")


def torch_permutation(count: int, seed: int) -> list[int]:
    """What torch.randperm(count) gives with a generator of this seed (compared with torch 2.13)."""
    drawn = np.random.RandomState(seed).randint(1 << 32, size=max(count - 1, 0), dtype=np.uint32)
    order = list(range(count))
    for place, number in enumerate(drawn.tolist()):
        other = place + number % (count - place)
        order[place], order[other] = order[other], order[place]
    return order


def halves(rows: Sequence[_Row], seed: int) -> tuple[list[_Row], list[_Row]]:
    """The rows in that order, cut in two: of an odd number the second half has one more."""
    order = torch_permutation(len(rows), seed)
    middle = len(rows) // 2
    return [rows[i] for i in order[:middle]], [rows[i] for i in order[middle:]]
