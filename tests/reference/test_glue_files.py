"""The scores and the CSV of STS-B, and the layout of GLUE's official archive."""

import unittest
from unittest import mock

from scripts.prepare_data.glue import read_glue

from .glue_folder import InFolder


class Scores(InFolder):
    """The scores of STS-B, and the CSV that holds them."""

    def write_train(self, text: str) -> None:
        self.write("STS-B/stsb-en-train.csv", text)
        self.write("STS-B/stsb-en-dev.csv", "p,q,5.0\n")
        self.write("STS-B/stsb-en-test.csv", "r,s,0.0\n")

    def test_are_plain_decimals_in_range(self) -> None:
        wrong = ["nan", "inf", "-inf", "1e300", "1e0", "1_0", "٣", "-1", "5.01", "9" * 400]
        for score in [*wrong, "", " 2", "+2", ".5", "2,5", "0x1"]:
            with self.subTest(score):
                self.write_train(f'a,b,1.5\nc,d,"{score}"\n')
                self.refuse(r"train\.csv: line 2: score .*, expected a number from 0 to 5")
        self.write_train("a,b,5\nc,d,0.000\ne,f,3.75\n")
        self.assertEqual({e.target for e in self.read()["stsb"].splits.train}, {5.0, 0.0, 3.75})

    def test_errors_name_the_first_line_of_a_row(self) -> None:
        self.write_train('\n\n"a\nb",c,1.5\n\nd,"e\n\nf",7\n')
        self.refuse(r"train\.csv: line 6: score 7, expected")

    def test_text_may_run_over_lines(self) -> None:
        self.write_train('"a\nb, too",c,1.5\nd,"e, 3\nf",2\n')
        texts = {(e.text, e.pair) for e in self.read()["stsb"].splits.train}
        self.assertEqual(texts, {("a\nb, too", "c"), ("d", "e, 3\nf")})

    def test_a_quotation_mark_left_open_is_found(self) -> None:
        rows = "".join(f"left {i},right {i},2.5\n" for i in range(3000))
        ends = {
            "to the end of the file": ("", "lines 2 to 3003"),
            "to a quoted text": ('"x, y",z,1.0\n', "lines 2 to 3003"),
            "to another stray one": ('x,z",1.0\n', "lines 2 to 3003"),
            "in a long file": (40 * rows, "lines 2 to"),
        }
        for name, (end, lines) in ends.items():
            with self.subTest(name):
                self.write_train(f'a,b,1.0\n"c,d,1.0\n{rows}{end}')
                self.refuse(rf"train\.csv: {lines}.* read as one row .*close the quotation mark")

    def test_a_stray_carriage_return_is_found(self) -> None:
        self.write_train("a,b,1.0\nc\rd,e,1.0\n")
        self.refuse(r"train\.csv: line 2 holds a carriage return without a line feed")


