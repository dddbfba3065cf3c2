"""Rows made by hand in the layouts of the papers' data: folders for `scripts/prepare --files`.

WRITERS has a function for each suite; it writes `train` rows a task for training, and `test` rows
where the suite's files have a part of their own for that.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from scripts.prepare_data.description import read_description

SUITES = Path(__file__).resolve().parents[2] / "configs/suites"
Row = dict[str, Any]
ONE, TWO = {"sentence": "S"}, {"sentence1": "A", "sentence2": "B"}
GLUE_TEXTS = {
    "cola": ONE, "mnli": {"premise": "P", "hypothesis": "H"}, "mrpc": TWO,
    "qnli": {"question": "Q", "sentence": "S"}, "qqp": {"question1": "C", "question2": "D"},
    "rte": TWO, "sst2": ONE, "stsb": TWO,
}  # fmt: skip


def put(folder: Path, file: str, rows: Any) -> None:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif isinstance(rows, str):
        path.write_text(rows)
    else:
        path.write_text(json.dumps(rows))


def write_more_glue(folder: Path, train: int = 1, test: int = 1) -> None:
    for name, texts in GLUE_TEXTS.items():
        validation = "validation_matched" if name == "mnli" else "validation"
        for part, file, count in (("train", "train", train), ("test", validation, test)):
            rows = [
                {column: f"{text} of {name}, {part}{i}" for column, text in texts.items()}
                | {"label": glue_label(name, i), "idx": i}
                for i in range(count)
            ]
            put(folder, f"{name}/{file}-00000-of-00001.parquet", rows)


def glue_label(task: str, row: int) -> float:
    """Both classes in turn; a score that no other of the first ten rows has."""
    return round(2.43 + 0.2 * (row % 10), 2) if task == "stsb" else (row + 1) % 2


def write_more_commonsense(folder: Path, train: int = 1, test: int = 1) -> None:
    for name in ("boolq", "piqa", "openbookqa", "ARC-Easy", "ARC-Challenge"):
        for part, count in (("train", train), ("test", test)):
            rows = [
                {
                    "instruction": f"{name}, {part}{i}?",
                    "output": "the correct answer is x",
                    "answer": "x",
                }
                for i in range(count)
            ]
            put(folder, f"{name}/{part}.json", rows)


def write_smora_flan(folder: Path, train: int = 1, test: int = 1) -> None:
    tasks = read_description(SUITES / "smora_flan.json")
    for part, file, count in (("train", "shuffle_update", train), ("test", "combined_test", test)):
        rows = [
            {
                "inputs": f"Do {task.name}, {part}{i}.",
                "targets": "y",
                "domain": "d",
                "metric": "em",
            }
            | task.where["train"]
            for task in tasks
            for i in range(count)
        ]
        put(folder, f"{file}.json", rows)


def write_flylora(folder: Path, train: int = 1, test: int = 1) -> None:
    _write_mmlu(folder, train, test)
    _write_scienceqa(folder, train, test)
    for part, count in (("train", train), ("test", test)):
        rows = [{"question": f"{part}{i}?", "answer": "So.\n#### 5"} for i in range(count)]
        put(folder, f"gsm8k/{part}.jsonl", rows)
    added = [{"instruction": f"Add {i}.", "input": "", "output": "2"} for i in range(train)]
    put(folder, "code_alpaca/code_alpaca_20k.json", added)
    put(folder, "humaneval/HumanEval.jsonl", [_human_eval(i) for i in range(test)])


def _write_mmlu(folder: Path, train: int, test: int) -> None:
    def row(part: str, i: int) -> Row:
        question = {"question": f"{part}{i}?", "subject": "s"}
        return question | {"choices": ["a", "b's", "c", "d"], "answer": i % 4}

    rows = [{"train": row("train", i)} for i in range(train)]
    put(folder, "mmlu/auxiliary_train/train-00000-of-00001.parquet", rows)
    put(folder, "mmlu/all/test-00000-of-00001.parquet", [row("test", i) for i in range(test)])


def _write_scienceqa(folder: Path, train: int, test: int) -> None:
    problems = [
        {
            "question": f"{part}{i}?",
            "hint": "",
            "choices": ["x", "y"],
            "answer": (i + 1) % 2,
            "split": part,
        }
        for part, count in (("train", train), ("val", test), ("test", test))
        for i in range(count)
    ]
    put(folder, "scienceqa/problems.json", dict(enumerate(problems)))


def _human_eval(i: int) -> Row:
    function = {"prompt": f"def f{i}():\n", "canonical_solution": "    pass\n"}
    return function | {"task_id": f"HumanEval/{i}", "entry_point": f"f{i}", "test": "t"}


WRITERS: dict[str, Callable[..., None]] = {
    "more_glue": write_more_glue,
    "more_commonsense": write_more_commonsense,
    "smora_flan": write_smora_flan,
    "flylora": write_flylora,
}
