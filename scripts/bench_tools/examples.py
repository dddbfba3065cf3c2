"""The examples of a set as Python reads them: the same token file, the same order as rankwise's."""

from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import torch


@dataclass(frozen=True)
class Example:
    """One row: of a task by index, with its target; a decoder's targets are its next tokens.

    Of an encoder and decoder `answer` is what the decoder is asked for.
    """

    task: int
    tokens: np.ndarray
    segments: np.ndarray
    target: float
    answer: np.ndarray | None = None

    @property
    def length(self) -> int:
        return len(self.tokens)


class Task:
    """One task's training split."""

    def __init__(self, group: h5py.Group, name: str) -> None:
        train = group["train"]
        self.name, self.kind = name, str(group.attrs["kind"])
        self.outputs = int(group.attrs["classes"]) if self.kind == "classify" else 1
        if self.kind not in ("classify", "regress", "language_model", "generate"):
            raise SystemExit(f"task {name}: no loop for tasks of kind {self.kind}")
        self.tokens, self.starts = train["tokens"][()], train["starts"][()]
        self.segments, self.target = train["segments"][()], train["target"][()]
        if self.kind in ("language_model", "generate"):
            self.answers = train["answer_tokens"][()]
            self.answer_starts = train["answer_starts"][()]
        # As rankwise standardises real targets: over the whole training split.
        deviation = float(self.target.std()) or 1.0
        self.scale = (
            (float(self.target.mean()), deviation) if self.kind == "regress" else (0.0, 1.0)
        )

    def example(self, task: int, index: int) -> Example:
        index %= len(self.target)
        rows = slice(self.starts[index], self.starts[index + 1])
        tokens = self.tokens[rows]
        answer = None
        if self.kind in ("language_model", "generate"):
            answer = self.answers[self.answer_starts[index] : self.answer_starts[index + 1]]
        if self.kind == "language_model":
            tokens, answer = np.concatenate([tokens, answer]), None
        mean, deviation = self.scale
        target = (self.target[index] - mean) / deviation
        return Example(task, tokens, self.segments[rows], target, answer)


def read_tasks(path: str, names: list[str]) -> list[Task]:
    with h5py.File(path, "r") as file:
        return [Task(file[f"tasks/{name}"], name) for name in names]


def batches(tasks: list[Task], spec: dict[str, Any]) -> list[list[Example]]:
    """Tasks in turn, each in the data's order; sorted by length behind the warm-up where asked."""
    size, warmup, steps = spec["batch"], spec["warmup"], spec["steps"]
    turns = len(tasks)
    drawn = [
        tasks[i % turns].example(i % turns, i // turns) for i in range(size * (warmup + steps))
    ]
    timed = drawn[size * warmup :]
    if spec["order"] == "length":
        timed.sort(key=lambda example: example.length)
    cut = [timed[first : first + size] for first in range(0, len(timed), size)]
    if spec["order"] == "length":
        np.random.default_rng(0).shuffle(cut)
    head = drawn[: size * warmup]
    return [head[first : first + size] for first in range(0, len(head), size)] + cut


def padded(rows: list[np.ndarray], behind: int = 0) -> torch.Tensor:
    """[rows, longest] int64, what is said behind them."""
    longest = max(len(row) for row in rows)
    grid = np.full((len(rows), longest), behind, dtype=np.int64)
    for place, row in zip(grid, rows, strict=True):
        place[: len(row)] = row
    return torch.from_numpy(grid)


def inputs_of(batch: list[Example]) -> dict[str, torch.Tensor]:
    """What an encoder reads, padded to the longest of the batch."""
    lengths = torch.tensor([example.length for example in batch])
    tokens = padded([example.tokens for example in batch])
    return {
        "input_ids": tokens,
        "token_type_ids": padded([example.segments for example in batch]),
        "attention_mask": (torch.arange(tokens.shape[1]) < lengths[:, None]).long(),
    }
