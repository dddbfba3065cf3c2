"""GLUE from a folder written here, and from a stand-in for the library `datasets`."""

import sys
import types
import unittest
from unittest import mock

from scripts.prepare_data import glue_hub
from scripts.prepare_data.errors import PrepareError
from scripts.prepare_data.glue import TASKS, fingerprint
from scripts.prepare_data.tasks import PreparedTask

from .glue_folder import InFolder


class Folder(InFolder):
    def test_keeps_quotation_marks_of_tab_separated_files(self) -> None:
        header = "index\tsentence1\tsentence2\tlabel\n"
        self.write("RTE/train.tsv", f'{header}0\t"Yes\tno " q\tentailment\n')
        self.write("RTE/dev.tsv", f"{header}0\tx\ty\tnot_entailment")
        splits = self.read()["rte"].splits
        self.assertEqual((splits.train[0].text, splits.train[0].pair), ('"Yes', 'no " q'))
        self.assertEqual((splits.train[0].target, splits.test[0].target), (0.0, 1.0))

    def test_cola_has_no_header(self) -> None:
        self.write("CoLA/train.tsv", "gj04\t1\t\tFine.\ngj04\t0\t*\tNot fine.\n")
        self.write("CoLA/dev.tsv", "gj04\t1\t\tGood.\n")
        splits = self.read()["cola"].splits
        self.assertEqual(
            sorted((e.text, e.target) for e in splits.train), [("Fine.", 1.0), ("Not fine.", 0.0)]
        )

    def test_mrpc_starts_with_a_byte_order_mark(self) -> None:
        header = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n"
        self.write("MRPC/msr_paraphrase_train.txt", header + "1\t7\t8\ta\tb\r\n", "utf-8-sig")
        self.write("MRPC/msr_paraphrase_test.txt", header + "0\t7\t8\tc\td\r\n", "utf-8-sig")
        splits = self.read()["mrpc"].splits
        self.assertEqual((splits.train[0].pair, splits.train[0].target), ("b", 1.0))
        self.assertEqual((splits.test[0].text, splits.test[0].target), ("c", 0.0))

    def test_stsb_is_quoted_and_keeps_repeats_of_its_official_sets(self) -> None:
        self.write("STS-B/stsb-en-train.csv", '"a, b",c,2.5\r\nx,y,1.0\r\n')
        self.write("STS-B/stsb-en-dev.csv", "p,q,5.0\r\np,q,5.0\r\n")
        self.write("STS-B/stsb-en-test.csv", "x,y,1.0\r\nr,s,0.0\r\nr,s,0.5\r\n")
        splits = self.read()["stsb"].splits
        self.assertEqual([(e.text, e.target) for e in splits.train], [("a, b", 2.5)])
        self.assertEqual((len(splits.dev), len(splits.test), splits.overlaps), (2, 3, 1))

    def test_cuts_dev_from_training_where_test_is_the_official_dev(self) -> None:
        rows = "".join(f"s {index}\t{index % 2}\n" for index in range(50))
        self.write("SST-2/train.tsv", "sentence\tlabel\n" + rows)
        self.write("SST-2/dev.tsv", "sentence\tlabel\nt\t1\n")
        splits = self.read()["sst2"].splits
        self.assertEqual((len(splits.train), len(splits.dev), len(splits.test)), (45, 5, 1))

    def test_names_what_is_missing(self) -> None:
        self.write("SST-2/train.tsv", "sentence\tlabel\na\t1\n")
        self.write("SST-2/dev.tsv", "sentence\tlabel\nb\t1\n")
        self.write("QNLI/dev.tsv", "index\tquestion\tsentence\tlabel\n")
        self.read()
        self.assertIn("qnli, for want of QNLI/train.tsv", self.suite.left_out)

    def test_names_the_row_that_is_malformed(self) -> None:
        self.write("SST-2/dev.tsv", "sentence\tlabel\nb\t1\n")
        for row, message in (("a\n", "line 2 has 1 columns, expected 2"), ("a\t7\n", "label '7'")):
            self.write("SST-2/train.tsv", "sentence\tlabel\n" + row)
            self.refuse(message)

    def test_refuses_text_that_is_not_utf_8(self) -> None:
        self.write("SST-2/train.tsv", "sentence\tlabel\né\t1\n", "latin-1")
        self.write("SST-2/dev.tsv", "sentence\tlabel\nb\t1\n")
        self.refuse("train.tsv: line 2 holds byte 0xe9, which is not UTF-8; .*iconv")

    def test_refuses_a_nul(self) -> None:
        self.write("SST-2/train.tsv", "sentence\tlabel\n\na\t1\nb\0\t1\n")
        self.write("SST-2/dev.tsv", "sentence\tlabel\nb\t1\n")
        self.refuse("train.tsv: line 4 holds a NUL; remove it")

    def test_counts_blank_lines(self) -> None:
        self.write("SST-2/train.tsv", "\n\nsentence\tlabel\n\n\n\na\t1\n\nb\t7\n")
        self.write("SST-2/dev.tsv", "sentence\tlabel\nb\t1\n")
        self.refuse("train.tsv: line 9: label '7'")

    def test_shows_the_beginning_of_a_cell_without_its_control_characters(self) -> None:
        self.write("SST-2/train.tsv", f"sentence\tlabel\na\t\x1b[31m{'x' * 1000}\n")
        self.write("SST-2/dev.tsv", "sentence\tlabel\nb\t1\n")
        with self.assertRaises(PrepareError) as caught:
            self.read()
        self.assertIn(r"label '\x1b[31mxx", str(caught.exception))
        self.assertLess(len(str(caught.exception)), 300)

    def test_refuses_a_file_without_its_header(self) -> None:
        self.write("SST-2/train.tsv", "sentence\tlabel\na\t1\n")
        self.write("SST-2/dev.tsv", "it 's fine\t1\nit 's not\t0\n")
        self.refuse("dev.tsv: line 1 is 'it 's fine | 1', expected a header that names .*'label'")
        self.write("SST-2/dev.tsv", "sentence\tlabel\tlabel\na\t1\t0\n")
        self.refuse("names the column 'label' once")
        self.write("SST-2/dev.tsv", "\n")
        self.refuse("dev.tsv is empty")

    def test_refuses_a_header_where_there_is_none(self) -> None:
        self.write("CoLA/train.tsv", "source\tlabel\tmark\tsentence\ngj04\t1\t\tFine.\n")
        self.write("CoLA/dev.tsv", "gj04\t1\t\tGood.\n")
        self.refuse("train.tsv: line 1: label 'label', expected one of unacceptable, acceptable")

    def test_finds_columns_by_their_names(self) -> None:
        self.write("SST-2/train.tsv", "label\tidx\tsentence\n" + "1\t0\ta\n")
        self.write("SST-2/dev.tsv", "sentence\tlabel\nb\t0\n")
        splits = self.read()["sst2"].splits
        self.assertEqual([(e.text, e.target) for e in splits.train], [("a", 1.0)])

    def test_refuses_a_folder_without_any_task(self) -> None:
        with self.assertRaisesRegex(PrepareError, "no GLUE task is complete"):
            self.read()
        with self.assertRaisesRegex(PrepareError, "no such folder"):
            fingerprint(self.folder / "absent")

    def test_fingerprint_follows_the_files(self) -> None:
        seen = {fingerprint(self.folder)}
        self.write("SST-2/train.tsv", "x")
        seen.add(fingerprint(self.folder))
        self.write("SST-2/dev.tsv", "x")
        seen.add(fingerprint(self.folder))
        self.write("SST-2/dev.tsv", "y")
        self.assertEqual(len(seen | {fingerprint(self.folder)}), 4)


