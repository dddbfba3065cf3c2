"""Targets and texts of examples: what a cell of a file may say, and what a token file takes.

Reads and writes nothing. `where` begins a message: the file and the line.
"""

import math
import re
from collections.abc import Sequence
from decimal import Decimal

from .errors import PrepareError, shown, shown_json
from .examples import Example
from .tasks import PreparedTask, Task

_SURROGATE = re.compile("[\ud800-\udfff]")
# float() also takes 1e300, nan, 1_0 and the digits of other scripts.
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


# What a label or a row's content may be as a number: 1.0 and 1 are the same.
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def is_decimal(cell: str) -> bool:
    """Whether it is a number written plainly, as 4.25."""
    return _DECIMAL.fullmatch(cell) is not None


def number_of(cell: str) -> Decimal | None:
    """The number that a text is, if it is one."""
    return Decimal(cell) if _NUMBER.fullmatch(cell) else None


def named(cell: str, labels: Sequence[str]) -> int | None:
    """The label that a cell is: the same text, else the only one that is the same number."""
    if cell in labels:
        return labels.index(cell)
    number = number_of(cell)
    if number is None:
        return None
    same = [index for index, label in enumerate(labels) if number_of(label) == number]
    return same[0] if len(same) == 1 else None


def target_of(cell: str, task: Task, where: str) -> float:
    """What a cell says: a class by its name or number, or a score as a plain decimal."""
    if task.labels:
        return _class_of(cell, task.labels, where)
    if not is_decimal(cell):
        raise PrepareError(f"{where}: score {shown(cell)}, expected {_range(task)}, as 2.5")
    check_target(float(cell), task, where)
    return float(cell)


def _class_of(cell: str, labels: tuple[str, ...], where: str) -> float:
    """A number counts from 0 where no label is a number itself."""
    if (index := named(cell, labels)) is not None:
        return float(index)
    counted = all(number_of(label) is None for label in labels)
    numbers = [str(index) for index in range(len(labels))] if counted else []
    if cell in numbers:
        return float(numbers.index(cell))
    raise PrepareError(
        f"{where}: label {shown(cell)}, expected one of {', '.join(labels)}"
        f"{', or its number from 0' if counted else ''}"
    )


def check_target(target: float, task: Task, where: str) -> None:
    """PrepareError unless it is the number of a class, or a finite score within the bounds."""
    if task.kind in ("generate", "language_model"):
        return
    if task.labels:
        if target not in range(len(task.labels)):
            raise PrepareError(
                f"{where}: label {target:g}, expected a class from 0 to {len(task.labels) - 1}"
            )
    elif not math.isfinite(target) or not _low(task) <= target <= _high(task):
        raise PrepareError(f"{where}: score {target:g}, expected {_range(task)}")


def check_text(text: object, where: str) -> None:
    """PrepareError for what a token file cannot hold."""
    if not isinstance(text, str):
        raise PrepareError(f"{where}: {shown_json(text)} stands for a text; remove the row")
    if "\0" in text:
        raise PrepareError(f"{where}: a text holds a NUL character; remove it")
    if not text.isascii() and _SURROGATE.search(text):
        raise PrepareError(f"{where}: a text holds half of a surrogate pair; remove it")


def check_examples(prepared: PreparedTask) -> None:
    """The last look before tokenising, whatever the rows were read from."""
    for split, examples in prepared.splits.items():
        for example in examples:
            where = example.where or f"{prepared.task.name}, {split}"
            try:
                _check_example(example, prepared.task, where)
            except PrepareError as error:
                raise PrepareError(f"{error} (the example {shown(example.text)})") from None


def _check_example(example: Example, task: Task, where: str) -> None:
    check_target(example.target, task, where)
    for text in (example.text, example.pair, *example.candidates, example.answer):
        check_text(text, where)
    answers = example.candidates if task.kind == "choose" else (example.answer,)
    if task.kind in ("generate", "choose") and task.likelihood and not all(map(str.strip, answers)):
        raise PrepareError(f"{where}: an answer is empty; remove the row")
    if task.kind == "choose" and example.target >= len(example.candidates):
        count = len(example.candidates)
        raise PrepareError(f"{where}: answer {example.target:g} of {count} candidates, from 0")


def _low(task: Task) -> float:
    return task.bounds[0] if task.bounds else -math.inf


def _high(task: Task) -> float:
    return task.bounds[1] if task.bounds else math.inf


def _range(task: Task) -> str:
    if task.bounds is None:
        return "a finite number"
    return f"a number from {task.bounds[0]:g} to {task.bounds[1]:g}"
