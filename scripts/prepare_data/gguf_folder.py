"""Writes a model's folder from a GGUF file: weights in fp32, configurations and tokenizer.

Files: model.safetensors, config.json, tokenizer.json, tokenizer_config.json.
"""

import hashlib
import json
from pathlib import Path

from .files import replacing, write_bytes, write_json
from .gguf_model import GgufModel, Tensor
from .gguf_tokenizer import tokenizer_config, tokenizer_of

FILES = ("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json")


def _recipe() -> str:
    digest = hashlib.sha256()
    for module in sorted(Path(__file__).parent.glob("gguf_*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()


RECIPE = _recipe()  # changes with the code that converts


def write_folder(source: Path, folder: Path) -> None:
    """Each file whole or not at all; nothing where something is not known."""
    model = GgufModel(source)
    tokenizer = tokenizer_of(model)
    tensors = list(model.tensors())
    _write_weights(folder / "model.safetensors", tensors)
    write_json(folder / "config.json", model.config())
    write_bytes(folder / "tokenizer.json", tokenizer.to_str(pretty=True).encode())
    write_json(folder / "tokenizer_config.json", tokenizer_config(model))


def _write_weights(path: Path, tensors: list[Tensor]) -> None:
    """Tensor after tensor, so that memory holds one of them."""
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for tensor in tensors:
        begin, end = end, end + 4 * _product(tensor.shape)
        offsets = {"data_offsets": [begin, end]}
        header[tensor.name] = {"dtype": "F32", "shape": list(tensor.shape)} | offsets
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with replacing(path) as temporary, temporary.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors:
            stream.write(tensor.read().astype("<f4", copy=False).data)


def _product(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count
