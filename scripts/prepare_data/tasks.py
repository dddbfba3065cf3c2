"""What a task of a suite is: its description and its splits. Reads and writes nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from .errors import PrepareError, refuse_repeats, shown
from .examples import Read, SplitRule, Splits
from .packages import Member

# The metrics that fit a kind of task, as the program computes them.
METRICS = {
    "classify": ("accuracy", "f1", "macro_f1", "matthews"),
    "regress": ("pearson", "spearman"),
    "choose": ("accuracy",),
}
_NAME = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Task:
    """The description that a token file carries for a task.

    `kind` is classify, regress or choose; `labels` name the classes (for choose: the candidates);
    the first of `metrics` enters averages; `cap` is the longest sequence in tokens; `bounds` are
    the lowest and highest score of a regression. PrepareError for what does not fit together.
    """

    name: str
    family: str
    kind: str
    labels: tuple[str, ...]
    metrics: tuple[str, ...]
    cap: int
    prompt: str
    licence: str
    bounds: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise PrepareError(
                f"task {shown(self.name)}: a name holds letters, digits, '_' and '-' only, "
                f"since parameters and parts of files are called after it"
            )
        self._check_texts()
        self._check_metrics()
        if (self.kind == "regress") != (not self.labels) or len(self.labels) == 1:
            expected = "none for regress, two or more for classify and choose"
            raise PrepareError(
                f"task {self.name}: {len(self.labels)} labels for kind {self.kind}, "
                f"expected {expected}"
            )

    def _check_texts(self) -> None:
        for text in (self.family, *self.labels, self.prompt, self.licence):
            if not text or not text.isprintable():
                raise PrepareError(
                    f"task {self.name}: {shown(text)} is empty or holds an unprintable character; "
                    f"family, labels, prompt and licence are plain text"
                )
        refuse_repeats(f"task {self.name}: label", self.labels)

    def _check_metrics(self) -> None:
        if self.kind not in METRICS:
            raise PrepareError(
                f"task {self.name}: unknown kind {shown(self.kind)}; the kinds are "
                f"{', '.join(METRICS)}"
            )
        known = METRICS[self.kind]
        for metric in self.metrics or ("",):
            if metric not in known:
                raise PrepareError(
                    f"task {self.name}: metric {shown(metric)} does not fit kind {self.kind}; "
                    f"those that do are {', '.join(known)}"
                )
        refuse_repeats(f"task {self.name}: metric", self.metrics)

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
