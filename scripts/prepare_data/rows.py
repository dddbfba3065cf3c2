"""Rows of a user's files, by the ending of the file's name. Writes nothing.

.jsonl (or .ndjson): an object a line. .json: a list, or an object, of objects. .csv and .tsv: a
header line names the columns, unless the caller does; quotation marks of .tsv are part of the text.
.parquet: by pyarrow.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import PrepareError, one_line, refuse_repeats, shown
from .files import check_file
from .strict_json import parse_json
from .tables import Row, read_csv, read_tabs, read_text

_KINDS = {type(None): "null", dict: "an object", list: "a list"}


@dataclass(frozen=True)
class Record:
    """The values of a row by column; `where` is its file and its line or number, from 1.

    `content` is equal for rows of equal content, where it is needed.
    """

    where: str
    values: dict[str, Any]
    content: str = ""

    def value(self, column: str) -> Any:
        """A column's value; "a.b" is member b of column a, where no column has that name."""
        if column in self.values:
            return self.values[column]
        found: Any = self.values
        for part in column.split("."):
            if not isinstance(found, dict) or part not in found:
                raise PrepareError(
                    f"{self.where}: has no column {shown(column)}; its columns are "
                    f"{', '.join(map(shown, self.values))}"
                )
            found = found[part]
        return found

    def text(self, column: str) -> str:
        """A column's value as text."""
        return as_text(self.value(column), f"{self.where}: column {shown(column)}")


def as_text(value: Any, where: str) -> str:
    """A value as it would stand in a text: numbers as written, true and false in small letters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        raise PrepareError(f"{where}: holds {value}, expected a text or a finite number")
    if isinstance(value, (str, int, float)):
        return str(value)
    kind = _KINDS.get(type(value), f"a {type(value).__name__}")
    raise PrepareError(f"{where}: holds {kind}, expected a text or a number")


def read_rows(path: Path, columns: Sequence[str] = ()) -> list[Record]:
    """All rows of a file; there is at least one. `columns`: where a table has no header line."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise PrepareError(f"{path}: rows are read from files that end in {', '.join(_READERS)}")
    check_file(path, str(path))
    records = reader(path, columns)
    if not records:
        raise PrepareError(f"{path}: has no rows")
    return records


def _json_lines(path: Path, _: Sequence[str]) -> list[Record]:
    records = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            where = f"{path}: line {number}"
            records.append(_record(parse_json(line, where), where))
    return records


def _json_list(path: Path, _: Sequence[str]) -> list[Record]:
    """A list of objects, or an object whose members are the rows."""
    rows = parse_json(read_text(path), str(path))
    if isinstance(rows, dict) and rows and all(isinstance(row, dict) for row in rows.values()):
        rows = list(rows.values())
    if not isinstance(rows, list):
        raise PrepareError(f"{path}: expected a list of objects, [{{...}}, ...]")
    return _numbered(path, rows)


def _numbered(path: Path, rows: list[Any]) -> list[Record]:
    wheres = (f"{path}: row {number}" for number in range(1, len(rows) + 1))
    return [_record(row, where) for row, where in zip(rows, wheres, strict=True)]


def _record(row: Any, where: str) -> Record:
    if not isinstance(row, dict):
        raise PrepareError(f"{where}: expected an object, {{...}}")
    return Record(where, row)


def _csv(path: Path, columns: Sequence[str]) -> list[Record]:
    return _of_table(path, read_csv(path, lambda _: False), columns)


def _tsv(path: Path, columns: Sequence[str]) -> list[Record]:
    return _of_table(path, read_tabs(path), columns)


def _of_table(path: Path, rows: list[Row], columns: Sequence[str]) -> list[Record]:
    """The first row names the columns, where nobody else does."""
    names = list(columns) or (rows[0].cells if rows else [])
    refuse_repeats(f"{path}: column", names)
    records = []
    for row in rows if columns else rows[1:]:
        where = f"{path}: line {row.line}"
        if len(row.cells) != len(names):
            raise PrepareError(
                f"{where} has {len(row.cells)} columns, expected {len(names)}: "
                f"{', '.join(map(shown, names))}"
            )
        records.append(Record(where, dict(zip(names, row.cells, strict=True))))
    return records


def _parquet(path: Path, _: Sequence[str]) -> list[Record]:
    import pyarrow
    from pyarrow import parquet

    try:
        rows = parquet.read_table(path).to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise PrepareError(f"{path}: cannot be read as Parquet ({one_line(error)})") from None
    return _numbered(path, rows)


_READERS: dict[str, Callable[[Path, Sequence[str]], list[Record]]] = {
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".json": _json_list,
    ".csv": _csv,
    ".tsv": _tsv,
    ".parquet": _parquet,
}
