"""Sides of a measurement, one process each: rankwise or PEFT on one set."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench_tools import data, ours, theirs
from bench_tools.agreement import check_agreement, check_finite
from bench_tools.errors import BenchError
from bench_tools.ours import OurRun, Places
from bench_tools.processes import Deadline
from bench_tools.sets import BenchSet
from bench_tools.summaries import Measurement

from .found import Found, Table
from .place import Place

MIB_A_GIB = 1024
COLUMNS = ("side", "rows a step", "tokens/s", "peak GiB", "to first step, s", "last loss")


@dataclass(frozen=True)
class Side:
    """One of the things that are timed; PEFT's where there is no `run`."""

    name: str
    run: OurRun | None = None
    order: str = "data"  # of PEFT's batches
    checkpointing: bool = False  # of PEFT's
    batch: int | None = None  # rows of a step, if not the set's
    like: str = ""  # the side whose first losses it must have


@dataclass
class Series:
    """The sides of one set that were measured, in one table."""

    place: Place
    bench: BenchSet
    found: Found
    table: Table = field(init=False)
    measured: dict[str, Measurement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.table = self.found.table(f"{self.bench.name}, {self.bench.precision}", *COLUMNS[1:])

    def run(self, sides: list[Side], optional: bool = True) -> None:
        """Each in turn. One that fails is told and left out, if it is PEFT's: it may not fit."""
        places = self.prepared(sides)
        start = self.place.work / f"start-{self.bench.weights}.safetensors"
        if any(side.run is None for side in sides):
            ours.start_parameters(self.bench, places, self.threads, start)
        for side in sides:
            try:
                self.keep(side, self.measure(side, places, start))
            except BenchError as error:
                if side.run is not None or Deadline.passed() or not optional:
                    raise
                self.table.rows.append([side.name, self.rows(side), *[None] * 4])
                self.found.notes.append(f"{side.name}: {error}")

    def speed(self, name: str) -> float | None:
        return self.measured[name].speed if name in self.measured else None

    def ratio(self, above: str, below: Sequence[str]) -> float | None:
        """Of the speed to the best of the others, where there are both."""
        own = self.speed(above)
        others = [speed for name in below if (speed := self.speed(name)) is not None]
        return own / max(others) if own is not None and others else None

    @property
    def threads(self) -> int:
        return 1 if self.place.device == "cpu" else 4

    def rows(self, side: Side) -> int:
        return side.batch or self.bench.batch

    def prepared(self, sides: list[Side]) -> Places:
        """Rows enough for the side that takes most."""
        most = max(self.rows(side) for side in sides)
        own = self.place.work / "data"
        python = self.place.python
        data.prepared(self.bench.changed(batch=most), own, python, own)
        return self.place.places

    def measure(self, side: Side, places: Places, start: Path) -> Measurement:
        bench = self.bench.changed(batch=self.rows(side))
        if side.run is not None:
            return ours.measure(bench, side.run, places, self.threads)
        more = {"start": str(start), "threads": self.threads, "attention": "sdpa",
                "checkpointing": side.checkpointing}  # fmt: skip
        return theirs.measure(theirs.spec(bench, side.order, places, **more), places)

    def keep(self, side: Side, measured: Measurement) -> None:
        check_finite(side.name, measured.losses)
        if side.like in self.measured:
            steps = self.bench.warmup
            check_agreement(
                side.name, self.measured[side.like].losses, measured.losses, steps,
                self.bench.precision,
            )  # fmt: skip
        self.measured[side.name] = measured
        self.table.rows.append([
            side.name, self.rows(side), round(measured.speed), measured.peak_mib / MIB_A_GIB,
            measured.to_first_step, measured.losses[-1],
        ])  # fmt: skip
