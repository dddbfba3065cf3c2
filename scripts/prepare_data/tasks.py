"""What a task of a suite is: its description and its splits. Reads and writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from .examples import Read, SplitRule, Splits
from .packages import Member


@dataclass(frozen=True)
class Task:
    """The description that a token file carries for a task.

    `kind` is classify, regress or choose; `labels` name the classes (for choose: the candidates);
    the first of `metrics` enters averages; `cap` is the longest sequence in tokens.
    """

    name: str
    family: str
    kind: str
    labels: tuple[str, ...]
    metrics: tuple[str, ...]
    cap: int
    prompt: str
    licence: str

    @property
    def classes(self) -> int:
        return max(1, len(self.labels))


@dataclass(frozen=True)
class PackagedTask:
    """A task, the packaged files it is read from, the reader of their bytes, and its split."""

    task: Task
    members: tuple[Member, ...]
    read: Callable[..., Read]
    rule: SplitRule
    note: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a task's rows come from, as the token file and the sources table say it."""

    source: str
    version: str
    files: tuple[tuple[str, str], ...]  # (path, SHA-256)
    archive_sha256: str = ""


@dataclass(frozen=True)
class PreparedTask:
    """A task with its examples, ready to be tokenised."""

    task: Task
    origin: Origin
    rows: int
    splits: Splits
    note: str = ""
