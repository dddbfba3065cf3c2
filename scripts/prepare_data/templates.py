"""Texts made of a row: templates with columns in braces, Alpaca's prompt, and chat templates.

Reads the chat template beside a tokenizer; writes nothing.
"""

import json
from datetime import datetime
from pathlib import Path
from string import Formatter
from typing import Any

from .errors import PrepareError, one_line, shown
from .files import read_json
from .rows import Record

# As Stanford's Alpaca prints them, with the line break before the answer as the delimiter.
_ALPACA = (
    "Below is an instruction that describes a task{paired}. Write a response that appropriately "
    "completes the request.\n\n### Instruction:\n{{instruction}}\n\n{input}### Response:"
)
ALPACA = _ALPACA.format(paired="", input="")
ALPACA_WITH_INPUT = _ALPACA.format(
    paired=", paired with an input that provides further context",
    input="### Input:\n{input}\n\n",
)


def _parts(template: str) -> list[tuple[str, str | None, str | None, str | None]]:
    """Each literal with the column behind it, its format and its conversion."""
    return list(Formatter().parse(template))


def columns_of(template: str, where: str) -> list[str]:
    """The columns that a template names."""
    try:
        parts = _parts(template)
    except ValueError as error:
        raise PrepareError(
            f"{where}: {shown(template)}: {error}; a brace that is text is written twice, {{{{"
        ) from None
    for _, column, form, conversion in parts:
        if column == "" or form or conversion not in (None, "r"):
            raise PrepareError(
                f"{where}: {shown(template)}: expected a column's name alone in the braces, "
                f"as {{question}}, or {{options!r}} for a list as Python writes it; a brace that "
                f"is text is written twice, {{{{"
            )
    return [column for _, column, _, _ in parts if column is not None]


def fill(template: str, record: Record) -> str:
    """A template with the row's values in place of its columns."""
    return "".join(
        literal + ("" if column is None else _filled(record, column, conversion))
        for literal, column, _, conversion in _parts(template)
    )


def check_program(template: str, where: str) -> None:
    """PrepareError unless it has {text}, where the generated text stands, once."""
    columns_of(template, where)
    stands = [conversion for _, column, _, conversion in _parts(template) if column == "text"]
    if stands != [None]:
        raise PrepareError(
            f"{where}: program: {shown(template)}: expected {{text}} once, where the generated "
            f"text is to stand"
        )


def around_text(template: str, record: Record) -> tuple[str, str]:
    """What a program has before and behind its generated text, with the row's values."""
    before: list[str] = []
    behind: list[str] = []
    part = before
    for literal, column, _, conversion in _parts(template):
        part.append(literal)
        if column == "text":
            part = behind
        elif column is not None:
            part.append(_filled(record, column, conversion))
    return "".join(before), "".join(behind)


def _filled(record: Record, column: str, conversion: str | None) -> str:
    return repr(record.value(column)) if conversion == "r" else record.text(column)


def alpaca_prompt(record: Record) -> str:
    """Alpaca's prompt, with or without an input."""
    given = record.values.get("input") is not None and record.text("input").strip()
    return fill(ALPACA_WITH_INPUT if given else ALPACA, record)


class ChatTemplate:
    """A tokenizer's own template for conversations, run in jinja2's sandbox."""

    def __init__(self, folder: Path) -> None:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        self._errors = (TemplateError, TypeError, ValueError, LookupError)
        self._file = folder / "tokenizer_config.json"
        found = read_json(self._file)
        config: dict[str, Any] = found if isinstance(found, dict) else {}
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.filters["tojson"] = lambda value, **more: json.dumps(
            value, ensure_ascii=False, **more
        )
        environment.globals |= {"raise_exception": self._refuse, "strftime_now": self._no_clock}
        self._special = {
            name: value.get("content") if isinstance(value, dict) else value
            for name, value in config.items()
            if name in ("bos_token", "eos_token", "pad_token", "unk_token")
        }
        try:
            self._template = environment.from_string(self._source(folder, config))
        except TemplateError as error:
            raise PrepareError(f"{self._file}: chat_template: {one_line(error)}") from None

    def render(self, messages: list[dict[str, str]], where: str) -> str:
        """The conversation up to where the assistant is to speak."""
        try:
            return self._template.render(
                messages=messages, add_generation_prompt=True, **self._special
            )
        except self._errors as error:
            raise PrepareError(f"{where}: the chat template fails: {one_line(error)}") from None

    def _source(self, folder: Path, config: dict[str, Any]) -> str:
        beside = folder / "chat_template.jinja"
        if beside.is_file():
            return beside.read_text(encoding="utf-8")
        found = config.get("chat_template")
        if isinstance(found, list):  # several by name
            named = {one.get("name"): one.get("template") for one in found}
            found = named.get("default")
        if not isinstance(found, str):
            raise PrepareError(
                f"{self._file}: has no chat_template, which format chat needs; take a backbone "
                f"that was trained on conversations, or format columns"
            )
        return found

    @staticmethod
    def _refuse(message: str) -> None:
        raise ValueError(message)

    @staticmethod
    def _no_clock(form: str) -> str:
        """One day for all, so that equal rows give equal tokens."""
        return datetime(2024, 7, 26).strftime(form)


def conversation(record: Record) -> tuple[list[dict[str, str]], str]:
    """A row's messages but the last, and the last, which is the assistant's."""
    messages = record.value("messages")
    if not isinstance(messages, list) or not messages:
        raise PrepareError(f"{record.where}: messages: expected a list of messages")
    for number, message in enumerate(messages, start=1):
        fits = isinstance(message, dict) and all(
            isinstance(message.get(name), str) for name in ("role", "content")
        )
        if not fits:
            raise PrepareError(
                f"{record.where}: message {number}: expected an object with the texts role and "
                f"content"
            )
    *before, last = messages
    if last["role"] != "assistant" or not before:
        raise PrepareError(
            f"{record.where}: the last message is of {shown(last['role'])}, expected one of "
            f"assistant behind one of user"
        )
    return before, last["content"]
