"""The command line: what is asked for, and refusals in one line."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from . import data, growth, jobs, ours, packages, report, rounds
from .errors import BenchError
from .ours import PROGRAM, Places
from .processes import ROOT, environment, output
from .rounds import Wanted
from .sets import GROWTH, JOBS, OTHERS, SETS, BenchSet

DESCRIPTION = f"""\
Trains a set of examples with rankwise and with transformers + PEFT in turn, a process each time,
and prints ratios of medians with their spread, real tokens a second, the share of the limit of
matrix products, peak memory, and the time from a process's start to its first step. Both sides have
the same weights, tokens, batches, adapted linears, rank and start, no dropout, AdamW and clipping;
where the losses of their first steps differ, it ends and says so. docs/speed.md says what each
number means.

sets:
{{sets}}

The sets for a GPU are written and have not been run where they were written. The opponents'
packages come from an environment of their own:
  {packages.MAKE}
"""


# Options that measurements of their own kind take.
OF_GROWTH = ("most_tokens", "most_runs")
OF_OTHERS = {
    JOBS: ("pairs", "steps", "json"),
    GROWTH: ("pairs", "steps", "json", "python", "data", *OF_GROWTH),
}


class Parser(argparse.ArgumentParser):
    """Refuses in one line, as the other scripts do."""

    def error(self, message: str) -> NoReturn:
        name = Path(self.prog).name
        self.exit(2, f"{name}: {' '.join(message.split())}; see {self.prog} --help\n")


def names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return value


def parser() -> Parser:
    listed = [(one.name, one.summary) for one in SETS.values()] + list(OTHERS.items())
    sets = "\n".join(f"  {name:11} {summary}" for name, summary in listed)
    made = Parser(
        prog="scripts/bench",
        description=DESCRIPTION.replace("{sets}", sets),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = made.add_argument
    add("set", metavar="SET", choices=[name for name, _ in listed], help="one of the sets above")
    add("--pairs", type=positive, default=5, help="times that each side is run (default: 5)")
    add("--steps", type=positive, help="timed steps of a run, instead of the set's")
    add("--batch", type=positive, help="rows of a step, instead of the set's")
    add("--precision", choices=("fp32", "bf16"), help="bf16: Python's by autocast on the CPU")
    add("--threads", type=positive, default=1, help="of every process (default: 1)")
    add("--only", choices=("ours", "python"), default="", help="one side alone")
    add("--variants", type=names, default=(), metavar="A,B", help="ours too: time over LoRA's")
    add("--switches", action="store_true", help="ours too without each optimisation in turn")
    add("--evaluation", action="store_true", help="our evaluation's tokens/s over training's")
    add("--attention", choices=("sdpa", "eager"), default="sdpa", help="Python's (default: sdpa)")
    add("--most-tokens", type=positive, default=10**7, help="of growth (default: 10 000 000)")
    add("--most-runs", type=positive, default=1000, help="of growth (default: 1000)")
    add("--json", type=Path, metavar="FILE", help="writes everything measured there")
    add("--python", type=Path, metavar="PATH", help="interpreter with the opponents' packages")
    add("--data", type=Path, metavar="DIR", help="models and suites (default: RANKWISE_DATA, data)")
    return made


def interpreter(given: argparse.Namespace, ours_alone: bool) -> Path:
    """That of build/bench; for our side alone that of .venv will do."""
    if given.python:
        return given.python.absolute()
    own = packages.ENVIRONMENT / "bin/python"
    return ROOT / ".venv/bin/python" if ours_alone and not own.exists() else own


def wanted_of(given: argparse.Namespace, places: Places) -> Wanted:
    return Wanted(
        pairs=given.pairs,
        threads=given.threads,
        only=given.only,
        variants=tuple(name for name in given.variants if name != rounds.LORA),
        switches=tuple(ours.switches(places)) if given.switches else (),
        evaluation=given.evaluation,
        attention=given.attention,
    )


def takes(chosen: str, option: str) -> bool:
    return option not in OF_GROWTH if chosen in SETS else option in OF_OTHERS[chosen]


def check_wish(given: argparse.Namespace) -> None:
    """BenchError for what was asked of a set that has no use for it."""
    defaults = vars(parser().parse_args([given.set]))
    for name, value in vars(given).items():
        if value != defaults[name] and not takes(given.set, name):
            raise BenchError(f"{given.set} has no use for --{name.replace('_', '-')}")
    if given.only == "python" and (given.variants or given.switches or given.evaluation):
        raise BenchError(
            "--variants, --switches and --evaluation are of our side; leave --only out"
        )


def data_folder(given: argparse.Namespace) -> Path:
    return (given.data or Path(os.environ.get("RANKWISE_DATA", ROOT / "data"))).absolute()


def measure(bench: BenchSet, given: argparse.Namespace) -> dict[str, Any]:
    """Runs a set, prints its report, and gives its JSON."""
    python = interpreter(given, given.only == "ours")
    if given.only != "ours":
        packages.check_environment(python)
    places = Places(python, data.prepared(bench, data_folder(given), python))
    wanted = wanted_of(given, places)
    versions = packages.versions(places)
    found = rounds.run(bench, wanted, places)
    print(report.text(bench, wanted, found, versions))
    return report.document(bench, wanted, found, versions)


def measure_other(given: argparse.Namespace) -> dict[str, Any]:
    """Runs one of OTHERS, which have no opponents, and gives its JSON."""
    program = dict(
        line.split(None, 1) for line in output([str(PROGRAM), "env"], environment(1)).splitlines()
    )
    if given.set == JOBS:
        found = jobs.compare(PROGRAM, given.pairs, given.steps)
    else:
        asked = growth.Growth(given.most_tokens, given.most_runs, given.pairs, given.steps)
        python = interpreter(given, ours_alone=True)
        found = growth.compare(asked, data_folder(given), python)
    versions = {"program": program, "processor": packages.processor()}
    return {"format": "rankwise-bench", "version": report.VERSION, "set": {"name": given.set},
            "versions": versions, **found}  # fmt: skip


def dispatch(given: argparse.Namespace) -> None:
    if not PROGRAM.exists():
        raise BenchError(f"no program at {PROGRAM}; run scripts/build first")
    if given.json and not given.json.absolute().parent.is_dir():
        raise BenchError(f"--json {given.json}: there is no folder {given.json.parent}")
    check_wish(given)
    if given.set in OTHERS:
        document = measure_other(given)
    else:
        wished = {"steps": given.steps, "batch": given.batch, "precision": given.precision}
        document = measure(SETS[given.set].changed(**wished), given)
    if given.json:
        given.json.write_text(json.dumps(document, indent=1) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    try:
        dispatch(given)
        return 0
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)
        return 130
