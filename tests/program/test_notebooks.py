"""The notebooks run on what the program leaves, and are committed without outputs."""

import os
from unittest import mock

import nbformat
from nbclient import NotebookClient

from .program import ROOT, Folder, tiny_study

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


class Notebooks(Folder):
    """Each is executed on a small study with a method that learns task embeddings."""

    def test_each_runs(self) -> None:
        self.succeed(tiny_study({"variant": "more"}, {"variant": "smora"}))
        folders = {"RANKWISE_RESULTS": str(self.results / "tiny"), "MPLBACKEND": "Agg"}
        for path in NOTEBOOKS:
            with self.subTest(notebook=path.name), mock.patch.dict(os.environ, folders):
                NotebookClient(
                    nbformat.read(path, as_version=4),
                    timeout=120,
                    resources={"metadata": {"path": str(path.parent)}},
                ).execute()

    def test_they_are_three_and_hold_no_outputs(self) -> None:
        names = [path.stem for path in NOTEBOOKS]
        self.assertEqual(names, ["paper_tables", "rank_allocation", "task_embeddings"])
        for path in NOTEBOOKS:
            for cell in nbformat.read(path, as_version=4).cells:
                self.assertFalse(cell.get("outputs"), path.name)
                self.assertIsNone(cell.get("execution_count"), path.name)
