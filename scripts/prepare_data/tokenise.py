"""Turns texts into packed token ids with the tokenizer that a backbone ships.

Reads tokenizer.json; writes nothing. The file's own truncation and padding are switched off.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from .errors import PrepareError, one_line
from .examples import Example
from .packed import Packed, end_to_end, offsets

_BATCH = 4096


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
    tokens: list[list[int]] = []
    segments: list[list[int]] = []
    truncated = 0
    for begin in range(0, len(sequences), _BATCH):
        inputs = [(a, b) if b else a for a, b in sequences[begin : begin + _BATCH]]
        for encoding in tokenizer.encode_batch(inputs):
            tokens.append(encoding.ids)
            segments.append(encoding.type_ids)
            truncated += bool(encoding.overflowing)
    tokenizer.no_truncation()
    counts = [len(example.sequences()) for example in examples]
    return Packed(
        tokens=end_to_end(tokens),
        segments=end_to_end(segments, np.uint8),
        starts=offsets([len(ids) for ids in tokens]),
        groups=offsets(counts),
        target=np.asarray([example.target for example in examples], dtype=np.float64),
        text=[a for a, _ in sequences],
        pair=[b for _, b in sequences],
        truncated=truncated,
    )
