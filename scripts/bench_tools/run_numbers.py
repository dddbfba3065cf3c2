"""Prints what a run file says of its steps, as JSON: python -m bench_tools.run_numbers FILE."""

import json
import sys

import h5py


def numbers(path: str) -> dict[str, object]:
    """Each step's, and the root attributes that a benchmark needs."""
    with h5py.File(path, "r") as file:
        names = ("peak_memory_mib", "peak_device_allocated_mib", "threads", "device", "commit")
        attributes = {name: file.attrs[name] for name in names if name in file.attrs}
        layout = file["layout/task"]
        dev = [
            layout[name][()].sum() for name in ("dev_tokens", "dev_answer_tokens") if name in layout
        ]
        found = {name: file[f"train/{name}"][()].tolist() for name in ("loss", "tokens", "seconds")}
        parameters = {name: int(value) for name, value in file["parameters"].attrs.items()}
    plain = {
        name: getattr(value, "item", lambda v=value: v)() for name, value in attributes.items()
    }
    return {**found, "dev_tokens": int(sum(dev)), "parameters": parameters, **plain}


if __name__ == "__main__":
    print(json.dumps(numbers(sys.argv[1])))
