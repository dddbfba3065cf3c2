"""JSON that a person wrote: comments are allowed, a key that is there twice is not.

A number's text stays what the file has: 1.50 does not become 1.5.
"""

import json
import re
from typing import Any

from .errors import PrepareError, shown

_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


class Written(float):
    """A number that is printed as its file has it."""

    text: str

    def __new__(cls, text: str) -> "Written":
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text


def parse_json(text: str, where: str) -> Any:
    """The value; PrepareError begins with `where`."""
    try:
        return json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, where),
            parse_float=Written,
            parse_int=lambda digits: Written(digits) if digits == "-0" else int(digits),
        )
    except ValueError as error:
        raise PrepareError(f"{where}: is no JSON ({error})") from None
    except RecursionError:
        raise PrepareError(f"{where}: is nested too deeply") from None


def parse_commented(text: str, where: str) -> Any:
    """The same, with // and /* */ comments as in study files."""
    return parse_json(_COMMENT.sub(_without_comment, text), where)


def _without_comment(found: re.Match[str]) -> str:
    return found[1] or "\n" * found[0].count("\n")  # errors keep their line


def _object(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise PrepareError(f"{where}: key {shown(key)} is there twice; remove one")
        values[key] = value
    return values
