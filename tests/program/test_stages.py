"""What the scripts that take minutes print: a line a stage, and more only where one fails."""

import os
import pty
import re
import subprocess
import unittest

from .program import Done
from .stand_ins import SECONDS, Tree

LINE = r"{} +{} +\d+:\d\d"


def lines(*stages: tuple[str, str]) -> str:
    """A pattern of these stages alone: script and name."""
    return r"\A" + "".join(f"{LINE.format(*stage)}\n" for stage in stages) + r"\Z"


class Stages(Tree):
    """scripts/lib/stages.sh itself."""

    def write_script(self, body: str) -> None:
        begin = "#!/usr/bin/env bash\n# scripts/try\nset -euo pipefail\n"
        sources = "source scripts/lib/usage.sh\nsource scripts/lib/stages.sh\n"
        self.write("scripts/try", f"{begin}{sources}{body}\n").chmod(0o755)

    def run_script(self, body: str) -> Done:
        self.write_script(body)
        return self.script("try")

    def test_print_one_line_and_keep_the_rest(self) -> None:
        done = self.run_script("stage 'long work' sh -c 'echo out; echo err >&2'; echo after")
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertRegex(done.out, r"\Atry +long work +0:0\d\nafter\n\Z")
        self.assertEqual((self.tree / "build/logs/try-long-work.log").read_text(), "out\nerr\n")

    def test_tell_their_last_line_when_asked(self) -> None:
        done = self.run_script("stage --tell count sh -c 'echo 1; echo 2 of 3'")
        self.assertRegex(done.out, r"\Atry +count +0:0\d  2 of 3\n\Z")

    def test_show_forty_lines_and_the_path_when_they_fail(self) -> None:
        done = self.run_script(
            'count() { for i in $(seq 100); do echo "line $i"; done; return 7; }\n'
            "seq() { local i=0; while [[ $i -lt $1 ]]; do i=$((i + 1)); echo $i; done; }\n"
            "stage count count; echo never"
        )
        self.assertEqual(done.code, 7)
        self.assertRegex(done.out, r"\Atry +count +0:0\d  failed\n\Z")
        *shown, last = done.err.splitlines()
        self.assertEqual(shown, [f"line {i}" for i in range(61, 101)])
        self.assertEqual(
            last,
            "try: count failed with exit code 7; all that it printed is in build/logs/try-count.log",
        )

    def test_show_progress_on_a_terminal(self) -> None:
        self.write_script("stage work sh -c 'echo [1/2] one; sleep 2.5'")
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [self.tree / "scripts/try"], cwd=self.tree, stdin=theirs, stdout=theirs, stderr=theirs,
            env={"PATH": str(self.bin), "TERM": "dumb"},
        )  # fmt: skip
        os.close(theirs)
        self.assertEqual(process.wait(timeout=SECONDS), 0)
        text = os.read(ours, 4096).decode()
        os.close(ours)
        self.assertRegex(text, r"\r\x1b\[Ktry +work +0:0\d  \[1/2\] one\r")
        self.assertRegex(text, r"\r\x1b\[Ktry +work +0:0\d\r\n\Z")


