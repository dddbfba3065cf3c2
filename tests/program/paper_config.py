"""What a file of configs/papers asks for, read without the program: its runs and its commands."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from scripts.prepare_data.strict_json import parse_commented

from .program import ROOT, Json

PAPERS = ROOT / "configs/papers"
NAMES = sorted(path.stem for path in PAPERS.glob("*.json"))
# Members of a run; what else a sweep or a zip names is an option of its variant.
SECTIONS = {"backbone", "data", "train", "record", "options", "seed"}


class Row(NamedTuple):
    """A run of each seed: sweep and zip are written out."""

    label: str
    members: Json


class PaperConfig:
    """One file, with what it takes from others."""

    def __init__(self, name: str) -> None:
        self.file = PAPERS / f"{name}.json"
        self._own = _read(self.file)
        self.study: str = self._own["study"]
        self.results = Path("results") / self.study
        self.papers: list[str] = self._own.get("papers", [])
        self.tables: list[Any] = self._own.get("tables", [])
        self.merge: list[str] = self._own.get("merge", [])

    @cached_property
    def rows(self) -> list[Row]:
        base = self._other("defaults_from").get("defaults", {})
        defaults = merged(base, self._own.get("defaults", {}))
        runs = self._own.get("runs") or self._other("runs_from")["runs"]
        return [row for run in runs for row in _expanded(merged(defaults, run))]

    @property
    def seeds(self) -> list[int]:
        return self._own.get("seeds") or self._other("defaults_from")["seeds"]

    @property
    def adapters_of(self) -> str | None:
        """The config whose runs are this one's too."""
        others = [study.removeprefix("paper_") for study in self._own.get("reuse", [])]
        return others[0] if others else None

    @property
    def like(self) -> str | None:
        """The config that its defaults are from, with which it may share runs."""
        return Path(self._own["defaults_from"]).stem if "defaults_from" in self._own else None

    def shares_with(self, other: "PaperConfig") -> bool:
        """Whether a run of both is the same."""
        own, others = ([row.members | {"label": ""} for row in of.rows] for of in (self, other))
        return any(members in others for members in own)

    @property
    def groups(self) -> list[str]:
        """The labels whose runs, of a task each, a merge makes one model of."""
        runs = Counter(row.members["label"] for row in self.rows)
        return [label for label, count in runs.items() if count > 1]

    def _other(self, member: str) -> Json:
        return _read(self.file.parent / self._own[member]) if member in self._own else {}


def merged(base: Any, changes: Any) -> Any:
    """`changes` over `base`, objects member by member."""
    if not isinstance(base, dict) or not isinstance(changes, dict):
        return changes
    both = {name: merged(base[name], changes[name]) for name in base.keys() & changes.keys()}
    return base | changes | both


def put(members: Json, dotted: str, value: Any) -> Json:
    """The members with a value at "train.steps", or at "rank" below the options."""
    path = dotted.split(".")
    if path[0] not in SECTIONS:
        path = ["options", *path]
    for name in reversed(path):
        value = {name: value}
    return merged(members, value)


def flat(members: Json, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Values by their dotted paths."""
    for name, value in members.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _read(file: Path) -> Json:
    found: Json = parse_commented(file.read_text(), str(file))
    return found


def _expanded(run: Json) -> Iterator[Row]:
    """Every combination of the sweep with, in step, the lists of the zip; in the order of names."""
    sweep, lists = run.pop("sweep", None) or {}, run.pop("zip", None) or {}
    run.setdefault("label", run["variant"])
    apart = [name for name in lists if all(lists[name].count(one) == 1 for one in lists[name])]
    swept = itertools.product(*([(name, one) for one in sweep[name]] for name in sorted(sweep)))
    for chosen in swept:
        columns = [[(name, one) for one in lists[name]] for name in sorted(lists)]
        for in_step in zip(*columns, strict=True) if columns else [()]:
            members = run
            for name, value in [*chosen, *in_step]:
                members = put(members, name, value)
            named = [*chosen, *(pair for pair in in_step if pair[0] in (apart or lists))]
            label = "".join(f" {name}={_short(value)}" for name, value in named)
            yield Row(run["label"] + label, members)


def _short(value: Any) -> str:
    if isinstance(value, list) and len(value) == 1:
        return _short(value[0])
    return value if isinstance(value, str) else json.dumps(value)
