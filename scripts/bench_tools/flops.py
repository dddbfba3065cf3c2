"""Floating-point operations that training needs for a token: the numerator of the limit's share.

A product with a frozen weight costs 2 * in * out forward and as much for the gradient of its
inputs; the first layer's inputs take none where they come from frozen embeddings. An active
parameter of the adapter costs 2 forward, 2 for its own gradient and 2 for its inputs'. Attention,
norms, activations and the optimizer are left out, as the limit is one of matrix products.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Product:
    """A frozen linear of the model, `count` of it; `backward` of them hand a gradient on."""

    inputs: int
    outputs: int
    count: int
    backward: int

    @property
    def flops(self) -> int:
        return 2 * self.inputs * self.outputs * (self.count + self.backward)


def products(config: dict[str, Any], vocabulary_head: bool) -> list[Product]:
    """Those of one row, from a model's config.json."""
    width, inner = config["hidden_size"], config["intermediate_size"]
    layers, heads = config["num_hidden_layers"], config["num_attention_heads"]
    head = config.get("head_dim") or width // heads
    shared = head * config.get("num_key_value_heads", heads)
    gated = config["model_type"] == "llama"
    found = [
        Product(width, heads * head, layers, layers - 1),  # q
        Product(width, shared, 2 * layers, 2 * (layers - 1)),  # k, v
        Product(heads * head, width, layers, layers),
        Product(width, inner, (2 if gated else 1) * layers, (2 if gated else 1) * layers),
        Product(inner, width, layers, layers),
    ]
    if vocabulary_head:
        found.append(Product(width, config["vocab_size"], 1, 1))
    return found


def base_flops(found: list[Product]) -> float:
    """A token's in the frozen products."""
    return sum(product.flops for product in found)


def adapter_flops(active_parameters: float) -> float:
    """A token's in the parameters that it uses."""
    return 6 * active_parameters
