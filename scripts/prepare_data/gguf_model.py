"""A GGUF file of a LLaMA-like model: its config.json, and its tensors under today's names.

Reads the file; writes nothing. Weights come back as fp32, whatever they were quantised to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from .errors import PrepareError, one_line, shown

# GGUF's architecture (Mistral's files say llama) to the model_type of config.json.
_MODEL_TYPES = {"llama": ("llama", "LlamaForCausalLM"), "qwen2": ("qwen2", "Qwen2ForCausalLM")}
_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OTHERS = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
_IN_LAYER = re.compile(r"blk\.(\d+)\.(\w+)\.(weight|bias)")


@dataclass(frozen=True)
class Tensor:
    """A tensor under the name that transformers gives it; `read` dequantises it."""

    name: str
    shape: tuple[int, ...]
    source: Any
    heads: int = 0  # whose rows are interleaved in the file

    def read(self) -> np.ndarray:
        """The fp32 values."""
        source = self.source
        values = gguf.dequantize(source.data, source.tensor_type).astype(np.float32, copy=False)
        values = values.reshape(self.shape)
        if not self.heads:
            return np.ascontiguousarray(values)
        pairs = values.reshape(self.heads, -1, 2, *self.shape[1:])
        return np.ascontiguousarray(pairs.swapaxes(1, 2)).reshape(self.shape)


class GgufModel:
    """What a file holds. PrepareError for what is not known here."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._reader = gguf.GGUFReader(path)
        except (ValueError, OSError, IndexError, KeyError) as error:
            raise PrepareError(
                f"{path}: cannot be read as GGUF ({one_line(error)}); copy it anew"
            ) from None
        self.architecture = self.field("general.architecture")
        if self.architecture not in _MODEL_TYPES:
            raise PrepareError(
                f"{path}: architecture {shown(str(self.architecture))}; those that are converted "
                f"are {', '.join(_MODEL_TYPES)}; put other models' own files into a folder and "
                f"name it by --backbone DIR"
            )
        self._refuse_other_positions()

    def field(self, name: str, otherwise: Any = None) -> Any:
        """A member of the file's metadata."""
        found = self._reader.get_field(name)
        return otherwise if found is None else found.contents()

    def _size(self, name: str, otherwise: Any = None) -> Any:
        found = self.field(f"{self.architecture}.{name}", otherwise)
        if not isinstance(found, (int, float)):
            raise PrepareError(
                f"{self.path}: {self.architecture}.{name} is {shown(str(found))}, expected one "
                f"number; models that differ by layer are not converted"
            )
        return found

    def _refuse_other_positions(self) -> None:
        scaling = self.field(f"{self.architecture}.rope.scaling.type", "none")
        names = {tensor.name for tensor in self._reader.tensors}
        width = self._width()
        partial = self._size("rope.dimension_count", width) != width
        if scaling != "none" or "rope_freqs.weight" in names or partial:
            raise PrepareError(
                f"{self.path}: its rotary positions are scaled or in part of a head alone, which "
                f"is not converted; put the model's own files into a folder and name it by "
                f"--backbone DIR"
            )

    def _width(self) -> int:
        heads = self._size("attention.head_count")
        return self._size("attention.key_length", self._size("embedding_length") // heads)

    def config(self) -> dict[str, Any]:
        """The members of config.json."""
        heads, hidden = self._size("attention.head_count"), self._size("embedding_length")
        kind, name = _MODEL_TYPES[self.architecture]
        names = {tensor.name for tensor in self._reader.tensors}
        config = {
            "architectures": [name],
            "model_type": kind,
            "vocab_size": len(self.field("tokenizer.ggml.tokens", [])),
            "hidden_size": hidden,
            "intermediate_size": self._size("feed_forward_length"),
            "num_hidden_layers": self._size("block_count"),
            "num_attention_heads": heads,
            "num_key_value_heads": self._size("attention.head_count_kv", heads),
            "head_dim": self._width(),
            "max_position_embeddings": self._size("context_length"),
            "rms_norm_eps": _shortest(self._size("attention.layer_norm_rms_epsilon")),
            "rope_theta": _shortest(self._size("rope.freq_base", 10000.0)),
            "rope_scaling": None,
            "hidden_act": "silu",
            "tie_word_embeddings": "output.weight" not in names,
            "attention_dropout": 0.0,
            "initializer_range": 0.02,
            "use_cache": True,
            "torch_dtype": "float32",
        }
        if kind == "llama":
            config |= {"attention_bias": "blk.0.attn_q.bias" in names, "mlp_bias": False}
        for token in ("bos", "eos", "padding"):
            config[f"{token[:3]}_token_id"] = self.field(f"tokenizer.ggml.{token}_token_id")
        return config

    def tensors(self) -> Iterator[Tensor]:
        """All tensors, in the file's order."""
        for source in self._reader.tensors:
            heads = self._interleaved(source.name) if self.architecture == "llama" else 0
            shape = tuple(int(size) for size in reversed(source.shape))
            self._check_kind(source)
            yield Tensor(self._name(source.name), shape, source, heads)

    def _interleaved(self, name: str) -> int:
        """The heads of a tensor whose rows alternate between the halves that are rotated."""
        if ".attn_q." in name:
            return self._size("attention.head_count")
        if ".attn_k." in name:
            return self._size("attention.head_count_kv", self._size("attention.head_count"))
        return 0

    def _name(self, name: str) -> str:
        if name in _OTHERS:
            return _OTHERS[name]
        found = _IN_LAYER.fullmatch(name)
        if found is None or found[2] not in _LAYER:
            raise PrepareError(
                f"{self.path}: tensor {shown(name)} is none of a model of type "
                f"{self.architecture}; put the model's own files into a folder and name it by "
                f"--backbone DIR"
            )
        return f"model.layers.{found[1]}.{_LAYER[found[2]]}.{found[3]}"

    def _check_kind(self, source: Any) -> None:
        kind = source.tensor_type
        plain = (gguf.GGMLQuantizationType.F32, gguf.GGMLQuantizationType.F16)
        if kind not in plain and kind not in gguf.quants._type_traits:
            raise PrepareError(
                f"{self.path}: tensor {source.name} is quantised as {kind.name}, which is not "
                f"read; take a file of another quantisation, such as Q8_0 or F16"
            )


def _shortest(value: float) -> float:
    """The shortest decimal that is this fp32 number: 1e-05, not 9.999999747378752e-06."""
    return float(str(np.float32(value)))
