"""Random tiny T5s of three kinds, their configurations, and what transformers makes of them.

Writes for each NAME of FAMILIES small_NAME.safetensors, small_NAME.json (config.json) and
small_NAME_expected.safetensors: tokens int64 [N] and starts int64 [S+1] of the encoder's sequences,
answers int64 [M] and answer_starts int64 [S+1] of the decoder's (it reads 0 and then the answer but
its last token); rows_float32 and rows_float64 [N, hidden], logits_float32 and logits_float64
[M, vocabulary] as transformers computes them, rows_exact and logits_exact with norms and softmax in
fp64 as well; noise [N, hidden] and logits_noise [M, vocabulary]. Of the sum of rows_exact * noise and
logits_exact * logits_noise the gradients of some weights; of the same with a LoRA on some linears its
factors and their gradients. Each pair is computed alone, attention eager. The checkpoints differ in
their precision and in the copies of the embedding that they store.
"""

import json
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import T5Config, T5ForConditionalGeneration

from . import lora
from .packed import starts_of

SIZES = {
    "vocab_size": 40,
    "d_model": 16,
    "d_kv": 6,
    "d_ff": 24,
    "num_layers": 2,
    "num_heads": 2,
    "decoder_start_token_id": 0,
    "attn_implementation": "eager",
}
FAMILIES = {
    "t5": T5Config(**SIZES, feed_forward_proj="relu"),
    "flan_t5": T5Config(
        **SIZES,
        num_decoder_layers=1,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
    ),
    "tied_t5": T5Config(
        **SIZES,
        relative_attention_num_buckets=9,
        relative_attention_max_distance=20,
        feed_forward_proj="gated-gelu",
    ),
}
PRECISIONS = {"t5": torch.float32, "flan_t5": torch.bfloat16, "tied_t5": torch.float16}
COPIES = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight")
STORED_COPIES = {"t5": COPIES, "flan_t5": ("lm_head.weight",), "tied_t5": COPIES[:1]}
UNREAD = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"  # of old files
LENGTHS = [1, 2, 7, 40, 3, 12]
ANSWER_LENGTHS = [2, 1, 5, 3, 22, 2]
WATCHED = (
    "shared.weight",
    "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
    "encoder.block.0.layer.0.SelfAttention.q.weight",
    "encoder.block.1.layer.1.DenseReluDense.wo.weight",
    "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
    "decoder.block.0.layer.0.SelfAttention.v.weight",
    "decoder.block.0.layer.1.EncDecAttention.k.weight",
    "decoder.block.0.layer.2.layer_norm.weight",
)
LORA_SITES = (
    "encoder.block.0.layer.0.SelfAttention.q",
    "encoder.block.1.layer.0.SelfAttention.v",
    "decoder.block.0.layer.0.SelfAttention.k",
    "decoder.block.0.layer.1.EncDecAttention.q",
    "decoder.block.0.layer.1.EncDecAttention.v",
)


@torch.no_grad()
def _fill(model: torch.nn.Module, precision: torch.dtype, generator: torch.Generator) -> None:
    """Random weights large enough that attention is far from uniform, as the precision keeps them."""
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name:
            noise = 1 + 0.2 * noise
        elif "shared" not in name and "bias" not in name:
            noise = noise / parameter.shape[1] ** 0.5
        parameter.copy_(noise.to(precision))


def _save(model: torch.nn.Module, name: str, file: Path) -> None:
    weights = {key: tensor.to(PRECISIONS[name]).clone() for key, tensor in model.state_dict().items()}
    for copy in set(COPIES) - set(STORED_COPIES[name]):
        del weights[copy]
    if name == "t5":
        weights[UNREAD] = torch.ones((SIZES["num_heads"], 32))
    if name == "tied_t5":  # the copy stands for the embedding
        del weights["shared.weight"]
    save_file(weights, file, metadata={"format": "pt"})


@contextmanager
def exact(model: torch.nn.Module):  # noqa: ANN202
    """Norms and softmax in the model's own precision; transformers takes fp32 for them."""

    def norm(self, x):  # noqa: ANN001, ANN202
        return self.weight * (
            x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon)
        )

    for module in model.modules():
        if type(module).__name__ == "T5LayerNorm":
            module.forward = norm.__get__(module)
    plain = torch.Tensor.float
    torch.Tensor.float = lambda x: x if x.is_floating_point() else plain(x)
    yield
    torch.Tensor.float = plain


def _outputs(model: torch.nn.Module, inputs: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Encoder rows [N, hidden] and logits [M, vocabulary], each pair by itself."""
    rows, logits = [], []
    sources, answers = (pairwise(inputs[key].tolist()) for key in ("starts", "answer_starts"))
    for (first, last), (answer_first, answer_last) in zip(sources, answers, strict=True):
        answer = inputs["answers"][answer_first:answer_last]
        read = torch.cat((torch.zeros(1, dtype=torch.int64), answer[:-1]))
        out = model(input_ids=inputs["tokens"][first:last][None], decoder_input_ids=read[None])
        rows.append(out.encoder_last_hidden_state[0])
        logits.append(out.logits[0])
    return torch.cat(rows), torch.cat(logits)


def _backward(model: torch.nn.Module, inputs: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    rows, logits = _outputs(model, inputs)
    ((rows * inputs["noise"]).sum() + (logits * inputs["logits_noise"]).sum()).backward()
    return rows.detach(), logits.detach()


def _make_family(name: str, seed: int, out: Path) -> None:
    generator = torch.Generator().manual_seed(seed)
    config = FAMILIES[name]
    model = T5ForConditionalGeneration(config).eval()
    _fill(model, PRECISIONS[name], generator)
    _save(model, name, out / f"small_{name}.safetensors")
    written = json.loads(config.to_json_string(use_diff=False))
    (out / f"small_{name}.json").write_text(json.dumps(written, indent=1, sort_keys=True) + "\n")

    def noise(rows: int, width: int) -> torch.Tensor:
        return torch.randn((rows, width), generator=generator, dtype=torch.float64)

    def tokens(count: int) -> torch.Tensor:
        return torch.randint(0, config.vocab_size, (count,), generator=generator)

    count, answers = sum(LENGTHS), sum(ANSWER_LENGTHS)
    expected = {
        "tokens": tokens(count),
        "starts": starts_of(LENGTHS),
        "answers": tokens(answers),
        "answer_starts": starts_of(ANSWER_LENGTHS),
        "noise": noise(count, config.d_model),
        "logits_noise": noise(answers, config.vocab_size),
    }
    with torch.no_grad():
        expected["rows_float32"], expected["logits_float32"] = _outputs(model, expected)
        model = model.double()
        expected["rows_float64"], expected["logits_float64"] = _outputs(model, expected)
    with exact(model):
        expected["rows_exact"], expected["logits_exact"] = _backward(model, expected)
        parameters = dict(model.named_parameters())
        expected |= {f"gradient.{watched}": parameters[watched].grad.clone() for watched in WATCHED}
        widening = "wi_0" if config.is_gated_act else "wi"
        sites = [*LORA_SITES, f"encoder.block.0.layer.1.DenseReluDense.{widening}"]
        factors = lora.attach(model, sites, generator)
        _backward(model, expected)
    save_file(expected | lora.fixture(factors), out / f"small_{name}_expected.safetensors")


def make(data: Path, out: Path) -> None:
    """Writes three files for each family; `data` is not read."""
    for seed, name in enumerate(FAMILIES, start=5):
        _make_family(name, seed, out)
