"""What a cell says of a class or a candidate: nothing is read that could be read otherwise."""

import contextlib
import io
import unittest
from typing import Any

import pyarrow
from pyarrow import parquet

from .own_folder import CHOOSE, CLASSIFY, InFolder


class Classes(InFolder):
    def target(self, cell: Any, *labels: str) -> float:
        self.put_rows({"q": "a", "y": cell})
        return self.examples(**CLASSIFY | {"labels": list(labels)})[0].target

    def refuse_cell(self, cell: Any, message: str, *labels: str) -> None:
        self.put_rows({"q": "a", "y": cell})
        self.refuse(f"rows.jsonl: line 1: {message}", **CLASSIFY | {"labels": list(labels)})

    def test_a_truth_is_its_word(self) -> None:
        for labels in (("True", "False"), ("true", "false"), ("TRUE", "no")):
            self.assertEqual(self.target(True, *labels), 0)
        self.assertEqual(self.target(False, "True", "False"), 1)

    def test_a_truth_is_no_number(self) -> None:
        for labels in (("yes", "no"), ("no", "yes"), ("0", "1"), ("1.0", "0.0"), ("true", "True")):
            message = f"label true, a truth value, expected one of {', '.join(labels)}; write the"
            self.refuse_cell(True, message, *labels)

    def test_truths_of_parquet(self) -> None:
        table = pyarrow.table({"q": ["a", "b"], "y": [True, False]})
        parquet.write_table(table, self.folder / "rows.parquet")
        given = CLASSIFY | {"files": {"train": "rows.parquet"}}
        found = self.examples(**given | {"labels": ["True", "False"]})
        self.assertEqual([one.target for one in found], [0, 1])
        self.refuse("rows.parquet: row 1: label true, a truth value", **given)

    def test_a_number_is_the_label_of_its_value(self) -> None:
        for cell, labels, expected in (
            (1, ("1.0", "0.0"), 0),
            (0, ("1.0", "0.0"), 1),
            (1.0, ("0", "1", "2"), 1),
            ("2", ("1", "2", "3"), 1),
            (-1, ("+1", "-1"), 1),
            (1, ("1", "1.0"), 0),
        ):
            self.assertEqual(self.target(cell, *labels), expected)

    def test_a_number_counts_from_0_where_no_label_is_one(self) -> None:
        self.assertEqual([self.target(cell, "no", "yes") for cell in (1, "1", 1.0)], [1, 1, 1])
        for cell in (0, "0", 0.0):
            message = f"label '{int(cell)}', expected one of 1, 2, 3$"
            self.refuse_cell(cell, message, "1", "2", "3")
        self.refuse_cell(1, "label '1', expected one of none, 0$", "none", "0")


class Candidates(InFolder):
    LISTED = CHOOSE | {"candidates": "c"}

    def gold(self, candidates: list[Any], cell: Any, **more: Any) -> float:
        self.put_rows({"q": "a", "c": candidates, "y": cell})
        return self.examples(**self.LISTED | more)[0].target

    def refuse_gold(self, candidates: list[Any], cell: Any, message: str, **more: Any) -> None:
        self.put_rows({"q": "a", "c": candidates, "y": cell})
        self.refuse(f"rows.jsonl: line 1: {message}", **self.LISTED | more)

    def test_readings_that_differ_are_refused(self) -> None:
        by = "answer '2' is '0' by its number, '2' by its text; say which with \"target_is\": "
        self.refuse_gold(["2", "1", "0"], "2", f'{by}"number" or "text"')
        self.refuse_gold(["2", "1", "0"], 2.0, "answer '2.0' is '0' by its number, '2' by its text")
        self.refuse_gold(["B", "A"], "A", "answer 'A' is 'B' by its label, 'A' by its text")

    def test_the_description_says_which(self) -> None:
        for reading, expected in (("number", 2), ("text", 0)):
            self.assertEqual(self.gold(["2", "1", "0"], "2", target_is=reading), expected)
        self.assertEqual(self.gold(["B", "A"], "A", target_is="label"), 0)
        self.refuse_gold(["x", "y"], "B", "answer 'B', expected a candidate's text",
                         target_is="text")  # fmt: skip

    def test_readings_that_agree_are_taken(self) -> None:
        self.assertEqual(self.gold(["0", "1"], 1), 1)
        self.assertEqual(self.gold(["A", "B"], "B"), 1)

    def test_labels_that_are_numbers_are_not_counted(self) -> None:
        self.assertEqual(self.gold(["x", "y"], 1, labels=["1", "2"]), 0)
        message = "answer '0', expected one of 1, 2, or a candidate's text"
        self.refuse_gold(["x", "y"], 0, message, labels=["1", "2"])

    def test_a_truth_is_its_word(self) -> None:
        self.assertEqual(self.gold(["True", "False"], False), 1)
        self.assertEqual(self.gold(["x", "y"], True, labels=["False", "True"]), 1)
        self.refuse_gold(["x", "y"], True, "answer 'true', expected one of A, B")

    def test_a_label_that_two_candidates_have(self) -> None:
        self.put_rows({"q": "a", "c": ["x", "y"], "l": ["P", "P"], "y": "P"})
        message = "line 1: answer 'P' is the label of two candidates; change or remove"
        self.refuse(message, **self.LISTED, candidate_labels="l")

    def test_an_answer_that_is_null(self) -> None:
        self.refuse_gold(["x", "y"], None, "column 'y': holds null, expected a text or a number")

    def test_a_text_that_two_candidates_have(self) -> None:
        self.refuse_gold(["x", "y", "x "], "x", "answer 'x' is the text of two candidates; change")

    def test_a_right_candidate_that_is_wrong_too_is_told(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            self.assertEqual(self.gold(["x", "y", "x"], "C"), 2)
        message = r"  mine: the right candidate is there twice in 1 rows, as .*rows.jsonl: line 1\n"
        self.assertRegex(out.getvalue(), message)


class Words(InFolder):
    def test_labels_have_words_of_their_own(self) -> None:
        self.put_rows({"q": "a", "y": "yes"})
        for words in ({"no": "x", "yes": "x"}, {"no": "yes"}, {"no": "yes "}):
            message = "task mine: verbalizers: '.*' stands for no and for yes; give each"
            self.refuse(message, **CLASSIFY, verbalizers=words)


if __name__ == "__main__":
    unittest.main()
