"""Medians, spreads and ratios of interleaved measurements."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """A ratio of medians, and the smallest and largest ratio within one pair."""

    value: float
    least: float
    most: float

    def text(self, form: str = ".2f") -> str:
        return f"{self.value:{form}} ({self.least:{form}}-{self.most:{form}})"

    def json(self) -> dict[str, float]:
        return {"value": self.value, "least": self.least, "most": self.most}


def ratio(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Of measurements that were taken in turn: above[i] beside below[i]."""
    if len(above) != len(below) or not above:
        raise ValueError(f"{len(above)} measurements beside {len(below)}")
    each = [a / b for a, b in zip(above, below, strict=True)]
    return Spread(statistics.median(above) / statistics.median(below), min(each), max(each))


def spread(values: Sequence[float]) -> Spread:
    """The median with the smallest and the largest value."""
    return Spread(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Measurement:
    """What one process of one side did; losses are of all steps, times of those after warm-up."""

    losses: tuple[float, ...]
    tokens: int
    seconds: float
    peak_mib: float
    to_first_step: float
    active_parameters: int = 0  # of the adapter, that a token uses; the router's with them
    evaluation_tokens: int = 0
    evaluation_seconds: float = 0

    @property
    def speed(self) -> float:
        """Real tokens a second."""
        return self.tokens / self.seconds

    @property
    def evaluation_speed(self) -> float:
        return self.evaluation_tokens / self.evaluation_seconds

    def json(self) -> dict[str, object]:
        found = {
            "losses": list(self.losses),
            "tokens": self.tokens,
            "seconds": self.seconds,
            "tokens_per_second": self.speed,
            "peak_memory_mib": self.peak_mib,
            "seconds_to_first_step": self.to_first_step,
            "active_parameters": self.active_parameters,
        }
        if self.evaluation_tokens:
            found["evaluation_tokens_per_second"] = self.evaluation_speed
        return found
