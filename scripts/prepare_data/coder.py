"""Makes a task's tokens for one backbone: sequences for a head, scored answers, or windows.

Reads tokenizer.json, config.json and tokenizer_config.json of the backbone's folder.
"""

from collections.abc import Sequence
from pathlib import Path

from .answers import Encoder
from .errors import PrepareError, shown
from .examples import Example
from .packed import Packed
from .special_tokens import DECODERS, ENCODER_DECODERS, model_type, special_tokens
from .tasks import Task
from .token_bytes import token_bytes
from .tokenise import load_tokenizer, pack
from .windows import pack_windows


class Coder:
    """A backbone's tokenizer, and what its head over the vocabulary asks of texts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tokenizer = load_tokenizer(folder / "tokenizer.json")
        self._model = model_type(folder)
        self._special = special_tokens(folder, self._tokenizer)
        self.vocabulary = self._tokenizer.get_vocab_size(with_added_tokens=True)
        self.end_token = self._special.end
        self.token_bytes = token_bytes(self._tokenizer)

    def pack(self, task: Task, examples: Sequence[Example]) -> Packed:
        """PrepareError for what the backbone cannot answer."""
        if task.likelihood is None:
            return pack(self._tokenizer, examples, task.cap)
        self._check(task)
        if task.kind == "language_model":
            return pack_windows(self._tokenizer, self._special, examples, task)
        return self._encoder(task).pack(examples)

    def fits(self, task: Task, prompts: Sequence[str]) -> list[bool]:
        """Whether each prompt of a task that is answered by likelihood is within its cap."""
        self._check(task)
        return self._encoder(task).fits(prompts)

    def _encoder(self, task: Task) -> Encoder:
        return Encoder(self._tokenizer, self._special, task, self._model in DECODERS)

    def _check(self, task: Task) -> None:
        needed = DECODERS if task.kind == "language_model" else DECODERS + ENCODER_DECODERS
        if self._model not in needed:
            what = "a decoder" if needed == DECODERS else "a head over the vocabulary"
            raise PrepareError(
                f"task {task.name}: {_manner(task)} needs {what}, and {self._folder.name} is of "
                f"type {shown(self._model)}; take one of type {', '.join(needed)}"
            )


def _manner(task: Task) -> str:
    by_kind = task.kind in ("generate", "language_model")
    return f"kind {task.kind}" if by_kind else "scoring answers by likelihood"
