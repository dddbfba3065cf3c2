"""A folder with a description, its rows and a toy backbone, for tests of a user's own data."""

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from scripts.prepare_data.errors import PrepareError
from scripts.prepare_data.examples import Example
from scripts.prepare_data.own_data import OwnData
from scripts.prepare_data.tasks import PreparedTask

from .toy_tokenizer import save_toy_decoder

CLASSIFY = {"kind": "classify", "prompt": "{q}", "target": "y", "labels": ["no", "yes"]}
CHOOSE = {"kind": "choose", "prompt": "{q}", "target": "y", "candidates": ["a", "b"]}
GENERATE = {"kind": "generate", "prompt": "{q}", "answer": "{a}"}


class InFolder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.model = self.folder / "model"
        self.model.mkdir()
        save_toy_decoder(self.model, front=False)

    def put(self, file: str, content: str) -> Path:
        (self.folder / file).write_text(content, encoding="utf-8")
        return self.folder / file

    def put_rows(self, *rows: Any, file: str = "rows.jsonl") -> None:
        self.put(file, "".join(json.dumps(row) + "\n" for row in rows))

    def describe(self, **members: Any) -> None:
        task = {"name": "mine", "files": {"train": "rows.jsonl"}} | members
        self.put("suite.json", json.dumps({"tasks": [task]}))

    def read(self, **members: Any) -> PreparedTask:
        if members:
            self.describe(**members)
        own = OwnData(self.folder / "suite.json", self.folder, self.model)
        return own.read("toys", self.folder / "data").tasks[0]

    def examples(self, **members: Any) -> list[Example]:
        """All of them, in the order of the file."""
        splits = self.read(**members).splits.items()
        found = [example for _, examples in splits for example in examples]
        return sorted(found, key=lambda one: int(one.where.split()[-1]))

    def refuse(self, message: str, **members: Any) -> None:
        with self.assertRaisesRegex(PrepareError, message) as caught:
            self.read(**members)
        self.assertNotIn("\n", str(caught.exception))
