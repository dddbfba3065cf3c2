"""A folder of GLUE's files that a test writes and reads."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from scripts.prepare_data.errors import PrepareError
from scripts.prepare_data.glue import read_glue
from scripts.prepare_data.tasks import PreparedTask


class InFolder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, file: str, text: str, encoding: str = "utf-8") -> None:
        (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / file).write_bytes(text.encode(encoding))

    def read(self) -> dict[str, PreparedTask]:
        with mock.patch("builtins.print"):
            self.suite = read_glue(self.folder)
        return {prepared.task.name: prepared for prepared in self.suite.tasks}

    def refuse(self, message: str) -> None:
        with self.assertRaisesRegex(PrepareError, message):
            self.read()
