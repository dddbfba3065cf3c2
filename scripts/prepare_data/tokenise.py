"""Turns texts into packed token ids with the tokenizer that a backbone ships.

Reads tokenizer.json; writes nothing. The file's own truncation and padding are switched off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from .errors import PrepareError, one_line
from .examples import Example

_BATCH = 4096


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


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer without the truncation and padding that its file may switch on."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises no kind of its own
        raise PrepareError(
            f"{path}: cannot be read as a tokenizer ({one_line(error)}); put the model's own there"
        ) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def pack(tokenizer: Tokenizer, examples: Sequence[Example], cap: int) -> Packed:
    """Encodes examples with special tokens, `cap` tokens at most; of a pair the longer is cut."""
    tokenizer.enable_truncation(max_length=cap, strategy="longest_first")
    sequences = [sequence for example in examples for sequence in example.sequences()]
    tokens = [np.empty(0, np.int32)]
    segments = [np.empty(0, np.uint8)]
    lengths: list[int] = []
    truncated = 0
    for begin in range(0, len(sequences), _BATCH):
        inputs = [(a, b) if b else a for a, b in sequences[begin : begin + _BATCH]]
        for encoding in tokenizer.encode_batch(inputs):
            tokens.append(np.asarray(encoding.ids, dtype=np.int32))
            segments.append(np.asarray(encoding.type_ids, dtype=np.uint8))
            lengths.append(len(encoding.ids))
            truncated += bool(encoding.overflowing)
    tokenizer.no_truncation()
    counts = [len(example.sequences()) for example in examples]
    return Packed(
        tokens=np.concatenate(tokens),
        segments=np.concatenate(segments),
        starts=_offsets(lengths),
        groups=_offsets(counts),
        target=np.asarray([example.target for example in examples], dtype=np.float64),
        text=[a for a, _ in sequences],
        pair=[b for _, b in sequences],
        truncated=truncated,
    )


def _offsets(lengths: Sequence[int]) -> np.ndarray:
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))).astype(np.int64)