def fake_datasets(calls: list) -> types.ModuleType:
    """load_dataset as the hub answers it: test rows carry -1, but for MRPC's real labels."""

    def load_dataset(repository: str, name: str, revision: str) -> dict[str, list[dict]]:
        calls.append((repository, name, revision))

        def rows(split: str, label: float) -> list[dict]:
            columns = glue_hub.COLUMNS[name]
            return [
                {"label": label} | {column: f"{split} {i}" for column in columns} for i in range(20)
            ]

        suffix = "_matched" if name == "mnli" else ""
        test_label = 1 if name == "mrpc" else -1
        return {
            "train": rows("train", 1),
            "validation" + suffix: rows("dev", 0),
            "test" + suffix: rows("test", test_label),
        }

    module = types.ModuleType("datasets")
    module.load_dataset = load_dataset
    return module


class Hub(unittest.TestCase):
    def read(self, module: types.ModuleType | None) -> dict[str, PreparedTask]:
        with mock.patch.dict(sys.modules, {"datasets": module}), mock.patch("builtins.print"):
            return {p.task.name: p for p in glue_hub.read_glue_from_hub().tasks}

    def test_reads_eight_tasks_at_the_pinned_revision(self) -> None:
        calls: list = []
        tasks = self.read(fake_datasets(calls))
        self.assertEqual(set(tasks), set(TASKS))
        self.assertEqual({call[2] for call in calls}, {glue_hub.REVISION})

    def test_takes_dev_as_test_where_test_rows_have_no_label(self) -> None:
        tasks = self.read(fake_datasets([]))
        self.assertTrue(all(e.text.startswith("dev") for e in tasks["mnli"].splits.test))
        self.assertTrue(all(e.text.startswith("train") for e in tasks["mnli"].splits.dev))
        self.assertTrue(all(e.text.startswith("test") for e in tasks["mrpc"].splits.test))
        self.assertTrue(all(e.text.startswith("dev") for e in tasks["mrpc"].splits.dev))

    def test_names_the_row_that_is_malformed(self) -> None:
        good = {"sentence1": "a", "sentence2": "b", "label": 1.0}
        wrong = {
            "score nan, expected a number from 0 to 5": {"label": float("nan")},
            "score 7, expected a number from 0 to 5": {"label": 7.0},
            "score -1, expected": {"label": -1.0},
            "label 'null', expected a number": {"label": None},
            "'null' stands for a text": {"sentence2": None},
            "a text holds a NUL": {"sentence1": "a\0b"},
        }
        for message, change in wrong.items():
            rows = [good, good, good | change]
            module = types.ModuleType("datasets")
            parts = {"train": rows, "validation": [good], "test": [good | {"label": -1.0}]}
            module.load_dataset = lambda *_, parts=parts, **__: parts
            with self.subTest(message), mock.patch.object(glue_hub, "COLUMNS", self.STSB):
                with self.assertRaisesRegex(PrepareError, f"glue, stsb, train: row 2: {message}"):
                    self.read(module)

    STSB = {"stsb": ("sentence1", "sentence2")}

    def test_a_test_set_is_labelled_as_a_whole_or_not_at_all(self) -> None:
        row = {"sentence1": "a", "sentence2": "b"}
        labels = {"train": [1.0], "validation": [1.0], "test": [2.0, -1.0]}
        parts = {k: [row | {"label": label} for label in v] for k, v in labels.items()}
        module = types.ModuleType("datasets")
        module.load_dataset = lambda *_, **__: parts
        with mock.patch.object(glue_hub, "COLUMNS", self.STSB):
            with self.assertRaisesRegex(PrepareError, "stsb, test: row 1: score -1"):
                self.read(module)

    def test_says_how_to_install_the_library(self) -> None:
        with self.assertRaisesRegex(PrepareError, "requirements-hub.txt"):
            self.read(None)

    def test_reports_a_failed_load_in_one_line(self) -> None:
        module = types.ModuleType("datasets")
        module.load_dataset = mock.Mock(side_effect=ConnectionError("no route\nat all"))
        with self.assertRaisesRegex(PrepareError, "nyu-mll/glue, cola: no route; check"):
            self.read(module)


if __name__ == "__main__":
    unittest.main()
