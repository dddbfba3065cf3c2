"""Writes the token file that the C++ side reads: one HDF5 file a suite and tokenizer.

Layout, version 2 (strings are variable-length UTF-8, HDF5 1.10 reads the file):

    /                       format "rankwise-tokens", version, suite, tokenizer, tokenizer_sha256,
                            vocabulary, end_token (-1: none is known), sources (JSON)
    /token_bytes            bytes uint8 [B] of all tokens, end to end, starts int64 [V+1], and the
                            attribute strips_space: of tokenizers whose tokens have bytes of their
                            own, where a task generates
    /tasks/<name>           index, family, kind, classes, metrics (JSON), labels (JSON), licence,
                            source, sha256, length_cap, prompt, answers, loss_on; answer_cap and
                            read (of generated texts) where answers is "likelihood"; fewshot, the
                            rows of train before each question of dev and test, and fewshot_seed
                            that draws them, where there are some
    /tasks/<name>/<split>/  tokens int32 [N], segments uint8 [N], starts int64 [S+1],
                            groups int64 [G+1], target float64 [G], text, pair [S]; where answers
                            is "likelihood" also answer_tokens int32 [M], answer_starts int64 [S+1],
                            answer_bytes int64 [S], answer [S]; in dev and test of a task whose
                            generated texts are run, program_head and program_tail [G]: what stands
                            before the text and behind it

`answers` is "head" (a trained head on the pooled sequence) or "likelihood" (the backbone's own head
over the vocabulary scores the answers' tokens). Then `tokens` are the prompts alone, each sequence
has one answer, and `answer_bytes` are the UTF-8 bytes of its text without delimiter and end token.
A group of kind choose or classify holds a sequence for each candidate, the prompt repeated, and
`target` is the gold one; of generate and language_model one sequence, and `target` is 0. `loss_on`
is "answer", or "all" for a loss over the prompt's tokens as well. A sequence of a language model is
a window: the prompt its first token, the answer all others.

Version 1 had no answers: every task was one of a head.

Equal content gives equal bytes: no times, fixed chunks and compression.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

from .exemplars import Shortened
from .fewshot import FewShot
from .files import replacing
from .tasks import PreparedTask
from .token_bytes import TokenBytes
from .tokenise import Packed

FORMAT = "rankwise-tokens"
VERSION = 2
_CHUNK = 1 << 16
_ARRAYS = ("tokens", "segments", "starts", "groups", "target")
_ANSWER_ARRAYS = ("tokens", "starts", "bytes")


@dataclass(frozen=True)
class Header:
    """The root attributes of a token file."""

    suite: str
    tokenizer: str
    tokenizer_sha256: str
    vocabulary: int
    sources: list[dict[str, object]]
    end_token: int = -1
    token_bytes: TokenBytes | None = None


@dataclass(frozen=True)
class TokenisedTask:
    """A prepared task with its three packed splits, by name."""

    prepared: PreparedTask
    packed: Mapping[str, Packed]
    shortened: Shortened = field(default_factory=Shortened)


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
        file.attrs["end_token"] = np.int64(header.end_token)
        file.attrs["sources"] = json.dumps(header.sources, ensure_ascii=False)
        if header.token_bytes and any(task.prepared.task.kind == "generate" for task in tasks):
            _write_token_bytes(file.create_group("token_bytes"), header.token_bytes)
        for index, task in enumerate(tasks):
            _write_task(file.create_group(f"tasks/{task.prepared.task.name}"), index, task)


def _write_token_bytes(group: h5py.Group, tokens: TokenBytes) -> None:
    group.attrs["strips_space"] = np.int64(tokens.strips_space)
    _write_array(group, "bytes", np.frombuffer(b"".join(tokens.of), dtype=np.uint8))
    lengths = [len(one) for one in tokens.of]
    _write_array(group, "starts", np.cumsum([0, *lengths], dtype=np.int64))


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
    group.attrs["answers"] = "likelihood" if task.likelihood else "head"
    group.attrs["loss_on"] = task.likelihood.loss_on if task.likelihood else "answer"
    if task.likelihood:
        group.attrs["answer_cap"] = np.int64(task.likelihood.cap)
        group.attrs["read"] = task.likelihood.read
        _write_fewshot(group, task.likelihood.fewshot)
    for split, packed in tokenised.packed.items():
        _write_split(group.create_group(split), packed)
        if packed.programs and split != "train":
            heads, tails = zip(*packed.programs, strict=True)
            _write_strings(group[split], {"program_head": heads, "program_tail": tails})


def _write_fewshot(group: h5py.Group, fewshot: FewShot) -> None:
    if fewshot.count:
        group.attrs["fewshot"] = np.int64(fewshot.count)
        if fewshot.seed is not None:
            group.attrs["fewshot_seed"] = np.int64(fewshot.seed)


def _write_split(group: h5py.Group, packed: Packed) -> None:
    arrays = {name: getattr(packed, name) for name in _ARRAYS}
    texts = {"text": packed.text, "pair": packed.pair}
    if packed.answers is not None:
        arrays |= {f"answer_{name}": getattr(packed.answers, name) for name in _ANSWER_ARRAYS}
        texts["answer"] = packed.answers.text
    for name, values in arrays.items():
        _write_array(group, name, values)
    _write_strings(group, texts)


def _write_strings(group: h5py.Group, texts: Mapping[str, Sequence[str]]) -> None:
    strings = h5py.string_dtype("utf-8")
    for name, values in texts.items():
        group.create_dataset(name, data=values, dtype=strings, track_times=False)


def _write_array(group: h5py.Group, name: str, values: np.ndarray) -> None:
    group.create_dataset(
        name,
        data=values,
        chunks=(min(len(values), _CHUNK),),
        compression="gzip",
        compression_opts=4,
        shuffle=True,
        track_times=False,
    )
