"""Standard streams that are full, closed or read no further; files that are cut short or stand in the way."""

import subprocess
import unittest
from pathlib import Path

from .program import PROGRAM, TIMES, Folder, difference, environment, files_below, run, run_files, tiny_study

STUDY = tiny_study({"variant": "lora"}, {"variant": "smora"})


class Streams(Folder):
    """What becomes of a log is no business of the runs that it tells of."""

    def run_in_shell(self, line: str, results: Path) -> subprocess.CompletedProcess:
        """`line` with the program as $0, the study as $1 and the results folder as $2."""
        path = self.write(STUDY)
        return subprocess.run(
            ["bash", "-c", line, PROGRAM, path, results],
            env=environment(), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def test_no_run_ends_with_its_log(self) -> None:
        whole = self.folder / "whole"
        self.succeed(STUDY, "--results", whole)
        uncut = {path.name: path for path in run_files(whole)}
        for number, behind in enumerate((
            "2> /dev/full > /dev/null", "2>&- >&-", "2>&-", "<&- >&- 2>&-", "2>&1 | head -1; exit ${PIPESTATUS[0]}",
        )):  # fmt: skip
            with self.subTest(behind):
                results = self.folder / f"results{number}"
                self.run_in_shell(f'"$0" run "$1" --results "$2" --threads 1 {behind}', results)
                found = run_files(results)
                self.assertEqual([path.name for path in found], list(uncut))
                for path in found:
                    self.assertLessEqual(set(difference(path, uncut[path.name])), TIMES)
                self.assertEqual([path.name for path in files_below(results) if path.name.endswith(".lock")], [])

    def test_what_is_printed_but_not_written_is_an_error(self) -> None:
        self.succeed(STUDY)
        done = self.run_in_shell('"$0" table "$2" > /dev/full', self.results)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "the output could not be written: No space left on device\n")


class InTheWay(Folder):
    """Finished files that are damaged, and pages whose name is another file's."""

    def test_a_finished_run_that_is_cut_short_is_not_done(self) -> None:
        self.succeed(STUDY)
        path = run_files(self.results)[0]
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.truncate(size - 7)
        line = f"has {size - 7} of its {size} bytes; delete"
        self.assertIn(line, run("status", self.results / "tiny").out)
        done = self.run_study(STUDY)
        self.assertEqual(done.code, 1)
        self.assertIn(f"{path}: {line} it to train the run anew, or copy it again", done.err)
        path.unlink()
        self.succeed(STUDY)
        self.assertEqual(path.stat().st_size, size)

    def test_a_page_replaces_nothing_but_a_page(self) -> None:
        self.succeed(STUDY)
        path = run_files(self.results)[0]
        before = path.read_bytes()
        done = run("report", self.results, "--out", path)
        self.assertEqual((done.code, done.err), (1, f"--out {path}: a page's name ends in .html\n"))
        self.assertEqual(path.read_bytes(), before)
        folder = self.folder / "folder.html"
        folder.mkdir()
        self.assertIn("is a folder and no file", run("report", self.results, "--out", folder).err)
        page, link = self.folder / "page.html", self.folder / "link.html"
        link.symlink_to(page)
        page.write_text("before")
        self.assertEqual(run("report", self.results, "--out", link, "--figure", "training").code, 0)
        self.assertTrue(link.is_symlink())
        self.assertIn("<html", page.read_text())

    def test_a_folder_may_be_called_like_a_command(self) -> None:
        self.succeed(STUDY, "--results", self.folder / "results")
        for command in (("lint", "results"), ("table", "results"), ("figure", "training", "results", "--out", "figures")):
            done = run(*command, cwd=self.folder)
            self.assertEqual(done.code, 0, done.err)


if __name__ == "__main__":
    unittest.main()
