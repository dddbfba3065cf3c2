"""Tasks of one suite over the same rows: what one holds out, no other trains on."""

import json
import unittest
from typing import Any

import pyarrow
from pyarrow import parquet

from scripts.prepare_data.own_data import OwnData
from scripts.prepare_data.shared_rows import content_of
from scripts.prepare_data.strict_json import parse_json
from scripts.prepare_data.tasks import PreparedTask

from .own_folder import CHOOSE, CLASSIFY, GENERATE, InFolder

Held = dict[str, set[str]]


class SharedRows(InFolder):
    def read_all(self, *tasks: dict[str, Any]) -> list[PreparedTask]:
        described = [{"name": f"t{i}", **task} for i, task in enumerate(tasks)]
        self.put("suite.json", json.dumps({"tasks": described}))
        own = OwnData(self.folder / "suite.json", self.folder, self.model)
        return own.read("toys", self.folder / "data").tasks

    def lines(self, task: PreparedTask) -> Held:
        """The places of the rows in each split."""
        return {name: {one.where for one in part} for name, part in task.splits.items()}

    def assert_apart(self, one: Held, other: Held) -> None:
        for held_out, training in (("test", "train"), ("test", "dev"), ("dev", "train")):
            self.assertFalse(one[held_out] & other[training])
            self.assertFalse(other[held_out] & one[training])

    def test_tasks_over_one_file_do_not_leak(self) -> None:
        letters = [{"q": f"q{i}", "a": f"a{i}", "b": "b", "y": i % 2} for i in range(200)]
        self.put_rows(*letters)
        files = {"files": {"train": "rows.jsonl"}, "splits": {"dev": 30, "test": 30}}
        tasks = self.read_all(CLASSIFY | files, CHOOSE | files, GENERATE | files)
        held = [self.lines(task) for task in tasks]
        for index, one in enumerate(held):
            for other in held[:index]:
                self.assert_apart(one, other)
        for task in tasks:
            kept = sum(len(part) for _, part in task.splits.items())
            self.assertEqual(kept + task.splits.held_elsewhere, 200)
            self.assertGreater(task.splits.held_elsewhere, 0)
            self.assertEqual(len(task.splits.test), 30)

    def test_the_same_rows_in_another_kind_of_file(self) -> None:
        rows = [{"q": f"q {i}", "y": i % 2} for i in range(20)]
        self.put_rows(*rows)
        self.put("test.csv", "y,q\n1,Q  3\n0,q 4\n")
        one = CLASSIFY | {"files": {"train": "rows.jsonl"}}
        other = CLASSIFY | {"prompt": "({q})", "files": {"train": "more.jsonl", "test": "test.csv"}}
        self.put_rows(*[{"q": f"r{i}", "y": 0} for i in range(20)], file="more.jsonl")
        held = self.lines(self.read_all(one, other)[0])
        trained = {where.rsplit(" ", 1)[1] for where in held["train"] | held["dev"]}
        self.assertFalse(trained & {"4", "5"})

    def test_repeats_of_a_held_out_row_leave_too(self) -> None:
        """One task knows rows by their text alone, the other by their number as well."""
        self.put_rows(*[{"id": i, "q": f"q{i // 2}", "y": 0} for i in range(80)])
        files = {"files": {"train": "rows.jsonl"}, "splits": {"dev": 8, "test": 8}}
        other = {"prompt": "{id} {q}", "unit": "{id}"}
        one, two = self.read_all(CLASSIFY | files, CLASSIFY | files | other)
        held = {example.text for example in one.splits.test + one.splits.dev}
        trained = {example.text.split()[1] for example in two.splits.train}
        self.assertFalse(held & trained)
        held = {example.text.split()[1] for example in two.splits.test}
        self.assertFalse(held & {example.text for example in one.splits.train})

    def test_a_task_alone_loses_nothing(self) -> None:
        self.put_rows(*[{"q": f"q{i}", "y": 0} for i in range(40)])
        task = self.read_all(CLASSIFY | {"files": {"train": "rows.jsonl"}})[0]
        self.assertEqual((len(task.splits.train), task.splits.held_elsewhere), (32, 0))


class Content(InFolder):
    def test_is_equal_whatever_the_file(self) -> None:
        given = parse_json('{"a": " X  y", "b": 1, "c": 2.50, "d": [true], "e": null}', "")
        equal = {"d": ["True"], "c": "2.5", "a": "x y", "b": 1.0}
        self.assertEqual(content_of(given), content_of(equal))
        self.assertNotEqual(content_of(given), content_of(equal | {"b": 2}))
        self.assertNotEqual(content_of({"a": "x", "b": "y"}), content_of({"a": "y", "b": "x"}))

    def test_is_equal_in_parquet(self) -> None:
        rows = [{"q": "a", "y": 1.0}, {"q": "b"}]  # the second has a null y there
        parquet.write_table(pyarrow.Table.from_pylist(rows), self.folder / "rows.parquet")
        found = parquet.read_table(self.folder / "rows.parquet").to_pylist()
        self.assertEqual([content_of(row) for row in found], [content_of(row) for row in rows])


if __name__ == "__main__":
    unittest.main()
