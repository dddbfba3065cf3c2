"""Whether two sides compute the same: a benchmark of two different computations is worthless."""

import math
from collections.abc import Sequence

from .errors import BenchError

# Relative, of the losses of the warm-up steps and the first timed one, from the same start on the
# same examples without dropout. fp32: sums in another order, over three AdamW steps.
TOLERANCES = {"fp32": 1e-4, "bf16": 5e-2}


def check_finite(name: str, losses: Sequence[float]) -> None:
    """A NaN is faster than a number."""
    for step, loss in enumerate(losses, 1):
        if not math.isfinite(loss):
            raise BenchError(f"{name}: the loss is {loss} at step {step}; nothing was measured")


def largest_difference(ours: Sequence[float], theirs: Sequence[float], steps: int) -> float:
    """Of the first steps' losses, relative to ours."""
    pairs = list(zip(ours, theirs, strict=False))[:steps]
    return max(abs(a - b) / max(abs(a), 1e-12) for a, b in pairs)


def check_agreement(
    name: str, ours: Sequence[float], theirs: Sequence[float], steps: int, precision: str
) -> float:
    """The largest relative difference; BenchError where it is beyond the precision's tolerance."""
    found = largest_difference(ours, theirs, steps)
    if not found <= TOLERANCES[precision]:
        shown = ", ".join(
            f"{a:.6f} and {b:.6f}" for a, b in zip(ours[:steps], theirs[:steps], strict=False)
        )
        raise BenchError(
            f"ours and {name} do not compute the same: losses of the first steps differ by "
            f"{found:.1e} relative, allowed are {TOLERANCES[precision]:.0e} ({shown})"
        )
    return found
