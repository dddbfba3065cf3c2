"""What a task of a suite is: its description and its splits. Reads and writes nothing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .errors import PrepareError, refuse_repeats, shown
from .examples import Example, Read, SplitRule, Splits
from .fewshot import FewShot
from .packages import Member

# The metrics that fit a kind of task, as the program computes them, for a trained head...
_HEAD_METRICS = {
    "classify": ("accuracy", "f1", "macro_f1", "matthews"),
    "regress": ("pearson", "spearman"),
    "choose": ("accuracy",),
}
# ... and for answers that the backbone's own head over the vocabulary scores.
_LIKELIHOOD_METRICS = {
    "classify": ("acc", "acc_norm", "f1", "macro_f1", "matthews"),
    "choose": ("acc", "acc_norm"),
    "generate": (
        "exact_match",
        "perplexity",
        "bits_per_byte",
        "match",
        "rouge_l",
        "bleu",
        "text_matthews",
        "text_pearson",
        "any_digit",
    ),
    "language_model": ("perplexity", "bits_per_byte"),
}
KINDS = tuple(dict.fromkeys([*_HEAD_METRICS, *_LIKELIHOOD_METRICS]))
_WITH_LABELS = ("classify", "choose")
# How the program reads an answer from a generated text (tests/reference/text_rules.py).
RULES = (
    "plain",
    "squad",
    "first_line",
    "last_number",
    "marked_number",
    "number_or_zero",
    "first_option",
    "first_label",
    "first_digit",
    "code",
    "fenced_code",
)
_NAME = re.compile(r"[\w-]+")


def metrics_of(kind: str, likelihood: bool) -> tuple[str, ...]:
    """The metrics that fit a kind of task; none where it cannot be scored so."""
    return (_LIKELIHOOD_METRICS if likelihood else _HEAD_METRICS).get(kind, ())


@dataclass(frozen=True)
class Likelihood:
    """How the tokens of answers are made, which the backbone's head over the vocabulary scores.

    `cap` is the longest answer in tokens; `read` is one of RULES, for metrics of generated texts;
    `drop`: an example with a longer one is left out instead of refused; `words` stand in an answer
    for the labels of a classification; `delimiter` stands between prompt and answer of a decoder;
    `loss_on` is answer or all; `streamed`: the windows of a language model span texts;
    `fewshot`: the rows of train before each question of dev and test.
    """

    cap: int = 256
    drop: bool = False
    words: tuple[str, ...] = ()
    delimiter: str = " "
    loss_on: str = "answer"
    streamed: bool = True
    read: str = "plain"
    fewshot: FewShot = field(default_factory=FewShot)


@dataclass(frozen=True)
class Task:
    """The description that a token file carries for a task.

    `kind` is one of KINDS; `labels` name the classes (for choose: the candidates); the first of
    `metrics` enters averages; `cap` is the longest sequence in tokens, without the answer where
    there is one; `bounds` are the lowest and highest score of a regression; without `likelihood` a
    trained head gives the answers. PrepareError for what does not fit together.
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
    likelihood: Likelihood | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise PrepareError(
                f"task {shown(self.name)}: a name holds letters, digits, '_' and '-' only, "
                f"since parameters and parts of files are called after it"
            )
        self._check_texts()
        self._check_metrics()
        may_have = self.kind in (*_WITH_LABELS, "generate")
        lacks = self.kind in _WITH_LABELS and not self.labels
        if lacks or len(self.labels) == 1 or (self.labels and not may_have):
            expected = "two or more for classify and choose, of generate what texts are compared with"
            raise PrepareError(
                f"task {self.name}: {len(self.labels)} labels for kind {self.kind}, "
                f"expected {expected}"
            )

    def _check_texts(self) -> None:
        prompt = self.prompt.replace("\n", " ").replace("\t", " ")
        for text in (self.family, *self.labels, prompt, self.licence):
            if not text or not text.isprintable():
                raise PrepareError(
                    f"task {self.name}: {shown(text)} is empty or holds an unprintable character; "
                    f"family, labels, prompt and licence are plain text"
                )
        refuse_repeats(f"task {self.name}: label", self.labels)

    def _check_metrics(self) -> None:
        if self.kind not in KINDS:
            raise PrepareError(
                f"task {self.name}: unknown kind {shown(self.kind)}; the kinds are "
                f"{', '.join(KINDS)}"
            )
        known = metrics_of(self.kind, self.likelihood is not None)
        if not known:
            other = "a trained head" if self.likelihood is None else "likelihood"
            raise PrepareError(f"task {self.name}: kind {self.kind} is not answered by {other}")
        for metric in self.metrics or ("",):
            if metric not in known:
                raise PrepareError(
                    f"task {self.name}: metric {shown(metric)} does not fit kind {self.kind}"
                    f"{' by likelihood' if self.likelihood else ''}; "
                    f"those that do are {', '.join(known)}"
                )
        if "f1" in self.metrics and len(self.labels) > 2:
            raise PrepareError(
                f"task {self.name}: metric 'f1' is of two classes, and there are "
                f"{len(self.labels)}; take macro_f1"
            )
        refuse_repeats(f"task {self.name}: metric", self.metrics)

    @property
    def classes(self) -> int:
        return 1 if self.kind == "generate" else max(1, len(self.labels))


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
    """A task with its examples, ready to be tokenised.

    `exemplars` are the examples of train in the order of their files, where prompts hold some.
    """

    task: Task
    origin: Origin
    rows: int
    splits: Splits
    note: str = ""
    exemplars: Sequence[Example] = ()
