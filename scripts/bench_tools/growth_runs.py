"""Times a run of studies of more and more runs: trained, found finished, planned, read."""

import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .processes import environment, output

# What is asked of a study, in this order; the first one trains.
ASKED = {
    "run": ["run", "configs/growth.json", "--threads", "1"],
    "again": ["run", "configs/growth.json", "--threads", "1"],
    "dry run": ["run", "configs/growth.json", "--dry-run", "--no-calibration"],
    "list": ["list", "studies"],
    "table": ["table", "results/growth"],
}


def study(runs: int) -> dict[str, Any]:
    """Runs of a few steps on a planted task: what a study does beside training."""
    return {
        "study": "growth",
        "seeds": list(range(runs)),
        "defaults": {
            "backbone": {"name": "tiny", "layers": 1},
            "data": {"suite": "planted", "dev_rows": 32, "test_rows": 32},
            "train": {"steps": 2, "batch": 8, "evaluations": 1},
            "record": {"samples": 0, "factors": False, "parameters": "none"},
        },
        "runs": [{"variant": "lora"}],
    }


def seconds(program: Path, runs: int) -> dict[str, float]:
    """Wall time of each thing that is asked, in a fresh folder."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="rankwise-bench-") as name:
        folder = Path(name)
        (folder / "configs").mkdir()
        (folder / "configs/growth.json").write_text(json.dumps(study(runs)))
        for asked, words in ASKED.items():
            begin = time.perf_counter()
            output([str(program), *words], environment(1), folder)
            found[asked] = time.perf_counter() - begin
    return found


def further(sizes: Sequence[int], times: Sequence[float]) -> list[float]:
    """Seconds of each further run, beyond those of the next smaller study."""
    pairs = zip(sizes, times, strict=True)
    smaller, least = next(pairs)
    found = []
    for runs, taken in pairs:
        found.append((taken - least) / (runs - smaller))
        smaller, least = runs, taken
    return found
