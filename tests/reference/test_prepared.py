"""The real text10, where scripts/prepare has made it: sizes, cleanliness, equal bytes.

Reads data/ (or $RANKWISE_DATA); the tests are skipped, aloud, where it is not prepared.
"""

import contextlib
import io
import itertools
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

from scripts.prepare_data import cli
from scripts.prepare_data.files import sha256_of
from scripts.prepare_data.text10 import TASKS

DATA = Path(os.environ.get("RANKWISE_DATA") or Path(__file__).resolve().parents[2] / "data")
FILE = DATA / "suites" / "text10-minilm-l6.h5"
WAY_OUT = f"{FILE} is absent: run scripts/prepare --suite text10 --backbone minilm-l6"

if not FILE.is_file():
    print(f"SKIPPED: the tests of the real text10: {WAY_OUT}", file=sys.stderr)

SIZES = {
    "rotten_tomatoes": (10000, 1376, 1376),
    "sms_spam": (4158, 500, 500),
    "reuters8": (4919, 500, 2172),
    "supersense16": (8000, 1000, 1000),
    "boolq": (8927, 500, 3270),
    "privacyqa": (8723, 1100, 1100),
    "commonsense_qa": (820, 150, 250),
    "social_iqa": (1325, 200, 400),
    "vader_tweets": (3200, 500, 500),
    "vader_amazon": (2687, 500, 500),
}


@unittest.skipUnless(FILE.is_file(), WAY_OUT)
class Text10(unittest.TestCase):
    def setUp(self) -> None:
        self.file = h5py.File(FILE)
        self.addCleanup(self.file.close)
        self.tasks = self.file["tasks"]

    def test_has_the_documented_sizes_in_the_documented_order(self) -> None:
        sizes = {
            name: tuple(
                len(self.tasks[name][split]["target"]) for split in ("train", "dev", "test")
            )
            for name in self.tasks
        }
        self.assertEqual(sizes, SIZES)
        order = sorted(self.tasks, key=lambda name: self.tasks[name].attrs["index"])
        self.assertEqual(order, list(SIZES))

    def test_shares_no_example_between_splits(self) -> None:
        for name, task in self.tasks.items():
            seen: dict[str, str] = {}
            for split in ("train", "dev", "test"):
                for key in self.inputs(task[split]):
                    where = seen.setdefault(key, split)
                    self.assertEqual(where, split, f"{name}: {key[:80]}")

    def inputs(self, split: h5py.Group) -> list[str]:
        text, pair = split["text"].asstr()[:], split["pair"].asstr()[:]
        bounds = split["groups"][:]
        return [" | ".join([text[a], *pair[a:b]]).lower() for a, b in itertools.pairwise(bounds)]

    def test_no_question_of_privacyqa_is_in_two_splits(self) -> None:
        task = self.tasks["privacyqa"]
        questions = [
            {text.lower() for text in task[split]["text"].asstr()}
            for split in ("train", "dev", "test")
        ]
        self.assertEqual(len(set.union(*questions)), sum(len(part) for part in questions))

    def test_arrays_agree_with_each_other_and_with_the_cap(self) -> None:
        for name, task in self.tasks.items():
            for split in ("train", "dev", "test"):
                group = task[split]
                starts, lengths = group["starts"][:], np.diff(group["starts"][:])
                with self.subTest(task=name, split=split):
                    self.assertEqual(starts[-1], len(group["tokens"]))
                    self.assertLessEqual(lengths.max(), task.attrs["length_cap"])
                    self.assertGreaterEqual(lengths.min(), 3)
                    self.assertTrue((group["tokens"][:][starts[:-1]] == 101).all())
                    self.assertTrue((group["tokens"][:][starts[1:] - 1] == 102).all())
                    self.assertFalse((group["tokens"][:] == 0).any())
                    self.assertEqual(group["groups"][-1], len(group["text"]))

    def test_targets_are_classes_of_the_task(self) -> None:
        for name, task in self.tasks.items():
            values = task["train"]["target"][:]
            if task.attrs["kind"] == "regress":
                self.assertTrue((abs(values) <= 4).all(), name)
            else:
                classes = list(range(task.attrs["classes"]))
                self.assertEqual(sorted(set(values.tolist())), classes, name)
                self.assertEqual(len(json.loads(task.attrs["labels"])), len(classes))

    def test_is_made_with_equal_bytes_again(self) -> None:
        downloads = DATA / "downloads"
        packages = {task.members[0].package for task in TASKS}
        missing = [package.file for package in packages if not (downloads / package.file).is_file()]
        if missing:
            self.skipTest(f"not in {downloads}: {', '.join(sorted(missing))}")
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            for name in ("downloads", "models"):
                (Path(folder) / name).symlink_to((DATA / name).resolve())
            arguments = ["--suite", "text10", "--backbone", "minilm-l6", "--data", folder]
            self.assertEqual(cli.main(arguments), 0)
            again = sha256_of(Path(folder) / "suites" / FILE.name)
        self.assertEqual(again, sha256_of(FILE))


if __name__ == "__main__":
    unittest.main()
