"""Fills results/README.md.in: every number of the text is a cell of a table under results/.

    python3 scripts/lib/results_text.py TEMPLATE RESULTS OUT

reads the template and RESULTS/STUDY/TABLE.csv, and writes OUT. A reference is written

    {STUDY:TABLE:ROW:COLUMN}    {planted_ranks:ablation:printed:difference}

STUDY is a folder of RESULTS, or `results` for the tables that lie in RESULTS itself; TABLE may be
figures/NAME. ROW is the row's first cell, or its first cells joined by " | "; COLUMN is a heading.
A colon that belongs to a name is followed by a space. The cell comes with its spread, if the table
has it: mean ± standard deviation over seeds, or an estimate with its 95 % interval.

Outside references the template has no digits but in the forms of ALLOWED; a number among them is a
setting or a name, never a result.
"""

import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path

Row = dict[str, str]

REFERENCE = re.compile(r"\{([^{}\n]*)\}")
INTERVAL = re.compile(r"(\S+(?: %)?) to (\S+(?: %)?)")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?")

ALLOWED = re.compile(
    r"""
      ^(?:[ ]{4}|\t).*$                                 # an indented block of commands
    | `(?!(?:[-+\d.,%±\s]|e[-+]?\d)*`)[^`\n]*`          # code that is more than a number: `r = 32`
    | \]\([^)\n]*\)                                     # the target of a link
    | ^(?:\#+[ ])?\d+\.[ ]                              # the number of a heading or a list's item
    | \b(?:Table|Figure|Theorem|Section|Equation)[ ]\d+(?:\.\d+)?   # a place in a paper
    | \b95[ ]%(?=[ ]intervals?\b)                       # the one confidence level in use
    | [A-Za-z][\w-]*                                    # words that begin with a letter: LoRA-8
    """,
    re.MULTILINE | re.VERBOSE,
)


class TextError(Exception):
    """A template that can not be filled; the message is one line: what was found, what there is."""


def fill(template: str, results: Path) -> str:
    """The template with the cells of the tables under `results`.

    Throws TextError for a number that stands in the template itself, and for a reference whose
    study, table, row or column is not there, or whose row is not the only one.
    """
    refuse_numbers(template)
    return REFERENCE.sub(lambda found: cell_text(found.group(1), results), template)


def refuse_numbers(template: str) -> None:
    """TextError for the first number, or brace, outside references and allowed forms."""
    rest = ALLOWED.sub(_blanks, REFERENCE.sub(_blanks, template))
    for number, (line, left) in enumerate(
        zip(template.split("\n"), rest.split("\n"), strict=True), start=1
    ):
        place = next((i for i, c in enumerate(left) if c.isnumeric() or c in "{}"), None)
        if place is not None:
            raise TextError(
                f"line {number}: a bare {left[place]!r} in "
                f"'{line[max(0, place - 30) : place + 20]}'; "
                "write numbers of results as {study:table:row:column}, settings as `code`"
            )


def cell_text(reference: str, results: Path) -> str:
    """What a reference stands for, e.g. "-0.309 [-0.335, -0.284]"."""
    parts = re.split(r":(?! )", reference)
    if len(parts) != 4:
        raise TextError(f"{{{reference}}} is no reference; expected {{study:table:row:column}}")
    study, table, label, column = parts
    row = find_row(read_table(results, study, table, reference), label, reference)
    if column not in row:
        raise _unknown(reference, "column", column, row)
    if row[column] in ("", "–"):
        raise TextError(f"{{{reference}}}: this cell is empty; name one that holds something")
    return with_spread(row, column)


def read_table(results: Path, study: str, table: str, reference: str) -> list[Row]:
    """Rows of RESULTS/study/table.csv."""
    folder = results if study == "results" else results / study
    if not folder.is_dir():
        studies = ["results", *sorted(path.name for path in results.iterdir() if path.is_dir())]
        raise _unknown(reference, "study", study, studies)
    path = folder / f"{table}.csv"
    if not path.is_file():
        tables = (p.relative_to(folder).with_suffix("") for p in sorted(folder.rglob("*.csv")))
        shown = [str(t) for t in tables if study != "results" or len(t.parts) == 1]
        raise _unknown(reference, "table", table, shown)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def find_row(rows: list[Row], label: str, reference: str) -> Row:
    """The one row whose first cells are those of the label."""
    wanted = label.split(" | ")
    found = [row for row in rows if list(row.values())[: len(wanted)] == wanted]
    if len(found) == 1:
        return found[0]
    if not found:
        raise _unknown(reference, "row", label, (_begin(row, len(wanted)) for row in rows))
    names = ", ".join(f"'{_begin(row, len(wanted) + 1)}'" for row in found)
    raise TextError(f"{{{reference}}}: {len(found)} rows begin with '{label}'; name one: {names}")


def with_spread(row: Row, column: str) -> str:
    """A cell with its standard deviation or interval, rounded for reading."""
    cell = row[column]
    decimals = _decimals(cell)
    deviation = row.get(f"{column} std", "")
    interval = INTERVAL.fullmatch(row.get("95 %", "")) if column == "difference" else None
    if interval is not None:
        return f"{_rounded(cell, decimals, '+')} {_bracket(*interval.groups(), decimals, '+')}"
    if deviation:
        return f"{_rounded(cell, decimals)} ± {_rounded(deviation, decimals)}"
    if column == "mean" and {"low", "high"} <= row.keys():
        return f"{_rounded(cell, decimals)} {_bracket(row['low'], row['high'], decimals)}"
    alone = INTERVAL.fullmatch(cell)
    if alone is not None:
        return f"[{alone.group(1)}, {alone.group(2)}]"
    return _rounded(cell, decimals)


def _begin(row: Row, cells: int) -> str:
    return " | ".join(list(row.values())[:cells])


def _bracket(low: str, high: str, decimals: int, sign: str = "") -> str:
    return f"[{_rounded(low, decimals, sign)}, {_rounded(high, decimals, sign)}]"


def _decimals(cell: str) -> int:
    """Three decimals at most, or those of two significant digits; never more than the table has."""
    if not NUMBER.fullmatch(cell):
        return 0
    exponent = int(f"{float(cell):e}".partition("e")[2])
    given = len(cell.partition("e")[0].partition(".")[2])
    return max(0, min(max(min(3, 2 - exponent), 1 - exponent), given))


def _rounded(cell: str, decimals: int, sign: str = "") -> str:
    """A number with so many decimals; powers of ten stay such, and other text as it stands."""
    if not NUMBER.fullmatch(cell):
        return cell
    return f"{float(cell):.2g}" if "e" in cell else f"{float(cell):{sign}.{decimals}f}"


def _unknown(reference: str, what: str, name: str, names: Iterable[str]) -> TextError:
    known = ", ".join(dict.fromkeys(f"'{each}'" for each in names))
    return TextError(f"{{{reference}}}: no {what} '{name}'; there are: {known or 'none'}")


def _blanks(found: re.Match[str]) -> str:
    return " " * len(found.group())


def main(arguments: list[str]) -> int:
    """Fills the template, or says in one line why not."""
    template, results, out = map(Path, arguments)
    try:
        text = fill(template.read_text(encoding="utf-8"), results)
    except TextError as error:
        print(f"{template}: {error}", file=sys.stderr)
        return 1
    out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
