"""Writes a token file of random rows: python -m bench_tools.random_rows SPEC, where SPEC is JSON.

Tasks of kind classify, with rows as long as those of text10's short tasks, for an encoder; or of
kind generate, prompts with short answers, for an encoder and decoder. Ids and classes are drawn.
"""

import json
import sys
from typing import Any

import h5py
import numpy as np

from .token_file import root_attributes, task_attributes, write_split

CLASSES = 4
# Lengths are log-normal. Measured: text10's four short tasks have 24 tokens a row on average.
LENGTHS = {"classify": (3.05, 0.5, 4, 64), "generate": (4.0, 0.5, 8, 256)}
ANSWER = 4  # tokens
DEV_ROWS = TEST_ROWS = 64


def lengths(kind: str, count: int, generator: np.random.Generator) -> np.ndarray:
    mean, deviation, least, most = LENGTHS[kind]
    drawn = np.exp(generator.normal(mean, deviation, count))
    return np.clip(np.rint(drawn), least, most).astype(np.int64)


def split(spec: dict[str, Any], count: int, generator: np.random.Generator) -> dict[str, Any]:
    """The arrays of one split."""
    of_rows = lengths(spec["kind"], count, generator)
    drawn = {"lengths": of_rows, "tokens": ids(spec, int(of_rows.sum()), generator)}
    if spec["kind"] == "classify":
        return drawn | {"target": generator.integers(0, CLASSES, count).astype(np.float64)}
    return drawn | {"answers": ids(spec, count * ANSWER, generator).reshape(count, ANSWER)}


def ids(spec: dict[str, Any], count: int, generator: np.random.Generator) -> np.ndarray:
    """None of the first four, which models give a meaning."""
    return generator.integers(4, spec["vocabulary"], count).astype(np.int32)


def write(spec: dict[str, Any]) -> None:
    generator = np.random.default_rng(0)
    kind = spec["kind"]
    metrics = ["accuracy"] if kind == "classify" else ["perplexity"]
    labels = [str(i) for i in range(CLASSES)] if kind == "classify" else []
    with h5py.File(spec["file"], "w", libver=("earliest", "v110")) as file:
        file.attrs.update(root_attributes(spec["model"], "random", spec["vocabulary"]))
        for index, name in enumerate(spec["tasks"]):
            group = file.create_group(f"tasks/{name}")
            cap = LENGTHS[kind][3]
            group.attrs.update(task_attributes(index, kind, metrics, labels, cap))
            for part, count in (("train", spec["rows"]), ("dev", DEV_ROWS), ("test", TEST_ROWS)):
                write_split(group.create_group(part), **split(spec, count, generator))


if __name__ == "__main__":
    write(json.loads(sys.argv[1]))
