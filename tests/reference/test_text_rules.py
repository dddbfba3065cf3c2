"""What text_metrics.json and generation_*.json rest on: the rules and the search, by hand."""

import math
import unittest

from . import text_cases, text_rules
from .beam_search import Found, Rule, Tokens, beam_search


class Rules(unittest.TestCase):
    def test_answers_are_those_by_hand(self) -> None:
        for name, texts in text_cases.EXTRACTED.items():
            for text, answer in texts:
                with self.subTest(f"{name} of {text!r}"):
                    self.assertEqual(text_rules.RULES[name](text), answer)

    def test_labels_and_digits(self) -> None:
        for labels, text, answer in text_cases.LABELLED:
            self.assertEqual(text_rules.first_label(text, labels), answer, text)
        for text, gold, right in text_cases.ANY_DIGIT:
            self.assertEqual(text_rules.any_digit(text, gold), right, text)

    def test_what_is_no_number_is_zero(self) -> None:
        values = [text_rules.number_or_zero(text) for text in text_cases.SCORES]
        self.assertEqual(values, [0, 0, 3.8, 2, 5, -1, 10, 0, 0, 0, 0, 0])


class Beams(unittest.TestCase):
    """Token 0 ends a text. Token 1 is a little likelier than 2, behind which the end is sure."""

    @staticmethod
    def _log_probabilities(tokens: Tokens) -> list[float]:
        known = {(): (0.1, 0.5, 0.4), (2,): (0.98, 0.01, 0.01)}
        after = known.get(tokens, (0.2, 0.4, 0.4))
        return [math.log(p) for p in after]

    def _search(self, beams: int, length_penalty: float, early: bool = False) -> Found:
        rule = Rule(beams, end=0, limit=3, length_penalty=length_penalty, early=early)
        return beam_search(self._log_probabilities, rule)

    def test_one_beam_is_greedy(self) -> None:
        found = self._search(beams=1, length_penalty=0)
        self.assertEqual(found.tokens, (1, 1, 1))
        self.assertAlmostEqual(found.score, math.log(0.5 * 0.4 * 0.4))

    def test_two_beams_find_the_likelier_text(self) -> None:
        found = self._search(beams=2, length_penalty=0)
        self.assertEqual(found.tokens, (2, 0))
        self.assertAlmostEqual(found.score, math.log(0.4 * 0.98))

    def test_the_end_counts_as_a_token(self) -> None:
        self.assertAlmostEqual(self._search(2, 1).score, math.log(0.4 * 0.98) / 2)

    def test_equal_scores_leave_no_margin(self) -> None:
        self.assertEqual(self._search(2, 0).margin, 0)  # behind 1, tokens 1 and 2 are alike


if __name__ == "__main__":
    unittest.main()
