"""File systems without locks, pipes and links in the place of files, names that are too long."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from .errors import Errors
from .program import Done, run, run_files, start, tiny_study

LORA = {"variant": "lora"}

NO_LOCKS = """
#include <errno.h>
int flock(int file, int operation) { errno = REASON; return -1; }
"""


@unittest.skipIf(shutil.which("cc") is None, "no C compiler: nothing can stand for flock")
class NoLocks(Errors):
    """flock fails, as on NFS without its lock service (ENOLCK), FUSE (ENOSYS) and others (EIO)."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = tempfile.TemporaryDirectory(prefix="rankwise-")
        cls.addClassCleanup(folder.cleanup)
        source = Path(folder.name, "no_locks.c")
        source.write_text(NO_LOCKS)
        cls.libraries = {}
        for reason in ("ENOLCK", "ENOSYS", "EIO"):
            library = source.with_name(f"{reason}.so")
            options = ("-shared", "-fPIC", f"-DREASON={reason}", "-o", library)
            subprocess.run(["cc", *options, source], check=True)
            cls.libraries[reason] = str(library)

    def each_reason(self, *arguments: str | Path) -> list[Done]:
        return [run(*arguments, LD_PRELOAD=library) for library in self.libraries.values()]

    def test_reading_needs_none(self) -> None:
        self.succeed(tiny_study(LORA))
        study = self.folder / "study.json"
        (file,) = run_files(self.results)
        for arguments in (
            ("table", self.results),
            ("lint", self.results),
            ("run", study, "--results", self.results, "--dry-run"),
            ("run", study, "--results", self.results),  # all there already
            ("summary", self.results, "--out", self.folder / "summary.h5"),
        ):
            for done in self.each_reason(*arguments):
                with self.subTest(arguments[0]):
                    self.assertEqual((done.code, done.err), (0, ""), done.err)
        self.assertTrue(file.exists())

    def test_running_needs_none(self) -> None:
        for reason, library in self.libraries.items():
            with self.subTest(reason):
                results = self.folder / reason
                done = self.run_study(
                    tiny_study(LORA), "--results", results, LD_PRELOAD=library
                )
                self.assertEqual(done.code, 0, done.err)
                self.assertIn("1 finished, 0 already there, 0 failed", done.out)
                self.assertEqual(run_files(results, "*.lock"), [])

    def test_two_processes_share_a_study_without(self) -> None:
        runs = [LORA | {"label": f"r{i}", "seed": i, "train": {"steps": 400}} for i in range(4)]
        path = self.write(tiny_study(*runs))
        words = ("run", path, "--results", self.results, "--threads", "1")
        library = self.libraries["ENOLCK"]
        processes = [start(*words, LD_PRELOAD=library) for _ in range(2)]
        ended = [process.communicate(timeout=60) for process in processes]
        self.assertEqual([process.returncode for process in processes], [0, 0], ended)
        finished = [re.findall(r"(\d+) finished", out.decode())[0] for out, _ in ended]
        self.assertEqual(sum(map(int, finished)), 4, ended)


class Instead(Errors):
    """Something else where a file or a folder is expected: one line at once, never a hang."""

    def test_a_pipe(self) -> None:
        pipe = self.folder / "pipe.h5"
        os.mkfifo(pipe)
        for arguments in (("run", pipe), ("table", pipe), ("lint", pipe)):
            done = run(*arguments, timeout=30)
            self.assertEqual((done.code, done.err.count("\n")), (1, 1), done.err)
            self.assertIn(str(pipe), done.err)

    def test_links_that_lead_nowhere(self) -> None:
        for target in ("nowhere", "results"):
            self.results.symlink_to(target)
            done = self.run_study(tiny_study(LORA))
            self.assertEqual(done.code, 1)
            self.assertIn(str(self.results), done.err)
            self.assertNotIn("File exists", done.err)
            self.assertNotIn("filesystem error", done.err)
            self.results.unlink()

    def test_names_that_are_too_long(self) -> None:
        name = "x" * 300
        done = run("run", self.folder / name)
        self.assert_line(done, name, "File name too long")
        done = self.run_study(tiny_study(LORA), "--results", self.folder / name)
        self.assertEqual(done.code, 1)
        self.assertNotIn("filesystem error", done.err)
        self.assertIn(name, done.err)


if __name__ == "__main__":
    unittest.main()
