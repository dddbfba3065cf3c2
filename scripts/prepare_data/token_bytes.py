"""The text of each token, so that a program without a tokenizer can read what a model writes.

Reads nothing. Only tokenizers whose texts are their tokens' bytes, one behind the other: byte-level
BPE, and SentencePiece with its marks for a space and for single bytes.
"""

import json
import re
from dataclasses import dataclass

from tokenizers import Tokenizer

_SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")


@dataclass(frozen=True)
class TokenBytes:
    """`of`: bytes by id, of special tokens none. `strips_space`: a text's first space is not its own."""

    of: list[bytes]
    strips_space: bool

    def text(self, ids: list[int]) -> bytes:
        """What the tokens say together."""
        whole = b"".join(self.of[index] for index in ids)
        return whole[1:] if self.strips_space and whole.startswith(b" ") else whole


def token_bytes(tokenizer: Tokenizer) -> TokenBytes | None:
    """None where tokens have no bytes of their own, as those of WordPiece."""
    described = json.loads(tokenizer.to_str())
    kinds = _kinds(described.get("decoder"))
    if "ByteLevel" in kinds:
        read = _byte_level
    elif kinds & {"Metaspace", "ByteFallback"}:
        read = _sentence_piece
    else:
        return None
    special = {one["id"] for one in described["added_tokens"] if one["special"]}
    added = {one["id"]: one["content"].encode() for one in described["added_tokens"]}
    pieces = {index: piece for piece, index in tokenizer.get_vocab(with_added_tokens=True).items()}
    of = []
    for index in range(tokenizer.get_vocab_size(with_added_tokens=True)):
        if index in special or index not in pieces:
            of.append(b"")
        else:
            of.append(added[index] if index in added else read(pieces[index]))
    return TokenBytes(of, strips_space="ByteLevel" not in kinds)


def _kinds(decoder: dict[str, object] | None) -> set[str]:
    if decoder is None:
        return set()
    if decoder["type"] == "Sequence":
        return {kind for one in decoder["decoders"] for kind in _kinds(one)}  # type: ignore[attr-defined]
    return {str(decoder["type"])}


def _byte_level(piece: str) -> bytes:
    """A character outside GPT-2's table stands for itself."""
    return b"".join(
        bytes([_BYTE_OF[one]]) if one in _BYTE_OF else one.encode("utf-8") for one in piece
    )


def _sentence_piece(piece: str) -> bytes:
    single = _BYTE.fullmatch(piece)
    if single:
        return bytes([int(single[1], 16)])
    return piece.replace(_SPACE, " ").encode("utf-8")


def _byte_characters() -> dict[str, int]:
    """GPT-2's character for each byte: itself where it can be seen, else the next from 256 on."""
    seen = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in seen]
    characters = {chr(byte): byte for byte in seen}
    characters |= {chr(256 + place): byte for place, byte in enumerate(hidden)}
    return characters


_BYTE_OF = _byte_characters()
