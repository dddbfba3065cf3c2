"""Times a token of training over files of more and more tokens, and over one long run."""

import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import data, ours
from .errors import BenchError
from .ours import FEW, OurRun, Places
from .processes import Line, environment, output
from .sets import SETS, BenchSet
from .summaries import Measurement

# The long run's: ten million tokens pass in a minute, and what is done beside the model shows.
SMALL = {"name": "bert", "hidden": 32, "layers": 2}
PLANTED = {"suite": "planted_tokens", "options": {"length": 32}, "dev_rows": FEW, "test_rows": FEW}
BATCH_TOKENS = 32 * 24  # about; of 32 rows of that suite
TENTHS = 10
RUN = OurRun()
THREADS = 1


def suite_of(tokens: int) -> str:
    return f"growth{tokens}"


def file_of(tokens: int) -> Path:
    return data.OWN_DATA / f"suites/{suite_of(tokens)}-{SETS['cpu-short'].weights}.h5"


def prepared(sizes: Sequence[int], folder: Path, python: Path) -> Path:
    """The folder with a file of each size; made anew each time, in seconds."""
    bench = SETS["cpu-short"]
    prepared_data = data.prepared(bench, folder, python)
    data.make_own_folders()
    data.link_model(prepared_data / "models" / bench.weights)
    source = prepared_data / f"suites/{bench.suite}-{bench.weights}.h5"
    for tokens in sizes:
        spec = {
            "from": str(source),
            "file": str(file_of(tokens)),
            "tasks": list(bench.tasks),
            "tokens": tokens,
        }
        command = [str(python), "-m", "bench_tools.growth_files", json.dumps(spec)]
        output(command, environment(1))
    return data.OWN_DATA


def of_files(
    bench: BenchSet, sizes: Sequence[int], places: Places, pairs: int
) -> dict[int, list[Measurement]]:
    """The sizes in turn, as often as there are pairs."""
    found: dict[int, list[Measurement]] = {tokens: [] for tokens in sizes}
    for _ in range(pairs):
        for tokens in sizes:
            sized = replace(bench, suite=suite_of(tokens))
            found[tokens].append(ours.measure(sized, RUN, places, THREADS))
    return found


def long_study(steps: int) -> dict[str, Any]:
    """A run that evaluates after each tenth and records what runs do by default."""
    train = {"steps": steps, "batch": 32, "evaluations": TENTHS}
    run = {"variant": "lora", "backbone": SMALL, "data": PLANTED, "train": train}
    return {"study": "bench", "runs": [run]}


@dataclass(frozen=True)
class LongRun:
    """Wall time of its parts, with all that was done between steps."""

    tokens: int
    seconds_a_step: list[float]  # of each tenth


def of_one_run(tokens: int, places: Places) -> LongRun:
    """Trains on about so many tokens."""
    steps = max(tokens // BATCH_TOKENS // TENTHS, 2) * TENTHS
    with tempfile.TemporaryDirectory(prefix="rankwise-bench-") as folder:
        setting = ours.Setting(THREADS)
        lines, file = ours.run_study(long_study(steps), places, Path(folder), setting)
        trained = sum(ours.numbers(file, places)["tokens"])
    return LongRun(trained, seconds_of_tenths(lines, steps))


def seconds_of_tenths(lines: Sequence[Line], steps: int) -> list[float]:
    """From when the program told of its first step and of dev after each tenth."""
    first = [line.seconds for line in lines if f"  step 1/{steps}  " in line.text]
    ends = [line.seconds for line in lines if re.search(r"  dev at step \d+:", line.text)]
    if len(first) != 1 or len(ends) != TENTHS:
        raise BenchError("rankwise's lines of progress are not those that this script knows")
    each = steps // TENTHS
    counts = [each - 1] + [each] * (TENTHS - 1)
    return [
        (end - begin) / count for begin, end, count in zip(first + ends, ends, counts, strict=False)
    ]
