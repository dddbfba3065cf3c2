"""Writes the token file that the C++ side reads: one HDF5 file a suite and tokenizer.

Layout, version 1 (strings are variable-length UTF-8, HDF5 1.10 reads the file):

    /                       format "rankwise-tokens", version, suite, tokenizer, tokenizer_sha256,
                            vocabulary, sources (JSON)
    /tasks/<name>           index, family, kind, classes, metrics (JSON), labels (JSON), licence,
                            source, sha256, length_cap, prompt
    /tasks/<name>/<split>/  tokens int32 [N], segments uint8 [N], starts int64 [S+1],
                            groups int64 [G+1], target float64 [G], text, pair [S]

Equal content gives equal bytes: no times, fixed chunks and compression.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from .files import replacing
from .tasks import PreparedTask
from .tokenise import Packed

FORMAT = "rankwise-tokens"
VERSION = 1
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Header:
    """The root attributes of a token file."""

    suite: str
    tokenizer: str
    tokenizer_sha256: str
    vocabulary: int
    sources: list[dict[str, object]]


@dataclass(frozen=True)
class TokenisedTask:
    """A prepared task with its three packed splits, by name."""

    prepared: PreparedTask
    packed: Mapping[str, Packed]


def write_token_file(path: Path, header: Header, tasks: list[TokenisedTask]) -> None:
    """Writes the whole file or nothing; no split may be empty."""
    settings = {"libver": ("earliest", "v110"), "track_order": False}
    with replacing(path) as temporary, h5py.File(temporary, "w", **settings) as file:
        file.attrs["format"] = FORMAT
        file.attrs["version"] = np.int64(VERSION)
        file.attrs["suite"] = header.suite
        file.attrs["tokenizer"] = header.tokenizer
        file.attrs["tokenizer_sha256"] = header.tokenizer_sha256
        file.attrs["vocabulary"] = np.int64(header.vocabulary)
        file.attrs["sources"] = json.dumps(header.sources, ensure_ascii=False)
        for index, task in enumerate(tasks):
            _write_task(file.create_group(f"tasks/{task.prepared.task.name}"), index, task)


def _write_task(group: h5py.Group, index: int, tokenised: TokenisedTask) -> None:
    task, origin = tokenised.prepared.task, tokenised.prepared.origin
    group.attrs["index"] = np.int64(index)
    group.attrs["family"] = task.family
    group.attrs["kind"] = task.kind
    group.attrs["classes"] = np.int64(task.classes)
    group.attrs["metrics"] = json.dumps(task.metrics)
    group.attrs["labels"] = json.dumps(task.labels)
    group.attrs["licence"] = task.licence
    group.attrs["source"] = f"{origin.source}, {', '.join(name for name, _ in origin.files)}"
    group.attrs["sha256"] = ", ".join(digest for _, digest in origin.files)
    group.attrs["length_cap"] = np.int64(task.cap)
    group.attrs["prompt"] = task.prompt
    for split, packed in tokenised.packed.items():
        _write_split(group.create_group(split), packed)


def _write_split(group: h5py.Group, packed: Packed) -> None:
    for name in ("tokens", "segments", "starts", "groups", "target"):
        values = getattr(packed, name)
        group.create_dataset(
            name,
            data=values,
            chunks=(min(len(values), _CHUNK),),
            compression="gzip",
            compression_opts=4,
            shuffle=True,
            track_times=False,
        )
    strings = h5py.string_dtype("utf-8")
    for name in ("text", "pair"):
        group.create_dataset(name, data=getattr(packed, name), dtype=strings, track_times=False)
