"""Rows of tab-separated and of CSV files, each with the line that it begins on. Writes nothing."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import PrepareError

_LONGEST = (1 << 31) - 1  # characters of a cell


@dataclass(frozen=True)
class Row:
    """The cells of a row and its first line, from 1."""

    line: int
    cells: list[str]


def read_tabs(path: Path) -> list[Row]:
    """A row a line; quotation marks are part of the text, blank lines are passed over."""
    lines = enumerate(read_text(path).split("\n"), start=1)
    return [Row(number, line.split("\t")) for number, line in lines if line]


def read_csv(path: Path, is_row: Callable[[list[str]], bool]) -> list[Row]:
    """Rows of CSV, whose quoted cells may hold line breaks; blank lines are passed over.

    A quotation mark left open takes the following rows for one text. It is found by what it breaks
    further on, or by `is_row`: lines inside a quoted cell that are rows of their own.
    """
    lines = read_text(path).split("\n")
    rows: list[Row] = []
    for first, last, cells in _parse(path, lines):
        if any(is_row(line.split(",")) for line in lines[first - 1 : last - 1]):
            raise _left_open(path, first, last, "a line of them is a row of its own")
        if cells:
            rows.append(Row(first, cells))
    return rows


def _parse(path: Path, lines: list[str]) -> Iterator[tuple[int, int, list[str]]]:
    """First line, last line and cells of each row."""
    csv.field_size_limit(_LONGEST)  # of the whole process; Python's own is 131,072
    reader = csv.reader((f"{line}\n" for line in lines), strict=True)
    last = 0
    try:
        for cells in reader:
            yield last + 1, reader.line_num, cells
            last = reader.line_num
    except csv.Error as error:
        if "new-line character" in str(error):
            raise PrepareError(
                f"{path}: line {reader.line_num} holds a carriage return without a line feed; end "
                f"every line with a line feed, for example with tr '\\r' '\\n'"
            ) from None
        raise _left_open(path, last + 1, reader.line_num, str(error)) from None


def _left_open(path: Path, first: int, last: int, reason: str) -> PrepareError:
    lines = f"line {first} is" if first == last else f"lines {first} to {last} are"
    return PrepareError(
        f"{path}: {lines} read as one row ({reason}); close the quotation mark that line {first} "
        f"leaves open, and double those inside a quoted text"
    )


def read_text(path: Path) -> str:
    """The file as text with "\\n" at the end of lines, without a byte-order mark.

    Lines of a file without any "\\n" end with "\\r", as old spreadsheets write them.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PrepareError(
            f"{path}: line {_line_of(content, error.start)} holds byte "
            f"0x{content[error.start]:02x}, which is not UTF-8; convert the file, for example with "
            f"iconv -f latin1 -t utf-8"
        ) from None
    if (position := content.find(b"\0")) >= 0:
        raise PrepareError(f"{path}: line {_line_of(content, position)} holds a NUL; remove it")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return text if "\n" in text else text.replace("\r", "\n")


def _line_of(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1
