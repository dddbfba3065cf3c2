"""Where a check runs: programs, interpreter, folders, and how small it is made."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from bench_tools.errors import BenchError
from bench_tools.ours import Places
from bench_tools.processes import ROOT, environment, output

BUNDLED = ROOT.parent / "bin"  # of a bundle, whose folder `tree` this is
BUILT = ROOT / "build/release"


def program(name: str, built: Path) -> Path:
    """The bundle's, or the one that was built here; RANKWISE_PROGRAM names another rankwise."""
    named = os.environ.get("RANKWISE_PROGRAM") if name == "rankwise" else None
    for path in (Path(named).absolute() if named else None, BUNDLED / name, built):
        if path is not None and path.exists():
            return path
    raise BenchError(
        f"no {name} at {BUNDLED / name} or {built}; unpack a bundle made by scripts/bundle --tests,"
        " or run scripts/build"
    )


@dataclass(frozen=True)
class Place:
    """What every part needs."""

    device: str
    work: Path  # for what is made: models, token files, run files
    small: bool  # shapes and steps for trying it out
    python: Path = Path(sys.executable)

    @property
    def places(self) -> Places:
        """For bench_tools."""
        rankwise = program("rankwise", BUILT / "bin/rankwise")
        return Places(self.python, self.work / "data", rankwise)

    @property
    def tests(self) -> Path:
        return program("rankwise_tests", BUILT / "tests/rankwise_tests")

    def ask(self, module: str, *arguments: str | Path) -> str:
        """What a module of this folder prints."""
        return output([self.python, "-m", f"gpu_tools.{module}", *arguments], environment(1))


def prefer_this_python() -> None:
    """The bundle's programs take LibTorch from the first Python of PATH."""
    folder = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([folder, os.environ.get("PATH", "")])
