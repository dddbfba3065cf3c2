"""Packed sequences for fixtures: real VADER sentences, and hidden states one sequence at a time.

Reads DIR/downloads and DIR/models, which scripts/prepare made; writes nothing.
"""

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from prepare_data.download import fetch, read_member  # noqa: E402
from prepare_data.examples import without_duplicates  # noqa: E402
from prepare_data.packages import VADER, VADER_AMAZON, VADER_TWEETS  # noqa: E402
from prepare_data.readers import read_vader  # noqa: E402
from prepare_data.tokenise import load_tokenizer  # noqa: E402


@dataclass(frozen=True)
class Sentence:
    """One sentence: token ids with [CLS] and [SEP], and its mean rating."""

    tokens: list[int]
    rating: float


def vader_sentences(data: Path) -> list[Sentence]:
    """Every sentence of the tweets and reviews, in an order that follows from the text alone."""
    archive = fetch(VADER, data / "downloads")
    examples = []
    for member in (VADER_TWEETS, VADER_AMAZON):
        examples += without_duplicates(read_vader(read_member(archive, member)).pool)[0]
    examples.sort(key=lambda e: hashlib.sha256(f"fixtures\n{e.key}".encode()).digest())
    tokenizer = load_tokenizer(data / "models" / "minilm-l6" / "tokenizer.json")
    encodings = tokenizer.encode_batch([example.text for example in examples])
    pairs = zip(examples, encodings, strict=True)
    return [Sentence(encoding.ids, example.target) for example, encoding in pairs]


def starts_of(lengths: list[int]) -> torch.Tensor:
    """Offsets [S+1] of sequences that lie end to end."""
    return torch.from_numpy(np.concatenate(([0], np.cumsum(lengths))).astype(np.int64))


def one_line_lists(value: object) -> str:
    """JSON with an entry a line and lists kept on theirs, at full precision."""
    if isinstance(value, dict):
        inner = ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
        return "{\n" + inner + "\n}\n"
    return json.dumps(value) + "\n"


def lines(value: object, indent: str = "") -> str:
    """JSON with lists of numbers or texts, and objects without lists, on one line; members and entries else."""
    inner, kinds = indent + " ", (list, dict)
    if isinstance(value, dict) and any(isinstance(one, kinds) for one in value.values()):
        members = [f"{inner}{json.dumps(key)}: {lines(one, inner)}" for key, one in value.items()]
        return "{\n" + ",\n".join(members) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(one, kinds) for one in value):
        return "[\n" + ",\n".join(inner + lines(one, inner) for one in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


@torch.no_grad()
def hidden_one_by_one(
    model: torch.nn.Module, tokens: torch.Tensor, segments: torch.Tensor, starts: torch.Tensor
) -> torch.Tensor:
    """The last hidden states [N, d] of packed sequences, each sent through the model alone."""
    rows = []
    for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        output = model(input_ids=tokens[None, begin:end], token_type_ids=segments[None, begin:end])
        rows.append(output.last_hidden_state[0])
    return torch.cat(rows)
