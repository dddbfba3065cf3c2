"""Decoders and T5 on a suite of one's own: prepared, trained, scored, printed, by their folder."""

import contextlib
import io
import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

from scripts.prepare_data import cli
from tests.reference.toy_tokenizer import save_toy_decoder, save_toy_t5

from .program import ROOT, Done, Json, run

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the program is forked
FIXTURES = ROOT / "tests/fixtures"
LETTERS = "abcdefgh"
VARIANTS = [{"variant": "lora", "options": {"rank": 2}}, {"variant": "smora", "label": "smora"},
            {"variant": "more", "label": "more"}]  # fmt: skip


def _rows() -> list[Json]:
    """Questions of three letters whose answer is one of them, with the options and the others."""
    generator = np.random.default_rng(0)
    rows = []
    for _ in range(40):
        letters = generator.permutation(list(LETTERS))[:4].tolist()
        question, options = " ".join(letters[:3]), letters[1:]
        rows.append({"question": question, "options": options, "right": letters[2]})
    return rows


def _task(name: str, kind: str, **more: object) -> Json:
    return {"name": name, "kind": kind, "prompt": "{question}", **more}


TASKS = [
    _task("last", "classify", target="right", labels=list(LETTERS), metrics=["acc", "macro_f1"]),
    _task("option", "choose", target="right", candidates="options", metrics=["acc_norm", "acc"]),
    _task("copy", "generate", answer="{right}", metrics=["exact_match", "perplexity"]),
]
TEXT = _task("text", "language_model", cap=8)


