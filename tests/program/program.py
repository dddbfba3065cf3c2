"""Runs the real program and reads what it leaves.

The program is RANKWISE_PROGRAM (default: build/release/bin/rankwise). Results go to temporary
folders; nothing in the tree is written.
"""

import atexit
import contextlib
import csv
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("RANKWISE_PROGRAM", ROOT / "build/release/bin/rankwise")).absolute()
DATA = Path(os.environ.get("RANKWISE_DATA", ROOT / "data")).absolute()

PATIENCE = float(os.environ.get("RANKWISE_PATIENCE", "1"))  # of a slow program's timeouts

# Every file of experiments/ is a variant, but for tests.
VARIANTS = sorted(
    path.stem for path in (ROOT / "experiments").glob("*.cpp") if not path.stem.endswith("_test")
)

Json = dict[str, Any]

PLANTED: Json = {
    "suite": "planted",
    "options": {
        "width": 16, "layers": 2, "tasks": 3, "outputs": 4, "train": 64, "dev": 32, "test": 32,
    },
}  # fmt: skip
DEFAULTS: Json = {
    "backbone": {"name": "tiny", "layers": 2},
    "data": PLANTED,
    "train": {"steps": 12, "batch": 8, "learning_rate": 1e-2, "evaluations": 3},
    "record": {"gradients": True},
}


# All that may differ between two runs of one study on one machine.
TIMES = {
    "/@created", "/@seconds", "/@training_seconds", "/@tokens_per_second", "/@peak_memory_mib",
    "/train/seconds",
}  # fmt: skip


class Done(NamedTuple):
    """How a call of the program ended."""

    code: int
    out: str
    err: str


def environment(**variables: str) -> dict[str, str]:
    """One thread, and none of the caller's own settings of the program."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("RANKWISE_")}
    return own | {"OMP_NUM_THREADS": "1"} | variables


def run(
    *arguments: str | Path,
    timeout: float = 120,
    cwd: Path | None = None,
    prepare: Callable[[], None] | None = None,
    **variables: str,
) -> Done:
    """Calls the program; `prepare` runs in the child first, `variables` join its environment."""
    done = subprocess.run(
        [PROGRAM, *arguments],
        capture_output=True,
        timeout=timeout * PATIENCE,
        cwd=cwd,
        env=environment(**variables),
        preexec_fn=prepare,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def start(
    *arguments: str | Path, before: tuple[str, ...] = (), **variables: str
) -> subprocess.Popen[bytes]:
    """The program in a process group of its own; kill_group() ends it with its workers. `before`
    are words in front of the program's name, `variables` join its environment."""
    return subprocess.Popen(
        [*before, PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**variables),
        start_new_session=True,
    )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for the process and its workers, which may have ended already."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """The condition's first true value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds} s")


def tiny_study(*runs: Json, **members: Any) -> Json:
    """A study on the planted suite, about a second a run; `train` goes into its defaults."""
    train = members.pop("train", {})
    defaults = DEFAULTS | {"train": DEFAULTS["train"] | train} | members.pop("defaults", {})
    return {"study": "tiny", "defaults": defaults, "runs": list(runs)} | members


class Folder(unittest.TestCase):
    """A test with a temporary folder, a study file and a results folder in it."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="rankwise-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.results = self.folder / "results"

    def write(self, study: Json | str, name: str = "study.json") -> Path:
        path = self.folder / name
        path.write_text(study if isinstance(study, str) else json.dumps(study, indent=1))
        return path

    def run_study(self, study: Json, *arguments: str | Path, **options: Any) -> Done:
        """Runs it into self.results with one thread, unless the arguments say otherwise."""
        usual: dict[str, str | Path] = {"--results": self.results, "--threads": "1"}
        added = [word for pair in usual.items() if pair[0] not in arguments for word in pair]
        return run("run", self.write(study), *added, *arguments, **options)

    def succeed(self, study: Json, *arguments: str | Path) -> Done:
        done = self.run_study(study, *arguments)
        self.assertEqual(done.code, 0, done.err)
        return done

    def assert_nothing_written(self) -> None:
        """No run file, whole or in part, no parameters and no lock."""
        self.assertEqual(files_below(self.results), [])


def files_below(folder: Path) -> list[Path]:
    """Every file, but for the list of runs that were asked for."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "plan.json")