class Scripts(Tree):
    """scripts/build, demo and test with stand-ins for what they call."""

    def setUp(self) -> None:
        super().setUp()
        self.write("CMakePresets.json", '"name": "release",\n"name": "tidy-base",\n')
        self.stand_in("bin/cmake", "echo many lines; echo status $NINJA_STATUS")

    def test_build_compiles_with_few_words(self) -> None:
        done = self.script("build")
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertRegex(done.out, lines(("build", "configure"), ("build", "compile")))
        configure, compile_ = self.calls("cmake")
        self.assertEqual(configure, "--preset release")
        self.assertRegex(compile_, r"\A--build --preset release --parallel [1-9]\d*\Z")
        log = (self.tree / "build/logs/build-compile.log").read_text()
        self.assertIn("status [%f/%t]", log)

    def test_build_of_the_program_alone(self) -> None:
        self.script("build", "--program")
        self.assertRegex(self.calls("cmake")[1], r" --target rankwise_cli\Z")

    def test_build_shows_what_failed(self) -> None:
        self.stand_in("bin/cmake", "case $1 in --build) echo 'x.cpp:1: error: y'; exit 1;; esac")
        done = self.script("build")
        self.assertEqual(done.code, 1)
        error, path = done.err.splitlines()
        self.assertEqual(error, "x.cpp:1: error: y")
        self.assertIn("compile failed with exit code 1", path)
        self.assertIn("build/logs/build-compile.log", path)

    def demo(self, run: str = "true") -> Done:
        for script in ("setup", "build", "prepare"):
            self.stand_in(f"scripts/{script}")
        self.stand_in(
            "build/release/bin/rankwise",
            f"case $1 in run) {run};; table) echo '| a |';; esac",
        )
        return self.script("demo")

    def test_demo_ends_with_the_table_and_where_the_page_is(self) -> None:
        done = self.demo()
        self.assertEqual((done.code, done.err), (0, ""))
        names = ("data and weights", "runs", "report")
        stages = "".join(f"{line}\n" for line in done.out.splitlines()[:3])
        self.assertRegex(stages, lines(*(("demo", name) for name in names)))
        *table, page = done.out.splitlines()[3:]
        self.assertEqual(table, ["", "| a |", ""])
        self.assertRegex(page, r"\Areport: file:///.*/results/demo/report\.html\Z")

    def test_demo_shows_what_finished_and_fails_where_a_run_failed(self) -> None:
        done = self.demo(run="echo failed: more; exit 3")
        self.assertEqual(done.code, 3)
        self.assertIn("failed: more\n", done.err)
        self.assertIn("| a |\n", done.out)

    def quick(self, ctest: str, python: str = "true") -> Done:
        for script in ("setup", "build"):
            self.stand_in(f"scripts/{script}")
        self.stand_in("bin/ctest", ctest)
        self.stand_in(".venv/bin/python", python)
        return self.script("test", "--quick")

    TESTS = "100% tests passed, 0 tests failed out of 12"

    def test_quick_tells_how_many_tests_passed(self) -> None:
        done = self.quick(f"echo '{self.TESTS}'; echo ' 1 - A.B (Skipped)'")
        self.assertEqual((done.code, done.err), (0, ""))
        first, second = done.out.splitlines()
        self.assertRegex(
            first, LINE.format("test", "unit tests") + r"  12 passed, 1 of them skipped\Z"
        )
        self.assertRegex(second, LINE.format("test", "program tests"))
        (call,) = self.calls("python")
        self.assertTrue(call.startswith("-m tests.modules program --jobs "), call)
        self.assertIn("errors", call.split())
        self.assertNotIn("real", call.split())
        self.assertIn("AreSeldomBoldByChance", self.calls("ctest")[0])

    def test_quick_runs_the_rest_where_some_fail(self) -> None:
        text = "\n".join(["x_test.cpp:1: Failure", "Expected 1", *["line"] * 50])
        done = self.quick(f"echo '{text}'; exit 8")
        self.assertEqual(done.code, 1)
        self.assertIn("x_test.cpp:1: Failure\nExpected 1\n", done.err)
        self.assertIn("unit tests failed with exit code 1", done.err)
        self.assertTrue(self.calls("python"))
        done = self.quick("echo 1", python="echo FAILED; exit 1")
        self.assertEqual(done.code, 1)
        self.assertIn("FAILED\n", done.err)

    def test_tidy_prints_findings_only(self) -> None:
        self.stand_in("scripts/setup")
        self.stand_in("bin/git", "echo a.h")
        self.stand_in("bin/clang-format")
        self.stand_in(".venv/bin/python", "true")
        done = self.script("test", "--tidy", "base")
        self.assertEqual((done.code, done.err), (0, ""))
        stages = [("test", name) for name in ("clang-format", "configure", "clang-tidy")]
        self.assertRegex(done.out, lines(*stages))
        (call,) = self.calls("python")
        self.assertTrue(re.search(r"-p build/tidy-base .*\(framework\|", call), call)
        self.stand_in(".venv/bin/python", "echo 'a.h:1:1: error: bad [bugprone]'; exit 1")
        done = self.script("test", "--tidy", "base")
        self.assertEqual(done.code, 1)
        self.assertTrue(done.err.startswith("a.h:1:1: error: bad [bugprone]\n"))


if __name__ == "__main__":
    unittest.main()
