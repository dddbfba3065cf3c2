"""Runs rankwise on a set, a process a measurement, and reads its run file."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import BenchError
from .processes import ROOT, Line, environment, output, timed_lines
from .sets import ALPHA_OVER_RANK, CLIP, LEARNING_RATE, WEIGHT_DECAY, BenchSet
from .summaries import Measurement

PROGRAM = Path(os.environ.get("RANKWISE_PROGRAM", ROOT / "build/release/bin/rankwise")).absolute()
UNMOVED = 1e-30  # a learning rate: AdamW's step leaves every parameter of fp32 as it is
FEW = 2  # examples of dev and test where evaluation is not measured
DEV_ROWS = 256


@dataclass(frozen=True)
class Places:
    """What a call of the bench reads and runs."""

    python: Path  # an interpreter with the pinned packages
    data: Path  # models and suites
    program: Path = PROGRAM


@dataclass(frozen=True)
class OurRun:
    """One of rankwise's sides."""

    variant: str = "lora"
    without: str = ""  # a switch that is off
    evaluation: bool = False
    learning_rate: float = LEARNING_RATE
    options: dict[str, Any] = field(default_factory=dict)
    train: dict[str, Any] = field(default_factory=dict)  # members that differ from the set's


@dataclass(frozen=True)
class Setting:
    """How the program is called."""

    threads: int
    device: str = "cpu"
    without: str = ""  # a switch that is off


def study(bench: BenchSet, run: OurRun) -> dict[str, Any]:
    """A study file of one run: examples in the data's order, tasks in turn."""
    lora = {"rank": bench.rank, "alpha": ALPHA_OVER_RANK * bench.rank, "dropout": 0}
    dev = max(DEV_ROWS // len(bench.tasks), 1) if run.evaluation else FEW
    return {
        "study": "bench",
        "runs": [
            {
                "variant": run.variant,
                "options": run.options or (lora if run.variant == "lora" else {}),
                "backbone": {"name": bench.backbone, "weights": bench.weights},
                "data": {
                    "suite": bench.suite_name,
                    "tasks": list(bench.tasks),
                    "dev_rows": dev,
                    "test_rows": FEW,
                },
                "train": {
                    "steps": bench.warmup + bench.steps,
                    "batch": bench.batch,
                    "learning_rate": run.learning_rate,
                    "weight_decay": WEIGHT_DECAY,
                    "clip": CLIP,
                    "schedule": "constant",
                    "warmup": 0,
                    "sampler": {"tasks": "round_robin", "mixed": True, "shuffle": False},
                    "evaluations": 1,
                    "precision": bench.precision,
                } | run.train,
                "record": {
                    "samples": 0, "factors": False, "checkpoints": False, "parameters": "last",
                },
            }
        ],
    }  # fmt: skip


def measure(bench: BenchSet, run: OurRun, places: Places, threads: int) -> Measurement:
    """Trains once, into a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="rankwise-bench-") as folder:
        lines, file = train(bench, run, places, threads, Path(folder))
        found = numbers(file, places)
    return measurement(bench, run, lines, found)


def train(
    bench: BenchSet, run: OurRun, places: Places, threads: int, folder: Path
) -> tuple[list[Line], Path]:
    """What the program said, and its run file."""
    setting = Setting(threads, bench.device, run.without)
    return run_study(study(bench, run), places, folder, setting)


def run_study(
    described: dict[str, Any], places: Places, folder: Path, setting: Setting
) -> tuple[list[Line], Path]:
    """The same of a study file called "bench" that has one run."""
    path = folder / "bench.json"
    path.write_text(json.dumps(described))
    threads = setting.threads
    command = [places.program, "run", path, "--threads", str(threads), "--results", folder]
    command += ["--data", places.data, "--device", setting.device]
    more = {"RANKWISE_WITHOUT": setting.without} if setting.without else {}
    lines = timed_lines([str(word) for word in command], environment(threads, **more), "stderr")
    files = sorted((folder / "bench").glob("*.h5"))
    if len(files) != 1:
        raise BenchError(
            f"rankwise left {len(files)} run files in {folder / 'bench'}, expected one"
        )
    return lines, files[0]


def numbers(file: Path, places: Places) -> dict[str, Any]:
    command = [str(places.python), "-m", "bench_tools.run_numbers", str(file)]
    return json.loads(output(command, environment(1)))


def measurement(
    bench: BenchSet, run: OurRun, lines: Iterable[Line], found: dict[str, Any]
) -> Measurement:
    """From the program's lines of progress and its run file's numbers."""
    first, last, evaluated = progress(lines, bench.warmup + bench.steps)
    device = found.get("peak_device_allocated_mib")
    return Measurement(
        losses=tuple(found["loss"]),
        tokens=sum(found["tokens"][bench.warmup :]),
        seconds=sum(found["seconds"][bench.warmup :]),
        peak_mib=found["peak_memory_mib"] if device is None else device,
        to_first_step=first - found["seconds"][0],
        active_parameters=found["parameters"]["active"],
        evaluation_tokens=found["dev_tokens"] if run.evaluation else 0,
        evaluation_seconds=evaluated - last,
    )


def progress(lines: Iterable[Line], steps: int) -> tuple[float, float, float]:
    """When the first step, the last one and the evaluation behind it were done."""
    first = last = evaluated = None
    for line in lines:
        if match := re.search(r"  step (\d+)/\d+  loss", line.text):
            first = line.seconds if first is None else first
            last = line.seconds if int(match[1]) == steps else last
        elif re.search(rf"  dev at step {steps}:", line.text):
            evaluated = line.seconds
    if first is None or last is None or evaluated is None:
        raise BenchError("rankwise's lines of progress are not those that this script knows")
    return first, last, evaluated


def start_parameters(bench: BenchSet, places: Places, threads: int, to: Path) -> dict[str, Any]:
    """Writes the adapter and heads that every run of LoRA starts from; gives the run's numbers."""
    once = bench.changed(steps=1, warmup=0, precision="fp32" if bench.device == "cpu" else None)
    with tempfile.TemporaryDirectory(prefix="rankwise-bench-") as folder:
        unmoved = OurRun(learning_rate=UNMOVED)
        _, file = train(once, unmoved, places, threads, Path(folder))
        shutil.copyfile(file.with_suffix(".safetensors"), to)
        return numbers(file, places)


def switches(places: Places) -> list[str]:
    """Names that `rankwise list switches` prints."""
    lines = output([str(places.program), "list", "switches"], environment(1)).splitlines()
    return [line.split()[0] for line in lines if line.startswith("  ")]
