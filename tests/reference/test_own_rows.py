"""Cells and lines of a user's files that are unusual, and what becomes of their text."""

import json
import unittest

import pyarrow
from pyarrow import parquet

from .own_folder import CHOOSE, CLASSIFY, InFolder


class Numbers(InFolder):
    def texts(self, *numbers: str) -> list[str]:
        self.put("rows.jsonl", "".join(f'{{"q": {number}, "y": 0}}\n' for number in numbers))
        return [example.text for example in self.examples(**CLASSIFY)]

    def test_are_texts_as_they_are_written(self) -> None:
        numbers = ("1.50", "1e-7", "1E5", "0", "-0", "-0.0", "12345678901234567890", "1.0")
        self.assertEqual(self.texts(*numbers), list(numbers))

    def test_of_candidates_are_too(self) -> None:
        self.put("rows.jsonl", '{"q": "a", "c": [1.50, 1.5, 2e0], "y": 2}\n')
        found = self.examples(**CHOOSE | {"candidates": "c"})[0]
        self.assertEqual(found.candidates, ("1.50", "1.5", "2e0"))

    def test_are_finite(self) -> None:
        for number, shown in (
            ("NaN", "nan"),
            ("Infinity", "inf"),
            ("-Infinity", "-inf"),
            ("1e999", "1e999"),
        ):
            self.put("rows.jsonl", f'{{"q": "a", "y": 0}}\n{{"q": {number}, "y": 0}}\n')
            message = f"rows.jsonl: line 2: column 'q': holds {shown}, expected a text or a finite"
            self.refuse(message, **CLASSIFY)
            score = {"kind": "regress", "prompt": "a", "target": "q"}
            self.put("rows.jsonl", f'{{"q": {number}}}\n')
            self.refuse(f"rows.jsonl: line 1: column 'q': holds {shown}", **score)

    def test_of_parquet_are_finite(self) -> None:
        table = pyarrow.table({"q": [1.5, float("nan")], "y": [0, 1]})
        parquet.write_table(table, self.folder / "rows.parquet")
        given = {"files": {"train": "rows.parquet"}}
        self.refuse("rows.parquet: row 2: column 'q': holds nan", **CLASSIFY | given)


class Lines(InFolder):
    CSV = CLASSIFY | {"files": {"train": "rows.csv"}}

    def test_long_texts_of_csv(self) -> None:
        long = "a" * 200_000
        self.put("rows.csv", f'q,y\n{long},0\n"{long}\nb",1\n')
        found = self.examples(**self.CSV)
        self.assertEqual([len(one.text) for one in found], [200_000, 200_002])

    def test_lines_that_end_with_a_carriage_return(self) -> None:
        for content in (b'q,y\ra,0\r"b, c",1\r', b"q\ty\ra\t0\rb, c\t1\r"):
            name = "rows.csv" if b"," in content[:3] else "rows.tsv"
            (self.folder / name).write_bytes(content)
            found = self.examples(**CLASSIFY | {"files": {"train": name}})
            self.assertEqual([(one.text, one.target) for one in found], [("a", 0), ("b, c", 1)])

    def test_a_carriage_return_among_line_feeds(self) -> None:
        (self.folder / "rows.csv").write_bytes(b"q,y\na\rb,0\n")
        self.refuse("rows.csv: line 2 holds a carriage return without a line feed", **self.CSV)

    def test_a_column_whose_name_has_a_space(self) -> None:
        self.put("rows.csv", "y, q\n0,a\n")
        self.refuse("rows.csv: line 2: has no column 'q'; its columns are 'y', ' q'", **self.CSV)


class Words(InFolder):
    def test_an_alpaca_input_may_be_null(self) -> None:
        self.put_rows({"instruction": "Sing.", "input": None, "output": "La."})
        self.assertNotIn("Input", self.examples(format="alpaca")[0].text)

    def test_a_folder_is_no_file(self) -> None:
        (self.folder / "rows.jsonl").mkdir()
        message = "task mine: .*/rows.jsonl: is a folder, expected a file; files are found"
        self.refuse(message, **CLASSIFY)
        (self.folder / "suite.json").unlink()
        (self.folder / "suite.json").mkdir()
        self.refuse("--from .*/suite.json: is a folder, expected a file")

    def test_messages_have_the_words_of_json(self) -> None:
        self.put_rows({"q": "a", "y": 0})
        for value, shown in ((True, "true"), (None, "null"), ({"a": [None]}, '{"a": [null]}')):
            self.refuse(f"cap: '{json.dumps(value)[:1]}.*', expected", **CLASSIFY, cap=value)
            self.refuse(rf"\.prompt: '{shown}', expected a text".replace("[", r"\["),
                        **CLASSIFY | {"prompt": value})  # fmt: skip


if __name__ == "__main__":
    unittest.main()
