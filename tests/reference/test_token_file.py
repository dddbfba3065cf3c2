"""Packing and the token file, with a toy tokenizer."""

import json
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

from scripts.prepare_data.examples import Example, Splits
from scripts.prepare_data.sources import entry
from scripts.prepare_data.tasks import Origin, PreparedTask, Task
from scripts.prepare_data.token_file import Header, TokenisedTask, write_token_file
from scripts.prepare_data.tokenise import Packed, load_tokenizer, pack

from .toy_tokenizer import CLS, SEP, save_toy_tokenizer


class Packing(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tokenizer = load_tokenizer(save_toy_tokenizer(Path(folder.name) / "tokenizer.json"))

    def pack(self, *examples: Example, cap: int = 12) -> Packed:
        return pack(self.tokenizer, examples, cap)

    def test_switches_off_the_files_own_padding_and_truncation(self) -> None:
        packed = self.pack(Example("a b c d e f", 0.0))
        self.assertEqual(packed.tokens.tolist(), [CLS, 4, 5, 6, 7, 8, 9, SEP])
        self.assertEqual(packed.truncated, 0)

    def test_lays_sequences_end_to_end(self) -> None:
        packed = self.pack(Example("a", 1.0), Example("b c", 0.0))
        self.assertEqual(packed.tokens.tolist(), [CLS, 4, SEP, CLS, 5, 6, SEP])
        self.assertEqual(packed.starts.tolist(), [0, 3, 7])
        self.assertEqual(packed.groups.tolist(), [0, 1, 2])
        self.assertEqual(packed.target.tolist(), [1.0, 0.0])

    def test_marks_the_second_text_as_segment_one(self) -> None:
        packed = self.pack(Example("a b", 0.0, pair="c"))
        self.assertEqual(packed.tokens.tolist(), [CLS, 4, 5, SEP, 6, SEP])
        self.assertEqual(packed.segments.tolist(), [0, 0, 0, 0, 1, 1])

    def test_groups_the_candidates_of_a_choice(self) -> None:
        packed = self.pack(Example("a", 1.0, candidates=("b", "c d")), Example("e", 0.0))
        self.assertEqual(packed.groups.tolist(), [0, 2, 3])
        self.assertEqual(packed.starts.tolist(), [0, 5, 11, 14])
        self.assertEqual((packed.text, packed.pair), (["a", "a", "e"], ["b", "c d", ""]))

    def test_cuts_a_single_text_at_the_cap(self) -> None:
        packed = self.pack(Example("a b c d e f", 0.0), Example("a", 0.0), cap=5)
        self.assertEqual(packed.tokens.tolist(), [CLS, 4, 5, 6, SEP, CLS, 4, SEP])
        self.assertEqual(packed.truncated, 1)

    def test_cuts_the_longer_text_of_a_pair(self) -> None:
        packed = self.pack(Example("a b", 0.0, pair="c d e f g h"), cap=8)
        self.assertEqual(packed.tokens.tolist(), [CLS, 4, 5, SEP, 6, 7, 8, SEP])
        packed = self.pack(Example("c d e f g h", 0.0, pair="a"), cap=8)
        self.assertEqual(packed.tokens.tolist(), [CLS, 6, 7, 8, 9, SEP, 4, SEP])

    def test_packs_nothing_into_empty_arrays(self) -> None:
        packed = self.pack()
        self.assertEqual((len(packed.tokens), packed.starts.tolist()), (0, [0]))


class TokenFile(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name: str) -> Path:
        tokenizer = load_tokenizer(save_toy_tokenizer(self.folder / "tokenizer.json"))
        task = Task("toy", "family", "classify", ("no", "yes"), ("accuracy",), 8, "[CLS]", "MIT")
        train = [Example("a b", 1.0, pair="c"), Example("d", 0.0, pair="é €")]
        splits = Splits(train=train, dev=train[:1], test=train[1:])
        origin = Origin("PyPI toy==1", "1", (("toy.csv", "00ff"),))
        packed = {split: pack(tokenizer, rows, 8) for split, rows in splits.items()}
        tokenised = TokenisedTask(PreparedTask(task, origin, 2, splits), packed)
        header = Header("toys", "toy", "aa", 12, [entry(tokenised)])
        write_token_file(self.folder / name, header, [tokenised])
        return self.folder / name

    def test_holds_what_the_layout_says(self) -> None:
        with h5py.File(self.write("a.h5")) as file:
            self.assertEqual(file.attrs["format"], "rankwise-tokens")
            self.assertEqual((file.attrs["version"], file.attrs["vocabulary"]), (2, 12))
            self.assertEqual(json.loads(file.attrs["sources"])[0]["task"], "toy")
            task = file["tasks/toy"]
            self.assertEqual(json.loads(task.attrs["labels"]), ["no", "yes"])
            self.assertEqual((task.attrs["index"], task.attrs["classes"]), (0, 2))
            train = task["train"]
            types = {name: train[name].dtype for name in ("tokens", "segments", "starts", "groups")}
            self.assertEqual(
                types,
                {"tokens": np.int32, "segments": np.uint8, "starts": np.int64, "groups": np.int64},
            )
            self.assertEqual(train["pair"].asstr()[1], "é €")
            self.assertEqual(train["target"][:].tolist(), [1.0, 0.0])

    def test_has_equal_bytes_when_written_twice(self) -> None:
        self.assertEqual(self.write("a.h5").read_bytes(), self.write("b.h5").read_bytes())


if __name__ == "__main__":
    unittest.main()
