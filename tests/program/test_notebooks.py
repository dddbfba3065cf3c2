"""The notebooks run on what the program leaves, and are committed without outputs."""

import csv
import os
from pathlib import Path
from unittest import mock

import nbformat
from nbclient import NotebookClient

from .program import ROOT, Folder, tiny_study

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def executed(path: Path, results: Path) -> nbformat.NotebookNode:
    """The notebook with its outputs over a study's folder."""
    notebook = nbformat.read(path, as_version=4)
    folders = {"RANKWISE_RESULTS": str(results), "MPLBACKEND": "Agg"}
    with mock.patch.dict(os.environ, folders):
        NotebookClient(
            notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}
        ).execute()
    return notebook


class Notebooks(Folder):
    """Each is executed on a small study with a method that learns task embeddings."""

    def test_each_runs(self) -> None:
        self.succeed(tiny_study({"variant": "more"}, {"variant": "smora"}))
        for path in NOTEBOOKS:
            with self.subTest(notebook=path.name):
                executed(path, self.results / "tiny")

    def test_a_summary_does_for_the_scores(self) -> None:
        notebook = executed(ROOT / "notebooks/paper_tables.ipynb", ROOT / "results/text10")
        shown = notebook.cells[-1].outputs[-1]["data"]["text/plain"]
        with (ROOT / "results/text10/scores.csv").open() as file:
            for row in csv.DictReader(file):
                start = row["method"] + "  "
                line = next(line for line in shown.splitlines() if line.startswith(start))
                self.assertIn(f"{float(row['rotten_tomatoes']):.6f}"[:8], line)

    def test_they_are_three_and_hold_no_outputs(self) -> None:
        names = [path.stem for path in NOTEBOOKS]
        self.assertEqual(names, ["paper_tables", "rank_allocation", "task_embeddings"])
        for path in NOTEBOOKS:
            for cell in nbformat.read(path, as_version=4).cells:
                self.assertFalse(cell.get("outputs"), path.name)
                self.assertIsNone(cell.get("execution_count"), path.name)
