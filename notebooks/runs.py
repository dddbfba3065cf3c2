"""Reads the runs of a study for the notebooks, from run files or from a committed summary alike.

docs/run_file.md documents every path. RANKWISE_RESULTS names the folder of a study.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Run:
    """One run, with what its last evaluation recorded; sites stand by name."""

    label: str
    variant: str
    seed: int
    order: int
    study: str
    tasks: list[str]
    families: list[str]
    metrics: list[str]  # each task's leading one: the study's, else the first recorded
    scores: dict[str, float]  # by task: that metric on test, with the best parameters
    group: list[int] = field(default_factory=list)  # planted: tasks of one share directions
    chosen: dict[str, np.ndarray] = field(default_factory=dict)  # [T] number of active ranks
    probability: dict[str, np.ndarray] = field(default_factory=dict)  # [T, R] of each number
    embedding: dict[str, np.ndarray] = field(default_factory=dict)  # [T, D] learnt, of tasks


def study_folder(default: str) -> Path:
    """What RANKWISE_RESULTS names, or the committed study of that name."""
    return Path(os.environ.get("RANKWISE_RESULTS", ROOT / "results" / default))


def read_study(folder: Path) -> list[Run]:
    """The finished runs in the study's order, by seed; throws where there are none."""
    files = sorted(path for path in folder.glob("*.h5") if not path.name.endswith(".failed.h5"))
    files = files or sorted(folder.glob("summary/*.h5"))
    if not files:
        raise FileNotFoundError(f"no run files and no summary in {folder}; scripts/demo makes some")
    runs = []
    for path in files:
        with h5py.File(path) as file:
            summary = file.attrs["format"] == "rankwise-summary"
            runs += list(_from_summary(file) if summary else _from_run_file(file))
    return sorted(runs, key=lambda run: (run.order, run.seed))


def layer_of(site: str) -> int:
    """The first number in a site's name: 'encoder.layer.3.output.dense' is of layer 3."""
    return next((int(part) for part in site.split(".") if part.isdigit()), 0)


def _texts(dataset: h5py.Dataset) -> list[str]:
    return list(dataset.asstr()[:])


def _leading(study: str, tasks: list[str], metrics: list[str]) -> list[str]:
    """What `first_metrics` of the study's committed file says ("task/metric"), else the first."""
    file = ROOT / "configs" / f"{study}.json"
    lines = file.read_text().splitlines() if file.exists() else ["{}"]
    config = json.loads("\n".join(line for line in lines if not line.lstrip().startswith("//")))
    by_task = dict(name.split("/") for name in config.get("first_metrics", []))
    return [by_task.get(task, names.split(",")[0]) for task, names in zip(tasks, metrics, strict=True)]


def _facts(attributes: h5py.AttributeManager | dict) -> dict:
    words = {name: str(attributes[name]) for name in ("label", "variant", "study")}
    return words | {"seed": int(attributes["seed"]), "order": int(attributes.get("order", 0))}


def _from_run_file(file: h5py.File) -> Iterator[Run]:
    if file.attrs.get("status") != "finished":
        return
    facts, tasks = _facts(file.attrs), _texts(file["layout/task/name"])
    metrics = _leading(facts["study"], tasks, _texts(file["layout/task/metrics"]))
    scores = {}
    for task, metric in zip(tasks, metrics, strict=True):
        group = file.get(f"evaluation/{task}/test/best")
        if group is not None and metric in group.attrs:
            scores[task] = float(group.attrs[metric])
    selection, embedding = file.get("selection", {}), file.get("embedding", {})
    groups = [name for name in embedding if isinstance(embedding[name], h5py.Group)]
    sites = [name for name in groups if "task" in embedding[name]]
    yield Run(
        **facts,
        tasks=tasks,
        families=_texts(file["layout/task/family"]),
        metrics=metrics,
        scores=scores,
        group=list(file["truth/group"][:]) if "truth/group" in file else [],
        chosen={site: selection[site]["rank"][-1] for site in selection},
        probability={site: selection[site]["probability"][-1] for site in selection},
        embedding={site: embedding[site]["task"][-1] for site in sites},
    )


def _from_summary(file: h5py.File) -> Iterator[Run]:
    """Its runs are rows of common arrays, padded to the most evaluations and ranks of any."""
    for text, number, row in zip(
        file["run/attributes"].asstr()[:], file["run/set"][:], file["run/row"][:], strict=True
    ):
        of_set, facts = file[f"set/{number}"], _facts(json.loads(text))
        tasks = _texts(of_set["task/name"])
        metrics = _leading(facts["study"], tasks, _texts(of_set["task/metrics"]))
        found = dict(zip(_texts(of_set["test/column"]), of_set["test/score"][row], strict=True))
        columns = {t: f"{t}/best/{metric}" for t, metric in zip(tasks, metrics, strict=True)}
        embedding = of_set.get("embedding", {})
        learnt = {
            site: embedding[site]["task"][row].astype(float)
            for site in embedding
            if isinstance(embedding[site], h5py.Group) and "task" in embedding[site]
        }
        yield Run(
            **facts,
            tasks=tasks,
            families=_texts(of_set["task/family"]),
            metrics=metrics,
            scores={t: float(found[c]) for t, c in columns.items() if c in found},
            group=list(of_set["truth/group"][row]) if "truth/group" in of_set else [],
            embedding={site: rows for site, rows in learnt.items() if rows.any()},
            **_selection(of_set, row),
        )


def _selection(of_set: h5py.Group, row: int) -> dict[str, dict[str, np.ndarray]]:
    """Chosen ranks and probabilities of one row's last evaluation."""
    if "selection/rank" not in of_set:
        return {}
    last = int((of_set["evaluation/step"][row] >= 0).sum()) - 1
    sites = _texts(of_set["site/name"])
    kept = [i for i, there in enumerate(of_set["site/selection"][row]) if there]
    chosen = {sites[i]: of_set["selection/rank"][row, last, i] for i in kept}
    if "selection/probability" not in of_set:
        return {"chosen": chosen}
    ranks = of_set["site/ranks"][row] if "site/ranks" in of_set else np.zeros(len(sites), int)
    probability = {
        sites[i]: of_set["selection/probability"][row, last, i, :, : ranks[i]].astype(float)
        for i in kept
        if ranks[i]
    }
    return {"chosen": chosen, "probability": probability}
