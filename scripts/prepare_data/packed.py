"""Token ids of many sequences end to end, as a token file holds them. Reads and writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class PackedAnswers:
    """One answer a sequence: tokens [M], starts [S+1], and bytes [S] of their texts."""

    tokens: np.ndarray
    starts: np.ndarray
    bytes: np.ndarray
    text: list[str]


@dataclass(frozen=True)
class Packed:
    """Sequences end to end: tokens, segments [N], starts [S+1], groups [G+1], target [G]."""

    tokens: np.ndarray
    segments: np.ndarray
    starts: np.ndarray
    groups: np.ndarray
    target: np.ndarray
    text: list[str]
    pair: list[str]
    truncated: int  # sequences that were cut
    answers: PackedAnswers | None = None
    dropped: int = 0  # examples left out for an answer that is too long
    programs: list[tuple[str, str]] = field(default_factory=list)  # [G], or none


@dataclass(frozen=True)
class Scored:
    """A prompt and the answer to it: their tokens, their texts, and whether the prompt was cut."""

    prompt: list[int]
    answer: list[int]
    text: str
    answer_text: str
    answer_bytes: int
    cut: bool = False


def pack_scored(
    sequences: Sequence[Scored], counts: Sequence[int], target: Sequence[float], dropped: int = 0
) -> Packed:
    """Lays prompts and answers end to end; `counts` are the sequences of each group."""
    answers = PackedAnswers(
        tokens=end_to_end(one.answer for one in sequences),
        starts=offsets([len(one.answer) for one in sequences]),
        bytes=np.asarray([one.answer_bytes for one in sequences], dtype=np.int64),
        text=[one.answer_text for one in sequences],
    )
    tokens = end_to_end(one.prompt for one in sequences)
    return Packed(
        tokens=tokens,
        segments=np.zeros(len(tokens), dtype=np.uint8),
        starts=offsets([len(one.prompt) for one in sequences]),
        groups=offsets(counts),
        target=np.asarray(target, dtype=np.float64),
        text=[one.text for one in sequences],
        pair=[""] * len(sequences),
        truncated=sum(one.cut for one in sequences),
        answers=answers,
        dropped=dropped,
    )


def end_to_end(parts: Iterable[Sequence[int]], kind: type = np.int32) -> np.ndarray:
    """The numbers of all parts in one array."""
    return np.concatenate([np.empty(0, kind), *(np.asarray(part, dtype=kind) for part in parts)])


def offsets(lengths: Sequence[int]) -> np.ndarray:
    """Where parts of these lengths begin when they lie end to end, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))).astype(np.int64)
