"""The files that a set needs: those of scripts/prepare, and those made for it."""

import json
from pathlib import Path
from typing import Any

from .errors import BenchError
from .ours import DEV_ROWS
from .processes import ROOT, environment, output
from .sets import BenchSet

OWN_DATA = ROOT / "build/bench-data"


def prepared(bench: BenchSet, data: Path, python: Path, own: Path = OWN_DATA) -> Path:
    """The folder of models and suites that the set runs with, everything in it; BenchError else.

    What is made for it goes to `own`.
    """
    backbone = f"--backbone {bench.weights}"
    if bench.suite:
        need(data / f"suites/{bench.suite}-{bench.weights}.h5", f"--suite {bench.suite} {backbone}")
        need(data / f"models/{bench.weights}/model.safetensors", backbone)
        return data
    make_own_folders(own)
    model = own / "models" / bench.weights
    if bench.random_weights:
        make_random(model, python)
    else:
        need(data / f"models/{bench.weights}/model.safetensors", backbone)
        link_model(data / "models" / bench.weights, own)
    if bench.window:
        make_windows(bench, model, data, python)
    else:
        make_rows(bench, model, python)
    return own


def make_own_folders(own: Path = OWN_DATA) -> None:
    for name in ("suites", "models"):
        (own / name).mkdir(parents=True, exist_ok=True)


def link_model(model: Path, own: Path = OWN_DATA) -> None:
    """Beside the token files made here."""
    link = own / "models" / model.name
    link.unlink(missing_ok=True)
    link.symlink_to(model.resolve())


def need(path: Path, words: str) -> None:
    if not path.exists():
        raise BenchError(f"{path} is missing; make it with scripts/prepare {words}")


def make_random(model: Path, python: Path) -> None:
    if not (model / "config.json").exists():  # written last
        output([str(python), "-m", "bench_tools.random_model", str(model)], environment(1))


def make_windows(bench: BenchSet, model: Path, data: Path, python: Path) -> None:
    """Anew each time: it takes a second, and the number of rows is the call's."""
    text = data / "suites/text10-minilm-l6.h5"
    if not bench.random_weights:
        need(text, "--suite text10 --backbone minilm-l6")
    spec: dict[str, Any] = {
        "file": str(token_file(bench, model)),
        "model": str(model),
        "text": "" if bench.random_weights else str(text),
        "vocabulary": config(model)["vocab_size"],
        "window": bench.window,
        "rows": bench.batch * (bench.warmup + bench.steps),
        "dev_rows": max(DEV_ROWS // 32, 2),
    }
    output([str(python), "-m", "bench_tools.windows", json.dumps(spec)], environment(1))


def make_rows(bench: BenchSet, model: Path, python: Path) -> None:
    """Likewise."""
    spec: dict[str, Any] = {
        "file": str(token_file(bench, model)),
        "model": str(model),
        "kind": bench.made,
        "tasks": list(bench.tasks),
        "vocabulary": config(model)["vocab_size"],
        "rows": bench.batch * (bench.warmup + bench.steps) // len(bench.tasks) + 1,
    }
    output([str(python), "-m", "bench_tools.random_rows", json.dumps(spec)], environment(1))


def token_file(bench: BenchSet, model: Path) -> Path:
    """Beside the folder of models that `model` is in."""
    return model.parents[1] / f"suites/{bench.suite_name}-{bench.weights}.h5"


def config(model: Path) -> dict[str, Any]:
    return json.loads((model / "config.json").read_text())
