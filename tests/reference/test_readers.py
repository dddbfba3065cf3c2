"""Each trap of text10's files, on a sample written by hand."""

import bz2
import json
import unittest

from scripts.prepare_data import readers
from scripts.prepare_data.examples import SplitRule, split, without_duplicates


def json_lines(*rows: dict) -> bytes:
    """As the packages have them: no newline at the end."""
    return "\n".join(json.dumps(row) for row in rows).encode()


class RottenTomatoes(unittest.TestCase):
    def test_drops_plots_and_reads_texts_with_line_breaks(self) -> None:
        text = 'category,filename,text,movie_name\nplot,f,"A\nB",m\nfresh,f,"So, good",m\n'
        text += "rotten,f,Bad,m\n"
        read = readers.read_rotten_tomatoes(bz2.compress(text.encode()))
        self.assertEqual(read.rows, 3)
        self.assertEqual([(e.text, e.target) for e in read.pool], [("So, good", 1.0), ("Bad", 0.0)])


class SmsSpam(unittest.TestCase):
    def read(self, *lines: str) -> list:
        text = "".join(line + "\r\n" for line in ("v1,v2,,,", *lines))
        return readers.read_sms_spam(text.encode("latin-1")).pool

    def test_joins_text_that_spills_into_later_columns(self) -> None:
        pool = self.read("ham,Height: if it is, this wont start.. ,, ", "spam,one,two,three,")
        self.assertEqual(pool[1].text, "one,two,three")
        self.assertEqual(pool[1].target, 1.0)

    def test_undoes_entities_and_restores_the_pound_sign(self) -> None:
        self.assertEqual(
            self.read("spam,Win å£900 &amp; more &lt;#&gt;,,,")[0].text, "Win £900 & more <#>"
        )

    def test_keeps_quoted_commas(self) -> None:
        self.assertEqual(self.read('ham,"a, b",,,')[0].text, "a, b")


class Reuters8(unittest.TestCase):
    HEADER = "Category\tText\nd\tstring\nclass\t\n"

    def test_skips_three_header_lines_and_keeps_the_official_split(self) -> None:
        train = f"{self.HEADER}earn\tone\ncrude\ttwo\n\n".encode()
        read = readers.read_reuters8(train, f"{self.HEADER}acq\tthree".encode())
        self.assertEqual([(e.text, e.target) for e in read.pool], [("one", 2.0), ("two", 1.0)])
        self.assertEqual([(e.text, e.target) for e in read.test], [("three", 0.0)])

    def test_contradictions_and_texts_in_both_parts_leave(self) -> None:
        train = f"{self.HEADER}interest\tfed\nmoney-fx\tfed\nearn\tboth\nearn\tx\nearn\tx\n"
        read = readers.read_reuters8(train.encode(), f"{self.HEADER}earn\tboth\n".encode())
        result = split(read, SplitRule("s", official_wins=False))
        self.assertEqual(sorted(e.text for e in result.train), ["both", "x"])
        self.assertEqual((result.test, result.conflicts, result.overlaps), ([], 2, 1))


class Supersense(unittest.TestCase):
    def test_skips_the_licence_and_classes_that_are_rare(self) -> None:
        content = (
            b"  1 This software and database\n"
            b"00001740 03 n 01 entity 0 000 | that which is perceived  \n"
            b'00003553 06 n 01 whole 0 000 | an assemblage; "a | b"  \n'
            b"00004475 18 n 01 being 0 000 | a living thing  \n"
        )
        read = readers.read_supersense(content)
        self.assertEqual(read.rows, 3)
        self.assertEqual(
            [(e.text, readers.SUPERSENSES[int(e.target)]) for e in read.pool],
            [('an assemblage; "a | b"', "artifact"), ("a living thing", "person")],
        )


class BoolQ(unittest.TestCase):
    def test_drops_rows_without_label_and_tests_on_dev_questions(self) -> None:
        combined = json_lines(
            {"question": "is a b", "passage": "P1", "idx": 1, "label": True},
            {"question": "is c d", "passage": "P1", "idx": 2, "label": False},
            {"passage": "P3", "question": "is e f", "idx": 3},
        )
        dev = json_lines({"question": "is c d", "title": "T", "answer": "False", "passage": "cut"})
        read = readers.read_boolq(combined, dev)
        self.assertEqual([(e.text, e.pair, e.target) for e in read.pool], [("is a b", "P1", 1.0)])
        self.assertEqual([(e.text, e.pair, e.target) for e in read.test], [("is c d", "P1", 0.0)])


class PrivacyQa(unittest.TestCase):
    def test_a_question_stays_in_one_split_whatever_its_case(self) -> None:
        rows = [
            {"context": f"c{i}", "question": q, "answer": "True"}
            for i in range(4)
            for q in ("Why me?", "why me?", "How?")
        ]
        result = split(readers.read_privacyqa(json_lines(*rows)), SplitRule("s", test=4))
        self.assertEqual({e.text for e in result.test}, {"How?"})
        self.assertEqual(len(result.train), 8)

    def test_reads_answers_as_words(self) -> None:
        row = {"context": "c", "question": "q", "answer": "False"}
        self.assertEqual(readers.read_privacyqa(json_lines(row)).pool[0].target, 0.0)


class CommonsenseQa(unittest.TestCase):
    OPTIONS = "\nA. bank\nB. library\nC. department store\nD. mall\nE. new york"

    def read(self, **changes: str) -> list:
        row = {"question": "Where?", "answer": "E. new york", "options": self.OPTIONS} | changes
        return readers.read_commonsense_qa(json_lines(row)).pool

    def test_reads_five_candidates(self) -> None:
        self.assertEqual(
            self.read()[0].candidates, ("bank", "library", "department store", "mall", "new york")
        )

    def test_takes_the_letter_where_the_text_differs(self) -> None:
        self.assertEqual(self.read(options=self.OPTIONS + "?")[0].target, 4.0)

    def test_ignores_a_stray_dot_before_the_options(self) -> None:
        self.assertEqual(len(self.read(options="." + self.OPTIONS)), 1)

    def test_drops_the_row_with_options_inside_its_question(self) -> None:
        split_row = {"question": "Where?\nA. bank\nB. x", "options": "\nC. y\nD. z\nE. w"}
        self.assertEqual(self.read(**split_row), [])


class SocialIqa(unittest.TestCase):
    def row(self, answer: str) -> dict:
        options = "A. tired\nB. happy\nC. loyal"
        return {"passage": "P.", "question": "Q?", "options": options, "answer": answer}

    def test_asks_the_question_after_the_passage(self) -> None:
        example = readers.read_social_iqa(json_lines(self.row("B. happy"))).pool[0]
        self.assertEqual((example.text, example.target), ("P. Q?", 1.0))
        self.assertEqual(example.sequences()[2], ("P. Q?", "loyal"))

    def test_contradicting_repeats_leave_together(self) -> None:
        read = readers.read_social_iqa(json_lines(self.row("C. loyal"), self.row("A. tired")))
        self.assertEqual(without_duplicates(read.pool), ([], 0, 2))


class Vader(unittest.TestCase):
    def test_reads_crlf_ratings_and_entities(self) -> None:
        content = "1\t2.5\tlove &amp; so strong\r\n1_2\t-0.15\tWTF? é\r\n".encode()
        read = readers.read_vader(content)
        self.assertEqual(
            [(e.text, e.target) for e in read.pool], [("love & so strong", 2.5), ("WTF? é", -0.15)]
        )


if __name__ == "__main__":
    unittest.main()
