"""Fuzzes descriptions of suites (docs/own_data.md) with atheris, which is libFuzzer for Python.

Reads libFuzzer's own arguments: python -m tests.fuzz.descriptions -runs=10000 CORPUS. A description
is read, or refused with a PrepareError; anything else is a finding.
"""

import os
import sys
import warnings
from pathlib import Path

import atheris

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))
with atheris.instrument_imports(include=["prepare_data"]):
    from prepare_data.description import read_description
    from prepare_data.errors import PrepareError

FILE = Path(f"/dev/shm/rankwise-fuzz-{os.getpid()}.json")


def read(content: bytes) -> None:
    FILE.write_bytes(content)
    try:
        read_description(FILE)
    except PrepareError as error:
        assert str(error)


def main() -> None:
    warnings.simplefilter("error")  # a warning would be printed among the program's lines
    atheris.Setup(sys.argv, read)
    try:
        atheris.Fuzz()
    finally:
        FILE.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
