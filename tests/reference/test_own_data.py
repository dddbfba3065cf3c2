"""A user's own data: descriptions, rows of every kind of file, and what each error names."""

import contextlib
import io
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import h5py
import numpy as np
import pyarrow
from pyarrow import parquet

from scripts.prepare_data import cli
from scripts.prepare_data.description import MEMBERS
from scripts.prepare_data.own_data import OwnData

from .own_folder import CHOOSE, CLASSIFY, GENERATE, InFolder
from .toy_tokenizer import save_toy_decoder, save_toy_t5, save_toy_tokenizer

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ eos_token }}\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


class Rows(InFolder):
    def test_files_of_every_kind_hold_the_same_rows(self) -> None:
        rows = [{"q": "a, b", "y": 1}, {"q": "é", "y": 0}]
        table = pyarrow.Table.from_pylist(rows)
        parquet.write_table(table, self.folder / "rows.parquet")
        self.put_rows(*rows)
        self.put("rows.json", json.dumps(rows))
        self.put("rows.csv", 'q,y\n"a, b",1\né,0\n')
        self.put("rows.tsv", "q\ty\na, b\t1\né\t0\n")
        for kind in ("jsonl", "json", "csv", "tsv", "parquet"):
            found = self.examples(**CLASSIFY, files={"train": f"rows.{kind}"})
            self.assertEqual([(one.text, one.target) for one in found], [("a, b", 1), ("é", 0)])

    def test_an_error_names_the_row_in_every_kind_of_file(self) -> None:
        rows = [{"q": "a", "y": "yes"}, {"q": "b", "y": "maybe"}]
        parquet.write_table(pyarrow.Table.from_pylist(rows), self.folder / "rows.parquet")
        self.put_rows(*rows)
        self.put("rows.json", json.dumps(rows))
        self.put("rows.csv", "q,y\na,yes\nb,maybe\n")
        self.put("rows.tsv", "q\ty\na\tyes\nb\tmaybe\n")
        for kind, where in (
            ("jsonl", "line 2"),
            ("json", "row 2"),
            ("csv", "line 3"),
            ("tsv", "line 3"),
            ("parquet", "row 2"),
        ):
            message = f"rows.{kind}: {where}: label 'maybe', expected one of no, yes"
            self.refuse(message, **CLASSIFY, files={"train": f"rows.{kind}"})

    def test_a_column_that_is_missing(self) -> None:
        self.put_rows({"q": "a", "y": 0}, {"question": "a", "y": 0})
        self.refuse(
            "rows.jsonl: line 2: has no column 'q'; its columns are 'question', 'y'", **CLASSIFY
        )

    def test_a_column_inside_another(self) -> None:
        self.put_rows({"in": {"q": "a", "list": ["b", "c"]}, "y": "c"})
        inside = {"prompt": "{in.q}", "candidates": "in.list"}
        found = self.examples(**CHOOSE | inside)[0]
        self.assertEqual((found.text, found.candidates, found.target), ("a", ("b", "c"), 1.0))

    def test_values_that_are_no_text(self) -> None:
        for value, kind in ((None, "null"), (["a"], "a list"), ({"a": 1}, "an object")):
            self.put_rows({"q": value, "y": 0})
            self.refuse(f"line 1: column 'q': holds {kind}, expected a text", **CLASSIFY)

    def test_files_that_are_no_rows(self) -> None:
        for name, content, message in (
            ("rows.jsonl", "\n", "rows.jsonl: has no rows"),
            ("rows.csv", "q,y\n", "rows.csv: has no rows"),
            ("rows.json", "[]", "rows.json: has no rows"),
            ("rows.json", "{}", "rows.json: expected a list of objects"),
            ("rows.jsonl", "[]\n", "rows.jsonl: line 1: expected an object"),
            ("rows.jsonl", "{}\n{", "rows.jsonl: line 2: is no JSON"),
            ("rows.jsonl", '{"q": 1, "q": 2}', "rows.jsonl: line 1: key 'q' is there twice"),
            ("rows.jsonl", '{"q": "\\ud800", "y": 0}', "line 1: a text holds half of a surrogate"),
            ("rows.csv", "q,q\na,b\n", "rows.csv: column 'q' is there twice"),
            ("rows.csv", "q,y\na\n", "rows.csv: line 2 has 1 columns, expected 2: 'q', 'y'"),
            ("rows.parquet", "PAR1", "rows.parquet: cannot be read as Parquet"),
            ("rows.xlsx", "", "rows.xlsx: rows are read from files that end in .jsonl, .ndjson"),
        ):
            with self.subTest(message):
                self.put(name, content)
                self.refuse(message, **CLASSIFY, files={"train": name})
        self.refuse("task mine: .*/none.csv: there is no such file; files are found from --files",
                    **CLASSIFY, files={"train": "none.csv"})  # fmt: skip


