"""Rows that several tasks of a suite read: what one of them holds out, no other may train on.

Reads and writes nothing.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context
from typing import Any

from .examples import Example, Read, Splits, plain
from .targets import number_of

_DIGITS = Context(prec=100)


@dataclass(frozen=True)
class Divided:
    """The splits of a task, and all that it read, repeats included."""

    splits: Splits
    read: Read


def content_of(row: dict[str, Any]) -> str:
    """Equal for equal rows of any kind of file, whatever the order of columns, case and spaces."""
    text = json.dumps(_canonical(row), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        members = {str(name): _canonical(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member != ""}
    if isinstance(value, (list, tuple)):
        return [_canonical(member) for member in value]
    text = "" if value is None else plain(str(value)).lower()
    number = number_of(text)
    return text if number is None else str(number.normalize(_DIGITS))


def keep_apart(tasks: Sequence[Divided]) -> None:
    """Rows that a task tests on leave train and dev of all others; rows of its dev leave train."""
    tested = [_contents_held(task, task.splits.test) for task in tasks]
    developed = [_contents_held(task, task.splits.dev) for task in tasks]
    tests = Counter(content for contents in tested for content in contents)
    devs = Counter(content for contents in developed for content in contents)
    for task, own_test, own_dev in zip(tasks, tested, developed, strict=True):
        held = {content for content in tests if tests[content] > (content in own_test)}
        _leave_out(task, "dev", held)
        held |= {content for content in devs if devs[content] > (content in own_dev)}
        _leave_out(task, "train", held)


def _contents_held(task: Divided, held_out: Iterable[Example]) -> set[str]:
    """The rows behind held-out examples: their own, and those left out for the same input."""
    units = {example.unit_key for example in held_out}
    return {example.content for example in _all(task.read) if example.unit_key in units}


def _leave_out(task: Divided, part: str, held: set[str]) -> None:
    """Takes the examples away that come from a held row, or repeat one that does."""
    contents: dict[str, set[str]] = defaultdict(set)
    for example in _all(task.read):
        contents[example.key].add(example.content)
    examples = getattr(task.splits, part)
    kept = [example for example in examples if contents[example.key].isdisjoint(held)]
    task.splits.held_elsewhere += len(examples) - len(kept)
    setattr(task.splits, part, kept)


def _all(read: Read) -> list[Example]:
    return [*read.pool, *(read.dev or ()), *(read.test or ())]
