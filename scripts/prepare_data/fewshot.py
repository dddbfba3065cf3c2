"""Which rows of train stand answered before a question, its exemplars. Reads and writes nothing.

Draws are made of the SHA-256 of their stream's name and of their number, so that they depend on no
generator.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class FewShot:
    """How many exemplars a question of dev and test has, and what stands behind each of them.

    Without `seed` all questions have the first rows of train; with one each draws its own.
    """

    count: int = 0
    seed: int | None = None
    delimiter: str = "\n\n"

    def rows(self, train: Sequence[_Row], question: str) -> list[_Row]:
        """The exemplars of a question, by its name; of a train with as many rows or more."""
        if self.seed is None:
            return list(train[: self.count])
        return draw(train, self.count, f"{self.seed}\n{question}")


def draw(rows: Sequence[_Row], count: int, stream: str) -> list[_Row]:
    """So many different rows, in the order drawn: the first places of a Fisher-Yates shuffle."""
    moved: dict[int, int] = {}
    drawn = []
    for place in range(count):
        digest = hashlib.sha256(f"{stream}\n{place}".encode()).digest()
        other = place + int.from_bytes(digest, "big") % (len(rows) - place)
        drawn.append(rows[moved.get(other, other)])
        moved[other] = moved.get(place, place)
    return drawn
