"""Rows of train before the questions of dev and test: which, how they are joined, and the cap."""

import contextlib
import io
import json
import unittest
from pathlib import Path
from typing import Any

import h5py
from tokenizers import Tokenizer

from scripts.prepare_data import cli
from scripts.prepare_data.errors import PrepareError
from scripts.prepare_data.fewshot import FewShot, draw
from scripts.prepare_data.own_data import OwnData

from .own_folder import CHOOSE, CLASSIFY, GENERATE, InFolder
from .toy_tokenizer import save_toy_t5, save_toy_tokenizer

REGRESS = {"kind": "regress", "prompt": "{q}", "target": "y"}
MODEL = {"kind": "language_model", "prompt": "{q}"}
LETTERS = "abcdefgh"
FILES = {"train": "rows.jsonl", "dev": "dev.jsonl", "test": "test.jsonl"}


class Draws(unittest.TestCase):
    def test_are_fixed_for_all_machines(self) -> None:
        self.assertEqual(draw(range(100), 4, "7\nsums\ndev\n0"), [95, 64, 93, 61])
        self.assertEqual(draw(range(4), 4, "s"), [1, 2, 0, 3])

    def test_hold_no_row_twice_and_each_as_often(self) -> None:
        found = [draw(range(5), 3, str(stream)) for stream in range(4000)]
        self.assertTrue(all(len(set(rows)) == 3 for rows in found))
        for place in range(3):
            for row in range(5):
                count = sum(rows[place] == row for rows in found)
                self.assertLess(abs(count - 800), 6 * 800**0.5)

    def test_of_no_seed_are_the_first_rows(self) -> None:
        self.assertEqual(FewShot(2).rows("abcd", "any"), ["a", "b"])
        self.assertEqual(FewShot().rows("abcd", "any"), [])


