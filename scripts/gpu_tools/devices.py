"""Every variant in fp64, trained from one start on the CPU and on the device: the same numbers."""

import json
from pathlib import Path
from typing import Any

from bench_tools.errors import BenchError
from bench_tools.processes import environment, output, timed_lines

from .budget import Budget
from .found import Found
from .place import Place

STEPS = 6
# Gradients agree to 1e-10; AdamW divides by their size, and so what is left of them after STEPS.
TOLERANCE = 1e-8
BACKBONES = {
    "bert": {"name": "bert", "hidden": 32, "layers": 2},
    "llama": {"name": "llama", "hidden": 32, "layers": 2},
}
FEW = ("lora", "smora", "more")


def variants(place: Place) -> list[str]:
    """Names that `rankwise list variants` prints."""
    lines = output([place.places.program, "list", "variants"], environment(1)).splitlines()
    found = [line.split()[0] for line in lines if line.startswith("  ")]
    return [name for name in found if name in FEW] if place.small else found


def study(names: list[str]) -> dict[str, Any]:
    runs = [
        {"variant": variant, "label": f"{variant} {label}", "backbone": backbone}
        for variant in names
        for label, backbone in BACKBONES.items()
    ]
    return {
        "study": "devices",
        "defaults": {
            "data": {"suite": "planted_tokens", "dev_rows": 16, "test_rows": 2},
            "train": {
                "steps": STEPS, "batch": 16, "evaluations": 1, "precision": "fp64",
                "sampler": {"mixed": True},
            },
            "record": {"samples": 0, "factors": False, "checkpoints": False, "parameters": "last"},
        },
        "runs": runs,
    }  # fmt: skip


def train(place: Place, device: str, path: Path) -> Path:
    """The folder of the run files."""
    folder = place.work / "devices" / device
    command = [
        place.places.program, "run", path, "--device", device, "--results", folder, "--threads", "1",
        "--jobs", "2" if place.small else "6",
    ]  # fmt: skip
    timed_lines([str(word) for word in command], environment(1), "stderr")
    return folder / "devices"


def run(place: Place, _: Budget, found: Found) -> None:
    path = place.work / "devices.json"
    path.write_text(json.dumps(study(variants(place))))
    one = train(place, "cpu", path)
    # Where there is no other device it is the same twice, which must agree as well.
    other = train(place, place.device, path) if place.device != "cpu" else again(place, path)
    tell(json.loads(place.ask("compared", one, other)), found)


def again(place: Place, path: Path) -> Path:
    folder = place.work / "devices" / "again"
    (place.work / "devices" / "cpu").rename(folder)
    train(place, "cpu", path)
    return folder / "devices"


def tell(compared: list[dict[str, Any]], found: Found) -> None:
    if not compared:
        raise BenchError("no runs were compared")
    table = found.table("run", "losses differ by", "parameters differ by", "counts")
    for one in compared:
        equal = "equal" if one["counts"] else "differ"
        table.rows.append([one["label"], one["loss"], one["parameters"], equal])
        largest = max(one["loss"], one["parameters"])
        if not (largest <= TOLERANCE and one["counts"]):
            found.faults.append(
                f"{one['label']}: differs by {largest:.1e}, allowed are {TOLERANCE:.0e}; counts {equal}"
            )
