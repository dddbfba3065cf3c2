"""The description of a suite of a user's own data: a JSON file, read and checked. Writes nothing.

docs/own_data.md says what each member means.
"""

import re
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from .errors import PrepareError, shown, shown_json
from .fewshot import FewShot
from .files import check_file
from .gold import READINGS
from .members import unused
from .strict_json import parse_commented
from .tables import read_text
from .tasks import KINDS, RULES

SPLITS = ("train", "dev", "test")
_LONGEST = 1_000_000  # tokens


@dataclass(frozen=True)
class Candidates:
    """Where the candidates of a choice stand: columns, one column with a list, or one text."""

    columns: tuple[str, ...] = ()
    list_column: str = ""
    text: str = ""
    split: str = ""


@dataclass(frozen=True)
class TaskDescription:
    """A task as its description states it, with defaults where it says nothing."""

    name: str
    files: dict[str, tuple[str, ...]]
    kind: str = ""
    family: str = "own"
    format: str = "columns"
    answers: str = "auto"
    extract: dict[str, re.Pattern[str]] = field(default_factory=dict)
    prompt: str = ""
    pair: str = ""
    answer: str = ""
    target: str = ""
    target_is: str = ""
    candidates: Candidates | None = None
    candidate_labels: str = ""
    labels: tuple[str, ...] = ()
    verbalizers: dict[str, str] = field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    bounds: tuple[float, float] | None = None
    cap: int = 512
    answer_cap: int = 256
    too_long: str = "error"
    delimiter: str | None = None
    loss_on: str = "answer"
    read: str = ""
    program: str = ""
    windows: str = "stream"
    fewshot: FewShot = field(default_factory=FewShot)
    fewshot_delimiter: str = FewShot.delimiter
    splits: dict[str, int] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    where: dict[str, dict[str, str]] = field(default_factory=dict)
    halves: int | None = None
    step: float | None = None
    test_as: dict[str, Any] = field(default_factory=dict)
    unit: str = ""
    licence: str = "its owner's"
    note: str = ""

    @property
    def has_program(self) -> bool:
        """Whether a text of some part is run in a program."""
        return bool(self.program or self.read_in("test").program)

    def read_in(self, part: str) -> "TaskDescription":
        """As rows of train, dev or test are read."""
        other = part == "test" and self.test_as
        return replace(self, kind=self.kind or "generate", **self.test_as) if other else self


