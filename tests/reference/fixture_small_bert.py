"""A random tiny BERT, its configuration, and its hidden states from transformers.

Writes small_bert.safetensors (named as MiniLM's tensors), small_bert.json (config.json's keys) and
small_bert_expected.safetensors: tokens, segments int64 [N], starts int64 [S+1], hidden_float32 and
hidden_float64 [N, 32], each sequence computed alone, attention eager.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

from .packed import hidden_one_by_one, starts_of

CONFIG = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "vocab_size": 100,
    "max_position_embeddings": 64,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "pad_token_id": 0,
    "position_embedding_type": "absolute",
}
LENGTHS = [1, 2, 7, 64, 3, 20, 33, 11]


@torch.no_grad()
def _fill(model: BertModel, generator: torch.Generator) -> None:
    """Random weights large enough that attention is far from uniform."""
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if name.endswith("LayerNorm.weight"):
            parameter.copy_(1 + 0.2 * noise)
        elif parameter.dim() == 1:
            parameter.copy_(0.2 * noise)
        elif "embeddings" in name:
            parameter.copy_(noise)
        else:
            parameter.copy_(noise * 1.5 / parameter.shape[1] ** 0.5)


def _inputs(generator: torch.Generator) -> dict[str, torch.Tensor]:
    """Sequences of mixed length; in every second one the latter half is segment 1."""
    tokens = torch.randint(0, CONFIG["vocab_size"], (sum(LENGTHS),), generator=generator)
    segments = torch.cat(
        [(torch.arange(n) >= n / 2) & bool(index % 2) for index, n in enumerate(LENGTHS)]
    )
    return {"tokens": tokens, "segments": segments.long(), "starts": starts_of(LENGTHS)}


def make(data: Path, out: Path) -> None:
    """Writes the three files; `data` is not read."""
    generator = torch.Generator().manual_seed(1)
    model = BertModel(BertConfig(**CONFIG, attn_implementation="eager")).eval()
    _fill(model, generator)
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    weights["embeddings.position_ids"] = torch.arange(CONFIG["max_position_embeddings"])[None]
    save_file(weights, out / "small_bert.safetensors", metadata={"format": "pt"})
    (out / "small_bert.json").write_text(json.dumps(CONFIG, indent=1) + "\n")
    inputs = _inputs(generator)
    expected = dict(inputs)
    expected["hidden_float32"] = hidden_one_by_one(model, **inputs)
    expected["hidden_float64"] = hidden_one_by_one(model.double(), **inputs)
    save_file(expected, out / "small_bert_expected.safetensors")
