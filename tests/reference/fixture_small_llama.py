"""Random tiny decoders of three families, their configurations, and what transformers makes of them.

Writes for each NAME of FAMILIES small_NAME.safetensors, small_NAME.json (config.json) and
small_NAME_expected.safetensors: tokens int64 [N], starts int64 [S+1], hidden_float32 and
hidden_float64 [N, hidden] as transformers computes them, hidden_exact with norms, rotary tables and
softmax in fp64 as well, logits_exact [S, vocabulary] of each sequence's last row, and of the sum of
hidden_exact * noise [N, hidden] the gradients of some weights; of the same with a LoRA on some linears
its factors and their gradients. Each sequence is computed alone, attention eager.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from . import lora
from .packed import starts_of

SIZES = {
    "vocab_size": 60,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "attn_implementation": "eager",
}
LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}
FAMILIES = {
    "llama3": (
        LlamaForCausalLM,
        LlamaConfig(**SIZES, num_key_value_heads=2, rope_theta=500.0, rope_scaling=LLAMA3),
    ),
    "mistral": (
        MistralForCausalLM,
        MistralConfig(**SIZES, num_key_value_heads=4, head_dim=12, sliding_window=None),
    ),
    "qwen2": (
        Qwen2ForCausalLM,
        Qwen2Config(**SIZES, num_key_value_heads=1, rope_theta=1e4, tie_word_embeddings=True),
    ),
}
LENGTHS = [1, 2, 7, 64, 3, 40, 33, 11]
LORA_SITES = ["layers.0.self_attn.q_proj", "layers.0.mlp.down_proj", "layers.1.self_attn.v_proj"]
WATCHED = ("layers.0.self_attn.k_proj", "layers.0.mlp.up_proj", "layers.1.self_attn.q_proj")


@torch.no_grad()
def _fill(model: torch.nn.Module, generator: torch.Generator) -> None:
    """Random weights large enough that attention is far from uniform."""
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name:
            parameter.copy_(1 + 0.2 * noise)
        elif parameter.dim() == 1:
            parameter.copy_(0.2 * noise)
        elif "embed" in name:
            parameter.copy_(noise)
        else:
            parameter.copy_(noise / parameter.shape[1] ** 0.5)


def make_exact(model: torch.nn.Module) -> None:
    """Norms and rotary tables in the model's own precision; transformers takes fp32 for them."""

    def norm(self, x):  # noqa: ANN001, ANN202
        return self.weight * (
            x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon)
        )

    def rotary(self, x, position_ids):  # noqa: ANN001, ANN202
        angles = position_ids[..., None].to(x.dtype) * self.exact
        angles = torch.cat((angles, angles), dim=-1)
        return angles.cos(), angles.sin()

    for module in model.modules():
        if type(module).__name__.endswith("RMSNorm"):
            module.forward = norm.__get__(module)
    rope = model.model.rotary_emb
    rope.exact = _exact_frequencies(model.config)
    rope.forward = rotary.__get__(rope)


def _exact_frequencies(config) -> torch.Tensor:  # noqa: ANN001
    """Of transformers' modeling_rope_utils, in fp64."""
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    steps = torch.arange(0, width, 2, dtype=torch.float64) / width
    plain = config.rope_theta**-steps
    scaling = getattr(config, "rope_scaling", None)
    if not scaling:
        return plain
    low = scaling["original_max_position_embeddings"] / scaling["low_freq_factor"]
    high = scaling["original_max_position_embeddings"] / scaling["high_freq_factor"]
    wavelength = 2 * torch.pi / plain
    smooth = (scaling["original_max_position_embeddings"] / wavelength - scaling["low_freq_factor"]) / (
        scaling["high_freq_factor"] - scaling["low_freq_factor"]
    )
    between = (1 - smooth) * plain / scaling["factor"] + smooth * plain
    scaled = torch.where(wavelength > low, plain / scaling["factor"], plain)
    return torch.where((wavelength >= high) & (wavelength <= low), between, scaled)


def softmax_in_fp64() -> None:
    """transformers' eager attention asks for fp32."""
    plain = torch.nn.functional.softmax
    torch.nn.functional.softmax = lambda x, dim=-1, dtype=None, **_: plain(x, dim=dim, dtype=x.dtype)


def _hidden(model: torch.nn.Module, tokens: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
    rows = [
        model.model(input_ids=tokens[first:last][None]).last_hidden_state[0]
        for first, last in zip(starts[:-1].tolist(), starts[1:].tolist())
    ]
    return torch.cat(rows)


def _make_family(name: str, seed: int, out: Path) -> None:
    generator = torch.Generator().manual_seed(seed)
    kind, config = FAMILIES[name]
    model = kind(config).eval()
    _fill(model, generator)
    weights = {key: tensor.contiguous() for key, tensor in model.state_dict().items()}
    if config.tie_word_embeddings:
        weights.pop("lm_head.weight", None)
    save_file(weights, out / f"small_{name}.safetensors", metadata={"format": "pt"})
    written = json.loads(config.to_json_string(use_diff=False))
    (out / f"small_{name}.json").write_text(json.dumps(written, indent=1, sort_keys=True) + "\n")
    tokens = torch.randint(0, config.vocab_size, (sum(LENGTHS),), generator=generator)
    starts = starts_of(LENGTHS)
    noise = torch.randn((len(tokens), config.hidden_size), generator=generator, dtype=torch.float64)
    expected = {"tokens": tokens, "starts": starts, "noise": noise}
    with torch.no_grad():
        expected["hidden_float32"] = _hidden(model, tokens, starts)
        model = model.double()
        expected["hidden_float64"] = _hidden(model, tokens, starts)
    make_exact(model)
    plain = torch.nn.functional.softmax
    softmax_in_fp64()
    exact = _hidden(model, tokens, starts)
    (exact * noise).sum().backward()
    expected["hidden_exact"] = exact.detach()
    expected["logits_exact"] = model.lm_head(exact.detach()[starts[1:] - 1]).detach()
    for watched in WATCHED:
        expected[f"gradient.{watched}"] = model.model.get_submodule(watched).weight.grad.clone()
    factors = lora.attach(model.model, LORA_SITES, generator)
    (_hidden(model, tokens, starts) * noise).sum().backward()
    torch.nn.functional.softmax = plain
    expected |= lora.fixture(factors)
    save_file(expected, out / f"small_{name}_expected.safetensors")


def make(data: Path, out: Path) -> None:
    """Writes three files for each family; `data` is not read."""
    for seed, name in enumerate(FAMILIES, start=2):
        _make_family(name, seed, out)
