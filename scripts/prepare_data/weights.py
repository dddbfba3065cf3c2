"""Whether a folder's weights are whole and of one kind: a file, or shards with their index.

Reads the headers of safetensors files; writes nothing. The program reads the tensors, under today's
names of a normalisation's parameters (weight, bias) or the old ones (gamma, beta).
"""

import json
from pathlib import Path

from .errors import PrepareError, one_line, refuse_repeats, shown

WHOLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
_OLD_NAMES = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}


def sharded_files(folder: Path) -> list[Path]:
    """The index and the shards that lie in a folder."""
    index = [folder / INDEX] if (folder / INDEX).exists() else []
    return index + sorted(folder.glob("model-*-of-*.safetensors"))


def weight_files(folder: Path) -> list[Path]:
    """The whole file, or the shards."""
    whole = folder / WHOLE
    return [whole] if whole.exists() else [f for f in sharded_files(folder) if f.name != INDEX]


def refuse_shards(folder: Path) -> None:
    """PrepareError where shards lie beside a whole file, which would leave open what counts."""
    if found := sharded_files(folder):
        raise PrepareError(
            f"{folder}: holds {found[0].name} beside {WHOLE}, and one of them is stale; delete it"
        )


def check_weights(folder: Path) -> None:
    """PrepareError unless the weights are there, whole, and each tensor is there once."""
    if (folder / WHOLE).exists():
        refuse_shards(folder)
        names = tensor_names(folder / WHOLE)
    elif sharded_files(folder):
        names = _names_in_shards(folder)
    else:
        raise PrepareError(
            f"{folder}: has no {WHOLE} and no {INDEX}; weights in another format are converted "
            f"with save_pretrained(folder, safe_serialization=True) of transformers"
        )
    refuse_repeats(f"{folder}: tensor", (_todays_name(name) for name in names))


def tensor_names(file: Path) -> list[str]:
    """The tensors that a safetensors file holds; PrepareError if it is cut short."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        header = stream.read(length) if length <= size else b""
    try:
        tensors = json.loads(header)
        ends = {n: t["data_offsets"][1] for n, t in tensors.items() if n != "__metadata__"}
        expected = 8 + length + max(ends.values(), default=0)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise PrepareError(f"{file}: is not a safetensors file; copy it anew") from None
    if size != expected:
        raise PrepareError(f"{file}: has {size} bytes, its header says {expected}; copy it anew")
    return list(ends)


def _names_in_shards(folder: Path) -> list[str]:
    """The tensors of all shards; the index must name these shards and tensors and no others."""
    shards = {path.name for path in sharded_files(folder)} - {INDEX}
    mapped = _weight_map(folder / INDEX)
    for wrong, what in (
        (set(mapped.values()) - shards, "is named by the index and is not there"),
        (shards - set(mapped.values()), "is not named by the index"),
    ):
        if wrong:
            raise PrepareError(
                f"{folder}: {shown(min(wrong))} {what}; copy the weights' folder anew"
            )
    names = []
    for shard in sorted(shards):
        held = tensor_names(folder / shard)
        if differing := set(held) ^ {name for name, file in mapped.items() if file == shard}:
            raise PrepareError(
                f"{folder / shard}: holds other tensors than {INDEX} says, as "
                f"{shown(min(differing))}; copy the weights' folder anew"
            )
        names += held
    return names


def _weight_map(index: Path) -> dict[str, str]:
    try:
        mapped = json.loads(index.read_bytes())["weight_map"]
        if all(isinstance(file, str) for file in mapped.values()):
            return mapped
        reason = "a file's name is no text"
    except FileNotFoundError:
        reason = "there are shards and no such file"
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        reason = one_line(error)
    raise PrepareError(f"{index}: expected an object with weight_map ({reason}); copy it anew")


def _todays_name(name: str) -> str:
    for old, new in _OLD_NAMES.items():
        if name.endswith(old):
            return name.removesuffix(old) + new
    return name
