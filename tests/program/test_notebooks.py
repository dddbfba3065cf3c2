"""The notebooks: what is committed of them is what they say of the committed summaries, and they run
on a user's runs as well. RANKWISE_WRITE_NOTEBOOKS=1 writes the outputs that are to be committed."""

import base64
import os
from pathlib import Path
from unittest import mock

import nbformat
from nbclient import NotebookClient

from .program import ROOT, Folder, run, run_files, tiny_study

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST_PNG = 60_000  # bytes


def executed(path: Path, results: Path | None = None) -> nbformat.NotebookNode:
    """The notebook with its outputs over a study's folder, or over its own study."""
    notebook = nbformat.read(path, as_version=4)
    environment = {name: value for name, value in os.environ.items() if name != "RANKWISE_RESULTS"}
    if results is not None:
        environment["RANKWISE_RESULTS"] = str(results)
    with mock.patch.dict(os.environ, environment, clear=True):
        NotebookClient(
            notebook,
            timeout=120,
            record_timing=False,
            resources={"metadata": {"path": str(path.parent)}},
        ).execute()
    return notebook


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Of all its cells, but for what libraries say on standard error."""
    found = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output for output in found if output.get("name") != "stderr"]


def texts(notebook: nbformat.NotebookNode) -> str:
    """All that its cells print."""
    return "\n".join(output["text"] for output in outputs(notebook) if "text" in output)


def pictures(notebook: nbformat.NotebookNode) -> list[bytes]:
    shown = [output["data"] for output in outputs(notebook) if "data" in output]
    return [base64.b64decode(data["image/png"]) for data in shown if "image/png" in data]


class Notebooks(Folder):
    """Each answers one question."""

    def test_the_committed_outputs_are_what_they_say(self) -> None:
        for path in NOTEBOOKS:
            with self.subTest(path.name):
                now = executed(path)
                if os.environ.get("RANKWISE_WRITE_NOTEBOOKS"):
                    for cell in now.cells:
                        if "outputs" in cell:
                            cell["outputs"] = [o for o in cell["outputs"] if o.get("name") != "stderr"]
                    nbformat.write(now, path)
                before = nbformat.read(path, as_version=4)
                self.assertEqual(texts(before), texts(now))
                self.assertEqual(len(pictures(before)), 1)
                self.assertEqual(len(pictures(now)), 1)
                self.assertLess(len(pictures(before)[0]), LARGEST_PNG)

    def test_each_runs_on_run_files(self) -> None:
        self.succeed(tiny_study({"variant": "more"}, {"variant": "smora"}))
        said = {path.stem: texts(executed(path, self.results / "tiny")) for path in NOTEBOOKS}
        self.assertEqual(list(said), ["paper_tables", "rank_allocation", "task_embeddings"])
        self.assertIn("No paper table", said["paper_tables"])
        self.assertIn("more: mean chosen ranks by task lie between", said["rank_allocation"])
        self.assertIn("more: the closest are", said["task_embeddings"])

    def test_a_summary_says_the_same_of_ranks(self) -> None:
        self.succeed(tiny_study({"variant": "lora"}, {"variant": "more"}, {"variant": "smora"}))
        folder = self.results / "tiny"
        path = ROOT / "notebooks/rank_allocation.ipynb"
        of_run_files = texts(executed(path, folder))
        self.assertEqual(run("summary", folder, "--out", folder / "summary").code, 0)
        for file in run_files(folder, "*-s0-*.h5"):
            file.unlink()
        of_summary = texts(executed(path, folder))
        self.assertIn("entropy / ln R", of_run_files)
        self.assertEqual(of_summary, of_run_files)

    def test_without_data_they_say_so(self) -> None:
        self.succeed(tiny_study({"variant": "lora"}))
        said = {path.stem: texts(executed(path, self.results / "tiny")) for path in NOTEBOOKS[1:]}
        self.assertIn("No run here chooses a rank by task", said["rank_allocation"])
        self.assertIn("No run here keeps learnt task embeddings", said["task_embeddings"])
