"""What a description makes of a task and of each of its rows.

Reads the chat template of the backbone's folder where it is asked for; writes nothing.
"""

import re
import string
from dataclasses import replace
from pathlib import Path

from .description import TaskDescription
from .errors import PrepareError, shown
from .examples import Example, plain
from .gold import Cell, gold_candidate, stated_target
from .rows import Record, as_text
from .targets import check_text, is_decimal
from .tasks import Likelihood, Task
from .templates import (
    ChatTemplate,
    alpaca_prompt,
    around_text,
    check_program,
    columns_of,
    conversation,
    fill,
)

_NEEDED = {
    "classify": ("prompt", "target", "labels"),
    "regress": ("prompt", "target"),
    "choose": ("prompt", "target", "candidates"),
    "generate": ("prompt", "answer"),
    "language_model": ("prompt",),
}
_HEAD_METRICS = {
    "classify": ("accuracy",),
    "regress": ("pearson", "spearman"),
    "choose": ("accuracy",),
}
_LIKELIHOOD_METRICS = {
    "classify": ("acc",),
    "choose": ("acc_norm", "acc"),
    "generate": ("exact_match", "perplexity"),
    "language_model": ("perplexity", "bits_per_byte"),
}
_READ_CODE = ("fenced_code", "code")  # the first is of a program that says nothing else
_DELIMITERS = {"columns": " ", "alpaca": "\n", "chat": ""}


def likelihood_of(task: TaskDescription, vocabulary_head: bool) -> bool:
    """Whether the head over the vocabulary answers, where there is one and nothing else is said."""
    if task.answers != "auto":
        return task.answers == "likelihood"
    kind = _kind(task)
    return kind in ("generate", "language_model") or (vocabulary_head and kind != "regress")


def takes_exemplars(task: TaskDescription, by_likelihood: bool) -> bool:
    """Whether rows of train may stand before its questions."""
    in_chat = "chat" in (task.format, task.read_in("test").format)
    return by_likelihood and _kind(task) != "language_model" and not in_chat


def describe(task: TaskDescription, by_likelihood: bool, labels: tuple[str, ...]) -> Task:
    """The task that a token file carries."""
    kind = _kind(task)
    metrics = _LIKELIHOOD_METRICS if by_likelihood else _HEAD_METRICS
    return Task(
        name=task.name,
        family=task.family,
        kind=kind,
        labels=labels,
        metrics=task.metrics or metrics.get(kind, ()),
        cap=task.cap,
        prompt=_shown_prompts(task),
        licence=task.licence,
        bounds=task.bounds,
        likelihood=_likelihood(task, labels) if by_likelihood else None,
    )


def _likelihood(task: TaskDescription, labels: tuple[str, ...]) -> Likelihood:
    if _kind(task) == "generate":  # its labels are words already
        labels = ()
    for label in task.verbalizers if labels else ():
        if label not in labels:
            raise PrepareError(
                f"task {task.name}: verbalizers: {shown(label)}, expected one of "
                f"{', '.join(labels)}"
            )
    words = tuple(task.verbalizers.get(label, label) for label in labels)
    _check_words(task, labels, words)
    delimiter = _DELIMITERS[task.format] if task.delimiter is None else task.delimiter
    return Likelihood(
        cap=task.answer_cap,
        drop=task.too_long == "drop",
        words=words,
        delimiter=delimiter,
        loss_on=task.loss_on,
        streamed=task.windows == "stream",
        read=task.read or (_READ_CODE[0] if task.has_program else "plain"),
        fewshot=replace(task.fewshot, delimiter=task.fewshot_delimiter),
    )


