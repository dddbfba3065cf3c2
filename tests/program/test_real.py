"""One short run of LoRA on real text with a real encoder; scripts/prepare fills data/ for it."""

import hashlib
import json
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file

from .program import DATA, attributes, canonical, names, open_run, predictions, run, run_files

WEIGHTS = DATA / "models/minilm-l6/model.safetensors"
TOKENS = DATA / "suites/text10-minilm-l6.h5"
TASKS = ["sms_spam", "vader_tweets"]
ROWS = 20
STUDY = {
    "study": "real",
    "defaults": {
        "backbone": {"name": "bert", "weights": "minilm-l6"},
        "data": {"suite": "text10", "tasks": TASKS, "dev_rows": ROWS, "test_rows": ROWS},
        "train": {"steps": 6, "batch": 8, "evaluations": 2, "sampler": {"mixed": True}},
        "record": {"samples": 4},
    },
    "runs": [{"variant": "lora"}],
}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def macro_f1(prediction: np.ndarray, label: np.ndarray) -> float:
    scores = []
    for one in np.union1d(prediction, label):
        both = ((prediction == one) & (label == one)).sum()
        scores.append(2 * both / ((prediction == one).sum() + (label == one).sum()))
    return float(np.mean(scores))


@unittest.skipUnless(
    WEIGHTS.exists() and TOKENS.exists(),
    f"{WEIGHTS} or {TOKENS} is missing; scripts/prepare --suite text10 --backbone minilm-l6",
)
class Real(unittest.TestCase):
    """MiniLM-L6 on two tasks of text10, six steps."""

    path: Path

    @classmethod
    def setUpClass(cls) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="rankwise-real-")
        cls.addClassCleanup(temporary.cleanup)
        folder = Path(temporary.name)
        study = folder / "study.json"
        study.write_text(json.dumps(STUDY))
        done = run("run", study, "--results", folder, "--data", DATA, "--threads", "1")
        assert done.code == 0, done.err
        (cls.path,) = run_files(folder)

    def test_records_what_it_was_made_from(self) -> None:
        recorded = attributes(self.path)
        folder = WEIGHTS.parent
        config = canonical(json.loads((folder / "config.json").read_text()))
        read = sha256(WEIGHTS) + config + sha256(folder / "tokenizer.json")
        self.assertEqual(recorded["weights_sha256"], hashlib.sha256(read.encode()).hexdigest())
        self.assertEqual(recorded["identity"]["backbone"]["weights"], recorded["weights_sha256"])
        self.assertRegex(recorded["tasks_sha256"], "^[0-9a-f]{64}$")
        self.assertEqual(recorded["identity"]["data"]["content"], recorded["tasks_sha256"])
        self.assertEqual(recorded["status"], "finished")
        self.assertGreater(recorded["tokens_per_second"], 0)
        self.assertGreater(recorded["seconds"], 0)
        options = {
            "rank": 8, "alpha": None, "dropout": 0.0, "scaling": "alpha_over_rank",
        }
        self.assertEqual(recorded["config"]["options"], options)

    def test_adapts_the_six_linears_of_every_layer(self) -> None:
        with open_run(self.path) as file:
            sites = names(file, "site")
            self.assertEqual(len(sites), 36)
            widths = dict(
                zip(
                    sites,
                    zip(file["layout/site/in"], file["layout/site/out"], strict=True),
                    strict=True,
                )
            )
        linears = {
            "attention.self.query": (384, 384), "attention.self.key": (384, 384),
            "attention.self.value": (384, 384), "attention.output.dense": (384, 384),
            "intermediate.dense": (384, 1536), "output.dense": (1536, 384),
        }  # fmt: skip
        expected = {
            f"encoder.layer.{layer}.{name}": width
            for layer in range(6)
            for name, width in linears.items()
        }
        self.assertEqual(widths, expected)

    def test_counts_parameters(self) -> None:
        pairs = 6 * (8 * (384 + 384) * 4 + 8 * (384 + 1536) * 2)
        heads = (2 * 384 + 2) + (384 + 1)  # two classes; one value
        with safe_open(WEIGHTS, "numpy") as weights:
            backbone = sum(
                int(np.prod(weights.get_slice(name).get_shape()))
                for name in weights.keys()  # noqa: SIM118
                if not name.startswith("pooler.") and not name.endswith("position_ids")
            )
        with open_run(self.path) as file:
            counts = {name: int(value) for name, value in file["parameters"].attrs.items()}
        self.assertEqual(counts["trainable"], pairs + heads)
        self.assertEqual((counts["active"], counts["router"]), (pairs, 0))
        self.assertEqual((counts["head"], counts["frozen"]), (heads, backbone))
        self.assertEqual(counts["total"], backbone + pairs + heads)

    def test_scores_follow_from_predictions(self) -> None:
        with open_run(self.path) as file:
            found = dict(predictions(file, "test", "best"))
            spam, tweets = (found[task] for task in TASKS)
            prediction, label = spam["prediction"][:], spam["label"][:]
            self.assertEqual(label.shape, (ROWS,))
            self.assertAlmostEqual(spam.attrs["macro_f1"], macro_f1(prediction, label), places=12)
            self.assertEqual(
                spam["correct"][:].tolist(), (prediction == label).astype(int).tolist()
            )
            correlation = np.corrcoef(tweets["prediction"][:], tweets["label"][:])[0, 1]
            self.assertAlmostEqual(tweets.attrs["pearson"], correlation, places=9)
            self.assertNotIn("correct", tweets)

    def test_labels_are_those_of_the_prepared_file(self) -> None:
        with open_run(self.path) as file, h5py.File(TOKENS) as tokens:
            for split in ("dev", "test"):
                for task, group in predictions(file, split, "last"):
                    prepared = tokens[f"tasks/{task}/{split}/target"][:]
                    self.assertTrue(np.isin(group["label"][:], prepared).all(), task)

    def test_usage_is_every_token_at_every_rank(self) -> None:
        with open_run(self.path) as file, h5py.File(TOKENS) as tokens:
            counts = np.stack([file["usage"][s]["count"][:] for s in names(file, "site")])
            self.assertEqual(counts.shape, (36, 2, 2, 8))
            self.assertTrue((counts == counts[:1, :1, :, :1]).all())
            for task, count in zip(TASKS, counts[0, 0, :, 0], strict=True):
                lengths = np.sort(np.diff(tokens[f"tasks/{task}/dev/starts"][:]))
                self.assertGreaterEqual(count, lengths[:ROWS].sum())
                self.assertLessEqual(count, lengths[-ROWS:].sum())

    def test_trains(self) -> None:
        with open_run(self.path) as file:
            self.assertEqual(file["evaluation/step"][:].tolist(), [3, 6])
            self.assertTrue(np.isfinite(file["train/loss"][:]).all())
            for site in names(file, "site"):  # B starts at zero
                self.assertGreater(np.abs(file["factors"][site]["b"][:]).max(), 0)

    def test_saves_adapter_and_heads(self) -> None:
        saved = load_file(self.path.with_suffix(".safetensors"))
        with open_run(self.path) as file:
            trainable = int(file["parameters"].attrs["trainable"])
        self.assertEqual(sum(tensor.size for tensor in saved.values()), trainable)

    def test_is_tabled_in_percent(self) -> None:
        done = run("table", self.path)
        self.assertEqual(done.code, 0, done.err)
        with open_run(self.path) as file:
            scores = [
                100 * group.attrs[metric]
                for (_, group), metric in zip(
                    predictions(file, "test", "best"), ("macro_f1", "pearson"), strict=True
                )
            ]
        row = next(line for line in done.out.splitlines() if line.startswith("| lora"))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        self.assertEqual(cells[1:4], [f"{x:.1f}" for x in [*scores, np.mean(scores)]])


if __name__ == "__main__":
    unittest.main()
