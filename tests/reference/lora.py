"""A LoRA in a few lines, put on linears of a model of transformers."""

import torch

RANK = 2
SCALE = 2.0


def attach(model: torch.nn.Module, sites: list[str], generator: torch.Generator) -> dict[str, torch.Tensor]:
    """Makes each site compute W x + b + SCALE B A x; returns the leaves "SITE.lora_A" and "SITE.lora_B"."""
    factors = {}
    for site in sites:
        linear = model.get_submodule(site)
        out, width = linear.weight.shape
        kind = {"generator": generator, "dtype": linear.weight.dtype}
        a = (torch.randn((RANK, width), **kind) / width**0.5).requires_grad_()
        b = (torch.randn((out, RANK), **kind) / RANK**0.5).requires_grad_()
        linear.forward = _forward(linear.forward, a, b)
        factors |= {f"{site}.lora_A": a, f"{site}.lora_B": b}
    return factors


def _forward(plain, a: torch.Tensor, b: torch.Tensor):  # noqa: ANN001, ANN202
    return lambda x: plain(x) + SCALE * (x @ a.T) @ b.T


def fixture(factors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The factors, and as "gradient.SITE.lora_A" the gradients that a backward left on them."""
    plain = {name: factor.detach() for name, factor in factors.items()}
    return plain | {f"gradient.{name}": factor.grad for name, factor in factors.items()}
