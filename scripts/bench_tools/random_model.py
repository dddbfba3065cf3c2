"""Writes a checkpoint of LLaMA-3.1-8B's shape: python -m bench_tools.random_model DIR.

Sixteen gigabytes in bf16, normal with a standard deviation of 0.02, as transformers starts a model.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

CONFIG = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 128256,
    "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
    "max_position_embeddings": 8192, "rms_norm_eps": 1e-05, "rope_theta": 500000.0,
    "rope_scaling": None, "hidden_act": "silu", "tie_word_embeddings": False,
    "attention_bias": False, "mlp_bias": False, "torch_dtype": "bfloat16", "use_cache": True,
}  # fmt: skip


def shapes() -> dict[str, tuple[int, ...]]:
    width, inner = CONFIG["hidden_size"], CONFIG["intermediate_size"]
    shared = CONFIG["num_key_value_heads"] * CONFIG["head_dim"]
    found = {
        "model.embed_tokens.weight": (CONFIG["vocab_size"], width),
        "lm_head.weight": (CONFIG["vocab_size"], width),
        "model.norm.weight": (width,),
    }
    for layer in range(CONFIG["num_hidden_layers"]):
        root = f"model.layers.{layer}"
        found |= {
            f"{root}.self_attn.q_proj.weight": (width, width),
            f"{root}.self_attn.k_proj.weight": (shared, width),
            f"{root}.self_attn.v_proj.weight": (shared, width),
            f"{root}.self_attn.o_proj.weight": (width, width),
            f"{root}.mlp.gate_proj.weight": (inner, width),
            f"{root}.mlp.up_proj.weight": (inner, width),
            f"{root}.mlp.down_proj.weight": (width, inner),
            f"{root}.input_layernorm.weight": (width,),
            f"{root}.post_attention_layernorm.weight": (width,),
        }
    return found


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tensors = {
        name: torch.ones(shape, dtype=torch.bfloat16)
        if len(shape) == 1
        else (0.02 * torch.randn(shape, dtype=torch.bfloat16, device=device)).cpu()
        for name, shape in shapes().items()
    }
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
