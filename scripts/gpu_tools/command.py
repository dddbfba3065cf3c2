"""The command line: parts in turn until the time is over."""

import argparse
import datetime
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench_tools import packages
from bench_tools.command import Parser
from bench_tools.errors import BenchError
from bench_tools.processes import ending_at, environment, output

from .budget import Budget
from .found import Found
from .page import page
from .parts import PARTS, Part
from .place import Place, prefer_this_python

FORMAT, VERSION = "rankwise-gpu-check", 1
DESCRIPTION = """\
Checks and times rankwise on this machine's GPU, in a bundle (scripts/bundle --tests) beside the
LibTorch of the Python that runs this, or in a build. It installs nothing and needs no data: models
get random weights of their shapes. Parts run in this order until the budget ends; what was left
is named. Writes gpu-check.json and the page gpu-check.md. Exit code 1: a part failed, or found a
fault.

parts:
{parts}

transformers and peft, where this Python has them, are timed beside rankwise in the same call.
"""


def seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no time in seconds")
    return value


def names(text: str) -> tuple[str, ...]:
    known = [part.name for part in PARTS]
    found = tuple(name for name in text.split(",") if name)
    for name in found:
        if name not in known:
            raise argparse.ArgumentTypeError(
                f"no part is called '{name}'; parts: {', '.join(known)}"
            )
    return found


def parser() -> Parser:
    listed = "\n".join(f"  {part.name:15} {part.summary}" for part in PARTS)
    made = Parser(
        prog="scripts/gpu_check",
        description=DESCRIPTION.replace("{parts}", listed),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = made.add_argument
    add("--budget", type=seconds, default=540, metavar="SECONDS", help="time in all (default: 540)")
    add("--only", type=names, default=(), metavar="A,B", help="these parts alone")
    add("--out", type=Path, default=Path(), metavar="DIR", help="for both files (default: here)")
    add("--work", type=Path, metavar="DIR",
        help="for models and runs, 20 GB; /dev/shm is quick (default: a temporary folder)")  # fmt: skip
    add("--device", choices=("cuda", "cpu"), default="cuda",
        help="cpu: tries the script itself, with toy shapes")  # fmt: skip
    return made


def environment_of_program(place: Place) -> dict[str, str]:
    told = output([place.places.program, "env"], environment(1)).splitlines()
    return dict(line.split(None, 1) for line in told if len(line.split(None, 1)) == 2)


def run_part(part: Part, place: Place, budget: Budget) -> dict[str, Any]:
    """Its JSON, whatever happened."""
    found, clock = Found(), Budget(budget.left)
    state = "done"
    if budget.left < (1 if place.small else part.about):
        state = "left out"
        found.notes.append(f"{budget.left:.0f} s were left, and it takes about {part.about}")
    else:
        print(f"gpu_check: {part.name}: {part.summary}", file=sys.stderr, flush=True)
        try:
            with ending_at(budget.end):
                part.run(place, budget, found)
        except BenchError as error:
            state = "cut off" if budget.left <= 0 else "failed"
            (found.notes if state == "cut off" else found.faults).append(str(error))
    if place.small:
        found.goals.clear()  # toys reach none and miss none
    seconds_taken = 0.0 if state == "left out" else clock.spent
    told = {"name": part.name, "summary": part.summary, "state": state, "seconds": seconds_taken}
    return told | found.json()


def without_packages(place: Place) -> list[str]:
    found = packages.installed(place.python)
    return [name for name in ("transformers", "peft") if found.get(name) is None]


def check(given: argparse.Namespace, work: Path, budget: Budget) -> dict[str, Any]:
    place = Place(given.device, work.absolute(), small=given.device == "cpu")
    machine = json.loads(place.ask("machine"))
    if given.device == "cuda" and machine["card"] is None:
        raise BenchError(
            "PyTorch of this Python finds no CUDA device; --device cpu tries the script"
        )
    document: dict[str, Any] = {
        "format": FORMAT, "version": VERSION, "device": given.device, "small": place.small,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "budget_seconds": budget.seconds, "machine": machine,
        "program": environment_of_program(place), "parts": [],
    }  # fmt: skip
    for part in PARTS:
        if given.only and part.name not in given.only:
            continue
        document["parts"].append(run_part(part, place, budget))
        write(document | {"spent_seconds": budget.spent}, given.out)
    return document | {"spent_seconds": budget.spent}


def write(document: dict[str, Any], folder: Path) -> None:
    """After every part, so that a call that is ended leaves what it has."""
    (folder / "gpu-check.json").write_text(json.dumps(document, indent=1) + "\n")
    (folder / "gpu-check.md").write_text(page(document))


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    budget = Budget(given.budget)
    prefer_this_python()
    try:
        if not given.out.is_dir():
            raise BenchError(f"--out {given.out}: there is no such folder")
        with tempfile.TemporaryDirectory(prefix="rankwise-gpu-", dir=given.work) as work:
            document = check(given, Path(work), budget)
    except (BenchError, OSError) as error:
        print(f"gpu_check: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("gpu_check: interrupted", file=sys.stderr)
        return 130
    print(page(document), end="")
    bad = any(part["state"] == "failed" or part["faults"] for part in document["parts"])
    return 1 if bad else 0
