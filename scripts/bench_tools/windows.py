"""Writes a token file of windows: python -m bench_tools.windows SPEC, where SPEC is JSON.

A task of kind language_model whose every row is `window` tokens: of real text, BoolQ's passages in
a prepared token file, under the model's own tokenizer; or of ids drawn at random for a model that
has no tokenizer.
"""

import json
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from .token_file import root_attributes, task_attributes, write_split


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


def write(spec: dict[str, Any]) -> None:
    sizes = {"train": spec["rows"], "dev": spec["dev_rows"], "test": 2}
    ids = make_ids(spec, sum(sizes.values()) * (spec["window"] + 1))
    rows = ids.reshape(-1, spec["window"] + 1)
    with h5py.File(spec["file"], "w", libver=("earliest", "v110")) as file:
        file.attrs.update(root_attributes(spec["model"], "windows", spec["vocabulary"]))
        group = file.create_group("tasks/windows")
        group.attrs.update(task_attributes(0, "language_model", ["perplexity"], [], spec["window"]))
        first = 0
        for name, size in sizes.items():
            part = rows[first : first + size]  # the first token is the prompt
            one = np.ones(size, dtype=np.int64)
            write_split(group.create_group(name), part[:, 0], one, answers=part[:, 1:])
            first += size


if __name__ == "__main__":
    write(json.loads(sys.argv[1]))
