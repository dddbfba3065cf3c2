"""Tokenizers of a few words, letters or bytes for tests, of an encoder, a decoder and a T5."""

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders
from tokenizers.models import BPE, WordLevel
from tokenizers.pre_tokenizers import ByteLevel, Whitespace
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import BpeTrainer

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefgh"]
CLS, SEP = 2, 3


def save_toy_tokenizer(path: Path) -> Path:
    """An encoder's, with truncation and padding switched on; letters a to h are tokens 4 to 11."""
    vocabulary = {word: index for index, word in enumerate(WORDS)}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)],
    )
    tokenizer.enable_truncation(max_length=4)
    tokenizer.enable_padding(length=16)
    tokenizer.save(str(path))
    return path


# Pieces of the decoder: a space is written Ġ, as its tokenizer.json has it, a line break Ċ.
PIECES = ["<s>", "</s>", "Ġ", "Ċ", *"abcdefgh", "Ġa", "Ġb", "ab", "Ã", "©"]


def save_toy_decoder(folder: Path, *, front: bool) -> None:
    """Writes a decoder's folder without weights; `front`: <s> stands before a text."""
    pieces = {piece: index for index, piece in enumerate(PIECES)}
    merges = [("Ġ", "a"), ("Ġ", "b"), ("a", "b")]
    tokenizer = Tokenizer(BPE(pieces, merges))
    tokenizer.add_special_tokens(PIECES[:2])
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    if front:
        tokenizer.post_processor = TemplateProcessing(
            single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 0)]
        )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
    special = {"bos_token": "<s>", "eos_token": {"content": "</s>"}}
    (folder / "tokenizer_config.json").write_text(json.dumps(special))


def save_toy_t5(folder: Path) -> None:
    """Writes a T5's folder without weights: letters a to h are tokens 2 to 9, </s> is 1."""
    vocabulary = {word: index for index, word in enumerate(["<pad>", "</s>", *"abcdefgh"])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="<pad>"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"model_type": "t5", "eos_token_id": 1, "vocab_size": 10}
    (folder / "config.json").write_text(json.dumps(config))


WORDS_OF_BYTES = [
    "unacceptable",
    "contradiction",
    "not_entailment",
    "not_equivalent",
    "not_duplicate",
]
BYTE_TOKENS = 2 + 256 + 40


def save_byte_tokenizer(folder: Path, *, ends_texts: bool) -> None:
    """Writes one of <pad>, </s>, the bytes and parts of words; `ends_texts`: </s> does."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=BYTE_TOKENS,
        special_tokens=["<pad>", "</s>"],
        initial_alphabet=sorted(ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(WORDS_OF_BYTES, trainer)
    if ends_texts:
        tokenizer.post_processor = TemplateProcessing(
            single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
        )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": "</s>"}))
