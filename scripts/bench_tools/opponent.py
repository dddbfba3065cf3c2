"""The loop a PEFT user writes: python -m bench_tools.opponent SPEC, where SPEC is JSON.

Prints a line of JSON for each step, and at last the peak memory. Its packages are those of
requirements-bench.txt.
"""

import contextlib
import json
import math
import sys
import time
from typing import Any

import torch

from .examples import Example, batches, read_tasks
from .opponent_models import Model, make_model


def rows_of(example: Example) -> int:
    """Tokens that pass through the model: of a window all but the last, of an answer all."""
    if example.answer is not None:
        return example.length + len(example.answer)
    return example.length if len(example.segments) == example.length else example.length - 1


def precision(spec: dict[str, Any]) -> contextlib.AbstractContextManager[object]:
    if spec["precision"] == "fp32":
        return contextlib.nullcontext()
    return torch.autocast(spec["device"], dtype=torch.bfloat16)


class Loop:
    """AdamW over what PEFT trains and the heads, gradients clipped, a loss read every step."""

    def __init__(self, model: Model, spec: dict[str, Any]) -> None:
        self.model, self.spec = model, spec
        self.device = torch.device(spec["device"])
        self.trained = [p for p in model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.trained, lr=spec["learning_rate"], weight_decay=spec["weight_decay"], fused=True
        )

    def step(self, batch: list[Example]) -> float:
        self.optimizer.zero_grad()
        with precision(self.spec):
            loss = self.model.loss(batch, self.device)
        value = loss.item()
        if not math.isfinite(value):
            raise SystemExit(f"the loss is {value}")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trained, self.spec["clip"])
        self.optimizer.step()
        if self.device.type == "cuda":
            torch.cuda.synchronize()
        return value


def peak_mib(device: str) -> float:
    """Of the device where there is one, else of this process."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))


def main(spec: dict[str, Any]) -> None:
    torch.set_num_threads(spec["threads"])
    tasks = read_tasks(spec["token_file"], spec["tasks"])
    loop = Loop(make_model(spec, tasks), spec)
    for batch in batches(tasks, spec):
        begin = time.perf_counter()
        loss = loop.step(batch)
        seconds = time.perf_counter() - begin
        tokens = sum(rows_of(example) for example in batch)
        print(json.dumps({"loss": loss, "tokens": tokens, "seconds": seconds}), flush=True)
    print(json.dumps({"peak_mib": peak_mib(spec["device"])}), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
