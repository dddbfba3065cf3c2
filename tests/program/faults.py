"""What tests of faults share: how thorough they are, failing calls and disks, and docs/faults.md.

RANKWISE_FAULTS=whole tries every fault as often as the page says (`scripts/test --faults`), and
writes the page's rows of those that were tried; without it each is tried a few times.
"""

import contextlib
import errno
import functools
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .program import PATIENCE, ROOT, TIMES, Folder, Json, difference, files_below, run_files, tiny_study

WHOLE = os.environ.get("RANKWISE_FAULTS") == "whole"
PAGE = ROOT / "docs/faults.md"

# By the name that a test counts it under, in the page's order.
FAULTS = {
    "kill": "kill -9 of a study and its workers, at a random instant",
    "full": "disk full (a file system of 4 MiB), with 0, 4, 8, ... KiB left",
    "ENOSPC": "\"No space left on device\" from the n-th call that changes a file on, every n",
    "EIO": "\"Input/output error\" from the n-th call that changes a file on, every n",
    "EIO once": "the same, of the n-th call alone, every n",
    "read-only": "a file system that becomes read-only, under each command that writes",
    "clock": "the clock set back by a year, in the middle of a run and before it is resumed",
    "renamed": "the results folder renamed under a running study",
    "torn": "the newest checkpoint cut short, or with a part that is zero or another byte",
    "foreign": "a checkpoint of another configuration or of another version of the program",
}
_tried: dict[str, int] = {}


def tried(fault: str, times: int) -> None:
    """To be called at the end of a test, once nothing was lost."""
    assert fault in FAULTS, fault
    _tried[fault] = _tried.get(fault, 0) + times


def table(before: str) -> str:
    """That of `before` with the rows of what was tried now."""
    known = {line.split(" | ")[0].removeprefix("| "): line for line in before.splitlines()}
    for name, times in _tried.items():
        known[FAULTS[name]] = f"| {FAULTS[name]} | {times} | nothing |"
    rows = [known[words] for words in FAULTS.values() if words in known]
    return "\n".join(["| fault | times | lost |", "|---|--:|---|", *rows, ""])


def page_parts(text: str) -> tuple[str, str, str]:
    """What stands before the table, the table, and what stands behind it."""
    begin = text.index("| fault |")
    end = text.index("\n\n", begin) + 1
    return text[:begin], text[begin:end], text[end:]


def write_page() -> None:
    """The rows of the faults that were tried in this process."""
    if not WHOLE:
        return
    before, rows, behind = page_parts(PAGE.read_text())
    PAGE.write_text(before + table(rows) + behind)


@functools.cache
def compiled(source: str) -> str:
    """A library to preload, made of a C file that lies beside this one."""
    folder = tempfile.TemporaryDirectory(prefix="rankwise-")
    _kept.append(folder)
    library = Path(folder.name, source).with_suffix(".so")
    file = Path(__file__).with_name(source)
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, file, "-ldl"], check=True)
    return str(library)


_kept: list[tempfile.TemporaryDirectory] = []


def failing(folder: Path, error: str, at: int, *, stays: bool) -> dict[str, str]:
    """An environment in which the call number `at` that changes something in a folder fails."""
    variables = {
        "LD_PRELOAD": compiled("failing_calls.c"),
        "FAULT_FOLDER": str(folder),
        "FAULT_ERROR": str(getattr(errno, error)),
        "FAULT_AT": str(at),
        "ASAN_OPTIONS": "verify_asan_link_order=0",
    }
    return variables | ({"FAULT_STAYS": "1"} if stays else {})


class Disk:
    """A file system in memory that only we see: its holder's mount namespace."""

    def __init__(self, size: str) -> None:
        mount = 'mount -t tmpfs -o size="$0" rankwise /mnt && echo ready && exec sleep infinity'
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, size],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self.holder.stdout
        self.ready = self.holder.stdout.readline() == b"ready\n"
        self.path = Path(f"/proc/{self.holder.pid}/root/mnt")

    def close(self) -> None:
        self.holder.kill()
        self.holder.communicate()

    def remount(self, how: str) -> None:
        """"ro" or "rw"."""
        enter = ["nsenter", "--mount", f"--target={self.holder.pid}"]
        subprocess.run([*enter, "mount", "-o", f"remount,{how}", "/mnt"], check=True)

    @contextlib.contextmanager
    def with_only(self, free: int) -> Iterator[None]:
        """Other people's data on it, but for so many bytes."""
        status = os.statvfs(self.path)
        filler = self.path / "filler"
        filler.write_bytes(bytes(max(0, status.f_bavail * status.f_bsize - free)))
        try:
            yield
        finally:
            filler.unlink()


LORA: Json = {"variant": "lora"}
SMORA: Json = {"variant": "smora", "options": {"dropout": 0.1}}


class Faults(Folder):
    """A study whose uncut results are known, and what must be true after every fault."""

    study: Json = tiny_study(
        LORA, SMORA,
        train={"steps": 24, "evaluations": 2},
        defaults={"record": {"checkpoint_every": 5, "parameters": "last", "samples": 4}},
    )  # fmt: skip

    @functools.cached_property
    def uncut(self) -> dict[str, Path]:
        """The run files of a study that nothing happened to, by name."""
        folder = self.folder / "uncut"
        self.succeed(self.study, "--results", folder)
        return {path.name: path for path in run_files(folder)}

    def assert_nothing_lost(self, results: Path) -> None:
        """The files of the uncut study with its bits, and no other."""
        found = {path.name: path for path in run_files(results)}
        self.assertEqual(set(found), set(self.uncut))
        for name, path in found.items():
            uncut = self.uncut[name]
            self.assertLessEqual(set(difference(path, uncut)), TIMES)
            parameters = [one.with_suffix(".safetensors").read_bytes() for one in (path, uncut)]
            self.assertEqual(*parameters)
        left = {path.name for path in files_below(results)}
        self.assertEqual(left, {path.name for path in files_below(self.folder / "uncut")})

    def finished(self, results: Path) -> dict[Path, bytes]:
        """Finished runs and their parameters, as they are."""
        runs = run_files(results) if results.exists() else []
        files = [*runs, *(path.with_suffix(".safetensors") for path in runs)]
        return {path: path.read_bytes() for path in files}

    def assert_one_line(self, err: str, *words: str) -> None:
        """The command failed in one line, which a run that failed tells at once and in the end."""
        passing = ("  step ", "  dev at ", "resuming")
        told = [line for line in err.splitlines() if not any(word in line for word in passing)]
        self.assertIn(len(told), (1, 2), err)
        for line in told:
            for word in words:
                self.assertIn(word, line)


SECONDS = 120 * PATIENCE