class Kinds(InFolder):
    def test_classes_are_names_or_numbers(self) -> None:
        rows = [{"q": f"a{i}", "y": y} for i, y in enumerate(("yes", 0, "1", 1.0))]
        self.put_rows(*rows)
        found = self.examples(**CLASSIFY)
        self.assertEqual([one.target for one in found], [1, 0, 1, 1])

    def test_words_stand_for_labels(self) -> None:
        self.put_rows({"q": "a", "y": "yes"})
        task = self.read(**CLASSIFY, verbalizers={"no": "wrong"}).task
        self.assertEqual((task.labels, task.likelihood.words), (("no", "yes"), ("wrong", "yes")))
        self.refuse("verbalizers: 'maybe', expected one of no, yes",
                    **CLASSIFY, verbalizers={"maybe": "x"})  # fmt: skip

    def test_scores(self) -> None:
        self.put_rows({"q": "a", "y": 2.5}, {"q": "b", "y": "1.5"}, {"q": "c", "y": 1e-5})
        score = {"kind": "regress", "prompt": "{q}", "target": "y"}
        self.assertEqual([one.target for one in self.examples(**score)], [2.5, 1.5, 1e-5])
        self.assertIsNone(self.read().task.likelihood)
        self.refuse("line 1: score 2.5, expected a number from 0 to 2", **score, bounds=[0, 2])

    def test_the_gold_candidate_is_a_label_a_number_or_a_text(self) -> None:
        rows = [
            {"q": f"q{i}", "a": "x", "b": "y", "y": y} for i, y in enumerate(("B", 1, "y", "0"))
        ]
        self.put_rows(*rows)
        self.assertEqual([one.target for one in self.examples(**CHOOSE)], [1, 1, 1, 0])
        self.put_rows({"q": "a", "a": "x", "b": "y", "y": "C"})
        self.refuse("line 1: answer 'C', expected one of A, B, a number from 0 to 1, or", **CHOOSE)

    def test_labels_of_candidates_may_stand_in_the_row(self) -> None:
        self.put_rows({"q": "a", "c": {"text": ["x", "y"], "label": ["1", "2"]}, "y": "1"})
        listed = {"candidates": "c.text", "candidate_labels": "c.label"}
        self.assertEqual(self.examples(**CHOOSE | listed)[0].target, 0.0)

    def test_candidates_inside_a_text(self) -> None:
        self.put_rows({"t": "What? (1) x (2) y z", "y": "y z"})
        inside = {
            "extract": {"t": r"(?P<q>.*\?) (?P<options>.*)"},
            "candidates": {"text": "{options}", "split": r"\(\d\)"},
        }
        found = self.examples(**CHOOSE | inside)[0]
        self.assertEqual((found.text, found.candidates, found.target), ("What?", ("x", "y z"), 1))
        self.put_rows({"t": "What", "y": "y z"})
        self.refuse("line 1: column 't' is 'What', which the pattern of extract does not fit")

    def test_a_choice_has_candidates(self) -> None:
        listed = CHOOSE | {"candidates": "c"}
        self.put_rows({"q": "a", "c": ["x"], "y": 0})
        self.refuse("rows.jsonl: line 1: has 1 candidates, expected two or more", **listed)
        self.put_rows({"q": "a", "c": ["x", " "], "y": 0})
        self.refuse("rows.jsonl: line 1: a candidate is empty", **listed)
        self.put_rows({"q": "a", "c": ["x", "y", "z"], "y": 0})
        self.refuse("line 1: has 3 candidates, and labels name 2", **listed, labels=["A", "B"])
        self.put_rows({"q": "a", "c": "x", "y": 0})
        self.refuse("line 1: column 'c': expected a list of texts", **listed)

    def test_an_answer_is_not_empty(self) -> None:
        self.put_rows({"q": "a", "a": "b"}, {"q": "c", "a": " \n"})
        self.refuse("rows.jsonl: line 2: the answer is empty; remove the row", **GENERATE)

    def test_what_is_generated_may_be_a_column(self) -> None:
        self.put_rows({"q": "a", "a": "b"})
        found = self.examples(kind="generate", prompt="{{{q}}}", target="a")[0]
        self.assertEqual((found.text, found.answer), ("{a}", "b"))

    def test_answers_to_one_prompt_are_kept_in_one_split(self) -> None:
        rows = [{"q": f"q{i % 6}", "a": f"a{i}"} for i in range(24)]
        self.put_rows(*rows)
        splits = self.read(**GENERATE, splits={"dev": 4, "test": 4}).splits
        self.assertEqual([len(part) for _, part in splits.items()], [16, 4, 4])
        self.assertEqual(len({one.text for one in splits.dev}), 1)

    def test_texts_of_a_language_model(self) -> None:
        self.put_rows({"t": "abc"})
        task = self.read(kind="language_model", prompt="{t}", windows="text").task
        self.assertEqual(task.metrics, ("perplexity", "bits_per_byte"))
        self.assertFalse(task.likelihood.streamed)
        self.put_rows({"t": ""})
        self.refuse("line 1: the text is empty")


