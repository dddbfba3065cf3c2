"""The suites in the papers' formats, on rows made by hand, and the members that they need."""

import json
import tempfile
import unittest
from collections.abc import Sequence
from pathlib import Path

from scripts.prepare_data.description import read_description
from scripts.prepare_data.errors import PrepareError
from scripts.prepare_data.examples import Example
from scripts.prepare_data.halves import halves, torch_permutation
from scripts.prepare_data.own_data import OwnData
from scripts.prepare_data.suites import Suite

from .own_folder import CLASSIFY, GENERATE, InFolder
from .papers_rows import (
    SUITES,
    put,
    write_flylora,
    write_more_commonsense,
    write_more_glue,
    write_smora_flan,
)
from .toy_tokenizer import save_toy_decoder


class Members(InFolder):
    def test_columns_are_named_where_no_header_line_does(self) -> None:
        self.put("rows.tsv", "a\tyes\nb\tno\n")
        self.put("rows.csv", 'a,yes\n"b",no\n')
        for kind in ("tsv", "csv"):
            members = CLASSIFY | {"files": {"train": f"rows.{kind}"}, "columns": ["q", "y"]}
            found = self.examples(**members)
            self.assertEqual([(one.text, one.target) for one in found], [("a", 1), ("b", 0)])
        self.refuse("rows.tsv: line 1 has 2 columns, expected 1: 'q'",
                    **CLASSIFY, files={"train": "rows.tsv"}, columns=["q"])  # fmt: skip

    def test_rows_may_be_the_members_of_an_object(self) -> None:
        self.put("rows.json", json.dumps({"7": {"q": "a", "a": "b"}, "8": {"q": "c", "a": "d"}}))
        found = self.examples(**GENERATE, files={"train": "rows.json"})
        self.assertEqual([one.text for one in found], ["a", "c"])

    def test_where_chooses_rows_of_a_part(self) -> None:
        rows = [{"q": part, "a": "x", "in": part} for part in ("train", "test", "other")]
        self.put_rows(*rows)
        where = {"train": {"in": "train"}, "test": {"in": "test"}}
        files = {"train": "rows.jsonl", "test": "rows.jsonl"}
        task = self.read(**GENERATE, files=files, where=where)
        texts = {part: [one.text for one in rows] for part, rows in task.splits.items()}
        self.assertEqual(texts, {"train": ["train"], "dev": [], "test": ["test"]})
        self.assertEqual(len(task.origin.files), 1)
        self.refuse("task mine: where.train: no row of its files says so",
                    **GENERATE, where={"train": {"in": "none"}})  # fmt: skip
        self.refuse(r"tasks\[0\].where: names dev, for which there are no files",
                    **GENERATE, where={"dev": {"in": "x"}})  # fmt: skip

    def test_words_stand_for_what_is_generated(self) -> None:
        self.put_rows({"q": "a", "y": 1}, {"q": "b", "y": "0"}, {"q": "c", "y": 1.0})
        spoken = {"kind": "generate", "prompt": "{q}", "target": "y"}
        words = {"0": "bad", "1": "good"}
        found = self.examples(**spoken, verbalizers=words)
        self.assertEqual([one.answer for one in found], ["good", "bad", "good"])
        self.refuse("line 2: label '0', expected one of 1", **spoken, verbalizers={"1": "good"})
        self.refuse("verbalizers is not used by kind generate without target",
                    **GENERATE, verbalizers=words)  # fmt: skip

    def test_scores_are_written_in_steps(self) -> None:
        said = {0.0: "0.0", 0.5: "0.4", 2.5: "2.4", 2.43: "2.4", 3.8: "3.8", "4.9": "4.8", 5: "5.0"}
        self.put_rows(*({"q": f"q{i}", "y": score} for i, score in enumerate(said)))
        spoken = {"kind": "generate", "prompt": "{q}", "target": "y"}
        found = self.examples(**spoken, step=0.2)
        self.assertEqual([one.answer for one in found], list(said.values()))
        self.assertEqual(
            [one.answer for one in found], ["%.1f" % (round(float(y) * 5) / 5) for y in said]
        )
        self.refuse("step: .0.3., expected a part of one, as 0.2", **spoken, step=0.3)
        self.put_rows({"q": "a", "y": "high"})
        self.refuse("line 1: score 'high', expected a number", **spoken, step=0.2)

    def test_a_list_as_python_writes_it(self) -> None:
        self.put_rows({"q": ["it's", "b"], "a": "x"})
        found = self.examples(**GENERATE | {"prompt": "{q!r}."})
        self.assertEqual(found[0].text, """["it's", 'b'].""")

    def test_rows_of_test_may_have_other_columns(self) -> None:
        self.put("train.json", json.dumps([{"instruction": "Add.", "input": "", "output": "2"}]))
        self.put("test.json", json.dumps([{"p": "def f():", "s": "pass"}]))
        files = {"train": "train.json", "test": "test.json"}
        other = {"format": "columns", "prompt": "{p}", "answer": "{s}"}
        task = self.read(format="alpaca", files=files, test_as=other)
        found = task.splits.test[0]
        self.assertEqual((found.text, found.answer), ("def f():", "pass"))
        self.assertEqual(task.splits.train[0].answer, "2")
        self.assertEqual(task.task.prompt, "Alpaca's prompt (in test: {p})")
        self.refuse("test_as: is about files.test; give one", format="alpaca", test_as=other)

    def test_programs_stand_around_the_generated_text(self) -> None:
        self.put("train.json", json.dumps([{"q": "a", "a": "x", "t": "{b}"}]))
        self.put("test.json", json.dumps([{"q": "c", "a": "y", "t": "{d}", "n": 1}]))
        files = {"train": "train.json", "test": "test.json"}
        task = self.read(**GENERATE, files=files, program="{q}{{{text}}}\n{t}")
        self.assertEqual(task.splits.train[0].program, ("a{", "}\n{b}"))
        self.assertEqual(task.task.likelihood.read, "fenced_code")
        other = {"program": "{text}{n}"}
        task = self.read(**GENERATE, files=files, test_as=other, read="code")
        self.assertEqual(task.task.likelihood.read, "code")
        programs = {part: [one.program for one in rows] for part, rows in task.splits.items()}
        self.assertEqual(programs, {"train": [None], "dev": [], "test": [("", "1")]})

    def test_programs_are_refused_where_they_hold_no_text_to_run(self) -> None:
        self.put_rows({"q": "a", "a": "x", "y": 0})
        for program in ("{q}", "{text}{text}", "{text!r}"):
            self.refuse("task mine: program: .*: expected {text} once, where the generated text",
                        **GENERATE, program=program)  # fmt: skip
        self.refuse("a brace that is text is written twice", **GENERATE, program="{text}}")
        self.refuse("column 't'", **GENERATE, program="{text}{t}")
        self.refuse("read: 'plain' leaves no program of a text; take one of fenced_code, code",
                    **GENERATE, program="{text}", read="plain")  # fmt: skip
        self.refuse("program is not used by kind classify", **CLASSIFY, program="{text}")

    def test_halves_of_dev(self) -> None:
        self.put_rows({"q": "train", "a": "x"})
        self.put_rows(*({"q": str(i), "a": "x"} for i in range(9)), file="dev.jsonl")
        files = {"train": "rows.jsonl", "dev": "dev.jsonl"}
        splits = self.read(**GENERATE, files=files, halves=1189).splits
        self.assertEqual({one.text for one in splits.dev}, set("7503"))
        self.assertEqual({one.text for one in splits.test}, set("48216"))
        self.refuse("halves: makes dev and test of files.dev; give train and dev",
                    **GENERATE, halves=1189)  # fmt: skip

    def test_only_some_tasks(self) -> None:
        self.put_rows({"q": "a", "a": "x"})
        tasks = [
            {"name": name, "files": {"train": file}} | GENERATE
            for name, file in (("here", "rows.jsonl"), ("absent", "none.jsonl"))
        ]
        file = self.put("suite.json", json.dumps({"tasks": tasks}))
        own = OwnData(file, self.folder, self.model, ("here",))
        suite = own.read("toys", self.folder / "data")
        self.assertEqual([one.task.name for one in suite.tasks], ["here"])
        with self.assertRaisesRegex(PrepareError, "has no task 'x'; it has here, absent"):
            OwnData(file, self.folder, self.model, ("x",)).read("toys", self.folder / "data")


