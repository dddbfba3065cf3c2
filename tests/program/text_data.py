"""A toy text suite for a toy encoder: what scripts/prepare would leave, small enough for errors.

Writes models/small (the fixture's random BERT) and suites/toys-small.h5.
"""

import shutil
from pathlib import Path

import numpy as np

from scripts.prepare_data.examples import Splits
from scripts.prepare_data.tasks import Origin, PreparedTask, Task
from scripts.prepare_data.token_file import Header, TokenisedTask, write_token_file
from scripts.prepare_data.tokenise import Packed

from .program import ROOT, Json

FIXTURES = ROOT / "tests/fixtures"
VOCABULARY = 100
DEFAULTS: Json = {
    "backbone": {"name": "bert", "weights": "small"},
    "data": {"suite": "toys"},
    "train": {"steps": 2, "batch": 4, "evaluations": 1},
}


def write_data(folder: Path, length: int = 6) -> Path:
    """The data folder for --data, with two tasks whose longest sequence has `length` tokens."""
    weights = folder / "models/small"
    weights.mkdir(parents=True)
    shutil.copy(FIXTURES / "small_bert.json", weights / "config.json")
    shutil.copy(FIXTURES / "small_bert.safetensors", weights / "model.safetensors")
    header = Header("toys", "small", "aa", VOCABULARY, [])
    tasks = [_task(name, length) for name in ("first", "second")]
    write_token_file(token_file(folder), header, tasks)
    return folder


def token_file(folder: Path) -> Path:
    return folder / "suites/toys-small.h5"


def _task(name: str, length: int) -> TokenisedTask:
    task = Task(name, "toy", "classify", ("no", "yes"), ("accuracy",), length, "[CLS]", "MIT")
    splits = Splits(train=[], dev=[], test=[])
    prepared = PreparedTask(task, Origin("made", "1", (("toy.csv", "00ff"),)), 48, splits)
    return TokenisedTask(prepared, {split: pack(length) for split in ("train", "dev", "test")})


def pack(length: int, count: int = 16) -> Packed:
    """Sequences of 3 to `length` tokens; the first letter tells the class."""
    generator = np.random.default_rng(0)
    lengths = np.append(generator.integers(3, length, count - 1), length)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    tokens = generator.integers(4, VOCABULARY, starts[-1]).astype(np.int32)
    return Packed(
        tokens=tokens,
        segments=np.zeros(len(tokens), np.uint8),
        starts=starts,
        groups=np.arange(count + 1, dtype=np.int64),
        target=(tokens[starts[:-1]] % 2).astype(np.float64),
        text=["toy"] * count,
        pair=[""] * count,
        truncated=0,
    )