class Formats(InFolder):
    def test_alpaca(self) -> None:
        self.put_rows(
            {"instruction": "Add.", "input": "1 1", "output": "2"},
            {"instruction": "Sing.", "input": "", "output": "La."},
        )
        first, second = self.examples(format="alpaca")
        self.assertEqual(
            first.text.split("\n\n")[1:],
            ["### Instruction:\nAdd.", "### Input:\n1 1", "### Response:"],
        )
        self.assertEqual(
            second.text.split("\n\n")[1:], ["### Instruction:\nSing.", "### Response:"]
        )
        self.assertEqual((first.answer, second.answer), ("2", "La."))
        self.assertEqual(self.read().task.likelihood.delimiter, "\n")
        own = self.examples(format="alpaca", prompt="{instruction}:")
        self.assertEqual(own[0].text, "Add.:")

    def chat(self, template: Any = TEMPLATE) -> None:
        special = {"eos_token": "</s>", "chat_template": template}
        (self.model / "tokenizer_config.json").write_text(json.dumps(special))

    def test_chat(self) -> None:
        self.chat()
        roles = ("system", "user", "assistant", "user", "assistant")
        self.put_rows(
            {"messages": [{"role": r, "content": c} for r, c in zip(roles, "abcde", strict=True)]}
        )
        found = self.examples(format="chat")[0]
        prompt = "<system>a</s>\n<user>b</s>\n<assistant>c</s>\n<user>d</s>\n<assistant>"
        self.assertEqual((found.text, found.answer), (prompt, "e"))

    def test_chat_templates_are_found_where_the_hub_has_them(self) -> None:
        self.put_rows(
            {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
        )
        self.chat([{"name": "tools", "template": "x"}, {"name": "default", "template": "default"}])
        self.assertEqual(self.examples(format="chat")[0].text, "default")
        (self.model / "chat_template.jinja").write_text("beside")
        self.assertEqual(self.examples(format="chat")[0].text, "beside")

    def test_a_conversation_ends_with_the_assistant(self) -> None:
        self.chat()
        user, assistant = {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}
        for messages, message in (
            ([user], "line 1: the last message is of 'user', expected one of assistant"),
            ([assistant], "line 1: the last message is of 'assistant', expected .* behind one"),
            ([], "line 1: messages: expected a list of messages"),
            ([user, {"role": "assistant"}], "line 1: message 2: expected an object with the texts"),
        ):
            self.put_rows({"messages": messages})
            self.refuse(message, format="chat")

    def test_a_template_that_fails(self) -> None:
        rows = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
        self.put_rows({"messages": rows})
        self.chat("{{ raise_exception('no roles') }}")
        self.refuse("rows.jsonl: line 1: the chat template fails: no roles", format="chat")
        self.chat("{{ ''.__class__.__mro__ }}")
        self.refuse("line 1: the chat template fails: .*unsafe")
        self.chat("{% if %}")
        self.refuse("tokenizer_config.json: chat_template: Expected an expression")
        self.chat(None)
        self.refuse("tokenizer_config.json: has no chat_template, which format chat needs")


class Descriptions(InFolder):
    def setUp(self) -> None:
        super().setUp()
        self.put_rows({"q": "a", "y": 0})

    def test_members_are_known(self) -> None:
        self.refuse(r"suite.json: tasks\[0\]: unknown member 'metric'; the members are name, files",
                    **CLASSIFY, metric="acc")  # fmt: skip
        self.put("suite.json", '{"tasks": [], "x": 1}')
        self.refuse("suite.json: unknown member 'x'; the members are defaults, tasks")
        self.put("suite.json", '{"tasks": [{}], "defaults": {"x": 1}}')
        self.refuse("suite.json: defaults: unknown member 'x'; the members are name")

    def test_members_take_what_they_say(self) -> None:
        for member, value, expected in (
            ("kind", "rank", "one of classify, regress, choose, generate, language_model"),
            ("cap", 0, "a whole number from 1"),
            ("cap", True, "a whole number from 1"),
            ("prompt", 1, "a text"),
            ("labels", "no", "a list of texts"),
            ("metrics", [], "a list of texts"),
            ("files", {"training": "x"}, "an object with some of train, dev, test"),
            ("splits", {"dev": 0.1}, "a whole number from 1"),
            ("candidates", ["a"], "two columns or more"),
            ("candidates", "", "a list of columns, a column that holds a list"),
            ("candidates", {"text": "a"}, "a list of columns, a column that holds a list"),
            ("candidates", {"text": "{a}", "split": "(a)"}, "a split without groups"),
            ("extract", {"q": "("}, r"a regular expression \("),
            ("extract", {"q": "a{99999999999}"}, r"a regular expression \("),
            ("extract", {"q": "(" * 3000 + ")" * 3000}, "a regular expression that is not nested"),
            ("step", 5e-324, "a part of one"),
            ("bounds", [2, 1], "the lowest and the highest score"),
            ("verbalizers", {"no": 1}, "an object with a text for each label"),
            ("answers", "both", "one of auto, head, likelihood"),
        ):
            with self.subTest(member):
                message = rf"suite.json: tasks\[0\].{member}: .*, expected {expected}"
                self.refuse(message, **CLASSIFY | {member: value})

    def test_kinds_have_what_they_need(self) -> None:
        for member in ("prompt", "target", "labels"):
            rest = {name: value for name, value in CLASSIFY.items() if name != member}
            self.refuse(f"task mine: has no {member}, which kind classify needs", **rest)
        rest = {name: value for name, value in CHOOSE.items() if name != "candidates"}
        self.refuse("task mine: has no candidates, which kind choose needs", **rest)
        self.refuse("task mine: has no answer, which kind generate", kind="generate", prompt="{q}")
        self.refuse("task mine: has no kind", prompt="{q}")
        self.refuse("format chat is for kind generate", **CLASSIFY, format="chat")
        self.refuse("pair is the second text of an encoder's", **CLASSIFY, pair="{q}")
        message = (
            "suite.json: task mine: metric 'f2' does not fit kind classify by likelihood; .* acc,"
        )
        self.refuse(message, **CLASSIFY, metrics="f2")

    def test_templates_name_columns(self) -> None:
        for template in ("{q", "{}", "{q!s}", "{q:3}", "q}"):
            with self.subTest(template):
                self.refuse(
                    "suite.json: task mine: '.*q?.*brace", **CLASSIFY | {"prompt": template}
                )

    def test_a_description_is_there_and_json(self) -> None:
        for content, message in (
            ("{", "suite.json: is no JSON"),
            ("[]", "suite.json: expected an object"),
            ('{"tasks": []}', "suite.json: tasks: expected a list of tasks"),
            ('{"tasks": [{"kind": "choose"}]}', r"suite.json: tasks\[0\]: has no name"),
            ('{"tasks": [{"name": "a"}]}', r"suite.json: tasks\[0\]: has no files"),
            ('{"tasks": [], "tasks": []}', "suite.json: key 'tasks' is there twice"),
            ('{"tasks": [{"name": "a", "files": {"dev": "x"}}]}', r"\.files: names no train"),
        ):
            self.put("suite.json", content)
            self.refuse(message)

    def test_comments_are_no_part_of_it(self) -> None:
        text = json.dumps(CLASSIFY | {"name": "mine", "files": {"train": "rows.jsonl"}})
        self.put(
            "suite.json",
            f'// one\n{{"defaults": {{"note": "// kept"}}, /* two */ "tasks": [{text}]}}',
        )
        self.assertEqual(self.read().note, "// kept")

    def test_tasks_take_the_defaults(self) -> None:
        task = {"name": "mine", "files": {"train": "rows.jsonl"}, "cap": 7}
        self.put("suite.json", json.dumps({"defaults": CLASSIFY | {"cap": 9}, "tasks": [task]}))
        self.assertEqual(self.read().task.cap, 7)

    def test_a_split_is_given_or_cut(self) -> None:
        self.put_rows(*[{"q": f"q{i}", "y": 0} for i in range(40)])
        sizes = [len(part) for _, part in self.read(**CLASSIFY).splits.items()]
        self.assertEqual(sizes, [32, 4, 4])
        self.put_rows({"q": "q3", "y": 0}, {"q": "x", "y": 1}, file="test.jsonl")
        given = {"train": ["rows.jsonl"], "test": "test.jsonl"}
        splits = self.read(**CLASSIFY, files=given, splits={"dev": 9, "train": 10}).splits
        self.assertEqual([len(part) for _, part in splits.items()], [10, 9, 2])
        self.assertEqual((splits.overlaps, splits.unused), (1, 20))
        self.refuse("splits.test: files.test is given", **CLASSIFY, files=given, splits={"test": 2})


class Command(InFolder):
    """The whole way, for a decoder, a T5 and an encoder."""

    def setUp(self) -> None:
        super().setUp()
        self.write_weights()
        rows = [
            {"q": f"{a} {b}", "y": i % 2}
            for i, (a, b) in enumerate((a, b) for a in "abcd" for b in "efgh")
        ]
        self.put_rows(*rows)
        self.describe(**CLASSIFY, splits={"dev": 2, "test": 2})

    def write_weights(self) -> None:
        empty = b"{}"
        (self.model / "model.safetensors").write_bytes(len(empty).to_bytes(8, "little") + empty)

    def prepare(self, *more: str) -> tuple[int, str]:
        arguments = ["--suite", "toys", "--from", str(self.folder / "suite.json")]
        arguments += ["--backbone", str(self.model), "--data", str(self.folder / "data"), *more]
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
            code = cli.main(arguments)
        return code, out.getvalue()

    def stated(self) -> tuple[str, list[int]]:
        with h5py.File(self.folder / "data/suites/toys-model.h5") as file:
            task = file["tasks/mine"]
            return task.attrs["answers"], np.diff(task["dev/groups"][:]).tolist()

    def test_answers_follow_the_backbone(self) -> None:
        self.assertEqual(self.prepare()[0], 0)
        self.assertEqual(self.stated(), ("likelihood", [2, 2]))
        save_toy_t5(self.model)
        (self.model / "tokenizer_config.json").unlink()
        self.assertEqual(self.prepare()[0], 0)
        self.assertEqual(self.stated(), ("likelihood", [2, 2]))
        save_toy_tokenizer(self.model / "tokenizer.json")
        (self.model / "config.json").write_text('{"model_type": "bert"}')
        self.assertEqual(self.prepare()[0], 0)
        self.assertEqual(self.stated(), ("head", [1, 1]))

    def test_a_second_run_changes_nothing(self) -> None:
        self.prepare()
        self.assertIn("toys: up to date", self.prepare()[1])
        self.describe(**CLASSIFY, splits={"dev": 3, "test": 2})
        self.assertIn("toys: written", self.prepare()[1])
        self.put_rows(*[{"q": f"{a} {b}", "y": 0} for a in "abc" for b in "efgh"])
        self.assertIn("toys: written", self.prepare()[1])

    def test_what_the_backbone_says_of_itself_counts(self) -> None:
        self.prepare()
        (self.model / "tokenizer_config.json").write_text('{"chat_template": ""}')
        self.assertIn("toys: written", self.prepare()[1])

    def test_prompt_and_answer_fit_the_backbones_positions(self) -> None:
        config = {"model_type": "llama", "max_position_embeddings": 4}
        (self.model / "config.json").write_text(json.dumps(config))
        self.describe(**CLASSIFY, splits={"dev": 2, "test": 2})
        found = self.prepare()[1]
        self.assertRegex(
            found, "max_position_embeddings is 4, and the tokens of a sequence of mine are 5"
        )

    def test_rows_that_other_tasks_hold_out_are_told_and_counted(self) -> None:
        task = {"files": {"train": "rows.jsonl"}, "splits": {"dev": 2, "test": 2}} | CLASSIFY
        tasks = [task | {"name": name} for name in ("mine", "other")]
        self.put("suite.json", json.dumps({"tasks": tasks}))
        code, out = self.prepare()
        base = self.folder / "data/suites/toys-model.sources"
        table = json.loads(base.with_name(base.name + ".json").read_text())["tasks"]
        self.assertEqual(code, 0)
        for one in table:
            held, sizes = one["held_elsewhere"], " / ".join(map(str, one["examples"].values()))
            line = f"  {one['task']}: {sizes}, without {held} rows that other tasks hold out\n"
            self.assertIn(line, out)
            self.assertEqual(sum(one["examples"].values()) + held, 16)
        written = base.with_name(base.name + ".md").read_text()
        self.assertIn(f"| 0, 0, 0, 0, {table[0]['held_elsewhere']} |", written)

    def test_something_is_left(self) -> None:
        self.put_rows(*[{"q": letter, "a": "abc"} for letter in "abcdefgh"])
        few = {"answer_cap": 2, "too_long": "drop", "splits": {"dev": 2, "test": 2}}
        self.describe(**GENERATE, **few)
        self.assertIn("mine has nothing left in train: every answer is over", self.prepare()[1])

    def test_files_lie_elsewhere(self) -> None:
        other = self.folder / "other"
        other.mkdir()
        (self.folder / "rows.jsonl").rename(other / "rows.jsonl")
        self.assertIn("rows.jsonl: there is no such file", self.prepare()[1])
        self.assertEqual(self.prepare("--files", str(other))[0], 0)

    def test_what_is_written_names_no_folder_of_this_machine(self) -> None:
        self.describe(**CLASSIFY, files={"train": str(self.folder / "rows.jsonl")})
        self.assertEqual(self.prepare()[0], 0)
        for path in (self.folder / "data/suites").iterdir():
            self.assertNotIn(str(self.folder).encode(), path.read_bytes(), path.name)

    def test_a_name_is_one_for_a_file(self) -> None:
        code, out = self.prepare("--suite", "a/b")
        self.assertEqual(code, 1)
        self.assertIn("prepare: --suite 'a/b': a name holds letters", out)
        self.assertIn(
            "--files is for suites that", self.prepare("--suite", "glue", "--files", "x")[1]
        )

    def test_a_long_answer_names_its_row(self) -> None:
        self.put_rows(*[{"q": c, "a": "abc" * (1 + 2 * (c == "d"))} for c in "abcdefgh"])
        short = {"answer_cap": 6, "splits": {"dev": 2, "test": 2}}
        self.describe(**GENERATE, **short)
        code, out = self.prepare()
        self.assertEqual(code, 1)
        self.assertRegex(
            out, "rows.jsonl: line 4: the answer 'abcabcabc' has 8 tokens, answer_cap is 6"
        )
        self.describe(**GENERATE, **short, too_long="drop")
        code, out = self.prepare()
        table = json.loads((self.folder / "data/suites/toys-model.sources.json").read_text())
        self.assertEqual((code, table["tasks"][0]["too_long"]), (0, 1))


class Described(unittest.TestCase):
    """The suites of configs/suites."""

    def test_commonsense4_reads_its_files(self) -> None:
        text = (
            "Please choose the correct answer to the question: Why?\n\nAnswer1: a b. Answer2: c "
            "Answer3: d\n\nAnswer format: answer1/answer2/answer3"
        )
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for part in ("openbookqa", "ARC-Easy", "ARC-Challenge", "social_i_qa"):
                (folder / part).mkdir()
                for file in ("train.json", "test.json"):
                    rows = [{"instruction": text.replace("Why", file), "answer": "answer2"}]
                    (folder / part / file).write_text(json.dumps(rows))
            save_toy_decoder(folder, front=False)
            file = cli._DESCRIBED / "commonsense4.json"
            suite = OwnData(file, folder, folder).read("commonsense4", folder)
        found = suite.tasks[1].splits.test[0]
        self.assertEqual(found.text, "Question: test.json?\nAnswer:")
        self.assertEqual((found.candidates, found.target), (("a b.", "c", "d"), 1.0))

    def test_its_name_is_enough(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            cli.main(["--list"])
        self.assertIn(
            "commonsense4 from --files DIR, configs/suites/commonsense4.json", out.getvalue()
        )
        arguments = [
            "--suite",
            "commonsense4",
            "--backbone",
            "minilm-l6",
            "--files",
            "/nonexistent",
        ]
        with mock.patch.object(cli, "prepare_backbone"):
            with contextlib.redirect_stderr(io.StringIO()) as err:
                code = cli.main(arguments)
        self.assertEqual(code, 1)
        self.assertIn(
            "task openbookqa: /nonexistent/openbookqa/train.json: there is no", err.getvalue()
        )


class Guide(InFolder):
    """docs/own_data.md."""

    TEXT = (ROOT / "docs/own_data.md").read_text(encoding="utf-8")

    def test_its_example_runs(self) -> None:
        for name in ("scripts", ".venv"):
            (self.folder / name).symlink_to(ROOT / name)
        (self.model / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
        block = re.search(r"```bash\n(.*?)```", self.TEXT, re.DOTALL)[1]
        given = {"BACKBONE": str(self.model), "RANKWISE_DATA": str(self.folder / "data")}
        done = subprocess.run(
            ["bash", "-euc", block],
            cwd=self.folder,
            env=os.environ | given,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("  reviews: 4 / 2 / 2\n  sums: 2 / 2 / 2\nmine: written to ", done.stdout)
        with h5py.File(self.folder / "data/suites/mine-model.h5") as file:
            found = file["tasks/sums/train/text"].asstr()[:].tolist()
        self.assertTrue(all(text.startswith("Question: ") for text in found))

    def test_its_few_shot_prompt_is_the_examples(self) -> None:
        block = re.search(r"```bash\n(.*?)scripts/prepare ", self.TEXT, re.DOTALL)[1]
        subprocess.run(["bash", "-euc", block], cwd=self.folder, check=True)
        arguments = ["--suite", "mine", "--from", str(self.folder / "mine/suite.json"), "--fewshot"]
        (self.model / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
        places = ["--backbone", str(self.model), "--data", str(self.folder / "data")]
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(cli.main([*arguments, "2", *places]), 0)
        shown = re.search(r"Of the sums above:\n\n(.*?)\n\nA row is", self.TEXT, re.DOTALL)[1]
        with h5py.File(self.folder / "data/suites/mine-model.h5") as file:
            found = [text for part in ("dev", "test")
                     for text in file[f"tasks/sums/{part}/text"].asstr()[:]]  # fmt: skip
        self.assertIn(re.sub("(?m)^    ", "", shown), found)

    def test_names_every_member(self) -> None:
        rows = re.findall(r"(?m)^\| (`.*?`) \|", self.TEXT)
        named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
        self.assertEqual(sorted(named), sorted(MEMBERS))


if __name__ == "__main__":
    unittest.main()
