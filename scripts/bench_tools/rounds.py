"""Runs all sides of a set in turn, so that a machine whose speed drifts is unfair to none."""

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import data, ours, theirs
from .agreement import check_agreement, check_finite
from .flops import adapter_flops, base_flops, products
from .ours import OurRun, Places
from .processes import environment, output
from .sets import BenchSet
from .summaries import Measurement

LORA = "lora"
PYTHON = "python"
SORTED = "python sorted"
WITHOUT = "without "
SIDES = {"data": PYTHON, "length": SORTED}


@dataclass(frozen=True)
class Wanted:
    """What a call asks for beside the set."""

    pairs: int = 5
    threads: int = 1
    only: str = ""  # ours or python; empty: both
    variants: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    evaluation: bool = False
    attention: str = "sdpa"


@dataclass
class Rounds:
    """All measurements by side, each list in the order of the pairs, and what they stand on."""

    measured: dict[str, list[Measurement]] = field(default_factory=dict)
    product_rate: list[float] = field(default_factory=list)  # FLOP/s
    base_flops: float = 0  # a token's, of the frozen products
    differences: dict[str, float] = field(default_factory=dict)  # of first losses, relative

    def flops_per_token(self, side: str) -> float:
        """Of base and adapter together, on one of our sides."""
        return self.base_flops + adapter_flops(self.measured[side][0].active_parameters)

    def speeds(self, side: str) -> list[float]:
        return [one.speed for one in self.measured[side]]


Measure = Callable[[], Measurement]


def without(switch: str) -> str:
    """The name of our side with a switch off."""
    return f"{WITHOUT}{switch}"


def sides(bench: BenchSet, wanted: Wanted, places: Places, start: Path) -> dict[str, Measure]:
    """What a pair measures, by name."""
    found: dict[str, Measure] = {}

    def ours_as(run: OurRun) -> Measure:
        return lambda: ours.measure(bench, run, places, wanted.threads)

    def theirs_as(order: str) -> Measure:
        more = {"start": str(start), "threads": wanted.threads, "attention": wanted.attention}
        given = theirs.spec(bench, order, places, **more)
        return lambda: theirs.measure(given, places)

    if wanted.only != PYTHON:
        found[LORA] = ours_as(OurRun(evaluation=wanted.evaluation))
        found |= {name: ours_as(OurRun(variant=name)) for name in wanted.variants}
        found |= {without(name): ours_as(OurRun(without=name)) for name in wanted.switches}
    if wanted.only != "ours":
        found |= {SIDES[order]: theirs_as(order) for order in bench.orders}
    return found


def product_rate(bench: BenchSet, places: Places, rows: int, threads: int) -> float:
    """FLOP/s of the model's products alone."""
    config = data.config(places.data / "models" / bench.weights)
    each = [
        (p.inputs, p.outputs, p.count, p.backward) for p in products(config, bool(bench.window))
    ]
    spec: dict[str, Any] = {
        "products": each, "rows": rows, "threads": threads,
        "precision": bench.precision, "device": bench.device,
    }  # fmt: skip
    command = [str(places.python), "-m", "bench_tools.product_rate", json.dumps(spec)]
    return float(output(command, environment(threads)).split()[-1])


def rotated(names: list[str], pair: int) -> list[str]:
    """Each pair begins with another side."""
    turn = pair % len(names)
    return names[turn:] + names[:turn]


def run(bench: BenchSet, wanted: Wanted, places: Places) -> Rounds:
    """Everything; BenchError where a side does not compute what the others do."""
    with tempfile.TemporaryDirectory(prefix="rankwise-bench-") as folder:
        start = Path(folder) / "start.safetensors"
        told = ours.start_parameters(bench, places, wanted.threads, start)
        config = data.config(places.data / "models" / bench.weights)
        rounds = Rounds(base_flops=base_flops(products(config, bool(bench.window))))
        each = sides(bench, wanted, places, start)
        for pair in range(wanted.pairs):
            rate = product_rate(bench, places, told["tokens"][0], wanted.threads)
            rounds.product_rate.append(rate)
            for name in rotated(list(each), pair):
                rounds.measured.setdefault(name, []).append(each[name]())
                tell(name, pair, wanted.pairs, rounds)
                check(bench, rounds)
    rounds.measured = {name: rounds.measured[name] for name in each}
    return rounds


def tell(name: str, pair: int, pairs: int, rounds: Rounds) -> None:
    speed = rounds.measured[name][pair].speed
    print(f"pair {pair + 1}/{pairs}  {name:28} {speed:9,.0f} tokens/s", file=sys.stderr, flush=True)


def check(bench: BenchSet, rounds: Rounds) -> None:
    """After each measurement, so that a comparison of two things ends at once."""
    for name, found in rounds.measured.items():
        check_finite(name, found[-1].losses)
    reference = rounds.measured.get(LORA)
    if reference is None:
        return
    alike = {PYTHON, SORTED} | {name for name in rounds.measured if name.startswith(WITHOUT)}
    for name in alike & set(rounds.measured):
        # Behind the warm-up the sorted loop goes its own way.
        steps = bench.warmup if name == SORTED else bench.warmup + 1
        found = check_agreement(
            name, reference[0].losses, rounds.measured[name][-1].losses, steps, bench.precision
        )
        rounds.differences[name] = max(found, rounds.differences.get(name, 0))
