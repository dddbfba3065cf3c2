"""Windows of a language model: texts cut into runs of tokens, each scored but for its first.

Reads and writes nothing. Every text has the tokenizer's special tokens before it and the end token
behind it. Streamed, texts lie end to end and windows span them; else each begins a window.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .examples import Example
from .packed import Packed, Scored, pack_scored
from .special_tokens import SpecialTokens
from .tasks import Task

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

_BATCH = 1024


@dataclass(frozen=True)
class _Piece:
    """A token, and the part of the text that it adds; nothing for a special token."""

    token: int
    text: str


def pack_windows(
    tokenizer: "Tokenizer", special: SpecialTokens, examples: Sequence[Example], task: Task
) -> Packed:
    """Windows of `cap` tokens; the last of a text or stream is shorter, and needs two."""
    windows: list[Scored] = []
    rest: list[_Piece] = []
    for pieces in _texts(tokenizer, special, examples):
        rest += pieces
        whole = len(rest) - len(rest) % task.cap if task.likelihood.streamed else len(rest)
        windows += _windows(rest[:whole], task.cap)
        del rest[:whole]
    windows += _windows(rest, task.cap)
    return pack_scored(windows, [1] * len(windows), [0.0] * len(windows))


def _texts(
    tokenizer: "Tokenizer", special: SpecialTokens, examples: Sequence[Example]
) -> Iterator[list[_Piece]]:
    closing = [_Piece(special.end, "")] if special.end >= 0 else []
    for begin in range(0, len(examples), _BATCH):
        texts = [example.text for example in examples[begin : begin + _BATCH]]
        encodings = tokenizer.encode_batch(texts, add_special_tokens=False)
        for text, encoding in zip(texts, encodings, strict=True):
            front = [_Piece(token, "") for token in special.front]
            yield front + _pieces(text, encoding) + closing


def _pieces(text: str, encoding: "Encoding") -> list[_Piece]:
    """Each token with the text from where the one before it ended; the last takes what is left."""
    ends = [end for _, end in encoding.offsets]
    if ends:
        ends[-1] = len(text)
    pieces, done = [], 0
    for token, end in zip(encoding.ids, ends, strict=True):
        pieces.append(_Piece(token, text[done:end]))
        done = max(done, end)
    return pieces


def _windows(pieces: list[_Piece], cap: int) -> list[Scored]:
    parts = (pieces[begin : begin + cap] for begin in range(0, len(pieces), cap))
    return [_window(part) for part in parts if len(part) > 1]


def _window(pieces: list[_Piece]) -> Scored:
    text = "".join(piece.text for piece in pieces[1:])
    tokens = [piece.token for piece in pieces]
    return Scored(tokens[:1], tokens[1:], pieces[0].text, text, len(text.encode()))