def _check_words(task: TaskDescription, labels: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Answers that are equal have equal likelihoods."""
    known: dict[str, str] = {}
    for label, word in zip(labels, words, strict=True):
        if plain(word) in known:
            raise PrepareError(
                f"task {task.name}: verbalizers: {shown(word)} stands for {known[plain(word)]} and "
                f"for {label}; give each label a word of its own"
            )
        known[plain(word)] = label


def _kind(task: TaskDescription) -> str:
    return task.kind or "generate"


def _shown_prompts(task: TaskDescription) -> str:
    shown_prompt, in_test = _shown_prompt(task), _shown_prompt(task.read_in("test"))
    return shown_prompt if in_test == shown_prompt else f"{shown_prompt} (in test: {in_test})"


def _shown_prompt(task: TaskDescription) -> str:
    if task.format == "chat":
        return "the tokenizer's chat template"
    if task.format == "alpaca" and not task.prompt:
        return "Alpaca's prompt"
    return f"{task.prompt} | {task.pair}" if task.pair else task.prompt


class Cells:
    """Makes examples of the rows of one task."""

    def __init__(self, task: TaskDescription, by_likelihood: bool, model: Path, where: str) -> None:
        self._task = task
        self._answer = task.answer or (f"{{{task.target}}}" if task.target else "")
        if task.format == "alpaca":
            self._answer = self._answer or "{output}"
        self._check(by_likelihood, where)
        self._chat = ChatTemplate(model) if task.format == "chat" else None

    def _check(self, by_likelihood: bool, where: str) -> None:
        task = self._task
        if not task.kind and task.format == "columns":
            raise PrepareError(f"{where}: has no kind; say what is asked, for example classify")
        if task.format != "columns" and _kind(task) != "generate":
            raise PrepareError(f"{where}: format {task.format} is for kind generate")
        needed = _NEEDED[_kind(task)] if task.format == "columns" else ()
        for member in needed:
            if not (self._answer if member == "answer" else getattr(task, member)):
                raise PrepareError(f"{where}: has no {member}, which kind {task.kind} needs")
        if task.pair and (by_likelihood or task.kind == "choose"):
            raise PrepareError(
                f"{where}: pair is the second text of an encoder's classify or regress; put its "
                f"columns into prompt"
            )
        if task.fewshot.count and not takes_exemplars(task, by_likelihood):
            here = "it has format chat" if by_likelihood else "a trained head answers this one"
            raise PrepareError(
                f"{where}: fewshot is for questions that are answered by likelihood and are no "
                f"chat, and {here}; leave fewshot out, or say --fewshot 0"
            )
        texts = (task.prompt, task.pair, task.answer, task.unit)
        for template in (*texts, task.candidates.text if task.candidates else ""):
            columns_of(template, where)
        if task.program:
            self._check_program(where)

    def _check_program(self, where: str) -> None:
        check_program(self._task.program, where)
        if self._task.read and self._task.read not in _READ_CODE:
            raise PrepareError(
                f"{where}: read: {shown(self._task.read)} leaves no program of a text; take one of "
                f"{', '.join(_READ_CODE)}"
            )

    def labels(self, records: dict[str, list[Record]]) -> tuple[str, ...]:
        """As described; those of candidates are letters by default."""
        if _kind(self._task) == "generate" and len(self._task.verbalizers) > 1:
            return self._task.labels or tuple(self._task.verbalizers.values())
        if self._task.labels or _kind(self._task) != "choose":
            return self._task.labels
        most = max(len(self._candidates(record)) for rows in records.values() for record in rows)
        return tuple(string.ascii_uppercase[:most]) if most <= 26 else _numbers(most)

    def example(self, record: Record, described: Task) -> Example:
        """PrepareError names the file and the row."""
        prompt, answer = self._prompt_and_answer(record)
        candidates = self._candidates(record) if described.kind == "choose" else ()
        pair = fill(self._task.pair, record)
        program = around_text(self._task.program, record) if self._task.program else None
        for text in (prompt, answer, pair, *candidates, *(program or ())):
            check_text(text, record.where)
        if len(candidates) > described.classes:
            raise PrepareError(
                f"{record.where}: has {len(candidates)} candidates, and labels name "
                f"{described.classes}"
            )
        if described.kind == "generate" and not answer.strip():
            raise PrepareError(f"{record.where}: the answer is empty; remove the row")
        if described.kind == "language_model" and not prompt:
            raise PrepareError(f"{record.where}: the text is empty; remove the row")
        return Example(
            text=prompt,
            target=self._target(record, described, candidates),
            pair=pair,
            candidates=candidates,
            unit=fill(self._task.unit, record),
            answer=answer,
            program=program,
            where=record.where,
            content=record.content,
        )

    def _prompt_and_answer(self, record: Record) -> tuple[str, str]:
        task = self._task
        if self._chat is not None:
            before, answer = conversation(record)
            return self._chat.render(before, record.where), answer
        own = task.prompt or task.format == "columns"
        prompt = fill(task.prompt, record) if own else alpaca_prompt(record)
        if _kind(task) != "generate":
            return prompt, ""
        own_words = not task.answer and (task.verbalizers or task.step)
        return prompt, self._said(record) if own_words else fill(self._answer, record)

    def _said(self, record: Record) -> str:
        """The target in the words that stand for it, or as a multiple of the step."""
        task = self._task
        cell = Cell(record.value(task.target), record.where, task.target)
        if task.step is not None:
            return rounded(cell, task.step)
        names = list(task.verbalizers)
        index = cell.among(names)
        if index is None:
            raise PrepareError(
                f"{record.where}: label {shown(cell.text)}, expected one of {', '.join(names)}"
            )
        return task.verbalizers[names[index]]

    def _candidates(self, record: Record) -> tuple[str, ...]:
        stated = self._task.candidates
        if stated.columns:
            found = [record.text(column) for column in stated.columns]
        elif stated.list_column:
            found = _texts(record, stated.list_column)
        else:
            parts = re.split(stated.split, fill(stated.text, record))
            found = [part.strip() for part in parts if part.strip()]
        if len(found) < 2:
            raise PrepareError(f"{record.where}: has {len(found)} candidates, expected two or more")
        if not all(text.strip() for text in found):
            raise PrepareError(f"{record.where}: a candidate is empty; remove the row")
        return tuple(found)

    def _target(self, record: Record, described: Task, candidates: tuple[str, ...]) -> float:
        if described.kind in ("generate", "language_model"):
            return 0.0
        task = self._task
        cell = Cell(record.value(task.target), record.where, task.target)
        if described.kind != "choose":
            return stated_target(cell, described)
        labels = described.labels
        if task.candidate_labels:
            labels = tuple(_texts(record, task.candidate_labels))
        return gold_candidate(cell, labels, candidates, task.target_is)


def rounded(cell: Cell, step: float) -> str:
    """The nearest multiple of a step, ties to the even one, with the step's decimals."""
    if not is_decimal(cell.text):
        raise PrepareError(f"{cell.where}: score {shown(cell.text)}, expected a number, as 2.5")
    parts = round(1 / step)
    decimals = len(str(step).partition(".")[2].rstrip("0"))
    return f"{round(float(cell.text) * parts) / parts:.{decimals}f}"


def _texts(record: Record, column: str) -> list[str]:
    found = record.value(column)
    where = f"{record.where}: column {shown(column)}"
    if not isinstance(found, list):
        raise PrepareError(f"{where}: expected a list of texts")
    return [as_text(value, where) for value in found]


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(str(index) for index in range(count))
