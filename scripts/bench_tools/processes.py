"""Runs one side's process and notes when each of its lines arrived."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from .errors import BenchError

SCRIPTS = Path(__file__).resolve().parents[1]
ROOT = SCRIPTS.parent


class Line(NamedTuple):
    """What a process printed, and how many seconds after its start."""

    seconds: float
    text: str


def environment(threads: int, **more: str) -> dict[str, str]:
    """The caller's without settings of rankwise, with a number of threads for every library."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("RANKWISE_")}
    limits = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    quiet = {"TOKENIZERS_PARALLELISM": "false", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_OFFLINE": "1"}
    return own | limits | quiet | {"PYTHONPATH": str(SCRIPTS)} | more


class Deadline:
    """When processes that are started now are ended; never unless ending_at() says so."""

    moment: float | None = None  # of time.monotonic()

    @classmethod
    def passed(cls) -> bool:
        return cls.moment is not None and time.monotonic() >= cls.moment


@contextlib.contextmanager
def ending_at(moment: float) -> Iterator[None]:
    """Ends at that moment what timed_lines() starts meanwhile, which is a BenchError."""
    before, Deadline.moment = Deadline.moment, moment
    try:
        yield
    finally:
        Deadline.moment = before


@contextlib.contextmanager
def watched_until_deadline(process: subprocess.Popen[str]) -> Iterator[None]:
    if Deadline.moment is None:
        yield
        return
    left = max(Deadline.moment - time.monotonic(), 0)
    timer = threading.Timer(left, end_group, [process])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def end_group(process: subprocess.Popen[str]) -> None:
    """The process and all that it started; it may have ended already."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def timed_lines(
    command: Sequence[str | Path], variables: dict[str, str], watched: str, folder: Path = ROOT
) -> list[Line]:
    """Lines of `watched`, stdout or stderr; BenchError with the last one said where it fails."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=variables, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    watch, other = process.stdout, process.stderr
    if watched == "stderr":
        watch, other = other, watch
    rest: list[str] = []
    reader = threading.Thread(target=lambda: rest.extend(other or ()))
    reader.start()
    try:
        with watched_until_deadline(process):
            lines = [Line(time.perf_counter() - begin, text.rstrip("\n")) for text in watch or ()]
            code = process.wait()
    except BaseException:
        end_group(process)
        raise
    finally:
        reader.join()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
    if code == -signal.SIGKILL and Deadline.passed():
        raise BenchError(f"{Path(command[0]).name} was ended: the time for it was over")
    if code != 0:
        shown = [line.text for line in lines]
        errors, printed = (rest, shown) if watched == "stdout" else (shown, rest)
        said = [text.strip() for text in (*printed, *errors) if text.strip()]
        reason = said[-1] if said else "it said nothing"
        raise BenchError(f"{Path(command[0]).name} ended with {code}: {reason}")
    return lines


def output(command: Sequence[str | Path], variables: dict[str, str], folder: Path = ROOT) -> str:
    """What it prints on standard output."""
    return "\n".join(line.text for line in timed_lines(command, variables, "stdout", folder))