def run_files(folder: Path, pattern: str = "*.h5") -> list[Path]:
    """Run files by name; of finished runs unless the pattern says otherwise."""
    found = sorted(folder.rglob(pattern))
    return [path for path in found if not path.name.endswith(".failed.h5") or "failed" in pattern]


def open_run(path: Path) -> h5py.File:
    """A run file, which may still be written or be left by a kill."""
    return h5py.File(path, "r", swmr=path.suffix == ".partial")


def attributes(path: Path) -> Json:
    """The root attributes, JSON parsed."""
    with open_run(path) as file:
        values = {name: plain(value) for name, value in file.attrs.items()}
    return {
        name: json.loads(value) if name in json.loads(values["json"]) else value
        for name, value in values.items()
    }


def canonical(value: object) -> str:
    """The text that ids are hashes of: keys sorted, no white space."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def plain(value: Any) -> Any:
    """A number or text of Python's own."""
    return value.item() if isinstance(value, np.generic) else value


def content(path: Path) -> dict[str, Any]:
    """Every dataset by its path and every attribute as object@name."""
    found: dict[str, Any] = {}

    def visit(name: str, item: h5py.Group | h5py.Dataset) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]
        for key, value in item.attrs.items():
            found[f"{name}@{key}"] = plain(value)

    with open_run(path) as file:
        visit("/", file)
        file.visititems(lambda name, item: visit("/" + name, item))
    return found


def difference(left: Path, right: Path) -> list[str]:
    """The paths whose values differ or that only one of two run files has."""
    a, b = content(left), content(right)
    missing = set(a) ^ set(b)
    return sorted(missing | {name for name in set(a) & set(b) if not same(a[name], b[name])})


def same(a: object, b: object) -> bool:
    """Bit by bit, so that a NaN equals itself; texts as they are."""
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype == object:
        return a.tolist() == b.tolist()
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def names(file: h5py.File, what: str) -> list[str]:
    """The layout's tasks or sites."""
    return [name.decode() for name in file[f"layout/{what}/name"]]


def predictions(file: h5py.File, split: str, parameters: str) -> Iterator[tuple[str, h5py.Group]]:
    """Each task's predictions."""
    for task in names(file, "task"):
        yield task, file[f"evaluation/{task}/{split}/{parameters}"]


class Planned(NamedTuple):
    """A line of --dry-run."""

    state: str  # "to run", "to reuse", "finished", or "summary": in the study's summary
    label: str
    seed: int
    steps: int
    trainable: int
    training_tokens: int
    evaluation_tokens: int
    file: Path


def plan(text: str) -> list[Planned]:
    """The runs that --dry-run lists below its header."""
    line = re.compile(r"(to run|to reuse|finished|summary) +(.+) seed (\d+) +(\d+) +(\d+) +(\d+) +(\d+) +\S+ +\S+  (.+)")
    found = [line.fullmatch(row) for row in text.splitlines()[1:]]
    return [Planned(m[1], m[2], *(int(m[i]) for i in range(3, 8)), Path(m[8])) for m in found if m]


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


@functools.cache
def all_variants() -> Path:
    """The results of every kind of variant on the planted suite with two seeds, run once."""
    folder = Path(tempfile.mkdtemp(prefix="rankwise-all-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    study = tiny_study(
        {"variant": "linear_probe", "label": "linear probe"},
        {"variant": "full_fine_tuning", "label": "full"},
        {"variant": "lora", "options": {"rank": 4}},
        {"variant": "smora", "options": {"rank": 12, "active": 3}},
        {"variant": "more"},
        {"variant": "flylora", "options": {"rank": 8, "active": 2}},
        note="all variants",
        seeds=[0, 1],
    )
    path = folder / "study.json"
    path.write_text(json.dumps(study))
    done = run("run", path, "--results", folder, "--jobs", "2", "--threads", "1")
    if done.code != 0:
        raise AssertionError(f"the study of all variants ended with {done.code}: {done.err}")
    return folder / "tiny"


def by_label(folder: Path) -> Mapping[str, list[Path]]:
    """The finished runs of each label, by seed."""
    found: dict[str, list[Path]] = {}
    for path in sorted(run_files(folder), key=lambda path: attributes(path)["seed"]):
        found.setdefault(attributes(path)["label"], []).append(path)
    return found
