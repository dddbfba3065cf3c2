"""Which class, score or candidate a cell of a user's file says. Reads and writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .errors import PrepareError, shown
from .examples import plain
from .rows import as_text
from .targets import check_target, named, number_of, target_of
from .tasks import Task

READINGS = ("label", "number", "text")


@dataclass(frozen=True)
class Cell:
    """A value of a row; `where` is the row's place."""

    value: Any
    where: str
    column: str

    @property
    def text(self) -> str:
        return as_text(self.value, f"{self.where}: column {shown(self.column)}")

    @property
    def number(self) -> str:
        """Whole numbers without a fraction: files of columns keep them as 1.0."""
        whole = isinstance(self.value, float) and self.value.is_integer()
        return str(int(self.value)) if whole else self.text

    def among(self, names: Sequence[str]) -> int | None:
        """The name that it is; a truth is its word, whatever the case."""
        if not isinstance(self.value, bool):
            return named(self.text, names)
        same = [index for index, name in enumerate(names) if name.lower() == self.text]
        return same[0] if len(same) == 1 else None


def stated_target(cell: Cell, task: Task) -> float:
    """The class or score that a cell says; a truth is no number of a class."""
    text, where = cell.text, cell.where
    if task.kind == "regress":
        if isinstance(cell.value, float):
            check_target(cell.value, task, where)
            return cell.value
        return target_of(text, task, where)
    if (index := cell.among(task.labels)) is not None:
        return float(index)
    if isinstance(cell.value, bool):
        raise PrepareError(
            f"{where}: label {text}, a truth value, expected one of {', '.join(task.labels)}; "
            f'write the label\'s own word, or call the labels "true" and "false"'
        )
    return target_of(cell.number, task, where)


def gold_candidate(
    cell: Cell, labels: Sequence[str], candidates: Sequence[str], reading: str
) -> float:
    """The number of a candidate, by its label, its number from 0, or its text.

    `reading` says which of READINGS; without one, all that fit agree.
    """
    where, answer = cell.where, f"answer {shown(cell.text)}"
    labels = labels[: len(candidates)]
    found = {
        "label": cell.among(labels),
        "number": _counted(cell, len(candidates)),
        "text": cell.among(candidates),
    }
    if reading:
        found = {reading: found[reading]}
    elif any(number_of(label) is not None for label in labels):
        del found["number"]
    fitting = {name: index for name, index in found.items() if index is not None}
    if len(set(fitting.values())) > 1:
        read = ", ".join(f"{shown(candidates[i])} by its {name}" for name, i in fitting.items())
        names = " or ".join(f'"{name}"' for name in fitting)
        raise PrepareError(f'{where}: {answer} is {read}; say which with "target_is": {names}')
    if not fitting:
        expected = _expected(found, labels, len(candidates))
        raise PrepareError(f"{where}: {answer}, expected {expected}")
    index = next(iter(fitting.values()))
    for name, names in (("label", labels), ("text", candidates)):
        if list(fitting) == [name] and is_twice(names, index):
            raise PrepareError(
                f"{where}: {answer} is the {name} of two candidates; change or remove the row"
            )
    return float(index)


def is_twice(names: Sequence[str], gold: int) -> bool:
    """Whether a wrong candidate has the gold one's text, so that no answer tells them apart."""
    texts = [plain(text) for text in names]
    return texts.count(texts[gold]) > 1


def _counted(cell: Cell, count: int) -> int | None:
    numbers = [str(index) for index in range(count)]
    return numbers.index(cell.number) if cell.number in numbers else None


def _expected(readings: dict[str, int | None], labels: Sequence[str], count: int) -> str:
    said = {
        "label": f"one of {', '.join(labels)}",
        "number": f"a number from 0 to {count - 1}",
        "text": "a candidate's text",
    }
    *most, last = (said[name] for name in readings)
    return f"{', '.join(most)}, or {last}" if most else last
