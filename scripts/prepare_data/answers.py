"""Prompts with the answers whose tokens a backbone's head over the vocabulary scores.

Reads and writes nothing. Decoders: the prompt and its answer are encoded as one text, as the model
meets them, and the answer is what follows the prompt's own tokens; white space at the prompt's end
belongs to the answer (the convention of lm-evaluation-harness). A prompt over its cap loses its
beginning. Encoder-decoders: prompt and answer are encoded each with its special tokens, and a
prompt over its cap loses its end. An answer is never cut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from .errors import PrepareError, shown
from .examples import Example
from .packed import Packed, Scored, pack_scored
from .special_tokens import SpecialTokens
from .tasks import Task

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_BATCH = 4096
_Pair = tuple[str, str]  # prompt, answer


def answers_of(example: Example, task: Task) -> list[str]:
    """The answers of an example: one, or one for each candidate or class."""
    if task.kind == "generate":
        return [example.answer]
    if task.kind == "choose":
        return list(example.candidates)
    return list(task.likelihood.words or task.labels)


def right_answer(example: Example, task: Task) -> str:
    """The one that is wanted of a train row."""
    return answers_of(example, task)[int(example.target)]


class Encoder:
    """Encodes the prompts and answers of a task for one backbone."""

    def __init__(
        self, tokenizer: "Tokenizer", special: SpecialTokens, task: Task, decoder: bool
    ) -> None:
        self._tokenizer, self._special, self._task = tokenizer, special, task
        self._decoder = decoder
        self._encode = self._for_decoder if decoder else self._for_encoder_decoder
        if special.end < 0 and (task.kind == "generate" or not decoder):
            raise PrepareError(
                f"task {task.name}: the backbone's folder names no token that ends an answer; "
                f"put the model's own tokenizer_config.json there"
            )

    def pack(self, examples: Sequence[Example]) -> Packed:
        """All examples but those that are dropped for a long answer; PrepareError names the row."""
        sequences: list[Scored] = []
        counts: list[int] = []
        target: list[float] = []
        programs: list[tuple[str, str]] = []
        encoded = self._scored(examples)
        for example in examples:
            group = list(islice(encoded, len(answers_of(example, self._task))))
            if self._has_room(example, group):
                sequences += group
                counts.append(len(group))
                target.append(0.0 if self._task.kind == "generate" else example.target)
                programs += [example.program] if example.program else []
        packed = pack_scored(sequences, counts, target, dropped=len(examples) - len(counts))
        return replace(packed, programs=programs)

    def fits(self, prompts: Sequence[str]) -> list[bool]:
        """Whether each prompt is within the cap, with its special tokens."""
        found: list[bool] = []
        for begin in range(0, len(prompts), _BATCH):
            part = prompts[begin : begin + _BATCH]
            if not self._decoder:
                encodings = self._tokenizer.encode_batch(part)
                found += [len(encoding.ids) <= self._task.cap for encoding in encodings]
                continue
            given = self._task.kind == "generate"  # others' spaces at the end go to the answer
            encoded = self._ids([text if given else text.rstrip() for text in part])
            found += [not cut for _, cut in map(self._with_front, encoded)]
        return found

    def _has_room(self, example: Example, group: list[Scored]) -> bool:
        limit, where = self._task.likelihood.cap, example.where or self._task.name
        for one in group:
            if not one.answer:
                raise PrepareError(
                    f"{where}: the answer {shown(one.answer_text)} has no token of its own behind "
                    f"its prompt; end the prompt with a whole word, or change the delimiter"
                )
        longest = max(group, key=lambda one: len(one.answer))
        if len(longest.answer) <= limit:
            return True
        if self._task.likelihood.drop:
            return False
        raise PrepareError(
            f"{where}: the answer {shown(longest.answer_text)} has "
            f"{len(longest.answer)} tokens, answer_cap is {limit}; raise it, or leave such rows "
            f'out with "too_long": "drop"'
        )

    def _scored(self, examples: Sequence[Example]) -> Iterator[Scored]:
        pairs = [(one.text, answer) for one in examples for answer in answers_of(one, self._task)]
        for begin in range(0, len(pairs), _BATCH):
            yield from self._encode(pairs[begin : begin + _BATCH])

    def _for_decoder(self, pairs: list[_Pair]) -> Iterator[Scored]:
        task, special = self._task, self._special
        joined = [(text, task.likelihood.delimiter + answer) for text, answer in pairs]
        closing = [special.end] if task.kind == "generate" else []
        for (prompt, rest), (text, answer) in zip(self._cut_in_two(joined), pairs, strict=True):
            prompt, cut = self._with_front(prompt)
            yield Scored(prompt, rest + closing, text, answer, len(answer.encode()), cut)

    def _cut_in_two(self, pairs: list[_Pair]) -> Iterator[tuple[list[int], list[int]]]:
        """The tokens of prompts, and those that follow in the whole text."""
        bare = [text.rstrip() for text, _ in pairs]
        wholes = self._ids([text + answer for text, answer in pairs])
        for given, moved, whole in zip(
            self._ids([text for text, _ in pairs]), self._ids(bare), wholes, strict=True
        ):
            # What generates is given its prompt as it is, where no token spans its end.
            keep = self._task.kind == "generate" and whole[: len(given)] == given
            prompt = given if keep else moved
            yield prompt, whole[len(prompt) :]

    def _with_front(self, prompt: list[int]) -> tuple[list[int], bool]:
        """The prompt with the special tokens before it, which a chat's prompt has itself."""
        front, cap = self._special.front, self._task.cap
        if front and prompt[: len(front)] == front:
            prompt = prompt[len(front) :]
        room = max(1, cap - len(front))
        kept = front + prompt[-room:]
        if not kept and self._special.start < 0:
            raise PrepareError(f"task {self._task.name}: a prompt is empty; give it a text")
        return kept or [self._special.start], len(prompt) > room

    def _for_encoder_decoder(self, pairs: list[_Pair]) -> Iterator[Scored]:
        self._tokenizer.enable_truncation(max_length=self._task.cap)
        prompts = self._tokenizer.encode_batch([text for text, _ in pairs])
        self._tokenizer.no_truncation()
        answers = self._tokenizer.encode_batch([answer for _, answer in pairs])
        for prompt, encoded, (text, answer) in zip(prompts, answers, pairs, strict=True):
            ids = encoded.ids
            if ids[-1:] != [self._special.end]:
                ids = [*ids, self._special.end]
            cut = bool(prompt.overflowing)
            yield Scored(prompt.ids, ids, text, answer, len(answer.encode()), cut)

    def _ids(self, texts: list[str]) -> list[list[int]]:
        """Without special tokens; a prompt that stands before many answers is encoded once."""
        once = list(dict.fromkeys(texts))
        encodings = self._tokenizer.encode_batch(once, add_special_tokens=False)
        known = {text: encoding.ids for text, encoding in zip(once, encodings, strict=True)}
        return [known[text] for text in texts]
