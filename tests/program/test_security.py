"""Names that a shell, gnuplot, HTML or a terminal would take for something else; links; pickles."""

import html.parser
import re
import unittest

import h5py

from .errors import Errors
from .program import ROOT, Done, Folder, files_below, open_run, run, run_files, tiny_study

TRAPS = (
    "$(touch pwned)",
    "`touch pwned` too",
    "'; system(\"touch pwned\"); print '",
    '"; !touch pwned; " again',
    "@touch {/Symbol a}_b^c %s \\n",
    "<script>alert(1)</script>&amp;",
    "a|touch pwned;b>pwned&c",
)


class Labels(Folder):
    """Rows whose labels are commands, in everything that is made of them."""

    def test_run_nothing_and_are_shown_as_they_are(self) -> None:
        runs = [{"variant": "lora", "label": label} for label in TRAPS]
        study = tiny_study(*runs, study="$(touch pwned) <b>", train={"steps": 2, "evaluations": 1})
        done = run("run", self.write(study), "--results", self.results, "--jobs", "2", cwd=self.folder)
        self.assertEqual(done.code, 0, done.err)
        for command in (
            ("table", self.results),
            ("table", self.results, "--out", "tables/t"),
            ("figure", "training", self.results, "--out", "figures", "--format", "pdf"),
            ("figure", "usage", self.results, "--out", "figures"),
            ("report", self.results, "--out", "report.html"),
            ("lint", self.results),
            ("summary", self.results, "--out", "summary"),
        ):
            done = run(*command, cwd=self.folder)
            with self.subTest(command):
                self.assertEqual(done.code, 0, done.err)
        names = [path.name for path in files_below(self.folder)]
        self.assertNotIn("pwned", names)
        self.assertEqual([name for name in names if re.search(r"[^\w.-]", name)], [])
        table = run("table", self.results).out
        for label in TRAPS:
            self.assertIn(re.sub(r"([|`*])", r"\\\1", label), table)
        self.check_page((self.folder / "report.html").read_text())

    def check_page(self, page: str) -> None:
        self.assertNotIn("<script>alert", page)
        self.assertNotIn("(touch pwned) <b>", page)
        texts = Texts()
        texts.feed(page)
        for label in TRAPS:
            self.assertIn(label, texts.all)


class Texts(html.parser.HTMLParser):
    """What a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.all = ""

    def handle_data(self, data: str) -> None:
        self.all += data


class Terminals(Errors):
    """Characters that drive a terminal."""

    def test_are_refused_in_study_files(self) -> None:
        for label in ("a\x1b[2J", "a\nb", "a\rb", "a\x07"):
            self.refuse_run({"variant": "lora", "label": label}, "has control characters")

    def test_are_shown_as_text_where_a_run_file_has_them(self) -> None:
        self.succeed(tiny_study({"variant": "lora"}))
        (path,) = run_files(self.results)
        with h5py.File(path, "a") as file:
            file.attrs["label"] = "a\x1b[2J\nb"
            file.attrs["note"] = "\x1b]0;title\x07"
            file["layout/task/name"][0] = "t\x1b[1m"
        for done in (
            run("table", self.results),
            run("lint", self.results),
            run("figure", "training", self.results, "--out", self.folder / "f"),
        ):
            self.assert_no_control(done)

    def assert_no_control(self, done: Done) -> None:
        for text in (done.out, done.err):
            self.assertNotRegex(text, r"[\x00-\x08\x0b-\x1f\x7f]")


class Links(Errors):
    """Run files and token files that lead elsewhere."""

    def test_into_another_file(self) -> None:
        self.succeed(tiny_study({"variant": "lora"}))
        (path,) = run_files(self.results)
        other = self.folder / "other.h5"
        with h5py.File(path, "a") as file, h5py.File(other, "w") as theirs:
            theirs["loss"] = file["train/loss"][:]
            del file["train/loss"]
            file["train/loss"] = h5py.ExternalLink(str(other), "/loss")
        done = run("lint", path)
        self.assertNotEqual(done.code, 0)
        self.assertIn("/train/loss: is a link to another place or file", done.out + done.err)
        with open_run(path) as file:
            self.assertEqual(len(file["train/loss"]), len(file["train/step"]))


class Pickles(unittest.TestCase):
    """Nothing here opens a pickle: loading one runs what it holds."""

    def test_are_opened_by_no_source(self) -> None:
        opened = re.compile(r"torch::(?:jit::)?(?:load|pickle_load)\(|torch\.load\(|\bpickle\.|allow_pickle=True")
        found = [
            path
            for folder in ("framework", "experiments", "analysis", "scripts", "notebooks")
            for path in (ROOT / folder).rglob("*")
            if path.suffix in (".cpp", ".h", ".py", ".ipynb") and opened.search(path.read_text())
        ]
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
