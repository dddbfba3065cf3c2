"""Prints the card, its driver and the versions beside it as JSON: python -m gpu_tools.machine."""

import contextlib
import importlib.metadata
import json
import os
import platform
import subprocess
from typing import Any

PACKAGES = ("torch", "transformers", "peft", "triton", "h5py", "numpy", "safetensors")


def versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def driver() -> str:
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        return subprocess.check_output(command, text=True, timeout=60).split("\n")[0].strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"


def card() -> dict[str, Any] | None:
    """The first one; None where PyTorch finds none."""
    import torch

    if not torch.cuda.is_available():
        return None
    found = torch.cuda.get_device_properties(0)
    return {
        "name": found.name, "memory_gib": found.total_memory / 2**30,
        "capability": f"{found.major}.{found.minor}", "processors": found.multi_processor_count,
        "driver": driver(), "cuda": torch.version.cuda,
    }  # fmt: skip


def processor() -> str:
    with contextlib.suppress(OSError), open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "card": card(),
                "processor": processor(),
                "cores": os.cpu_count(),
                "python": platform.python_version(),
                "packages": versions(),
            }
        )  # fmt: skip
    )
