"""Writes a token file of windows: python -m bench_tools.windows SPEC, where SPEC is JSON.

A task of kind language_model whose every row is `window` tokens: of real text, BoolQ's passages in
a prepared token file, under the model's own tokenizer; or of ids drawn at random for a model that
has no tokenizer.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np


def ids_of_text(spec: dict[str, Any], count: int) -> np.ndarray:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(spec["model"]) / "tokenizer.json"))
    with h5py.File(spec["text"], "r") as file:
        passages = file["tasks/boolq/train/pair"].asstr()[()]
    found: list[int] = []
    for passage in dict.fromkeys(passages):
        found += tokenizer.encode(passage, add_special_tokens=False).ids
        if len(found) >= count:
            return np.array(found[:count], dtype=np.int32)
    raise SystemExit(f"{spec['text']} has text for {len(found)} tokens, {count} are needed")


def make_ids(spec: dict[str, Any], count: int) -> np.ndarray:
    if spec["text"]:
        return ids_of_text(spec, count)
    return np.random.default_rng(0).integers(0, spec["vocabulary"], count).astype(np.int32)


def write_split(group: h5py.Group, rows: np.ndarray) -> None:
    """rows [examples, window + 1]: the first token is the prompt, the others are the answer."""
    count, width = rows.shape
    strings = h5py.string_dtype("utf-8")
    starts = np.arange(count + 1, dtype=np.int64)
    arrays = {
        "tokens": rows[:, 0],
        "segments": np.zeros(count, dtype=np.uint8),
        "starts": starts,
        "groups": starts,
        "target": np.zeros(count),
        "answer_tokens": rows[:, 1:].reshape(-1),
        "answer_starts": starts * (width - 1),
        "answer_bytes": np.full(count, width - 1, dtype=np.int64),
    }
    for name, values in arrays.items():
        group.create_dataset(name, data=values)
    for name in ("text", "pair", "answer"):
        group.create_dataset(name, data=[""] * count, dtype=strings)


def write(spec: dict[str, Any]) -> None:
    sizes = {"train": spec["rows"], "dev": spec["dev_rows"], "test": 2}
    ids = make_ids(spec, sum(sizes.values()) * (spec["window"] + 1))
    rows = ids.reshape(-1, spec["window"] + 1)
    tokenizer = Path(spec["model"]) / "tokenizer.json"
    digest = hashlib.sha256(tokenizer.read_bytes()).hexdigest() if tokenizer.exists() else ""
    with h5py.File(spec["file"], "w", libver=("earliest", "v110")) as file:
        file.attrs.update({
            "format": "rankwise-tokens", "version": np.int64(2), "suite": "windows",
            "tokenizer": Path(spec["model"]).name, "tokenizer_sha256": digest,
            "vocabulary": np.int64(spec["vocabulary"]), "end_token": np.int64(-1), "sources": "[]",
        })  # fmt: skip
        group = file.create_group("tasks/windows")
        group.attrs.update({
            "index": np.int64(0), "family": "", "kind": "language_model", "classes": np.int64(1),
            "metrics": json.dumps(["perplexity"]), "labels": "[]", "licence": "", "source": "",
            "sha256": "", "length_cap": np.int64(spec["window"]), "prompt": "",
            "answers": "likelihood", "loss_on": "answer", "answer_cap": np.int64(spec["window"]),
            "read": "plain",
        })  # fmt: skip
        first = 0
        for name, size in sizes.items():
            write_split(group.create_group(name), rows[first : first + size])
            first += size


if __name__ == "__main__":
    write(json.loads(sys.argv[1]))
