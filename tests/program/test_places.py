"""Results that cannot be written: a file in their place, no permission, a full disk."""

import os
import resource
import signal
import unittest
from collections.abc import Callable

from .errors import Errors
from .program import files_below, run, run_files, tiny_study

LORA = {"variant": "lora"}


def largest_file(size: int) -> Callable[[], None]:
    """For the child: a write beyond `size` bytes of a file fails, as on a full disk."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


class Places(Errors):
    """Folders that cannot be had."""

    def test_a_file_where_results_should_be(self) -> None:
        self.results.write_text("mine")
        self.assert_failure(self.run_study(tiny_study(LORA)), str(self.results), "folder")
        self.assertEqual(self.results.read_text(), "mine")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere: permissions are not tested")
    def test_a_folder_without_permission(self) -> None:
        self.results.mkdir(mode=0o555)
        self.assert_failure(self.run_study(tiny_study(LORA)), str(self.results), "ermission")

    def test_a_file_where_a_table_or_figure_should_go(self) -> None:
        self.succeed(tiny_study(LORA))
        blocker = self.folder / "blocker"
        blocker.write_text("mine")
        for command in (("table",), ("figure", "training")):
            done = run(*command, self.results, "--out", blocker / "x")
            self.assert_line(done, str(blocker), "folder")
        self.assertEqual(blocker.read_text(), "mine")


class FullDisk(Errors):
    """Writes that fail in the middle, at any moment of a run."""

    def setUp(self) -> None:
        super().setUp()
        self.study = tiny_study(LORA, {"variant": "smora"})
        self.succeed(self.study, "--only", "lora")
        (self.done,) = run_files(self.results)
        self.before = {path: path.read_bytes() for path in self.finished()}

    def finished(self) -> list:
        return [path for path in files_below(self.results) if path.stem == self.done.stem]

    def test_loses_nothing_and_goes_on_when_there_is_space(self) -> None:
        whole = self.done.stat().st_size  # smora's file is larger
        for size in (0, 1000, whole // 4, whole // 2, whole):
            with self.subTest(bytes=size):
                done = self.run_study(self.study, prepare=largest_file(size))
                self.assertEqual(done.code, 1)
                self.assertIn("0 finished, 1 already there, 1 failed", done.out)
                told = [line for line in done.err.splitlines() if " step " not in line]
                self.assertEqual(len(told), 2, done.err)  # at once and in the summary
                self.assertIn("smora seed 0  failed: ", told[0])
                self.assertIn(str(self.results), told[0])
                self.assertTrue("too large" in told[0] or "space" in told[0], told[0])
                self.assertEqual(run_files(self.results), [self.done])
        done = self.succeed(self.study)
        self.assertIn("1 finished, 1 already there, 0 failed", done.out)
        self.assertEqual({path: path.read_bytes() for path in self.finished()}, self.before)
        left = [path.name for path in files_below(self.results) if "new" in path.suffixes[-1]]
        self.assertEqual(left, [])

    def test_keeps_the_old_table(self) -> None:
        out = self.folder / "table"
        self.assertEqual(run("table", self.results, "--out", out).code, 0)
        before = (self.folder / "table.md").read_bytes()
        done = run("table", self.results, "--out", out, prepare=largest_file(10))
        self.assert_line(done, "table.md", "too large")
        self.assertEqual((self.folder / "table.md").read_bytes(), before)
        self.assertFalse((self.folder / "table.md.new").exists())


if __name__ == "__main__":
    unittest.main()
