"""results/README.md is its template, filled; references to small tables that a reader can check."""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

from scripts.lib.results_text import TextError, fill, refuse_numbers

from .program import ROOT

TABLES = {
    "ranks/ablation.csv": (
        "method,average,average std,average n,difference,95 %,p,verdict\n"
        "frozen,0.84477,0.024261,10,–,–,–,–\n"
        'A trained,0.535446,0.05252,10,-0.3093,"-0.3348 to -0.2839",5.38e-10,lower\n'
    ),
    "ranks/merging.csv": "method,task,after\nlora,boolq,57.25\nlora,sms_spam,95\n",
    "ranks/figures/sweep.csv": "axis,place,mean,low,high\nactive,2,0.93549,0.91187,0.95912\n",
    "hypotheses.csv": (
        "hypothesis,statement,difference,95 %,verdict\n"
        "H1,printed: the rank falls,-2.192,-2.615 to -1.768,supported\n"
        "H1,it stays there,6 of 10,26 % to 88 %,refuted\n"
    ),
}


class Tables(unittest.TestCase):
    """References to the cells of small tables."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.results = Path(folder.name)
        for name, text in TABLES.items():
            path = self.results / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def filled(self, reference: str) -> str:
        return fill(f"It is {{{reference}}}.", self.results)[6:-1]

    def refused(self, reference: str) -> str:
        with self.assertRaises(TextError) as refusal:
            self.filled(reference)
        message = str(refusal.exception)
        self.assertNotIn("\n", message)
        return message

    def test_a_difference_comes_with_its_interval(self) -> None:
        found = self.filled("ranks:ablation:A trained:difference")
        self.assertEqual(found, "-0.309 [-0.335, -0.284]")
        self.assertEqual(
            self.filled("results:hypotheses:H1 | it stays there:difference"), "6 of 10 [26 %, 88 %]"
        )

    def test_a_mean_comes_with_its_deviation(self) -> None:
        self.assertEqual(self.filled("ranks:ablation:frozen:average"), "0.845 ± 0.024")

    def test_a_mean_of_a_figure_comes_with_its_interval(self) -> None:
        found = self.filled("ranks:figures/sweep:active:mean")
        self.assertEqual(found, "0.935 [0.912, 0.959]")

    def test_other_cells_stand_alone(self) -> None:
        self.assertEqual(self.filled("ranks:ablation:A trained:average n"), "10")
        self.assertEqual(self.filled("ranks:ablation:A trained:p"), "5.4e-10")
        self.assertEqual(self.filled("ranks:ablation:A trained:95 %"), "[-0.3348, -0.2839]")
        self.assertEqual(self.filled("ranks:ablation:A trained:verdict"), "lower")

    def test_the_next_cells_tell_rows_apart(self) -> None:
        self.assertEqual(self.filled("ranks:merging:lora | sms_spam:after"), "95")
        self.assertIn(
            "2 rows begin with 'lora'; name one: 'lora | boolq', 'lora | sms_spam'",
            self.refused("ranks:merging:lora:after"),
        )

    def test_verdicts_are_in_the_words_of_the_field(self) -> None:
        row = "results:hypotheses:H1 | printed: the rank falls"
        self.assertEqual(self.filled(f"{row}:verdict"), "supported")
        self.assertEqual(self.filled("results:hypotheses:H1 | it stays there:verdict"), "refuted")

    def test_unknown_names_are_told_with_those_there_are(self) -> None:
        for reference, told in {
            "rank:ablation:frozen:average": "no study 'rank'; there are: 'results', 'ranks'",
            "ranks:ablatio:frozen:average": (
                "no table 'ablatio'; there are: 'ablation', 'figures/sweep', 'merging'"
            ),
            "results:ablation:frozen:p": "no table 'ablation'; there are: 'hypotheses'",
            "ranks:ablation:frosen:p": "no row 'frosen'; there are: 'frozen', 'A trained'",
            "ranks:merging:lora:afte": "2 rows begin with 'lora'",
            "ranks:merging:lora | boolq:afte": (
                "no column 'afte'; there are: 'method', 'task', 'after'"
            ),
            "ranks:ablation:frozen": "is no reference; expected {study:table:row:column}",
        }.items():
            with self.subTest(reference):
                self.assertIn(told, self.refused(reference))

    def test_an_empty_cell_is_refused(self) -> None:
        told = self.refused("ranks:ablation:frozen:difference")
        self.assertIn("frozen:difference}: this cell is empty", told)

    def test_the_command_says_one_line(self) -> None:
        template = self.results / "page.in"
        template.write_text("{ranks:ablation:frozen:averag}", encoding="utf-8")
        out = self.results / "page"
        script = ROOT / "scripts/lib/results_text.py"
        done = subprocess.run(
            [sys.executable, script, template, self.results, out], capture_output=True, text=True
        )
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (1, "", 1))
        self.assertIn("no column 'averag'", done.stderr)
        self.assertFalse(out.exists())


class Numbers(unittest.TestCase):
    """Which digits a template may have outside references."""

    def test_names_settings_and_places_pass(self) -> None:
        refuse_numbers(
            "# 1. Heading of LoRA-8 on MiniLM-L6, H1\n"
            "2. an item: `r = 32`, `rate 1e-3`, its 95 % interval\n"
            "FlyLoRA's Table 3, Figure 4, Theorem 3.3, [a link](text10/figures/a_8.svg)\n"
            "    scripts/results --jobs 2\n"
            "{text10:ablation:lora rank=8:95 %}\n"
        )

    def test_bare_numbers_are_refused_with_their_line(self) -> None:
        for bare in (
            "a gain of 2.5 points", "-0.31", "p = .04", "10 seeds", "half is ½", "`0.31`",
            "`-2.1 %`", "`1e-3`", "rank 8", "95 % of all", "Tables 3", "[8 ranks](a.md)",
            "LoRA-8.5", "r²x ²",
        ):  # fmt: skip
            with self.subTest(bare), self.assertRaisesRegex(TextError, "^line 2: a bare "):
                refuse_numbers(f"# Title\n{bare}\n")

    def test_braces_that_are_no_reference_are_refused(self) -> None:
        with self.assertRaisesRegex(TextError, "^line 1: a bare '{'"):
            refuse_numbers("{ranks:ablation\n:frozen:average}")


class Committed(unittest.TestCase):
    """results/README.md."""

    text = (ROOT / "results/README.md").read_text(encoding="utf-8")

    def test_is_the_filled_template(self) -> None:
        template = (ROOT / "results/README.md.in").read_text(encoding="utf-8")
        self.assertEqual(fill(template, ROOT / "results"), self.text)

    def test_links_lead_somewhere(self) -> None:
        links = re.findall(r"\]\(([^)]+)\)", self.text)
        self.assertGreater(len(links), 30)
        missing = [link for link in links if not (ROOT / "results" / link).is_file()]
        self.assertEqual(missing, [])

    def test_names_every_study(self) -> None:
        studies = {path.parent.name for path in ROOT.glob("results/*/summary")}
        _, holds = self.text.split("## What each folder holds")
        missing = [
            study
            for study in sorted(studies)
            if study.removeprefix("planted_flylora_") not in holds
        ]
        self.assertEqual(missing, [])


class Findings(unittest.TestCase):
    """What study files say of their results: numbers are cells of the study's tables."""

    def test_every_number_is_a_cell_of_the_committed_tables(self) -> None:
        found = 0
        for path in sorted((ROOT / "configs").glob("*.json")):
            study = study_of(path)
            if not (ROOT / "results" / study.get("study", "none") / "summary").is_dir():
                continue
            with self.subTest(path.name):
                self.assertTrue(study.get("findings"), "a committed study says what it found")
                for finding in study["findings"]:
                    refuse_numbers(finding)
                    whole = re.sub(r"\{", "{" + study["study"] + ":", finding)
                    self.assertNotIn("{", fill(whole, ROOT / "results"))
                    found += finding.count("{")
        self.assertGreater(found, 50)


def study_of(path: Path) -> dict[str, Any]:
    """A study file, which is JSON with comments that have lines of their own."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return json.loads("\n".join(line for line in lines if not line.lstrip().startswith("//")))


if __name__ == "__main__":
    unittest.main()