class _Unfit(Exception):
    """A value that a member does not take; the message says what it does."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Unfit("a text")
    return value


def _choice(*names: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in names:
            raise _Unfit(f"one of {', '.join(names)}")
        return value

    return read


def _size(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _Unfit("a whole number from 1")
    return value


def _length(value: Any) -> int:
    if _size(value) > _LONGEST:
        raise _Unfit(f"{_LONGEST:,} tokens at most")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise _Unfit("a list of texts")
    return tuple(value)


def _text_or_texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else _texts(value)


def _by_split(read: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    def read_all(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not value or not set(value) <= set(SPLITS):
            raise _Unfit(f"an object with some of {', '.join(SPLITS)}")
        return {name: read(value[name]) for name in value}

    return read_all


def _words(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) and v for v in value.values()):
        raise _Unfit("an object with a text for each label")
    return value


def _seed(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 32:
        raise _Unfit("a seed, a whole number from 0 to 2^32 - 1")
    return value


def _fewshot(value: Any) -> FewShot:
    if isinstance(value, dict) and set(value) == {"count", "seed"}:
        return FewShot(_count(value["count"]), _seed(value["seed"]))
    return FewShot(_count(value))


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _Unfit('a count from 0, or a count with a seed, as {"count": 4, "seed": 7}')
    return value


def _step(value: Any) -> float:
    fits = _is_finite(value) and 1e-9 <= value <= 1
    if not fits or abs(round(1 / value) * value - 1) > 1e-12:
        raise _Unfit("a part of one, as 0.2")
    return float(value)


def _patterns(value: Any) -> dict[str, re.Pattern[str]]:
    return {column: _pattern(pattern) for column, pattern in _words(value).items()}


def _pattern(value: Any) -> re.Pattern[str]:
    text = _text(value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what patterns may mean in a later Python
            return re.compile(text, re.DOTALL)
    except (re.error, OverflowError) as error:
        raise _Unfit(f"a regular expression ({error})") from None
    except RecursionError:
        raise _Unfit("a regular expression that is not nested so deeply") from None


def _candidates(value: Any) -> Candidates:
    if isinstance(value, str) and value:
        return Candidates(list_column=value)
    if isinstance(value, list):
        if len(value) < 2:
            raise _Unfit("two columns or more")
        return Candidates(columns=_texts(value))
    if isinstance(value, dict) and set(value) == {"text", "split"}:
        split = _pattern(value["split"])
        if split.groups:
            raise _Unfit("a split without groups, (?:...) instead of (...)")
        return Candidates(text=_text(value["text"]), split=split.pattern)
    raise _Unfit(
        "a list of columns, a column that holds a list, or an object with text (a template) and "
        "split (a regular expression)"
    )


def _is_finite(value: Any) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and abs(value) <= sys.float_info.max


def _bounds(value: Any) -> tuple[float, float]:
    if isinstance(value, list) and len(value) == 2:
        low, high = value
        if all(map(_is_finite, value)) and low < high:
            return float(low), float(high)
    raise _Unfit("the lowest and the highest score, as [0, 5]")


def _other_members(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not value or not set(value) <= set(_IN_TEST):
        raise _Unfit(f"an object with some of {', '.join(_IN_TEST)}")
    return {name: _READERS.get(name, _text)(member) for name, member in value.items()}


_IN_TEST = ("extract", "format", "prompt", "answer", "program")
_READERS: dict[str, Callable[[Any], Any]] = {
    "name": _text,
    "files": _by_split(_text_or_texts),
    "kind": _choice(*KINDS),
    "format": _choice("columns", "alpaca", "chat"),
    "answers": _choice("auto", "head", "likelihood"),
    "extract": _patterns,
    "candidates": _candidates,
    "labels": _texts,
    "verbalizers": _words,
    "metrics": _text_or_texts,
    "bounds": _bounds,
    "target_is": _choice(*READINGS),
    "cap": _length,
    "answer_cap": _length,
    "too_long": _choice("error", "drop"),
    "loss_on": _choice("answer", "all"),
    "read": _choice(*RULES),
    "windows": _choice("stream", "text"),
    "fewshot": _fewshot,
    "splits": _by_split(_size),
    "columns": _texts,
    "where": _by_split(_words),
    "halves": _seed,
    "step": _step,
    "test_as": _other_members,
}
_CHECKED_LATER = ("answers", "format", "pair")  # where a value is refused, not the member
MEMBERS = tuple(member.name for member in fields(TaskDescription))


def read_description(file: Path) -> list[TaskDescription]:
    """The tasks of a description. PrepareError names the file and the member."""
    check_file(file, f"--from {file}")
    document = parse_commented(read_text(file), str(file))
    _check_members(document, ("defaults", "tasks"), str(file))
    tasks = document.get("tasks")
    if not isinstance(tasks, list) or not tasks:
        raise PrepareError(f"{file}: tasks: expected a list of tasks")
    defaults = document.get("defaults", {})
    _check_members(defaults, MEMBERS, f"{file}: defaults")
    return [
        _read_task(defaults, task, f"{file}: tasks[{index}]") for index, task in enumerate(tasks)
    ]


def _read_task(defaults: dict[str, Any], task: Any, where: str) -> TaskDescription:
    _check_members(task, MEMBERS, where)
    values = {}
    for member, value in (defaults | task).items():
        try:
            values[member] = _READERS.get(member, _text)(value)
        except _Unfit as error:
            raise PrepareError(f"{where}.{member}: {shown_json(value)}, expected {error}") from None
    for member in ("name", "files"):
        if member not in values:
            raise PrepareError(f"{where}: has no {member}")
    _check_parts(values, where)
    if "train" not in values["files"]:
        raise PrepareError(
            f"{where}.files: names no train; dev and test are cut from it if need be"
        )
    return TaskDescription(**_used(values, task, where))


def _check_parts(values: dict[str, Any], where: str) -> None:
    """Members that speak of a part of the files, of which there are some."""
    files = values["files"]
    for part in values.get("where", {}):
        if part not in files:
            raise PrepareError(f"{where}.where: names {part}, for which there are no files")
    if "halves" in values and set(files) != {"train", "dev"}:
        raise PrepareError(f"{where}.halves: makes dev and test of files.dev; give train and dev")
    if "test_as" in values and "test" not in files:
        raise PrepareError(f"{where}.test_as: is about files.test; give one")


def _used(values: dict[str, Any], task: dict[str, Any], where: str) -> dict[str, Any]:
    """Without the defaults that do not concern a task; what it says itself must."""
    not_used = unused(values)
    for member, by in not_used.items():
        if member in task and member not in _CHECKED_LATER:
            raise PrepareError(f"{where}: {member} is not used by {by}; remove it")
    if values.get("kind", "generate") == "generate" and {"answer", "target"} <= set(task):
        raise PrepareError(f"{where}: answer and target say the same; remove one of them")
    if "target" in task:
        not_used |= {"answer": ""}
    if "splits" not in task and "splits" in values:
        given = set(values["files"]) - {"train"} | ({"test"} if "halves" in values else set())
        cut = {part: size for part, size in values["splits"].items() if part not in given}
        values = values | {"splits": cut}
    return {name: v for name, v in values.items() if name in task or name not in not_used}


def _check_members(value: Any, known: tuple[str, ...], where: str) -> None:
    if not isinstance(value, dict):
        raise PrepareError(f"{where}: expected an object, {{...}}")
    for member in value:
        if member not in known:
            raise PrepareError(
                f"{where}: unknown member {shown(member)}; the members are {', '.join(known)}"
            )
