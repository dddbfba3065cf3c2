"""GLUE from a folder with its original files, one folder a task.

Reads CoLA/{train,dev}.tsv, SST-2/{train,dev}.tsv, MRPC/msr_paraphrase_{train,test}.txt,
RTE/{train,dev}.tsv, STS-B/stsb-en-{train,dev,test}.csv, QNLI/{train,dev}.tsv; writes nothing.

Official sets are kept whole, repeats included, and what they share with training leaves training.
Where GLUE keeps the test labels, test is the official development set; where there is no
development set left, dev is a slice of training: min(1000, a tenth).
"""

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .errors import PrepareError
from .examples import Example, Read, SplitRule, split
from .files import sha256_of
from .suites import Suite
from .tasks import Origin, PreparedTask, Task

_SINGLE = "[CLS] {sentence} [SEP]"
_PAIR = "[CLS] {sentence1} [SEP] {sentence2} [SEP]"
_QUESTION = "[CLS] {question} [SEP] {sentence} [SEP]"
_CAP = 128
_LICENCE = "its authors' own; not stated with the files, never redistributed"
_ENTAILMENT = ("entailment", "not_entailment")


def _task(
    name: str, family: str, labels: tuple[str, ...], metrics: tuple[str, ...], prompt: str = _PAIR
) -> Task:
    kind = "classify" if labels else "regress"
    return Task(name, family, kind, labels, metrics, _CAP, prompt, _LICENCE)


TASKS = {
    task.name: task
    for task in (
        _task("cola", "acceptability", ("unacceptable", "acceptable"), ("matthews",), _SINGLE),
        _task("sst2", "sentiment", ("negative", "positive"), ("accuracy",), _SINGLE),
        _task("mrpc", "paraphrase", ("different", "equivalent"), ("accuracy", "f1")),
        _task("rte", "inference", _ENTAILMENT, ("accuracy",)),
        _task("stsb", "similarity", (), ("pearson", "spearman")),
        _task("qnli", "inference", _ENTAILMENT, ("accuracy",), _QUESTION),
        _task("mnli", "inference", ("entailment", "neutral", "contradiction"), ("accuracy",)),
        _task("qqp", "paraphrase", ("different", "duplicate"), ("accuracy", "f1")),
    )
}


@dataclass(frozen=True)
class Layout:
    """How a task's files look: columns from 0, with a header or not, quoted CSV or plain tabs."""

    train: str
    test: str
    columns: int
    label: int
    texts: tuple[int, ...]
    dev: str = ""
    header: bool = True
    quoted: bool = False
    note: str = ""

    @property
    def files(self) -> list[str]:
        return [file for file in (self.train, self.dev, self.test) if file]


_DEV_IS_TEST = "test is the official development set, dev a slice of training"

LAYOUTS = {
    "cola": Layout(
        "CoLA/train.tsv", "CoLA/dev.tsv", 4, 1, (3,), header=False, note=_DEV_IS_TEST
    ),
    "sst2": Layout("SST-2/train.tsv", "SST-2/dev.tsv", 2, 1, (0,), note=_DEV_IS_TEST),
    "mrpc": Layout(
        "MRPC/msr_paraphrase_train.txt", "MRPC/msr_paraphrase_test.txt", 5, 0, (3, 4),
        note="dev is a slice of training",
    ),
    "rte": Layout("RTE/train.tsv", "RTE/dev.tsv", 4, 3, (1, 2), note=_DEV_IS_TEST),
    "stsb": Layout(
        "STS-B/stsb-en-train.csv", "STS-B/stsb-en-test.csv", 3, 2, (0, 1),
        dev="STS-B/stsb-en-dev.csv", header=False, quoted=True, note="official sets",
    ),
    "qnli": Layout("QNLI/train.tsv", "QNLI/dev.tsv", 4, 3, (1, 2), note=_DEV_IS_TEST),
}  # fmt: skip


def fingerprint(folder: Path) -> str:
    """Changes with the files in the folder; an error if there is no such folder."""
    if not folder.is_dir():
        raise PrepareError(f"--from {folder}: no such folder; give GLUE's folder, or hub")
    digest = hashlib.sha256()
    for layout in LAYOUTS.values():
        for file in layout.files:
            if (folder / file).is_file():
                digest.update(f"{file} {sha256_of(folder / file)}\n".encode())
    return f"glue {digest.hexdigest()}"


def read_glue(folder: Path) -> Suite:
    """The tasks whose files are all there; the others are named with what is missing."""
    tasks, left_out = [], []
    for name, layout in LAYOUTS.items():
        missing = [file for file in layout.files if not (folder / file).is_file()]
        if missing:
            left_out.append(f"{name}, for want of {', '.join(missing)}")
            print(f"  left out: {left_out[-1]}")
        else:
            tasks.append(_prepare(TASKS[name], layout, folder))
    if not tasks:
        raise PrepareError(f"--from {folder}: no GLUE task is complete: {'; '.join(left_out)}")
    return Suite("glue", tasks, left_out)


def _prepare(task: Task, layout: Layout, folder: Path) -> PreparedTask:
    parts = {file: _read_file(folder / file, task, layout) for file in layout.files}
    read = Read(
        rows=sum(len(part) for part in parts.values()),
        pool=parts[layout.train],
        test=parts[layout.test],
        dev=parts[layout.dev] if layout.dev else None,
    )
    files = tuple((file, sha256_of(folder / file)) for file in layout.files)
    origin = Origin("GLUE, a folder of its files", "", files)
    return PreparedTask(task, origin, read.rows, split(read, glue_rule(task, read)), layout.note)


def glue_rule(task: Task, read: Read) -> SplitRule:
    """Official sets as they are; a slice of training where one is wanting."""
    return SplitRule(
        salt=f"rankwise glue {task.name}", dev=min(1000, len(read.pool) // 10), clean_official=False
    )


def _read_file(path: Path, task: Task, layout: Layout) -> list[Example]:
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise PrepareError(f"{path}: byte {error.start} is not UTF-8, which it should be") from None
    if layout.quoted:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    else:
        # Quotation marks are part of the text in these files.
        rows = [line.split("\t") for line in text.split("\n") if line]
    first = int(layout.header)
    to_target = _target_reader(task)
    examples = []
    for number, row in enumerate(rows[first:], start=first + 1):
        where = f"{path}: row {number}"
        if len(row) != layout.columns:
            raise PrepareError(f"{where} has {len(row)} columns, expected {layout.columns}")
        parts = [row[column] for column in layout.texts]
        target = to_target(row[layout.label], where)
        examples.append(Example(parts[0], target, pair=parts[1] if len(parts) > 1 else ""))
    return examples


def _target_reader(task: Task) -> Callable[[str, str], float]:
    """Labels are a class's name or number; scores are numbers."""
    known = {label: float(index) for index, label in enumerate(task.labels)}
    known |= {str(index): float(index) for index in range(len(task.labels))}

    def read(label: str, where: str) -> float:
        try:
            return known[label] if task.labels else float(label)
        except (KeyError, ValueError):
            wanted = f"one of {', '.join(task.labels)}" if task.labels else "a number"
            raise PrepareError(f"{where} has label '{label}', expected {wanted}") from None

    return read
