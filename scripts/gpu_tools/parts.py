"""The parts of a check, most important first."""

from collections.abc import Callable
from dataclasses import dataclass

from . import conformance, devices, several, speed
from .budget import Budget
from .found import Found
from .place import Place

Run = Callable[[Place, Budget, Found], None]


@dataclass(frozen=True)
class Part:
    """What one of them answers; `about` is guessed seconds, below which it is not begun."""

    name: str
    summary: str
    about: int
    run: Run


PARTS = (
    Part("conformance", "the conformance suite, fp64, every variant", 60, conformance.run),
    Part("devices", "every variant trained on the CPU and on the device, fp64", 45, devices.run),
    Part("minilm-32", "MiniLM's shape, 32 rows a step, fp32 and bf16, beside PEFT", 90, speed.minilm_32),
    Part("llama", "LLaMA-3.1-8B's shape, 16 rows of 512 tokens, bf16, beside PEFT", 120, speed.llama),
    Part("llama-variants", "the same with SMoRA, FlyLoRA and MoRE", 75, speed.llama_variants),
    Part("minilm-512", "MiniLM's shape, 512 rows a step", 90, speed.minilm_512),
    Part("t5", "T5-base's shape, LoRA and MoRE, 32 rows a step, beside PEFT", 90, speed.t5),
    Part("llama-memory", "LLaMA-3.1-8B's shape with gradient checkpointing", 30, speed.llama_memory),
    Part("jobs", "eight runs of MiniLM's shape by 1, 4 and 8 processes", 60, several.run),
)  # fmt: skip
