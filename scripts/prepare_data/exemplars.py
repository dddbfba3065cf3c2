"""Prompts of dev and test with rows of train before them, as lm-evaluation-harness joins them.

Reads and writes nothing. An exemplar is its prompt, the task's delimiter, and its right answer; the
few-shot delimiter stands behind each. Where a prompt is over its cap, exemplars leave it from the
front, each as a whole. Train's own prompts have none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from .answers import right_answer
from .errors import PrepareError
from .examples import Example
from .tasks import PreparedTask

Fits = Callable[[Sequence[str]], list[bool]]  # whether each of these prompts is within the cap


@dataclass(frozen=True)
class Shortened:
    """Prompts that lost exemplars to the cap, and the exemplars that they lost."""

    prompts: int = 0
    exemplars: int = 0


@dataclass(frozen=True)
class Joined:
    """The examples by split, with exemplars in the prompts of dev and test."""

    splits: dict[str, list[Example]]
    shortened: Shortened


def join(prepared: PreparedTask, fits: Fits) -> Joined:
    """PrepareError where train has fewer rows than a prompt has exemplars."""
    splits = dict(prepared.splits.items())
    likelihood = prepared.task.likelihood
    if likelihood is None or not likelihood.fewshot.count:
        return Joined(splits, Shortened())
    _check_count(prepared)
    prompts = exemplars = 0
    for name in ("dev", "test"):
        befores = [
            _texts(prepared, f"{prepared.task.name}\n{name}\n{index}")
            for index in range(len(splits[name]))
        ]
        kept = _as_fit(befores, splits[name], fits)
        lost = [len(all_) - len(some) for all_, some in zip(befores, kept, strict=True)]
        prompts += sum(map(bool, lost))
        exemplars += sum(lost)
        splits[name] = [
            replace(one, text="".join(before) + one.text)
            for before, one in zip(kept, splits[name], strict=True)
        ]
    return Joined(splits, Shortened(prompts, exemplars))


def _check_count(prepared: PreparedTask) -> None:
    asked, found = prepared.task.likelihood.fewshot.count, len(prepared.exemplars)
    if asked > found:
        raise PrepareError(
            f"task {prepared.task.name}: fewshot asks for {asked} rows of train before each "
            f"question, and train has {found}; ask for fewer, or give train more rows"
        )


def _texts(prepared: PreparedTask, question: str) -> list[str]:
    """The exemplars of a question, each with the delimiters inside and behind it."""
    how = prepared.task.likelihood
    return [
        row.text + how.delimiter + right_answer(row, prepared.task) + how.fewshot.delimiter
        for row in how.fewshot.rows(prepared.exemplars, question)
    ]


def _as_fit(befores: list[list[str]], questions: Sequence[Example], fits: Fits) -> list[list[str]]:
    """What is left of the exemplars when those too many have left from the front."""
    kept = [list(before) for before in befores]
    unsure = list(range(len(kept)))
    while unsure:
        found = fits(["".join(kept[i]) + questions[i].text for i in unsure])
        unsure = [i for i, fit in zip(unsure, found, strict=True) if not fit and kept[i]]
        for i in unsure:
            del kept[i][0]
    return kept
