"""The errors that a user sees: a single line with what was found, expected, and the way out."""

import json
from collections.abc import Iterable
from typing import Any


class PrepareError(Exception):
    """Bad input or a failed download; the message is complete, `one_line` shows it."""


class UsageError(PrepareError):
    """A command line that cannot be understood."""


def one_line(text: object) -> str:
    """Text on one line, without characters that move a terminal's cursor or that no file takes."""
    return _visible(" ".join(str(text).split()))


def shown(value: str, limit: int = 60) -> str:
    """A value found in a file, in quotes: its beginning, with unprintable characters escaped."""
    return f"'{_visible(value[:limit])}{'…' if len(value) > limit else ''}'"


def shown_json(value: Any) -> str:
    """A value of a JSON file as it stands there, in quotes."""
    if isinstance(value, str):
        return shown(value)
    return shown(json.dumps(value, ensure_ascii=False, default=str))


def refuse_repeats(what: str, names: Iterable[str]) -> None:
    """PrepareError for the first name that stands there twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise PrepareError(f"{what} {shown(name)} is there twice; rename or remove one")
        seen.add(name)


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
