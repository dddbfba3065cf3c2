"""Members of a description that a task does not use, defaults that give way, and sizes."""

import json
import unittest
from typing import Any

from scripts.prepare_data.tasks import PreparedTask

from .own_folder import CHOOSE, CLASSIFY, GENERATE, InFolder

REGRESS = {"kind": "regress", "prompt": "{q}", "target": "y"}
MODEL = {"kind": "language_model", "prompt": "{q}"}
VALUES: dict[str, Any] = {
    "bounds": [0, 5], "candidates": ["a", "b"], "answer": "{a}", "windows": "text",
    "verbalizers": {"no": "n"}, "target": "y", "target_is": "label", "labels": ["no", "yes"],
    "candidate_labels": "l", "answer_cap": 9, "too_long": "drop", "delimiter": "", "prompt": "{q}",
    "loss_on": "all",
}  # fmt: skip


class Unused(InFolder):
    def setUp(self) -> None:
        super().setUp()
        row = {"b": "y", "y": 0, "l": ["0", "1"]}
        self.put_rows(*[{"q": f"q{i}", "a": f"x{i}"} | row for i in range(20)])

    def refuse_all(self, by: str, task: dict[str, Any], *members: str) -> None:
        for member in members:
            message = rf"suite.json: tasks\[0\]: {member} is not used by {by}; remove it"
            self.refuse(message, **task | {member: VALUES[member]})

    def test_members_of_other_kinds(self) -> None:
        likelihood = ("answer_cap", "too_long", "delimiter", "loss_on")
        choice = ("candidates", "candidate_labels", "target_is")
        self.refuse_all("kind classify", CLASSIFY, "bounds", "answer", "windows", *choice)
        self.refuse_all("kind regress", REGRESS, "labels", "verbalizers", *choice, *likelihood)
        self.refuse_all("kind choose", CHOOSE, "bounds", "answer", "verbalizers", "windows")
        self.refuse_all("kind generate", GENERATE, "labels", "bounds", *choice)
        self.refuse_all("kind generate without target", GENERATE, "verbalizers")
        self.refuse_all("kind language_model", MODEL, "answer", "target", "labels", *likelihood)

    def test_members_of_other_formats_and_answers(self) -> None:
        self.refuse_all("format chat", {"format": "chat"}, "prompt", "answer", "target")
        self.refuse_all("answers head", CLASSIFY | {"answers": "head"}, "verbalizers", "loss_on")

    def test_an_answer_is_said_once(self) -> None:
        self.refuse("answer and target say the same; remove one", **GENERATE, target="a")
        self.refuse("answer and target say the same", format="alpaca", answer="{a}", target="a")

    def read_with(self, defaults: dict[str, Any], **task: Any) -> PreparedTask:
        members = {"name": "mine", "files": {"train": "rows.jsonl"}} | task
        self.put("suite.json", json.dumps({"defaults": defaults, "tasks": [members]}))
        return self.read()

    def test_defaults_are_passed_over(self) -> None:
        defaults = VALUES | {"format": "alpaca", "pair": "{a}", "answers": "likelihood"}
        del defaults["prompt"]
        self.assertEqual(self.read_with(defaults, **CLASSIFY).task.likelihood.words, ("n", "yes"))
        self.assertIsNone(self.read_with(defaults, **REGRESS).task.likelihood)
        self.assertEqual(self.read_with(defaults, **CHOOSE).task.labels, ("no", "yes"))
        found = self.read_with(defaults, **GENERATE).splits.train[0]
        self.assertEqual(found.answer[0], "x")
        self.assertEqual(self.read_with(defaults, **MODEL).task.labels, ())

    def test_a_target_wins_over_the_defaults_answer(self) -> None:
        task = {"kind": "generate", "prompt": "{q}", "target": "a"}
        found = self.read_with({"answer": "{b}"}, **task).splits.train[0]
        self.assertEqual(found.answer[0], "x")

    def test_splits_of_the_defaults_give_way_to_files(self) -> None:
        self.put_rows({"q": "t", "y": 1}, file="test.jsonl")
        files = {"train": "rows.jsonl", "test": "test.jsonl"}
        splits = {"splits": {"dev": 3, "test": 5, "train": 6}}
        found = self.read_with(splits, **CLASSIFY, files=files).splits.items()
        self.assertEqual([len(part) for _, part in found], [6, 3, 1])
        self.put_rows({"q": "d", "y": 1}, file="dev.jsonl")
        found = self.read_with(splits, **CLASSIFY, files=files | {"dev": "dev.jsonl"}).splits
        self.assertEqual([len(part) for _, part in found.items()], [6, 1, 1])

    def test_defaults_that_are_not_used_are_checked(self) -> None:
        members = {"name": "mine", "files": {"train": "rows.jsonl"}} | CLASSIFY
        self.put("suite.json", json.dumps({"defaults": {"bounds": 1}, "tasks": [members]}))
        self.refuse(r"tasks\[0\].bounds: '1', expected the lowest and the highest score")


class Sizes(InFolder):
    def test_caps_have_an_end(self) -> None:
        self.put_rows({"q": "a", "y": 0})
        for member in ("cap", "answer_cap"):
            self.refuse(f"{member}: '1000001', expected 1,000,000 tokens at most",
                        **CLASSIFY, **{member: 1_000_001})  # fmt: skip
        self.assertEqual(self.read(**CLASSIFY, cap=1_000_000).task.cap, 1_000_000)

    def test_bounds_are_finite(self) -> None:
        self.put_rows({"q": "a", "y": 0})
        for bounds in (
            "[0, NaN]",
            "[-Infinity, 0]",
            "[0, 1e999]",
            "[0, 1" + "0" * 400 + "]",
            "[false, true]",
        ):
            task = json.dumps({"name": "mine", "files": {"train": "rows.jsonl"}} | REGRESS)
            self.put("suite.json", f'{{"tasks": [{task[:-1]}, "bounds": {bounds}}}]}}')
            self.refuse(r"tasks\[0\].bounds: .*, expected the lowest and the highest score")


if __name__ == "__main__":
    unittest.main()
