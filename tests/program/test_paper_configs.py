"""Every config of configs/papers: listed as it stands, then trained in miniature, scored, merged.

Backbones are tiny and random, rows made by hand (papers_room.py): this shows that a config holds
together from its data to its table, and nothing of its numbers.
"""

import itertools
import re
import shlex
import unittest

import h5py
import numpy as np

from scripts.prepare_data.description import read_description
from tests.reference.papers_rows import GLUE_TEXTS, SUITES, glue_label
from tests.reference.text_rules import plain

from .paper_config import NAMES, PaperConfig, Row, flat
from .papers_room import REDUCED, given, room, succeed, suite_of, trained
from .program import Json, attributes, csv_rows, names, open_run, plan, predictions, run_files
from .small_models import STAND_INS

# Torch's own torch.randperm(9) with seed 1189: the rows of dev, then those of test.
DEV_ROWS, TEST_ROWS = [7, 5, 0, 3], [4, 8, 2, 1, 6]
HALVED = ("cola", "mrpc", "rte", "stsb")


def metrics_of(row: Row) -> dict[str, set[str]]:
    """By the tasks of a run, in their order."""
    suite = suite_of(row)
    own = room() / "rows" / suite / "suite.json"
    tasks = read_description(own if own.exists() else SUITES / f"{suite}.json")
    metrics = {task.name: set(task.metrics) for task in tasks}
    return {name: metrics[name] for name in row.members["data"].get("tasks") or metrics}


class PaperConfigs(unittest.TestCase):
    """A test for each file, which is named test_FILE."""

    def check(self, name: str) -> None:
        config = PaperConfig(name)
        self.check_plan(config)
        taken = trained(name)
        if config.adapters_of is not None:
            self.assertEqual(taken, len(config.rows), "all are said to be those of the other")
        self.check_runs(config)
        self.check_table(config)
        self.check_merged(config)
        self.check_outputs(config)
        for paper in config.papers:
            self.check_reproduction(config, paper)

    def check_plan(self, config: PaperConfig) -> None:
        """As the file stands, with all its seeds and steps, it can be started."""
        file = f"configs/papers/{config.file.name}"
        done = succeed("run", file, "--dry-run", "--no-calibration", *given(config))
        listed = [(line.label, line.seed) for line in plan(done.out)]
        expected = [(row.label, seed) for row in config.rows for seed in config.seeds]
        self.assertEqual(listed, expected)

    def check_runs(self, config: PaperConfig) -> None:
        found = {attributes(file)["label"]: file for file in run_files(room() / config.results)
                 if file.parent.name != "merged"}  # fmt: skip
        self.assertEqual(set(found), {row.label for row in config.rows})
        for row in config.rows:
            with self.subTest(row=row.label):
                recorded = attributes(found[row.label])
                self.check_config(recorded, row)
                with open_run(found[row.label]) as file:
                    written = row.members["train"].get("generation", {})
                    self.check_scores(file, metrics_of(row), written.get("samples", 1))

    def check_config(self, recorded: Json, row: Row) -> None:
        """What the file states is what was trained, but for what is reduced."""
        self.assertEqual((recorded["status"], recorded["steps"]), ("finished", 3))
        trained_with = dict(flat(recorded["config"]))
        stated = {path: value for path, value in flat(row.members) if path not in REDUCED}
        stated.pop("variant")
        self.assertEqual(recorded["variant"], row.members["variant"])
        stated |= {"label": row.label, "data.suite": suite_of(row)}
        self.assertEqual({path: trained_with.get(path) for path in stated}, stated)

    def check_scores(self, file: h5py.File, metrics: dict[str, set[str]], samples: int) -> None:
        """Every task of the run has its metrics on test, and the texts that they are of."""
        self.assertEqual(names(file, "task"), list(metrics))
        for task, group in predictions(file, "test", "last"):
            self.assertEqual(set(group.attrs), metrics[task])
            self.assertTrue(all(np.isfinite(score) for score in group.attrs.values()), task)
            texts = group["generated"]
            self.assertEqual(len(texts["text"]), samples * len(texts["reference"]))
            self.assertGreaterEqual(len(texts["text"]), 2)

    def check_table(self, config: PaperConfig) -> None:
        """Tasks that are trained apart have protocols of their own."""
        apart = {str(row.members["data"].get("tasks")) for row in config.rows}
        done = succeed("table", str(config.results), *(["--mixed"] if len(apart) > 1 else []))
        self.check_names(done.out, config)

    def check_names(self, table: str, config: PaperConfig) -> None:
        first = [line.split("|")[1].strip(" †") for line in table.splitlines() if line[:1] == "|"]
        self.assertEqual(set(first[2:]), {row.label for row in config.rows})
        columns = {part.strip() for part in table.splitlines()[0].split("|")}
        for row in config.rows:
            self.assertLessEqual(set(metrics_of(row)), columns)

    def check_merged(self, config: PaperConfig) -> None:
        """The command that reproduce prints, as it stands there."""
        printed = succeed("reproduce", config.papers[0]).out
        found = re.search(r"^  (?:run +| +)rankwise (merge .*)$", printed, re.MULTILINE)
        self.assertEqual(found is not None, bool(config.merge))
        if found is None:
            return
        done = succeed(*shlex.split(found[1]))
        made = re.findall(r"^(?:merged|there ) ", done.out, re.MULTILINE)
        self.assertEqual(len(made), len(config.groups) * len(config.merge))
        table = succeed("table", "merging", f"{config.results}/merged", "--mixed")
        for label, rule in itertools.product(config.groups, config.merge):
            self.assertRegex(table.out, rf"\| {re.escape(label)}, {rule}†? ")

    def check_outputs(self, config: PaperConfig) -> None:
        """What the file itself names: its tables and figures."""
        merged = config.results / "merged"
        folder = str(merged if (room() / merged).exists() else config.results)
        if config.tables:
            file = f"configs/papers/{config.file.name}"
            succeed("results", file, folder, "--out", f"out/{config.study}")

    def check_reproduction(self, config: PaperConfig, paper: str) -> None:
        """Every row of the paper's table finds its runs, and none of three steps has a verdict."""
        out = f"out/{paper}"
        done = succeed("reproduce", paper, "--out", out)
        self.assertRegex(done.out, r"\n  state      (done|begun)\n", "of one seed")
        rows = csv_rows(room() / f"{out}.csv")
        self.assertTrue(rows)
        for row in rows:
            with self.subTest(row=row["row"], column=row["column"]):
                absent = "L-LoRA" in row["row"] or "HumanEval" in row["column"]
                if not absent:
                    self.assertNotIn("no run is labelled", row["verdict"])
                    self.assertNotIn("our runs have no", row["verdict"])
                self.assertNotIn("inside", row["verdict"])
                self.assertNotIn("outside", row["verdict"])