class TextStudy(unittest.TestCase):
    """Prepares a suite of one's own for a folder of weights, and trains on it."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.model = self.folder / "model"
        self.model.mkdir()

    def _weights(self, fixture: str) -> None:
        shutil.copy(FIXTURES / f"small_{fixture}.json", self.model / "config.json")
        shutil.copy(FIXTURES / f"small_{fixture}.safetensors", self.model / "model.safetensors")

    def _study(self, tasks: list[Json], **train: object) -> Path:
        """Prepares the suite, trains three variants on it, and gives the folder of results."""
        self._prepare(tasks)
        done = self._train(**train)
        self.assertEqual(done.code, 0, done.err)
        return self.folder / "results/mine"

    def _prepare(self, tasks: list[Json]) -> None:
        rows = "".join(json.dumps(row) + "\n" for row in _rows())
        (self.folder / "rows.jsonl").write_text(rows)
        defaults = {
            "files": {"train": "rows.jsonl"}, "splits": {"dev": 8, "test": 8}, "cap": 16,
            "family": "toy", "licence": "made here",
        }  # fmt: skip
        suite = self.folder / "suite.json"
        suite.write_text(json.dumps({"defaults": defaults, "tasks": tasks}))
        data = self.folder / "data"
        with contextlib.redirect_stdout(io.StringIO()):
            code = cli.main(
                ["--suite", "mine", "--from", str(suite), "--backbone", str(self.model),
                 "--data", str(data)]
            )  # fmt: skip
        self.assertEqual(code, 0)

    def _train(self, *arguments: object, **train: object) -> Done:
        settings = {"steps": 3, "batch": 6, "evaluations": 1, "sampler": {"mixed": True}} | train
        study = {"study": "mine", "defaults": {"data": {"suite": "mine"}, "train": settings},
                 "seeds": [0], "runs": VARIANTS}  # fmt: skip
        file = self.folder / "mine.json"
        file.write_text(json.dumps(study))
        data = self.folder / "data"
        places = ("--backbone", self.model, "--data", data)
        return run("run", file, *places, *arguments, cwd=self.folder)


class TextModels(TextStudy):
    """A folder of weights is used where it lies; every kind of task trains and is scored."""

    def _check(self, results: Path, tasks: list[Json]) -> None:
        for path in sorted(results.glob("*.h5")):
            with h5py.File(path) as file:
                self.assertEqual(file.attrs["backbone"].split(" ")[-1], "model")
                for task in tasks:
                    group = file[f"evaluation/{task['name']}/test/last"]
                    self._check_scores(group, task)
            self._check_lines(path, tasks[0]["name"])
        table = run("table", results, cwd=self.folder)
        self.assertEqual(table.code, 0, table.err)
        for task in tasks:
            self.assertIn(task["name"], table.out)
        lint = run("lint", results, cwd=self.folder)
        self.assertEqual(lint.code, 0, lint.out + lint.err)

    def _check_scores(self, group: h5py.Group, task: Json) -> None:
        """The scores follow from the answers' log-probabilities beside them."""
        answer = {name: data[:] for name, data in group["answer"].items()}
        self.assertTrue((answer["log_probability"] < 0).all())
        self.assertTrue((answer["tokens"] > 0).all())
        starts, label = answer["start"], group["label"][:]
        best = [
            np.argmax(answer["log_probability"][a:b])
            for a, b in zip(starts, starts[1:], strict=False)
        ]
        if "acc" in group.attrs:
            self.assertAlmostEqual(group.attrs["acc"], np.mean(best == label))
        if "perplexity" in group.attrs:
            mean = answer["log_probability"].sum() / answer["tokens"].sum()
            self.assertAlmostEqual(group.attrs["perplexity"], np.exp(-mean))
        if "exact_match" in group.attrs:
            self.assertAlmostEqual(group.attrs["exact_match"], answer["greedy"].mean())

    def _check_lines(self, path: Path, task: str) -> None:
        """The answers of each example as lines of JSON are those of the run file."""
        done = run(
            "predictions", path, "--task", task, "--split", "test", "--parameters", "last"
        )
        self.assertEqual(done.code, 0, done.err)
        answers = [json.loads(line)["answers"] for line in done.out.splitlines()]
        with h5py.File(path) as file:
            kept = file[f"evaluation/{task}/test/last/answer"]
            self.assertEqual([len(of) for of in answers], np.diff(kept["start"][:]).tolist())
            for name in ("log_probability", "tokens", "bytes", "greedy"):
                found = [answer[name] for of in answers for answer in of]
                self.assertEqual(found, kept[name][:].tolist(), name)

    def test_a_decoder(self) -> None:
        save_toy_decoder(self.model, front=True)
        self._weights("llama3")
        self._check(self._study([*TASKS, TEXT]), [*TASKS, TEXT])

    def test_t5(self) -> None:
        save_toy_t5(self.model)
        self._weights("t5")
        results = self._study(TASKS)
        self._check(results, TASKS)
        with h5py.File(next(results.glob("smora*.h5"))) as file:
            sites = file["layout/site/name"].asstr()[:].tolist()
            answers = dict(zip(sites, file["layout/site/answers"][:], strict=True))
            own = "decoder.block.0.layer.1.EncDecAttention"
            self.assertEqual((answers[f"{own}.q"], answers[f"{own}.k"]), (1, 0))
            for site in (f"{own}.q", f"{own}.k"):
                seen = "dev_answer_tokens" if answers[site] else "dev_tokens"
                count = file[f"usage/{site}/count"][-1].sum(1)
                tokens = file[f"layout/task/{seen}"][:]
                self.assertEqual((count % tokens).tolist(), [0] * len(TASKS), site)

    def test_an_encoder_has_no_such_answers(self) -> None:
        save_toy_t5(self.model)
        self._weights("t5")
        self._study(TASKS)
        shutil.copy(FIXTURES / "small_bert.json", self.model / "config.json")
        shutil.copy(FIXTURES / "small_bert.safetensors", self.model / "model.safetensors")
        done = run("run", self.folder / "mine.json", "--backbone", self.model, "--data",
                   self.folder / "data", cwd=self.folder)  # fmt: skip
        self.assertEqual(done.code, 1)
        self.assertIn(
            "task 'last' is answered by likelihood, and backbone 'bert' has no head over the "
            "vocabulary", done.err,
        )  # fmt: skip


if __name__ == "__main__":
    unittest.main()