class Archive(InFolder):
    """The layout of the official archive."""

    PAIR = "index\tsentence1\tsentence2\tlabel\n"

    def test_reads_stsb_of_the_archive(self) -> None:
        header = "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2"
        row = '{}\tmain\tMSR\t2012\t1\tnone\tnone\tA "plane" {}.\tA jet.\t{}\n'
        train = "".join(row.format(i, i, "5.000") for i in range(20))
        self.write("STS-B/train.tsv", f"{header}\tscore\n{train}")
        self.write("STS-B/dev.tsv", f"{header}\tscore\n" + row.format(0, "x", "2.500"))
        self.write("STS-B/test.tsv", f"{header}\n")
        splits = self.read()["stsb"].splits
        self.assertEqual((len(splits.train), len(splits.dev), len(splits.test)), (18, 2, 1))
        self.assertEqual((splits.test[0].text, splits.test[0].target), ('A "plane" x.', 2.5))
        self.assertEqual(self.suite.not_read, ["STS-B/test.tsv"])

    def test_reads_mrpc_of_the_archive(self) -> None:
        header = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n"
        train = "".join(f"{i % 2}\t1\t2\ta{i}\tb{i}\n" for i in range(20))
        self.write("MRPC/train.tsv", header + train)
        self.write("MRPC/dev.tsv", f"{header}1\t1\t2\tc\td\n")
        self.write("MRPC/test.tsv", "index\t#1 ID\t#2 ID\t#1 String\t#2 String\n")
        task = self.read()["mrpc"]
        self.assertEqual([len(part) for _, part in task.splits.items()], [18, 2, 1])
        self.assertEqual(self.suite.not_read, ["MRPC/test.tsv"])
        self.write("MRPC/msr_paraphrase_test.txt", f"{header}0\t1\t2\te\tf\n")
        self.write("MRPC/msr_paraphrase_train.txt", header)
        task = self.read()["mrpc"]
        self.assertEqual([len(part) for _, part in task.splits.items()], [20, 1, 1])
        self.assertEqual((task.splits.dev[0].text, task.note), ("c", "official sets"))
        self.assertEqual(self.suite.not_read, ["MRPC/msr_paraphrase_train.txt", "MRPC/test.tsv"])

    def test_reads_mnli_by_the_names_of_its_columns(self) -> None:
        parses = "sentence1_binary_parse\tsentence1_parse"
        self.write(
            "MNLI/train.tsv",
            f"index\t{parses}\tsentence1\tsentence2\tlabel1\tgold_label\n"
            "0\t( a )\t(a)\tA.\tB.\tneutral\tcontradiction\n",
        )
        self.write(
            "MNLI/dev_matched.tsv",
            f"index\t{parses}\tsentence1\tsentence2\tlabel1\tlabel2\tgold_label\n"
            "0\t( a )\t(a)\tC.\tD.\tneutral\tneutral\tentailment\n",
        )
        self.write("MNLI/dev_mismatched.tsv", "")
        splits = self.read()["mnli"].splits
        self.assertEqual((splits.train[0].pair, splits.train[0].target), ("B.", 2.0))
        self.assertEqual((splits.test[0].text, splits.test[0].target), ("C.", 0.0))
        self.assertEqual(self.suite.not_read, ["MNLI/dev_mismatched.tsv"])

    def test_reads_qqp_but_for_its_torn_rows(self) -> None:
        header = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n"
        torn = "1\t3\t4\tWhat is\nthis?\tWhat?\t0\n"
        self.write("QQP/train.tsv", f"{header}0\t1\t2\tWhy?\tWhy so?\t1\n{torn}")
        self.write("QQP/dev.tsv", f"{header}2\t5\t6\tHow?\tWho?\t0\n")
        task = self.read()["qqp"]
        self.assertEqual([(e.text, e.target) for e in task.splits.train], [("Why?", 1.0)])
        self.assertEqual(task.rows, 4)
        self.assertIn("2 lines of torn rows are not used", task.note)
        self.write("QQP/dev.tsv", f"{header}2\t5\t6\tHow?\tWho?\t0\tmore\n")
        self.refuse("dev.tsv: line 2 has 7 columns, expected 6")

    def test_torn_rows_of_other_tasks_are_refused(self) -> None:
        self.write("RTE/train.tsv", f"{self.PAIR}0\ta\n")
        self.write("RTE/dev.tsv", f"{self.PAIR}0\tx\ty\tentailment\n")
        self.refuse("RTE/train.tsv: line 2 has 2 columns, expected 4: index, sentence1")

    def test_names_every_file_and_folder_that_is_not_read(self) -> None:
        self.write("RTE/train.tsv", f"{self.PAIR}0\ta\tb\tentailment\n")
        self.write("RTE/dev.tsv", f"{self.PAIR}0\tx\ty\tentailment\n")
        unread = "RTE/test.tsv", "RTE/.note", "WNLI/train.tsv", "QNLI/dev.tsv", "CoLA/original/raw"
        for file in (*unread, "README", "two\nlines"):
            self.write(file, "")
        with mock.patch("builtins.print") as told:
            suite = read_glue(self.folder)
        expected = ["CoLA/original/", "QNLI/dev.tsv", "README", "RTE/.note", "RTE/test.tsv"]
        expected += ["WNLI/", "two lines"]
        self.assertEqual(suite.not_read, expected)
        printed = [call.args[0] for call in told.call_args_list if "not read" in call.args[0]]
        self.assertEqual(printed, [f"  not read: {name}" for name in expected])
        self.assertIn("qnli, for want of QNLI/train.tsv", suite.left_out)
        self.assertEqual(len(suite.left_out), 7)


if __name__ == "__main__":
    unittest.main()
