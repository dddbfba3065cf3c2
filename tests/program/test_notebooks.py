"""The notebooks run on what the program leaves, and are committed without outputs."""

import csv
import os
from pathlib import Path
from unittest import mock

import nbformat
from nbclient import NotebookClient

from .program import ROOT, Folder, run, run_files, tiny_study

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


def texts(notebook: nbformat.NotebookNode) -> str:
    """All that its cells print and show, but for figures."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = [output.get("text") or output.get("data", {}).get("text/plain") for output in outputs]
    return "\n".join(text for text in shown if text)


class Notebooks(Folder):
    """Each is executed on a small study with a method that learns task embeddings."""

    def test_each_runs(self) -> None:
        self.succeed(tiny_study({"variant": "more"}, {"variant": "smora"}))
        for path in NOTEBOOKS:
            with self.subTest(notebook=path.name):
                executed(path, self.results / "tiny")

    def test_a_summary_says_the_same_of_ranks(self) -> None:
        # In the order of their names, which run files have, and of the study, which a summary has.
        self.succeed(tiny_study({"variant": "lora"}, {"variant": "more"}, {"variant": "smora"}))
        folder = self.results / "tiny"
        path = ROOT / "notebooks/rank_allocation.ipynb"
        of_run_files = texts(executed(path, folder))
        self.assertEqual(run("summary", folder, "--out", folder / "summary").code, 0)
        for file in run_files(folder, "*-s0-*.h5"):
            file.unlink()
        of_summary = texts(executed(path, folder))
        self.assertIn("mean chosen rank a task", of_run_files)
        self.assertEqual(of_summary, of_run_files)

    def test_committed_summaries_do(self) -> None:
        for study, words in (("text10", "mean chosen rank a task"), ("more_table5", "entropy")):
            shown = [texts(executed(path, ROOT / "results" / study)) for path in NOTEBOOKS]
            self.assertIn(words, shown[1])

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
