"""Prints framework/texts/unicode_tables.cpp from this Python's Unicode: `python -m tests.reference.unicode_tables`."""

import unicodedata

_HEADER = """// Written by tests/reference/unicode_tables.py from Unicode {version}; not by hand.
#include "framework/texts/unicode_tables.h"

namespace rankwise::unicode {{

"""


def _not_alphanumeric() -> list[int]:
    """First and last of each run behind ASCII; what Unicode leaves free continues the run before it."""
    runs: list[tuple[int, int]] = []
    inside = False
    for code in range(0x80, 0x110000):
        if unicodedata.category(chr(code)) in ("Cn", "Cs", "Co"):
            continue
        if chr(code).isalnum():
            inside = False
        elif inside:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
            inside = True
    return [code for run in runs for code in run]


def _lower() -> list[int]:
    """First, last, step and difference of runs behind ASCII; U+0130 becomes two and is left out."""
    pairs = [(code, ord(chr(code).lower())) for code in range(0x80, 0x110000) if len(chr(code).lower()) == 1]
    pairs = [(upper, lower) for upper, lower in pairs if upper != lower]
    table: list[int] = []
    while pairs:
        runs = {step: _run(pairs, step) for step in (1, 2)}
        step = max(runs, key=lambda one: runs[one])
        table += [pairs[0][0], pairs[runs[step] - 1][0], step, pairs[0][1] - pairs[0][0]]
        pairs = pairs[runs[step] :]
    return table


def _run(pairs: list[tuple[int, int]], step: int) -> int:
    """How many of the first pairs stand `step` apart and differ by the same."""
    (upper, lower), count = pairs[0], 1
    while count < len(pairs) and pairs[count] == (upper + count * step, lower + count * step):
        count += 1
    return count


def main() -> None:
    text = _HEADER.format(version=unicodedata.unidata_version)
    for name, type_name, table in (
        ("kNotAlphanumeric", "char32_t", [hex(code) for code in _not_alphanumeric()]),
        ("kLower", "std::int32_t", [str(number) for number in _lower()]),
    ):
        text += f"const std::array<{type_name}, {len(table)}> {name}{{{', '.join(table)}}};\n\n"
    print(text + "}  // namespace rankwise::unicode")


if __name__ == "__main__":
    main()
