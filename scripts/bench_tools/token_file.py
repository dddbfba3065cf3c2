"""The parts of a token file that a benchmark makes; scripts/prepare_data/token_file.py says all."""

import hashlib
import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np


def root_attributes(model: str, suite: str, vocabulary: int) -> dict[str, Any]:
    tokenizer = Path(model) / "tokenizer.json"
    digest = hashlib.sha256(tokenizer.read_bytes()).hexdigest() if tokenizer.exists() else ""
    return {
        "format": "rankwise-tokens", "version": np.int64(2), "suite": suite,
        "tokenizer": Path(model).name, "tokenizer_sha256": digest,
        "vocabulary": np.int64(vocabulary), "end_token": np.int64(-1), "sources": "[]",
    }  # fmt: skip


def task_attributes(
    index: int, kind: str, metrics: list[str], labels: list[str], cap: int
) -> dict[str, Any]:
    head = kind == "classify"
    found = {
        "index": np.int64(index), "family": "", "kind": kind,
        "classes": np.int64(max(len(labels), 1)), "metrics": json.dumps(metrics),
        "labels": json.dumps(labels), "licence": "", "source": "", "sha256": "",
        "length_cap": np.int64(cap), "prompt": "", "answers": "head" if head else "likelihood",
        "loss_on": "answer",
    }  # fmt: skip
    return found if head else found | {"answer_cap": np.int64(cap), "read": "plain"}


def write_split(
    group: h5py.Group,
    tokens: np.ndarray,
    lengths: np.ndarray,
    target: np.ndarray | None = None,
    answers: np.ndarray | None = None,
) -> None:
    """One sequence an example: tokens [N] end to end, lengths [S]; answers [S, M] if there are."""
    count = len(lengths)
    arrays = {
        "tokens": tokens,
        "segments": np.zeros(len(tokens), dtype=np.uint8),
        "starts": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        "groups": np.arange(count + 1, dtype=np.int64),
        "target": np.zeros(count) if target is None else target,
    }
    texts = ["text", "pair"]
    if answers is not None:
        width = answers.shape[1]
        texts.append("answer")
        arrays |= {
            "answer_tokens": answers.reshape(-1),
            "answer_starts": np.arange(count + 1, dtype=np.int64) * width,
            "answer_bytes": np.full(count, width, dtype=np.int64),
        }
    for name, values in arrays.items():
        group.create_dataset(name, data=values)
    for name in texts:
        group.create_dataset(name, data=[""] * count, dtype=h5py.string_dtype("utf-8"))
