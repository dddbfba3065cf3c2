"""Runs the test modules of a folder in processes of their own, several at a time.

    python -m tests.modules program --jobs 2            # all of tests/program/test_*.py
    python -m tests.modules program --jobs 2 errors     # test_errors.py

A line a module as it ends; then all that failed modules printed, and in the last line how many
tests there were.
"""

import argparse
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

# Those that take longest begin first, so that none is left alone at the end.
LONGEST = ("paper_configs", "bench", "setup", "slurm", "results", "notebooks", "faults")


@dataclass
class Ended:
    """A module's process."""

    name: str
    code: int
    output: str
    seconds: float

    @property
    def tests(self) -> int:
        found = re.search(r"^Ran (\d+) tests? in", self.output, re.MULTILINE)
        return int(found[1]) if found else 0


def modules(folder: str) -> list[str]:
    names = sorted(path.stem[len("test_") :] for path in Path("tests", folder).glob("test_*.py"))
    return sorted(names, key=lambda name: LONGEST.index(name) if name in LONGEST else len(LONGEST))


def run(folder: str, name: str) -> Ended:
    begin = time.monotonic()
    command = [sys.executable, "-m", "unittest", f"tests.{folder}.test_{name}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return Ended(name, done.returncode, done.stdout, time.monotonic() - begin)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_intermixed_args()
    all_ended = []
    with ThreadPoolExecutor(arguments.jobs) as pool:
        names = arguments.names or modules(arguments.folder)
        for work in as_completed([pool.submit(run, arguments.folder, name) for name in names]):
            ended = work.result()
            all_ended.append(ended)
            last = ended.output.strip().rpartition("\n")[2]
            print(f"{ended.name}: {last}, {ended.seconds:.0f} s", flush=True)
    failed = [ended for ended in all_ended if ended.code != 0]
    for ended in failed:
        print(f"\n{ended.output}")
    passed = f"{sum(ended.tests for ended in all_ended)} tests of {len(all_ended)} modules"
    print(f"{passed}, failed: {', '.join(ended.name for ended in failed)}" if failed else passed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
