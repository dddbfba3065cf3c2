"""Writes a checkpoint of random weights: python -m bench_tools.random_model DIR.

The folder's name says of which shape (shapes.CONFIGS). Matrices are normal with a standard
deviation of 0.02, as transformers starts a model, vectors ones, biases zeros. LLaMA-3.1-8B's are
sixteen gigabytes.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from .shapes import CONFIGS, sizes


def tensor(name: str, shape: tuple[int, ...], kind: torch.dtype, device: str) -> torch.Tensor:
    if len(shape) == 1:
        return torch.full(shape, 0.0 if name.endswith(".bias") else 1.0, dtype=kind)
    return (0.02 * torch.randn(shape, dtype=kind, device=device)).cpu()


def main(folder: Path) -> None:
    config = CONFIGS[folder.name]
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    kind = getattr(torch, config["torch_dtype"])
    tensors = {name: tensor(name, shape, kind, device) for name, shape in sizes(config).items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
