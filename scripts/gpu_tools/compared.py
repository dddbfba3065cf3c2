"""Compares run files of two folders by name: python -m gpu_tools.compared ONE OTHER.

Prints a line of JSON: for each run its label, the largest difference of losses and of trained
parameters, each relative to the largest value, and whether all counts of ranks are equal.
"""

import json
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from safetensors.numpy import load_file


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """NaN differs from everything."""
    if one.shape != other.shape:
        return float("inf")
    if one.size == 0:
        return 0.0
    scale = max(float(np.abs(one).max()), 1e-30)
    apart = float(np.abs(one.astype(np.float64) - other).max()) / scale
    return apart if np.isfinite(apart) else float("inf")


def counts(file: h5py.File) -> dict[str, np.ndarray]:
    """Of every site: what training and evaluation counted."""
    found: dict[str, np.ndarray] = {}

    def visit(name: str, item: h5py.Group | h5py.Dataset) -> None:
        if isinstance(item, h5py.Dataset) and name.split("/")[-1] in ("count", "training_count"):
            found[name] = item[()]

    if "usage" in file:
        file["usage"].visititems(visit)
    return found


def compared(one: Path, other: Path) -> dict[str, Any]:
    with h5py.File(one, "r") as a, h5py.File(other, "r") as b:
        left, right = counts(a), counts(b)
        equal = left.keys() == right.keys() and all(
            np.array_equal(left[name], right[name]) for name in left
        )
        loss = difference(a["train/loss"][()], b["train/loss"][()])
        label = str(a.attrs["label"])
    left = load_file(one.with_suffix(".safetensors"))
    right = load_file(other.with_suffix(".safetensors"))
    same = left.keys() == right.keys()
    parameters = max((difference(left[n], right[n]) for n in left), default=0.0) if same else 1e30
    return {"label": label, "loss": loss, "parameters": parameters, "counts": equal}


def main(one: Path, other: Path) -> None:
    names = sorted(path.name for path in one.glob("*.h5"))
    print(json.dumps([compared(one / name, other / name) for name in names]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
