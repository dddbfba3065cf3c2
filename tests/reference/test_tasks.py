"""What a task may be called, how it may be scored, and what its examples may hold."""

import math
import unittest
from typing import Any

from scripts.prepare_data.errors import PrepareError, one_line, shown
from scripts.prepare_data.examples import Example, Splits
from scripts.prepare_data.suites import Suite
from scripts.prepare_data.targets import check_examples
from scripts.prepare_data.tasks import Likelihood, Origin, PreparedTask, Task


def task(**changes: Any) -> Task:
    values: dict[str, Any] = {
        "name": "toy", "family": "toys", "kind": "classify", "labels": ("no", "yes"),
        "metrics": ("accuracy",), "cap": 8, "prompt": "[CLS] {text} [SEP]", "licence": "MIT",
    }  # fmt: skip
    return Task(**values | changes)


def prepared(one: Task, *examples: Example) -> PreparedTask:
    return PreparedTask(one, Origin("made", "1", ()), len(examples), Splits(train=list(examples)))


class Refusals(unittest.TestCase):
    def refuse(self, message: str, **changes: Any) -> None:
        with self.assertRaisesRegex(PrepareError, message):
            task(**changes)

    def test_names_hold_no_dots_slashes_spaces_or_control_characters(self) -> None:
        for name in ("a.b", "a/b", "a b", "", "a\x1b", "a\0", "a\n", "..", "a\u200b"):
            self.refuse("a name holds letters, digits, '_' and '-' only", name=name)
        for name in ("sst2", "commonsense_qa", "größe", "低秩", "a-b"):
            self.assertEqual(task(name=name).name, name)

    def test_control_characters_are_shown_escaped(self) -> None:
        self.refuse(r"toy: 'a\\x1b\[31m' is empty or holds", labels=("a\x1b[31m", "b"))
        for member in ("family", "prompt", "licence"):
            self.refuse(r"'a\\x00b' is empty or holds", **{member: "a\0b"})
        self.refuse("toy: '' is empty", labels=("", "b"))

    def test_labels_and_metrics_stand_there_once(self) -> None:
        self.refuse("toy: label 'no' is there twice", labels=("no", "yes", "no"))
        self.refuse("toy: metric 'f1' is there twice", metrics=("f1", "accuracy", "f1"))

    def test_metrics_fit_the_kind(self) -> None:
        scored = {"kind": "regress", "labels": ()}
        self.refuse("'accuracy' does not fit kind regress; .* pearson", **scored)
        self.refuse("'pearson' does not fit kind classify; .* accuracy", metrics=("pearson",))
        self.refuse("'macro_f1' does not fit kind choose", kind="choose", metrics=("macro_f1",))
        self.refuse("'acuracy' does not fit", metrics=("acuracy",))
        self.refuse("'' does not fit", metrics=())
        self.assertEqual(task(**scored, metrics=("spearman", "pearson")).classes, 1)

    def test_f1_is_of_two_classes(self) -> None:
        three = {"labels": ("a", "b", "c"), "metrics": ("accuracy", "f1")}
        message = "toy: metric 'f1' is of two classes, and there are 3; take macro_f1"
        self.refuse(message, **three)
        self.refuse(message, **three | {"metrics": ("acc", "f1"), "likelihood": Likelihood()})
        self.assertEqual(task(metrics=("f1",)).metrics, ("f1",))

    def test_labels_fit_the_kind(self) -> None:
        self.refuse("unknown kind 'rank'; the kinds are classify, regress, choose", kind="rank")
        self.refuse("0 labels for kind classify", labels=())
        self.refuse("1 labels for kind classify", labels=("all",))
        self.refuse("2 labels for kind regress", kind="regress", metrics=("pearson",))

    def test_a_suite_has_a_task_once(self) -> None:
        with self.assertRaisesRegex(PrepareError, "suite toys: task 'toy' is there twice"):
            Suite("toys", [prepared(task()), prepared(task())])


class Examples(unittest.TestCase):
    """The last look, whatever the rows were read from."""

    def refuse(self, message: str, one: Task, example: Example) -> None:
        with self.assertRaisesRegex(
            PrepareError, rf"toy, train: {message}.*the example '{example.text[0]}"
        ):
            check_examples(prepared(one, Example("fine", 0.0, candidates=("x", "y")), example))

    def test_scores_are_finite_and_in_bounds(self) -> None:
        free = task(kind="regress", labels=(), metrics=("pearson",))
        bound = task(kind="regress", labels=(), metrics=("pearson",), bounds=(-4.0, 4.0))
        for target in (math.nan, math.inf, -math.inf):
            self.refuse(f"score {target:g}, expected a finite number", free, Example("a", target))
            self.refuse(f"score {target:g}, expected", bound, Example("a", target))
        self.refuse("score 4.5, expected a number from -4 to 4", bound, Example("a", 4.5))
        check_examples(prepared(free, Example("a", -1e9)))

    def test_labels_are_classes(self) -> None:
        for target in (2.0, -1.0, 0.5, math.nan):
            self.refuse(
                f"label {target:g}, expected a class from 0 to 1", task(), Example("a", target)
            )

    def test_answers_are_among_the_candidates(self) -> None:
        choice = task(kind="choose", labels=("A", "B", "C"))
        self.refuse("answer 2 of 2", choice, Example("a", 2.0, candidates=("x", "y")))

    def test_texts_hold_no_nul(self) -> None:
        self.refuse("a text holds a NUL", task(), Example("a\0", 0.0))
        self.refuse("a text holds a NUL", task(), Example("a", 0.0, pair="\0"))
        self.refuse("a text holds a NUL", task(), Example("a", 0.0, candidates=("x", "\0")))


class Shown(unittest.TestCase):
    def test_one_line_escapes_what_moves_a_cursor(self) -> None:
        self.assertEqual(one_line(" a\n\tb\x1b[2J\udce9 é "), r"a b\x1b[2J\udce9 é")

    def test_values_are_cut(self) -> None:
        self.assertEqual(shown("a\n'b"), r"'a\n'b'")
        self.assertEqual(shown("x" * 61), f"'{'x' * 60}…'")


if __name__ == "__main__":
    unittest.main()
