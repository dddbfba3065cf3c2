"""What is committed under results/ is what scripts/results makes from the summaries, byte by byte."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from .program import PROGRAM, ROOT

COMPARED = {".md", ".csv", ".tex", ".gp", ".svg"}  # a PDF holds the time it was made


def committed() -> set[Path]:
    """Tables, figures and the page about them that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "results"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode != 0:
        raise unittest.SkipTest("no git checkout: what is committed is not known")
    paths = {Path(line).relative_to("results") for line in listed.stdout.splitlines()}
    return {path for path in paths if path.suffix in COMPARED}


class Results(unittest.TestCase):
    """scripts/results."""

    def test_makes_every_committed_table_figure_and_text(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "results"  # LaTeX labels hold the folder's name
            done = subprocess.run(
                ["scripts/results", "--out", str(out)],
                cwd=ROOT,
                env=os.environ | {"RANKWISE_PROGRAM": str(PROGRAM)},
                capture_output=True,
                text=True,
            )
            self.assertEqual(done.returncode, 0, done.stderr)
            made = {path.relative_to(out) for path in out.rglob("*") if path.suffix in COMPARED}
            self.assertEqual(made, committed())
            for path in sorted(made):
                with self.subTest(str(path)):
                    self.assertEqual(
                        (out / path).read_bytes(), (ROOT / "results" / path).read_bytes()
                    )

    def test_nothing_contradicts_itself(self) -> None:
        for summary in sorted(ROOT.glob("results/*/summary")):
            with self.subTest(summary.parent.name):
                done = subprocess.run([PROGRAM, "lint", summary], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout[:500])

    def test_unknown_studies_are_told(self) -> None:
        done = subprocess.run(
            ["scripts/results", "planted_rank"], cwd=ROOT, capture_output=True, text=True
        )
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertIn("planted_rank;", done.stderr)
        self.assertIn("planted_ranks/summary", done.stderr)
        self.assertFalse((ROOT / "unused").exists())


if __name__ == "__main__":
    unittest.main()
