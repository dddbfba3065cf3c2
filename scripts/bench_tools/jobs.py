"""Times a study of short runs with one and with two processes at a time, one thread each."""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from .processes import ROOT, environment, output
from .summaries import ratio


def seconds(program: Path, jobs: int, steps: int | None) -> float:
    """Wall time of the whole study, 30 runs of its own steps or of so many, into a fresh folder."""
    with tempfile.TemporaryDirectory() as results:
        command = [str(program), "run", str(ROOT / "configs/planted.json")]
        command += ["--jobs", str(jobs), "--threads", "1", "--results", results]
        command += ["--set", f"train.steps={steps}"] if steps else []
        begin = time.perf_counter()
        output(command, environment(1))
        return time.perf_counter() - begin


def compare(program: Path, pairs: int, steps: int | None) -> dict[str, Any]:
    """Prints the times of both, interleaved, since the machine's own speed drifts."""
    one: list[float] = []
    two: list[float] = []
    for pair in range(pairs):
        one.append(seconds(program, 1, steps))
        two.append(seconds(program, 2, steps))
        print(
            f"{pair}: jobs 1 {one[-1]:.1f} s, jobs 2 {two[-1]:.1f} s, ratio {two[-1] / one[-1]:.3f}"
        )
    found = ratio(two, one)
    print(f"ratio of medians {found.text('.3f')}: 0.5 is perfect on two free cores")
    return {
        "seconds": {"jobs 1": statistics.median(one), "jobs 2": statistics.median(two)},
        "two_over_one": found.json(),
    }
