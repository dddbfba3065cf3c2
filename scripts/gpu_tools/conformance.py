"""The conformance suite of the C++ tests on a device, by several processes at once."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench_tools.processes import end_group, environment

from .budget import Budget
from .found import Found
from .place import Place

SMALL = "*Conformance.Holds/smora_features_{device}_*"
WHOLE = "*Conformance.Holds/*_{device}_*:*OnCuda*"
WORDS = {"       OK ": "passed", "  FAILED  ": "failed", "  SKIPPED ": "skipped"}
LINE = re.compile(r"\[( {7}OK |  FAILED  |  SKIPPED | RUN {6})\] ([^\s,]+)")
POLL = 0.05  # seconds


@dataclass
class Outcome:
    """Of the tests of all processes, by name; `failed` with the first line that said why."""

    passed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    crashed: list[str] = field(default_factory=list)


def read(lines: Iterator[str], outcome: Outcome) -> str:
    """Adds what a process printed; gives the test that was running at its end, or ""."""
    running, said = "", []
    for line in lines:
        match = LINE.match(line)
        if match is None:
            said.append(line.strip())
            continue
        word, name = match.groups()
        if word.strip() == "RUN":
            running, said = name, []
            continue
        if running != name:
            continue  # the list of failed and skipped tests at the end
        kind = WORDS[word]
        if kind == "failed":
            outcome.failed[name] = next((text for text in said if text), "")
        else:
            getattr(outcome, kind).append(name)
        running = ""
    return running


def start(place: Place, shard: int, shards: int, folder: Path) -> subprocess.Popen[str]:
    chosen = (SMALL if place.small else WHOLE).format(device=place.device)
    variables = environment(
        1, GTEST_TOTAL_SHARDS=str(shards), GTEST_SHARD_INDEX=str(shard), GTEST_COLOR="no"
    )
    with open(folder / f"{shard}.txt", "w") as output:
        return subprocess.Popen(
            [place.tests, f"--gtest_filter={chosen}"], stdout=output, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, env=variables, text=True, start_new_session=True,
        )  # fmt: skip


def run(place: Place, budget: Budget, found: Found) -> None:
    shards = 2 if place.small else max((os.cpu_count() or 2) - 2, 1)
    folder = place.work / "conformance"
    folder.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    processes = [start(place, shard, shards, folder) for shard in range(shards)]
    try:
        while budget.left > 0 and any(one.poll() is None for one in processes):
            time.sleep(POLL)
    finally:
        cut = [one for one in processes if one.poll() is None]
        for one in cut:
            end_group(one)
            one.wait()
    outcome = Outcome()
    for shard, process in enumerate(processes):
        with open(folder / f"{shard}.txt") as lines:
            running = read(lines, outcome)
        if process in cut:
            found.notes.append(f"process {shard} was ended in {running}: the time was over")
        elif process.returncode not in (0, 1):
            where = f" in {running}" if running else " after its last test"
            outcome.crashed.append(f"process {shard} ended with {process.returncode}{where}")
    tell(outcome, shards, time.monotonic() - begin, found)


def tell(outcome: Outcome, shards: int, seconds: float, found: Found) -> None:
    table = found.table("passed", "exempt or skipped", "failed", "crashed", "processes", "seconds")
    counts = [len(outcome.passed), len(outcome.skipped), len(outcome.failed), len(outcome.crashed)]
    table.rows.append([*counts, shards, round(seconds, 1)])
    found.faults += [f"{name}: {why}" for name, why in sorted(outcome.failed.items())]
    found.faults += outcome.crashed
    if not outcome.passed:
        found.faults.append("no test passed")
