"""Runs the opponent's process on a set and reads what it prints."""

import json
from collections.abc import Sequence
from typing import Any

from .errors import BenchError
from .ours import Places
from .processes import Line, environment, timed_lines
from .sets import ALPHA_OVER_RANK, CLIP, LEARNING_RATE, WEIGHT_DECAY, BenchSet
from .summaries import Measurement


def spec(bench: BenchSet, order: str, places: Places, **more: Any) -> dict[str, Any]:
    """What bench_tools.opponent is told: the same numbers as rankwise's study has."""
    return {
        "backbone": bench.backbone,
        "model": str(places.data / "models" / bench.weights),
        "token_file": str(places.data / "suites" / f"{bench.suite_name}-{bench.weights}.h5"),
        "tasks": list(bench.tasks),
        "batch": bench.batch,
        "warmup": bench.warmup,
        "steps": bench.steps,
        "order": order,
        "rank": bench.rank,
        "alpha": ALPHA_OVER_RANK * bench.rank,
        "learning_rate": LEARNING_RATE,
        "weight_decay": WEIGHT_DECAY,
        "clip": CLIP,
        "precision": bench.precision,
        "device": bench.device,
        "checkpointing": False,
    } | more


def measure(given: dict[str, Any], places: Places) -> Measurement:
    """Trains once."""
    command = [str(places.python), "-m", "bench_tools.opponent", json.dumps(given)]
    lines = timed_lines(command, environment(given["threads"]), "stdout")
    return measurement(lines, given["warmup"], given["steps"])


def measurement(lines: Sequence[Line], warmup: int, steps: int) -> Measurement:
    """From the lines of JSON; others, which libraries may print, are passed over."""
    found = [(line.seconds, json.loads(line.text)) for line in lines if line.text.startswith("{")]
    each = [(seconds, step) for seconds, step in found if "loss" in step]
    peaks = [step["peak_mib"] for _, step in found if "peak_mib" in step]
    if len(each) != warmup + steps or len(peaks) != 1:
        raise BenchError(f"the opponent told of {len(each)} steps, expected {warmup + steps}")
    first, step = each[0]
    timed = [step for _, step in each[warmup:]]
    return Measurement(
        losses=tuple(step["loss"] for _, step in each),
        tokens=sum(step["tokens"] for step in timed),
        seconds=sum(step["seconds"] for step in timed),
        peak_mib=peaks[0],
        to_first_step=first - step["seconds"],
    )
