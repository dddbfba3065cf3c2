"""Tiny random stand-ins of the backbones that the papers' configs name, by the fixtures' shapes.

Writes for each a folder as the hub has it: config.json, model.safetensors, tokenizer.json and
tokenizer_config.json. Tokens are bytes and parts of words: every text can be read and written.
"""

import json
import zlib
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from tests.reference.toy_tokenizer import BYTE_TOKENS, save_byte_tokenizer

from .program import ROOT, Json

FIXTURES = ROOT / "tests/fixtures"
ROOM = {"max_position_embeddings": 4096}
# The fixture whose shapes it has, and what its config.json says otherwise.
STAND_INS: dict[str, tuple[str, Json]] = {
    "t5-base": ("t5", {}),
    "llama-2-7b": ("llama3", ROOM | {"rope_scaling": None, "rope_theta": 10000.0}),
    "llama-3.1-8b": ("llama3", ROOM | {"rope_theta": 500000.0}),
    "qwen2.5-7b": ("qwen2", ROOM | {"tie_word_embeddings": False}),
    "qwen2.5-14b": ("qwen2", ROOM | {"tie_word_embeddings": False}),
}
TABLES = ("shared.weight", "lm_head.weight", "model.embed_tokens.weight",
          "encoder.embed_tokens.weight", "decoder.embed_tokens.weight")  # fmt: skip


def write_stand_in(models: Path, name: str) -> Path:
    """The folder models/NAME. No two names have the same weights."""
    fixture, changes = STAND_INS[name]
    folder = models / name
    folder.mkdir(parents=True)
    ends = {"eos_token_id": 1, "vocab_size": BYTE_TOKENS}
    config = json.loads((FIXTURES / f"small_{fixture}.json").read_text()) | changes | ends
    (folder / "config.json").write_text(json.dumps(config))
    tensors = load_file(FIXTURES / f"small_{fixture}.safetensors")
    if fixture == "qwen2":
        tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"]
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    tables = {name: _table(tensors[name], generator) for name in TABLES if name in tensors}
    if fixture == "t5":
        tables = dict.fromkeys(tables, tables["shared.weight"])
    save_file(tensors | tables, folder / "model.safetensors")
    save_byte_tokenizer(folder, ends_texts=fixture == "t5")
    return folder


def _table(smaller: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A row for each token, spread as the fixture's."""
    rows = generator.normal(size=(BYTE_TOKENS, smaller.shape[1])) * smaller.std()
    return rows.astype(np.float32)
