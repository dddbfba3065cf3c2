"""Every script of scripts/ answers --help at once and refuses what it does not know.

Needs no program: a script that began its work here would set up, build or run for minutes, which
the time limit ends.
"""

import os
import subprocess
import unittest
from pathlib import Path

from .program import PATIENCE, ROOT, Done

SCRIPTS = sorted(
    path for path in (ROOT / "scripts").iterdir() if path.is_file() and os.access(path, os.X_OK)
)
SECONDS = 5 * PATIENCE  # each answers in a tenth of a second; a busy machine is slower


def call(script: Path, *arguments: str, cwd: Path = ROOT, **variables: str) -> Done:
    done = subprocess.run(
        [script, *arguments],
        cwd=cwd,
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return Done(done.returncode, done.stdout, done.stderr)


class Scripts(unittest.TestCase):
    """Help, and arguments that a script has no use for."""

    def test_there_are_seven(self) -> None:
        names = ["bench", "build", "demo", "prepare", "results", "setup", "test"]
        self.assertEqual([path.name for path in SCRIPTS], names)

    def test_help_is_the_usage_from_any_folder(self) -> None:
        for script in SCRIPTS:
            with self.subTest(script.name):
                done = call(script, "--help")
                self.assertEqual((done.code, done.err), (0, ""))
                self.assertIn(f"scripts/{script.name}", done.out)
                self.assertNotIn("set -euo", done.out)
                self.assertEqual(call(script, "-h", cwd=Path("/")), done)

    def test_help_wins_over_other_arguments(self) -> None:
        for script in SCRIPTS:
            with self.subTest(script.name):
                self.assertEqual(call(script, "-h", "nonsense").code, 0)

    def test_unknown_arguments_are_refused(self) -> None:
        for script in SCRIPTS:
            for argument in ("--sweet", "-x", "--hel", "nonsense", "two\nlines"):
                with self.subTest(script.name, argument=argument):
                    self.refuse(script, argument)

    def test_more_than_a_script_takes_is_refused(self) -> None:
        calls = {
            "build": ("release", "dev"),
            "demo": ("--suite",),
            "prepare": ("--list", "text10"),
            "results": ("planted_ranks", "--sweet"),
            "setup": ("--developer", "more"),
            "test": ("--sanitize", "base"),
        }
        for name, arguments in calls.items():
            with self.subTest(name):
                self.refuse(ROOT / "scripts" / name, *arguments)

    def test_results_checks_its_arguments_first(self) -> None:
        results = ROOT / "scripts/results"
        self.assertIn("--out needs a value", self.refuse(results, "planted_ranks", "--out"))
        self.assertIn("no such folder", self.refuse(results, "--from", "/nonexistent"))
        self.assertIn("no summary of planted_rank;", self.refuse(results, "text10", "planted_rank"))

    def test_results_without_a_program_says_how_to_get_one(self) -> None:
        done = call(ROOT / "scripts/results", "text10", RANKWISE_PROGRAM="/nonexistent/rankwise")
        self.assertEqual((done.code, done.out), (1, ""))
        self.assertEqual(
            done.err,
            "results: no program at /nonexistent/rankwise; run scripts/build first\n",
        )

    def refuse(self, script: Path, *arguments: str) -> str:
        done = call(script, *arguments)
        self.assertEqual((done.code, done.out), (2, ""), done.err)
        self.assertRegex(done.err, rf"\A{script.name}: .*; see scripts/{script.name} --help\n\Z")
        return done.err


if __name__ == "__main__":
    unittest.main()
