"""Several runs on one device by --jobs: 1, 4 and 8 processes, each a small encoder."""

import json
import time
from pathlib import Path

from bench_tools import data, ours
from bench_tools.errors import BenchError
from bench_tools.ours import OurRun
from bench_tools.processes import environment, timed_lines
from bench_tools.sets import SETS

from .budget import Budget
from .found import Found
from .measured import MIB_A_GIB
from .place import Place
from .speed import of_place

JOBS = (1, 4, 8)
RUNS = 8


def run(place: Place, _: Budget, found: Found) -> None:
    bench = of_place(SETS["gpu-small"], place)
    own = place.work / "data"
    data.prepared(bench, own, place.python, own)
    study = ours.study(bench, OurRun()) | {"seeds": list(range(RUNS))}
    path = place.work / "bench.json"
    path.write_text(json.dumps(study))
    table = found.table("jobs", "runs", "seconds", "tokens/s of all", "over 1", "peak GiB of a run")
    first = None
    for jobs in JOBS:
        seconds, files = train(place, path, jobs)
        numbers = [ours.numbers(file, place.places) for file in files]
        speed = sum(sum(one["tokens"]) for one in numbers) / seconds
        first = first or speed
        peaks = [one.get("peak_device_allocated_mib", one["peak_memory_mib"]) for one in numbers]
        peak = max(peaks) / MIB_A_GIB
        table.rows.append([jobs, len(files), seconds, round(speed), speed / first, peak])


def train(place: Place, path: Path, jobs: int) -> tuple[float, list[Path]]:
    """Wall time of the whole study, start of processes and all, and its run files."""
    folder = place.work / f"jobs-{jobs}"
    command = [
        place.places.program, "run", path, "--jobs", jobs, "--threads", 1, "--results", folder,
        "--data", place.places.data, "--device", place.device,
    ]  # fmt: skip
    begin = time.monotonic()
    timed_lines([str(word) for word in command], environment(1), "stderr")
    seconds = time.monotonic() - begin
    files = sorted(folder.rglob("*.h5"))
    if len(files) != RUNS:
        raise BenchError(f"--jobs {jobs} left {len(files)} run files, expected {RUNS}")
    return seconds, files