def _add_test(name: str) -> None:
    def test(self: PaperConfigs) -> None:
        self.check(name)

    setattr(PaperConfigs, f"test_{name}", test)


for _name in NAMES:
    _add_test(_name)


class StandIns(unittest.TestCase):
    def test_are_there_for_every_backbone_that_a_config_names(self) -> None:
        rows = [row.members for name in NAMES for row in PaperConfig(name).rows]
        self.assertEqual({members["backbone"]["weights"] for members in rows}, set(STAND_INS))
        self.assertIn("bf16", {members["train"].get("precision") for members in rows})
        self.assertTrue(any(members["train"].get("gradient_checkpointing") for members in rows))


class Glue(unittest.TestCase):
    """MoRE's GLUE text to text on T5, as its released code divides and words it."""

    def setUp(self) -> None:
        trained("more_main")
        folder = room() / PaperConfig("more_main").results
        self.files = [next(folder.glob(f"{label}-s*.h5")) for label in ("lora-rank-8", "more")]

    def test_dev_and_test_are_the_halves_that_torch_draws(self) -> None:
        with h5py.File(room() / "data/suites/more_glue-t5-base.h5") as suite:
            for task in GLUE_TEXTS:
                of_dev, of_test = (DEV_ROWS, TEST_ROWS) if task in HALVED else ([], list(range(9)))
                for split, rows in (("dev", of_dev), ("test", of_test)):
                    texts = suite[f"tasks/{task}/{split}/text"].asstr()[:]
                    found = re.findall(r"test(\d+)$", "\n".join(texts), re.MULTILINE)
                    self.assertEqual(sorted(map(int, found)), sorted(rows), (task, split))

    def test_scores_are_those_of_the_recorded_texts(self) -> None:
        for file in self.files:
            with h5py.File(file) as run:
                for task, group in predictions(run, "test", "last"):
                    texts = group["generated/text"].asstr()[:]
                    wanted = group["generated/reference"].asstr()[:]
                    right = [plain(a) == plain(b) for a, b in zip(texts, wanted, strict=True)]
                    self.assertEqual(len(right), len(TEST_ROWS) if task in HALVED else 9)
                    self.assertAlmostEqual(group.attrs["match"], np.mean(right))

    def test_wanted_texts_are_the_words_of_the_labels(self) -> None:
        with h5py.File(self.files[1]) as run:
            groups = dict(predictions(run, "test", "last"))
            scores, words = (
                sorted(groups[task]["generated/reference"].asstr()[:]) for task in ("stsb", "cola")
            )
        steps = [round(glue_label("stsb", row) * 5) / 5 for row in TEST_ROWS]
        self.assertEqual(scores, sorted(f"{step:.1f}" for step in steps))
        accepted = sum(glue_label("cola", row) for row in TEST_ROWS)
        self.assertEqual(words.count("acceptable"), accepted)
        self.assertEqual(words.count("unacceptable"), len(TEST_ROWS) - accepted)


if __name__ == "__main__":
    unittest.main()