class Prepared(InFolder):
    """Suites as scripts/prepare writes them."""

    def setUp(self) -> None:
        super().setUp()
        (self.model / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
        self.put_rows(*({"q": f"{c}:", "a": c * 2, "b": "x", "y": i % 2} for i, c in
                        enumerate(LETTERS)))  # fmt: skip
        self.put_rows({"q": "ab?", "a": "c", "b": "d", "y": 1}, file="dev.jsonl")
        self.put_rows(*({"q": f"b{c}?", "a": "c", "b": "d", "y": 0} for c in LETTERS),
                      file="test.jsonl")  # fmt: skip

    def prepare(self, *arguments: str, **members: Any) -> str:
        """What it prints."""
        if members:
            self.describe(**{"files": FILES, "cap": 500} | members)
        code, out = self.run_prepare(*arguments)
        self.assertEqual(code, 0, out)
        return out

    def run_prepare(self, *arguments: str) -> tuple[int, str]:
        given = ["--suite", "toys", "--from", str(self.folder / "suite.json"), "--backbone",
                 str(self.model), "--data", str(self.folder / "data")]  # fmt: skip
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = cli.main([*given, *arguments])
        return code, out.getvalue()

    def model_is_t5(self) -> None:
        save_toy_t5(self.model)
        (self.model / "tokenizer_config.json").write_text("{}")

    def file(self) -> Path:
        return self.folder / "data/suites/toys-model.h5"

    def decoded(self, part: str) -> list[str]:
        """The prompts of a part as their tokens say."""
        tokenizer = Tokenizer.from_file(str(self.model / "tokenizer.json"))
        with h5py.File(self.file()) as file:
            split = file[f"tasks/mine/{part}"]
            tokens, starts = split["tokens"][:], split["starts"][:]
        return [tokenizer.decode(tokens[a:b].tolist(), skip_special_tokens=False)
                for a, b in zip(starts[:-1], starts[1:], strict=True)]  # fmt: skip

    def attribute(self, name: str) -> Any:
        with h5py.File(self.file()) as file:
            found = file["tasks/mine"].attrs.get(name)
        return None if found is None else int(found)

    def source(self) -> dict[str, Any]:
        sources = self.file().with_name("toys-model.sources.json")
        return json.loads(sources.read_text(encoding="utf-8"))["tasks"][0]


# The letters of the toy decoder are all that it knows: a colon or question mark has no token.
FIRST_TWO = "a aa\n\nb bb\n\n"


class Joins(Prepared):
    def test_the_first_rows_of_train_stand_before_each_question(self) -> None:
        out = self.prepare(**GENERATE, fewshot=2)
        self.assertEqual(self.decoded("dev"), [FIRST_TWO + "ab"])
        self.assertEqual(set(self.decoded("test")), {f"{FIRST_TWO}b{c}" for c in LETTERS})
        self.assertEqual(set(self.decoded("train")), set(LETTERS), "training has none")
        with h5py.File(self.file()) as file:
            text = file["tasks/mine/dev/text"].asstr()[0]
        self.assertEqual(text, "a: aa\n\nb: bb\n\nab?")
        self.assertIn(
            "  mine: 8 / 1 / 8\n"
            "    each prompt of dev and test begins with exemplars, answered rows of train: 2\n",
            out,
        )
        self.assertNotIn("cap", out)

    def test_they_are_recorded(self) -> None:
        self.prepare(**GENERATE, fewshot={"count": 2, "seed": 9})
        self.assertEqual((self.attribute("fewshot"), self.attribute("fewshot_seed")), (2, 9))
        source = self.source()
        self.assertEqual((source["fewshot"], source["fewshot_seed"]), (2, 9))
        self.assertEqual(source["fewshot_delimiter"], "\n\n")
        self.prepare(**GENERATE, fewshot=2)
        self.assertEqual((self.attribute("fewshot"), self.attribute("fewshot_seed")), (2, None))
        table = self.file().with_name("toys-model.sources.md").read_text(encoding="utf-8")
        self.assertIn("2 exemplars before each question of dev and test, the first of train", table)

    def test_none_leaves_the_file_as_it_was(self) -> None:
        self.prepare(**GENERATE)
        bare = self.file().read_bytes()
        self.prepare(**GENERATE, fewshot=0)
        self.assertEqual(self.file().read_bytes(), bare)
        self.assertEqual((self.attribute("fewshot"), "fewshot" in self.source()), (None, False))

    def test_the_answer_of_a_choice_is_its_right_candidate(self) -> None:
        self.prepare(**CHOOSE, fewshot=2)
        self.assertEqual(self.decoded("dev"), ["a aa\n\nb \n\nab"] * 2)  # x has no token
        with h5py.File(self.file()) as file:
            found = file["tasks/mine/dev/text"].asstr()[:].tolist()
        self.assertEqual(found, ["a: aa\n\nb: x\n\nab?"] * 2)

    def test_the_answer_of_a_class_is_its_word(self) -> None:
        self.prepare(**CLASSIFY, verbalizers={"no": "bad"}, fewshot=1, fewshot_delimiter="\n")
        self.assertEqual(self.decoded("dev"), ["a bad\nab"] * 2)

    def test_delimiters_are_the_tasks(self) -> None:
        self.prepare(**GENERATE, fewshot=2, fewshot_delimiter="\n", delimiter="")
        self.assertEqual(self.decoded("dev"), ["aaa\nbbb\nab"])

    def test_an_encoder_decoder_reads_them_too(self) -> None:
        self.model_is_t5()
        self.prepare(**GENERATE, fewshot=1)
        self.assertEqual(self.decoded("dev"), ["a <pad> <pad> <pad> <pad> </s>"], "a : aa ab ?")


class Seeded(Prepared):
    def setUp(self) -> None:
        super().setUp()
        self.prepare(**GENERATE, fewshot={"count": 2, "seed": 7})
        self.found = self.decoded("test")

    def test_each_question_draws_its_own(self) -> None:
        befores = {text.rpartition("\n\n")[0] for text in self.found}
        self.assertGreater(len(befores), 5)
        for before in befores:
            first, second = before.split("\n\n")
            self.assertNotEqual(first, second)

    def test_draws_follow_from_the_seed_task_part_and_place(self) -> None:
        for index, text in enumerate(self.found):
            wanted = draw([f"{c} {c * 2}\n\n" for c in LETTERS], 2, f"7\nmine\ntest\n{index}")
            self.assertTrue(text.startswith("".join(wanted)), text)

    def test_another_seed_draws_others(self) -> None:
        self.prepare("--force")
        self.assertEqual(self.decoded("test"), self.found)
        self.prepare(**GENERATE, fewshot={"count": 2, "seed": 8})
        self.assertNotEqual(self.decoded("test"), self.found)

    def test_exemplars_are_rows_of_train_alone(self) -> None:
        """Here dev and test are cut from the same file, and train keeps six rows."""
        self.put_rows(*({"q": f"{c}{d}", "a": "c"} for c in LETTERS for d in "ab"))
        splits = {"dev": 4, "test": 4, "train": 6}
        cut = {"files": {"train": "rows.jsonl"}, "splits": splits}
        self.prepare(**GENERATE | cut, fewshot={"count": 6, "seed": 1})
        train = {f"{text} c" for text in self.decoded("train")}
        self.assertEqual(len(train), 6)
        for part in ("dev", "test"):
            for text in self.decoded(part):
                *before, question = text.split("\n\n")
                self.assertEqual(set(before), train)
                self.assertNotIn(f"{question} c", train, "no question is its own exemplar")


class Capped(Prepared):
    def test_exemplars_leave_from_the_front_as_wholes(self) -> None:
        # One exemplar is six tokens (a, space, a, a, two line breaks; a colon has none), ab one.
        for cap, kept in ((11, FIRST_TWO), (10, "b bb\n\n"), (6, "b bb\n\n"), (5, ""), (1, "")):
            out = self.prepare(**GENERATE, fewshot=2, cap=cap)
            self.assertEqual(self.decoded("dev"), [f"{kept}ab"], cap)
        self.assertIn(
            "of these 9 prompts were over the cap of 1 tokens and lost 18 of all 18 exemplars; "
            "raise cap to keep them",
            out,
        )
        source = self.source()
        self.assertEqual((source["shortened_prompts"], source["exemplars_left_out"]), (9, 18))

    def test_an_encoder_decoder_keeps_its_question(self) -> None:
        self.model_is_t5()
        self.prepare(**GENERATE, fewshot=2, cap=3)
        self.assertEqual(self.decoded("dev"), ["<pad> <pad> </s>"], "ab and ?")


class Counted(Prepared):
    def test_the_command_line_wins(self) -> None:
        self.prepare(**GENERATE, fewshot={"count": 1, "seed": 7})
        self.prepare("--fewshot", "2")
        self.assertEqual((self.attribute("fewshot"), self.attribute("fewshot_seed")), (2, 7))
        self.assertIn("up to date", self.prepare("--fewshot", "2"))
        self.assertEqual(self.decoded("dev")[0].count("\n\n"), 2)
        self.prepare("--fewshot", "0")
        self.assertEqual(self.decoded("dev"), ["ab"])

    def test_the_command_line_passes_over_other_tasks(self) -> None:
        tasks = [{"name": f"t{i}", "files": FILES} | task for i, task in
                 enumerate((GENERATE, REGRESS, CLASSIFY | {"answers": "head"}))]  # fmt: skip
        self.put("suite.json", json.dumps({"tasks": tasks}))
        own = OwnData(self.folder / "suite.json", self.folder, self.model, fewshot=3)
        found = own.read("toys", self.folder / "data").tasks
        self.assertEqual([len(one.exemplars) for one in found], [8, 0, 0])

    def test_counts_of_the_command_line(self) -> None:
        self.describe(**GENERATE, files=FILES)
        for given in ("-1", "1.5", "four", "", "\N{SUPERSCRIPT TWO}"):
            code, out = self.run_prepare("--fewshot", given)
            self.assertEqual(code, 2)
            self.assertIn(f"prepare: argument --fewshot: '{given}', expected a count from 0", out)
        self.describe(**REGRESS, files=FILES)
        self.assertIn("--fewshot 2: no task of ", self.run_prepare("--fewshot", "2")[1])
        self.assertIn("--fewshot is for suites that have a description, text10 has none",
                      self.text10())  # fmt: skip

    def text10(self) -> str:
        with contextlib.redirect_stderr(io.StringIO()) as err:
            cli.main(["--suite", "text10", "--backbone", str(self.model), "--fewshot", "1"])
        return err.getvalue()

    def test_counts_of_a_description(self) -> None:
        count = r'a count from 0, or a count with a seed, as \{"count": 4, "seed": 7\}'
        seed = "a seed, a whole number from 0"
        for value, expected in (
            (-1, count),
            (1.0, count),
            (True, count),
            ("4", count),
            ({"count": 4}, count),
            ({"count": -1, "seed": 7}, count),
            ({"count": 1, "seed": 7, "from": "dev"}, count),
            ({"count": 1, "seed": -7}, seed),
            ({"count": 1, "seed": 7.0}, seed),
        ):
            with self.subTest(value):
                message = rf"tasks\[0\].fewshot: .*, expected {expected}"
                self.refuse(message, **GENERATE, fewshot=value)

    def test_train_has_as_many_rows(self) -> None:
        self.prepare(**GENERATE, fewshot=8)
        self.describe(**GENERATE, files=FILES, fewshot=9)
        code, out = self.run_prepare()
        self.assertEqual(code, 1)
        self.assertIn("task mine: fewshot asks for 9 rows of train before each question, and train "
                      "has 8; ask for fewer", out)  # fmt: skip


class Refused(InFolder):
    def setUp(self) -> None:
        super().setUp()
        self.put_rows(*({"q": c, "a": "x", "y": 0} for c in LETTERS))

    def test_where_no_answer_is_scored(self) -> None:
        for task, by in (
            (REGRESS, "kind regress"),
            (MODEL, "kind language_model"),
            (CLASSIFY | {"answers": "head"}, "answers head"),
            ({"format": "chat"}, "format chat"),
        ):
            self.refuse(f"fewshot is not used by {by}; remove it", **task, fewshot=2)

    def test_where_the_backbone_has_no_head_over_the_vocabulary(self) -> None:
        save_toy_tokenizer(self.model / "tokenizer.json")
        (self.model / "config.json").write_text(json.dumps({"model_type": "bert"}))
        message = "task mine: fewshot is for questions .*, and a trained head answers this one"
        self.refuse(message, **CLASSIFY, fewshot=2)
        with self.assertRaisesRegex(PrepareError, "--fewshot 2: no task of .* with model; they"):
            OwnData(self.folder / "suite.json", self.folder, self.model, fewshot=2).read(
                "toys", self.folder / "data"
            )
        own = OwnData(self.folder / "suite.json", self.folder, self.model, fewshot=0)
        [task] = own.read("toys", self.folder / "data").tasks
        self.assertIsNone(task.task.likelihood, "none is what every task takes")

    def test_defaults_give_way(self) -> None:
        members = {"name": "mine", "files": {"train": "rows.jsonl"}} | REGRESS
        described = {"defaults": {"fewshot": 2, "fewshot_delimiter": "\n"}, "tasks": [members]}
        self.put("suite.json", json.dumps(described))
        self.assertIsNone(self.read().task.likelihood)


if __name__ == "__main__":
    unittest.main()
