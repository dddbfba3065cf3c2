"""The tokens that a backbone with a head over the vocabulary puts around texts.

Reads its config.json and tokenizer_config.json; writes nothing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import PrepareError, shown
from .files import read_json

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Backbones with a head over the vocabulary, by the model_type of config.json.
DECODERS = ("llama", "mistral", "qwen2")
ENCODER_DECODERS = ("t5",)


@dataclass(frozen=True)
class SpecialTokens:
    """`front` stands before every text, `start` for a text that is empty, `end` after an answer.

    -1 for a start or end that the folder does not name.
    """

    front: list[int]
    start: int
    end: int


def model_type(folder: Path) -> str:
    """What config.json says the model is, or nothing."""
    found = _members(folder / "config.json").get("model_type")
    return found if isinstance(found, str) else ""


def has_vocabulary_head(kind: str) -> bool:
    """Whether a model of this type scores tokens."""
    return kind in DECODERS + ENCODER_DECODERS


def special_tokens(folder: Path, tokenizer: "Tokenizer") -> SpecialTokens:
    """What the tokenizer's post-processor and the folder's configurations say."""
    end = _named(folder, tokenizer, "eos")
    first = _named(folder, tokenizer, "bos")
    return SpecialTokens(_front(tokenizer), first if first >= 0 else end, end)


def _front(tokenizer: "Tokenizer") -> list[int]:
    encoding = tokenizer.encode("a")
    mask = encoding.special_tokens_mask
    return encoding.ids[: mask.index(0)] if 0 in mask else []


def _named(folder: Path, tokenizer: "Tokenizer", name: str) -> int:
    """The id of the beginning's or the end's token: the tokenizer's word, else the model's."""
    text = _members(folder / "tokenizer_config.json").get(f"{name}_token")
    text = text.get("content") if isinstance(text, dict) else text
    known = tokenizer.token_to_id(text) if isinstance(text, str) else None
    if known is not None:
        return known
    if isinstance(text, str) and has_vocabulary_head(model_type(folder)):
        raise PrepareError(
            f"{folder / 'tokenizer_config.json'}: {name}_token is {shown(text)}, which "
            f"tokenizer.json does not know; put both files of the same model there"
        )
    stated = _members(folder / "config.json").get(f"{name}_token_id")
    stated = stated[0] if isinstance(stated, list) and stated else stated
    return stated if isinstance(stated, int) else -1


def _members(file: Path) -> dict[str, Any]:
    found = read_json(file)
    return found if isinstance(found, dict) else {}
