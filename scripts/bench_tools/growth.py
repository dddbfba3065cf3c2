"""Whether a token, or a run, takes longer as data, a run or a study grow."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from . import growth_runs, growth_tokens
from .growth_tokens import LongRun
from .ours import Places
from .sets import SETS
from .summaries import Measurement, ratio


@dataclass(frozen=True)
class Growth:
    """How far each measurement goes."""

    most_tokens: int = 10**7
    most_runs: int = 1000
    pairs: int = 5
    steps: int | None = None  # cpu-short's


def decades(first: int, most: int) -> list[int]:
    """first, 10 first, ... and `most`."""
    found = [first]
    while found[-1] * 10 <= most:
        found.append(found[-1] * 10)
    return found


def files_text(found: dict[int, list[Measurement]]) -> list[str]:
    least = [1 / one.speed for one in next(iter(found.values()))]
    over_first = "time a token, over the first"
    lines = [f"{'tokens of the file':20} {'tokens/s':>10}  {over_first:28}  to first step"]
    for tokens, each in found.items():
        over = ratio([1 / one.speed for one in each], least).text()
        speed = median(one.speed for one in each)
        first = median(one.to_first_step for one in each)
        lines.append(f"{tokens:20,} {speed:10,.0f}  {over:28}  {first:.2f} s")
    return lines


def run_text(run: LongRun) -> list[str]:
    tenths = run.seconds_a_step
    each = " ".join(f"{1e3 * seconds:.2f}" for seconds in tenths)
    return [
        f"a run of {run.tokens:,} tokens, small random BERT, ms a step in each tenth: {each}",
        f"last tenth over first: {tenths[-1] / tenths[0]:.2f}",
    ]


def runs_text(found: dict[int, dict[str, float]]) -> list[str]:
    sizes = list(found)
    lines = ["ms a run of a study; in brackets a further run's, beyond the study above"]
    lines.append(f"{'runs':>8}" + "".join(f"{name:>18}" for name in growth_runs.ASKED))
    more = {
        name: growth_runs.further(sizes, [found[runs][name] for runs in sizes])
        for name in growth_runs.ASKED
    }
    for i, runs in enumerate(sizes):
        cells = []
        for name, taken in found[runs].items():
            beyond = f" ({1e3 * more[name][i - 1]:.1f})" if i > 0 else ""
            cells.append(f"{1e3 * taken / runs:.1f}{beyond}")
        lines.append(f"{runs:8,}" + "".join(f"{cell:>18}" for cell in cells))
    return lines


def show(lines: Sequence[str]) -> None:
    print("\n".join(lines), end="\n\n", flush=True)


def compare(asked: Growth, data: Path, python: Path) -> dict[str, Any]:
    """Prints and gives the three measurements."""
    sizes = decades(1000, asked.most_tokens)
    bench = SETS["cpu-short"].changed(steps=asked.steps)
    places = Places(python, growth_tokens.prepared(sizes, data, python))
    files = growth_tokens.of_files(bench, sizes, places, asked.pairs)
    show(files_text(files))
    long_run = growth_tokens.of_one_run(sizes[-1], places)
    show(run_text(long_run))
    studies = decades(1, asked.most_runs)
    runs = {count: growth_runs.seconds(places.program, count) for count in studies}
    show(runs_text(runs))
    return {
        "files": {tokens: [one.json() for one in each] for tokens, each in files.items()},
        "long_run": asdict(long_run),
        "seconds_of_a_study": runs,
    }
