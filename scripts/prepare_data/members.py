"""Which members of a description a kind of task and its format use. Reads and writes nothing."""

from collections.abc import Mapping
from typing import Any

_FEWSHOT = ("fewshot", "fewshot_delimiter")
_BY_LIKELIHOOD = ("answer_cap", "too_long", "delimiter", "loss_on", *_FEWSHOT)
_USED = {
    "classify": ("prompt", "pair", "target", "labels", "answers", "verbalizers", *_BY_LIKELIHOOD),
    "regress": ("prompt", "pair", "target", "bounds"),
    "choose": (
        "prompt", "target", "target_is", "candidates", "candidate_labels", "labels", "answers",
        *_BY_LIKELIHOOD,
    ),
    "generate": (
        "format", "prompt", "answer", "target", "verbalizers", "step", "test_as", "program",
        *_BY_LIKELIHOOD,
    ),
    "language_model": ("prompt", "windows"),
}  # fmt: skip
_BY_SOME = tuple(dict.fromkeys(member for members in _USED.values() for member in members))
_NOT_BY_CHAT = ("prompt", "answer", "target", *_FEWSHOT)
_OF_TARGET = ("verbalizers", "step")


def unused(values: Mapping[str, Any]) -> dict[str, str]:
    """The members that say nothing about this task, each with what does not use it."""
    form = values.get("format", "columns")
    if "kind" not in values and form == "columns":
        return {}  # refused for want of a kind
    kind = values.get("kind", "generate")
    found = {member: f"kind {kind}" for member in _BY_SOME if member not in _USED[kind]}
    if kind == "generate" and form == "chat":
        found |= dict.fromkeys(_NOT_BY_CHAT, "format chat")
    if kind == "generate" and "target" not in values:
        found |= dict.fromkeys(_OF_TARGET, "kind generate without target")
    if values.get("answers") == "head":
        found |= dict.fromkeys(("verbalizers", *_BY_LIKELIHOOD), "answers head")
    if values.get("answers") == "likelihood":
        found["pair"] = "answers likelihood"
    return found
