"""The rate of a model's matrix products by themselves: python -m bench_tools.product_rate SPEC.

Prints FLOP/s: each frozen linear's product forward and, for the gradient of its inputs, backward,
timed one after another at the batch's number of rows, each weighed by how often a step has it. Of
the two libraries that PyTorch has on a CPU the faster one counts: on AMD's processors oneDNN
multiplies in fp32 more than twice as fast as MKL, which PyTorch takes by default.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import torch

SECONDS_EACH = 0.15


def seconds_of(run: Callable[[], object], device: str) -> float:
    """The fastest call, after one that is not counted: what else runs is not in the limit."""
    run()
    times: list[float] = []
    begin = time.perf_counter()
    while len(times) < 5 or time.perf_counter() - begin < SECONDS_EACH:
        start = time.perf_counter()
        run()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return min(times)


def fastest(x: torch.Tensor, weight: torch.Tensor, device: str) -> float:
    """Seconds of x weightᵀ."""
    seconds = seconds_of(lambda: torch.mm(x, weight.t()), device)
    if device == "cpu" and hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        linear = torch.ops.mkldnn._linear_pointwise
        seconds = min(seconds, seconds_of(lambda: linear(x, weight, None, "none", [], ""), device))
    return seconds


def rate(spec: dict[str, Any]) -> float:
    kind = torch.bfloat16 if spec["precision"] == "bf16" else torch.float32
    place = {"dtype": kind, "device": spec["device"]}
    flops = seconds = 0.0
    for inputs, outputs, count, backward in spec["products"]:
        x = torch.randn(spec["rows"], inputs, **place)
        weight = torch.randn(outputs, inputs, **place)
        dy = torch.randn(spec["rows"], outputs, **place)
        there = fastest(x, weight, spec["device"])
        back = fastest(dy, weight.t(), spec["device"])
        back = min(back, fastest(dy, weight.t().contiguous(), spec["device"]))
        flops += 2 * spec["rows"] * inputs * outputs * (count + backward)
        seconds += count * there + backward * back
    return flops / seconds


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    torch.set_num_threads(given["threads"])
    print(rate(given))
