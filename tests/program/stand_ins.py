"""A copy of scripts/ in a temporary folder, with stand-ins for the tools that they call.

A tool is found in bin/ of that folder only: the stand-ins, and links to the plain tools of the
system. So a script sees what a test gives it, whatever this machine has.
"""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from .program import PATIENCE, ROOT, Done

SECONDS = 5 * PATIENCE  # each answers in a tenth of a second; a busy machine is slower
PLAIN = (
    "awk", "basename", "bash", "cat", "chmod", "date", "dirname", "env", "find", "getconf", "grep",
    "head", "id", "ls", "mkdir", "mktemp", "nproc", "rm", "sed", "sh", "sha256sum", "sleep", "sort",
    "tail", "touch", "tput", "tr", "true", "wc", "xargs",
)  # fmt: skip
NOBODY = 65534


def call(
    script: Path,
    *arguments: str,
    cwd: Path = ROOT,
    seconds: float = SECONDS,
    **variables: str,
) -> Done:
    return ended([script, *arguments], cwd, os.environ | variables, seconds=seconds)


def ended(
    command: list[str | Path],
    cwd: Path,
    environment: dict[str, str],
    user: int | None = None,
    seconds: float = SECONDS,
) -> Done:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        user=user,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


class Tree(unittest.TestCase):
    """A tree with the shell scripts, and nothing else that is not put there."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="rankwise-")
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name)
        self.tree.chmod(0o777)  # for tests that run as nobody
        unread = shutil.ignore_patterns("prepare_data")
        shutil.copytree(ROOT / "scripts", self.tree / "scripts", ignore=unread)
        self.bin = self.tree / "bin"
        self.bin.mkdir()
        for name in PLAIN:
            if found := shutil.which(name):
                (self.bin / name).symlink_to(found)

    def stand_in(self, file: str, command: str = "true") -> None:
        """A tool that tells its call in calls.txt, and then does as the command says."""
        path = self.tree / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(f'#!/bin/sh\necho "{path.name} $*" >>{self.tree}/calls.txt\n{command}\n')
        path.chmod(0o755)

    def write(self, file: str, text: str = "") -> Path:
        path = self.tree / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def calls(self, tool: str) -> list[str]:
        """What the stand-in was called with, and forgets it."""
        path = self.tree / "calls.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        path.write_text("".join(f"{line}\n" for line in lines if not line.startswith(f"{tool} ")))
        path.chmod(0o666)
        return [line.partition(" ")[2] for line in lines if line.startswith(f"{tool} ")]

    def script(self, name: str, *arguments: str, root: bool = True, **variables: str) -> Done:
        """Runs a script of the tree; without root as nobody where this process is root."""
        own = {"PATH": str(self.bin), "HOME": str(self.tree), "OMP_NUM_THREADS": "1"} | variables
        user = NOBODY if not root and os.geteuid() == 0 else None
        return ended([self.tree / "scripts" / name, *arguments], self.tree, own, user)
