"""GLUE from the Hugging Face hub, by the library `datasets`: eight tasks, at a pinned revision.

Reads nyu-mll/glue over the network; writes nothing itself (the library keeps its own cache).
Tested with a stand-in for `datasets`; it was never run against the hub itself.

A test set counts only if its rows carry labels; otherwise the development set is the test set and
dev is a slice of training, as in `glue`.
"""

import importlib
from typing import Any

from .errors import PrepareError, shown_json
from .examples import Example, Read, split
from .glue import TASKS, glue_rule
from .suites import Suite
from .targets import check_target, check_text
from .tasks import Origin, PreparedTask, Task

REPOSITORY = "nyu-mll/glue"
REVISION = "bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c"

COLUMNS = {
    "cola": ("sentence",),
    "sst2": ("sentence",),
    "mrpc": ("sentence1", "sentence2"),
    "rte": ("sentence1", "sentence2"),
    "stsb": ("sentence1", "sentence2"),
    "qnli": ("question", "sentence"),
    "mnli": ("premise", "hypothesis"),
    "qqp": ("question1", "question2"),
}


def read_glue_from_hub() -> Suite:
    """Loads and divides the eight tasks."""
    try:
        datasets = importlib.import_module("datasets")
    except ImportError:
        raise PrepareError(
            "--from hub needs the library datasets; install it with "
            ".venv/bin/pip install -r scripts/requirements-hub.txt"
        ) from None
    return Suite("glue", [_prepare(datasets, TASKS[name]) for name in COLUMNS])


def _prepare(datasets: Any, task: Task) -> PreparedTask:
    print(f"loading {REPOSITORY}, {task.name}", flush=True)
    try:
        loaded = datasets.load_dataset(REPOSITORY, task.name, revision=REVISION)
    except Exception as error:  # the library raises many kinds
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise PrepareError(f"{REPOSITORY}, {task.name}: {reason}; check the network") from error
    suffix = "_matched" if task.name == "mnli" else ""
    parts = {
        "train": _examples(loaded["train"], task, "train"),
        "dev": _examples(loaded["validation" + suffix], task, "validation"),
        "test": _test_examples(loaded["test" + suffix], task),
    }
    rows = sum(len(part) for part in parts.values())
    read, note = _read(parts, rows)
    origin = Origin(f"hub {REPOSITORY}", REVISION, ((f"{task.name}@{REVISION}", ""),))
    return PreparedTask(task, origin, rows, split(read, glue_rule(task, read)), note)


def _test_examples(rows: Any, task: Task) -> list[Example]:
    """Nothing where the labels are withheld: GLUE then gives -1 in every row."""
    withheld = all(row["label"] == -1 for row in rows)
    return [] if withheld else _examples(rows, task, "test")


def _examples(rows: Any, task: Task, part: str) -> list[Example]:
    examples = []
    for number, row in enumerate(rows):
        where = f"{REPOSITORY}, {task.name}, {part}: row {number}"
        texts = [row[column] for column in COLUMNS[task.name]]
        for text in texts:
            check_text(text, where)
        target = row["label"]
        if not isinstance(target, (int, float)):
            raise PrepareError(f"{where}: label {shown_json(target)}, expected a number")
        check_target(target, task, where)
        examples.append(Example(texts[0], float(target), texts[1] if len(texts) > 1 else ""))
    return examples


def _read(parts: dict[str, list[Example]], rows: int) -> tuple[Read, str]:
    if parts["test"]:
        return Read(rows, parts["train"], test=parts["test"], dev=parts["dev"]), "official sets"
    note = "test is the official development set, dev a slice of training"
    return Read(rows, parts["train"], test=parts["dev"]), note
