"""Writes a token file of a given size: python -m bench_tools.growth_files SPEC, where SPEC is JSON.

The first rows of each task's training split in a prepared file, over and over: files of any size
hold the same rows in the same shares. dev and test are those of the prepared file.
"""

import json
import sys
from typing import Any

import h5py
import numpy as np

BLOCK = 250  # tokens of a task that are repeated


def repeated(train: h5py.Group, tokens: int) -> dict[str, np.ndarray]:
    """The arrays of a split of about `tokens` tokens, at least one block."""
    starts = train["starts"][()]
    rows = int(np.searchsorted(starts, BLOCK))
    block = int(starts[rows])
    times = max(round(tokens / block), 1)
    lengths = np.tile(np.diff(starts[: rows + 1]), times)
    return {
        "tokens": np.tile(train["tokens"][:block], times),
        "segments": np.tile(train["segments"][:block], times),
        "starts": np.concatenate([[0], np.cumsum(lengths)]),
        "groups": np.arange(rows * times + 1, dtype=np.int64),
        "target": np.tile(train["target"][:rows], times),
    }


def write_task(task: h5py.Group, to: h5py.Group, tokens: int) -> None:
    to.attrs.update(task.attrs)
    for split in ("dev", "test"):
        task.copy(split, to)
    train = to.create_group("train")
    arrays = repeated(task["train"], tokens)
    for name, values in arrays.items():
        train.create_dataset(name, data=values)
    for name in ("text", "pair"):
        empty = np.full(len(arrays["target"]), "", dtype=object)
        train.create_dataset(name, data=empty, dtype=h5py.string_dtype("utf-8"))


def write(spec: dict[str, Any]) -> None:
    tasks = spec["tasks"]
    with h5py.File(spec["from"], "r") as source:
        with h5py.File(spec["file"], "w", libver=("earliest", "v110")) as file:
            file.attrs.update(source.attrs)
            for name in tasks:
                to = file.create_group(f"tasks/{name}")
                write_task(source[f"tasks/{name}"], to, spec["tokens"] // len(tasks))


if __name__ == "__main__":
    write(json.loads(sys.argv[1]))
