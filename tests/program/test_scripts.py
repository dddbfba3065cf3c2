"""Every script of scripts/ answers --help at once and refuses what it does not know.

Needs no program: a script that began its work here would set up, build or run for minutes, which
the time limit ends.
"""

import os
import unittest
from pathlib import Path

from .program import ROOT, Done
from .stand_ins import Tree, call

SCRIPTS = sorted(
    path for path in (ROOT / "scripts").iterdir() if path.is_file() and os.access(path, os.X_OK)
)


class Scripts(unittest.TestCase):
    """Help, and arguments that a script has no use for."""

    def test_there_are_nine(self) -> None:
        names = ["bench", "build", "bundle", "demo", "gpu_check", "prepare", "results", "setup", "test"]
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
            "bundle": ("--tests", "more"),
            "demo": ("--suite",),
            "prepare": ("--list", "text10"),
            "results": ("planted_ranks", "--sweet"),
            "setup": ("--developer", "more"),
            "test": ("--quick", "base"),
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


class Processors(Tree):
    """scripts/test --processors, with stand-ins for ctest and Python that tell their settings."""

    TOLD = "ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS", "ONEDNN_MAX_CPU_ISA", "MKL_CBWR"

    def setUp(self) -> None:
        super().setUp()
        told = " ".join(f"${{{name}:-none}}" for name in self.TOLD)
        self.stand_in("bin/ctest", f'echo "{told}"')
        self.stand_in(".venv/bin/python", f'echo "{told}"')

    def run_test(self) -> Done:
        return self.script("test", "--processors", MKL_CBWR="COMPATIBLE")

    def test_needs_a_build(self) -> None:
        done = self.run_test()
        self.assertEqual((done.code, done.out), (1, ""))
        self.assertRegex(done.err, r"\Atest: no program at .*; run scripts/build first\n\Z")

    def test_holds_the_libraries_to_each_setting(self) -> None:
        self.stand_in("build/release/bin/rankwise", "true")
        done = self.run_test()
        self.assertEqual((done.code, done.err), (0, ""))
        lines = done.out.splitlines()
        self.assertEqual([line.split(":")[0] for line in lines], ["default", "avx2", "avx512"])
        self.assertEqual(lines[0], "default: pass")
        expected = {
            "default": "default AVX2 AVX2 none",
            "avx2": "avx2 AVX2 AVX2 none",
            "avx512": "avx512 AVX512 AVX512_CORE none",
        }
        for line in lines:
            name, _, verdict = line.partition(": ")
            if verdict == "pass":  # skipped where the processor has no such instructions
                log = self.tree / f"build/release/processors-{name}.log"
                self.assertEqual(log.read_text(), 2 * f"{expected[name]}\n")

    def test_a_failure_is_told_and_the_rest_still_runs(self) -> None:
        self.stand_in("build/release/bin/rankwise", "true")
        for stand_in in ("bin/ctest", ".venv/bin/python"):
            with self.subTest(stand_in):
                self.stand_in(stand_in, '[ "$ATEN_CPU_CAPABILITY" != default ]')
                done = self.run_test()
                self.assertEqual((done.code, done.err), (1, ""))
                first, *rest = done.out.splitlines()
                self.assertEqual(first, "default: fail, see build/release/processors-default.log")
                self.assertEqual(len(rest), 2)
                self.assertNotIn("fail", "".join(rest))
                self.stand_in(stand_in, "true")


if __name__ == "__main__":
    unittest.main()