class Permutation(unittest.TestCase):
    """Expected are torch.randperm(n, generator=torch.Generator().manual_seed(1189))."""

    def test_is_that_of_torch(self) -> None:
        self.assertEqual(torch_permutation(9, 1189), [7, 5, 0, 3, 4, 8, 2, 1, 6])
        self.assertEqual(torch_permutation(277, 1189)[:8], [11, 113, 77, 35, 186, 208, 259, 248])
        self.assertEqual((torch_permutation(0, 1), torch_permutation(1, 1)), ([], [0]))

    def test_halves_have_the_sizes_of_the_paper(self) -> None:
        sizes = {408: 204, 277: 139, 1043: 522, 1500: 750}
        self.assertEqual({n: len(halves(range(n), 1189)[1]) for n in sizes}, sizes)


class Papers(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        save_toy_decoder(self.folder, front=False)

    def read(self, suite: str, only: Sequence[str] = ()) -> Suite:
        file = SUITES / f"{suite}.json"
        return OwnData(file, self.folder, self.folder, only).read(suite, self.folder)

    def first_of_test(self, suite: str, only: Sequence[str] = ()) -> dict[str, Example]:
        return {one.task.name: one.splits.test[0] for one in self.read(suite, only).tasks}

    def test_more_glue(self) -> None:
        write_more_glue(self.folder)
        found = self.first_of_test("more_glue")
        said = {name: (example.text, example.answer) for name, example in found.items()}
        self.assertEqual(said, {
            "cola": ("cola sentence: S of cola, test0", "acceptable"),
            "mnli": ("mnli hypothesis: H of mnli, test0 premise: P of mnli, test0", "neutral"),
            "mrpc": ("mrpc sentence1: A of mrpc, test0 sentence2: B of mrpc, test0", "equivalent"),
            "qnli": ("qnli question: Q of qnli, test0 sentence: S of qnli, test0", "not_entailment"),
            "qqp": ("qqp question1: C of qqp, test0 question2: D of qqp, test0", "duplicate"),
            "rte": ("rte sentence1: A of rte, test0 sentence2: B of rte, test0", "not_entailment"),
            "sst2": ("sst2 sentence: S of sst2, test0", "positive"),
            "stsb": ("stsb sentence1: A of stsb, test0 sentence2: B of stsb, test0", "2.4"),
        })  # fmt: skip

    def test_more_glue_files(self) -> None:
        for part in ("train", "dev"):
            pair = f"sentence1\tsentence2\tlabel\nA {part}\tB\tentailment\n"
            put(self.folder, f"CoLA/{part}.tsv", f"gj04\t0\t*\tS {part}\n")
            put(self.folder, f"RTE/{part}.tsv", pair)
            put(self.folder, f"SST-2/{part}.tsv", f"sentence\tlabel\nS {part}\t0\n")
            put(self.folder, f"STS-B/stsb-en-{part}.csv", f'"A, {part}",B,3.300\n')
            put(
                self.folder,
                f"MRPC/{part}.tsv",
                f"Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n0\t1\t2\tA {part}\tB\n",
            )
            put(
                self.folder,
                f"QNLI/{part}.tsv",
                f"index\tquestion\tsentence\tlabel\n0\tQ {part}\tS\tentailment\n",
            )
        for file in ("train", "dev_matched"):
            put(
                self.folder,
                f"MNLI/{file}.tsv",
                f"sentence1\tsentence2\tgold_label\nP {file}\tH\tneutral\n",
            )
        found = self.first_of_test("more_glue_files")
        said = {name: (example.text, example.answer) for name, example in found.items()}
        self.assertEqual(said, {
            "cola": ("cola sentence: S dev", "unacceptable"),
            "mnli": ("mnli hypothesis: H premise: P dev_matched", "neutral"),
            "mrpc": ("mrpc sentence1: A dev sentence2: B", "not_equivalent"),
            "qnli": ("qnli question: Q dev sentence: S", "entailment"),
            "rte": ("rte sentence1: A dev sentence2: B", "entailment"),
            "sst2": ("sst2 sentence: S dev", "negative"),
            "stsb": ("stsb sentence1: A, dev sentence2: B", "3.2"),
        })  # fmt: skip

    def test_both_forms_of_glue_say_the_same(self) -> None:
        hub, files = (
            {task.name: task for task in read_description(SUITES / f"{name}.json")}
            for name in ("more_glue", "more_glue_files")
        )
        self.assertEqual(set(hub) - set(files), {"qqp"})
        for name, task in files.items():
            same = ("family", "halves", "cap", "answer_cap", "step", "splits")
            self.assertEqual(
                [getattr(task, one) for one in same], [getattr(hub[name], one) for one in same]
            )

    def test_more_commonsense(self) -> None:
        write_more_commonsense(self.folder)
        found = self.first_of_test("more_commonsense")
        self.assertEqual((found["boolq"].text, found["boolq"].answer), ("boolq, test0?", "x"))
        self.assertEqual(list(found), ["boolq", "piqa", "obqa", "arc_easy", "arc_challenge"])

    def test_smora_flan(self) -> None:
        write_smora_flan(self.folder)
        found = self.first_of_test("smora_flan")
        families = {task.family for task in read_description(SUITES / "smora_flan.json")}
        self.assertEqual((len(found), len(families)), (48, 10))
        self.assertEqual(found["piqa"].text, "[INST] Do piqa, test0. [/INST]")

    def test_flylora(self) -> None:
        write_flylora(self.folder)
        found = self.first_of_test("flylora")
        self.assertEqual(
            found["mmlu"].text[-76:],
            "### Question:\ntest0?\n\n### Options:\n['a', \"b's\", 'c', 'd']\n\n### Answer Index:",
        )
        self.assertEqual(
            {name: example.answer for name, example in found.items()},
            {
                "mmlu": "0",
                "scienceqa": "1",
                "gsm8k": "So.\n#### 5",
                "code": "def f0():\n    pass\n",
            },
        )
        self.assertIn("Python function.\n\ndef f0():\n\n\n### Response:", found["code"].text)
        self.assertEqual(found["code"].program, ("def f0():\n", "\nt\ncheck(f0)\n"))


if __name__ == "__main__":
    unittest.main()
