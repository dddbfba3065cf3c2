"""Beam search over one prompt, written plainly: what transformers' does, with the margin it had.

Reads and writes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Tokens = tuple[int, ...]
LogProbabilities = Callable[[Tokens], Sequence[float]]  # of the next token, behind those given


@dataclass(frozen=True)
class Rule:
    """How many beams, the token that ends a text, and when the search is over.

    A finished text scores its log-probability divided by its tokens, the end token among them, to
    the power of `length_penalty`. The search ends with as many finished texts as beams: at once
    where `early`, else when the best running one, at its present length, scores no more than the
    worst of them; or at `limit` tokens, which finish all.
    """

    beams: int
    end: int
    limit: int
    length_penalty: float
    early: bool


@dataclass
class Found:
    """The best text with its score; `margin`: the smallest gap between compared scores."""

    tokens: Tokens = ()
    score: float = 0.0
    margin: float = field(default=float("inf"))

    def compare(self, scores: Sequence[float]) -> None:
        """Scores from the largest down."""
        gaps = [above - below for above, below in pairwise(scores)]
        self.margin = min([self.margin, *gaps])


def beam_search(log_probabilities: LogProbabilities, rule: Rule) -> Found:
    """The best text. Of equal scores the earlier beam, then the lower token comes first."""
    found = Found()
    running: list[tuple[float, Tokens]] = [(0.0, ())]
    finished: list[tuple[float, Tokens]] = []
    for length in range(1, rule.limit + 1):
        grown = [
            (score + log_probability, (*tokens, token))
            for score, tokens in running
            for token, log_probability in enumerate(log_probabilities(tokens))
        ]
        grown.sort(key=lambda one: -one[0])
        best = grown[: 2 * rule.beams]
        found.compare([score for score, _ in grown[: 2 * rule.beams + 1]])
        last = length == rule.limit
        for score, tokens in best[: rule.beams]:  # what ends below the first beams is forgotten
            if last or tokens[-1] == rule.end:
                finished.append((score / length**rule.length_penalty, tokens))
        finished.sort(key=lambda one: -one[0])
        found.compare([score for score, _ in finished[: rule.beams + 1]])
        finished = finished[: rule.beams]
        running = [one for one in best if one[1][-1] != rule.end][: rule.beams]
        if len(finished) == rule.beams:
            if rule.early:
                break
            hope = running[0][0] / length**rule.length_penalty
            found.margin = min(found.margin, abs(hope - finished[-1][0]))
            if hope <= finished[-1][0]:
                break
    found.score, found.tokens = finished[0]
    return found
