"""Removing duplicates and dividing by the text's hash."""

import unittest

from scripts.prepare_data.examples import (
    Example,
    Read,
    SplitRule,
    cut,
    in_hash_order,
    split,
    without_duplicates,
)


def numbered(count: int, prefix: str = "text") -> list[Example]:
    return [Example(f"{prefix} {index}", float(index % 2)) for index in range(count)]


class Duplicates(unittest.TestCase):
    def test_keeps_the_first_of_texts_that_differ_in_white_space(self) -> None:
        kept, duplicates, conflicts = without_duplicates(
            [Example("a  b", 1.0), Example(" a b\n", 1.0), Example("c", 0.0)]
        )
        self.assertEqual([example.text for example in kept], ["a  b", "c"])
        self.assertEqual((duplicates, conflicts), (1, 0))

    def test_drops_every_row_of_a_text_with_two_targets(self) -> None:
        kept, duplicates, conflicts = without_duplicates(
            [Example("a", 1.0), Example("a", 0.0), Example("a", 1.0), Example("b", 0.0)]
        )
        self.assertEqual([example.text for example in kept], ["b"])
        self.assertEqual((duplicates, conflicts), (0, 3))

    def test_counts_pair_and_candidates_as_part_of_the_input(self) -> None:
        examples = [
            Example("q", 0.0, pair="x"),
            Example("q", 1.0, pair="y"),
            Example("q", 0.0, candidates=("x", "y")),
            Example("q", 1.0, candidates=("y", "x")),
        ]
        self.assertEqual(len(without_duplicates(examples)[0]), 4)


class HashOrder(unittest.TestCase):
    def test_does_not_depend_on_the_order_of_the_file(self) -> None:
        examples = numbered(50)
        self.assertEqual(in_hash_order(examples, "s"), in_hash_order(examples[::-1], "s"))

    def test_changes_with_the_salt(self) -> None:
        self.assertNotEqual(in_hash_order(numbered(50), "s"), in_hash_order(numbered(50), "t"))

    def test_keeps_case_variants_in_one_unit(self) -> None:
        units = in_hash_order([Example("Wow", 1.0), Example("wow", 2.0), Example("x", 0.0)], "s")
        self.assertEqual(sorted(len(unit) for unit in units), [1, 2])

    def test_cut_takes_whole_units_only(self) -> None:
        units = [[Example(f"{unit}{i}", 0.0) for i in range(unit)] for unit in (2, 3, 1)]
        taken, rest = cut(units, 3)
        self.assertEqual(([len(unit) for unit in rest], len(taken)), ([3], 3))


class Split(unittest.TestCase):
    def test_gives_the_sizes_asked_for(self) -> None:
        result = split(Read(100, numbered(100)), SplitRule("s", test=20, dev=10, train=60))
        sizes = [len(examples) for _, examples in result.items()]
        self.assertEqual((sizes, result.unused), ([60, 10, 20], 10))

    def test_shares_no_text_between_splits(self) -> None:
        pool = numbered(60) + numbered(60) + [Example("TEXT 3", 1.0)]
        result = split(Read(len(pool), pool), SplitRule("s", test=20, dev=10))
        keys = [{example.key.lower() for example in examples} for _, examples in result.items()]
        self.assertFalse(keys[0] & keys[1] or keys[0] & keys[2] or keys[1] & keys[2])

    def test_keeps_a_unit_in_one_split(self) -> None:
        pool = [Example(f"q{i % 7}", 0.0, pair=str(i), unit=f"Q{i % 7}") for i in range(70)]
        result = split(Read(70, pool), SplitRule("s", test=20, dev=20))
        units = [{example.unit for example in examples} for _, examples in result.items()]
        self.assertEqual(sum(len(names) for names in units), 7)

    def test_official_test_wins_over_training(self) -> None:
        read = Read(12, numbered(10), test=[Example("Text 3", 1.0), Example("other", 0.0)])
        result = split(read, SplitRule("s", dev=2))
        self.assertEqual((len(result.train), len(result.test), result.overlaps), (7, 2, 1))

    def test_training_wins_where_the_rule_says_so(self) -> None:
        read = Read(12, numbered(10), test=[Example("text 3", 1.0), Example("other", 0.0)])
        result = split(read, SplitRule("s", dev=2, official_wins=False))
        self.assertEqual((len(result.train), len(result.test), result.overlaps), (8, 1, 1))

    def test_orders_official_sets_by_hash_too(self) -> None:
        official = numbered(9, "official")
        tests = [
            split(Read(9, [], test=rows), SplitRule("s")).test
            for rows in (official, official[::-1])
        ]
        self.assertEqual(tests[0], tests[1])
        self.assertNotEqual(tests[0], official)

    def test_official_sets_keep_repeats_where_the_rule_says_so(self) -> None:
        read = Read(14, numbered(10), test=[Example("a", 1.0)] * 2, dev=[Example("b", 0.0)] * 2)
        result = split(read, SplitRule("s", clean_official=False))
        self.assertEqual((len(result.test), len(result.dev), len(result.train)), (2, 2, 10))


if __name__ == "__main__":
    unittest.main()
