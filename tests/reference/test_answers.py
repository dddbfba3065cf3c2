"""Prompts, answers and windows for a head over the vocabulary, with toy tokenizers."""

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

import h5py

from scripts.prepare_data.coder import Coder
from scripts.prepare_data.errors import PrepareError
from scripts.prepare_data.examples import Example, Splits
from scripts.prepare_data.packed import Packed
from scripts.prepare_data.sources import entry
from scripts.prepare_data.targets import check_examples
from scripts.prepare_data.tasks import Likelihood, Origin, PreparedTask, Task
from scripts.prepare_data.token_file import Header, TokenisedTask, write_token_file

from .toy_tokenizer import PIECES, save_toy_decoder, save_toy_t5, save_toy_tokenizer


def task(kind: str, cap: int = 16, labels: tuple[str, ...] = (), **likelihood: Any) -> Task:
    metric = {"generate": "exact_match", "language_model": "perplexity"}.get(kind, "acc")
    return Task(
        "toy", "toys", kind, labels, (metric,), cap, "{text}", "MIT",
        likelihood=Likelihood(**likelihood),
    )  # fmt: skip


def parts(values: Any, starts: Any) -> list[list[int]]:
    return [values[a:b].tolist() for a, b in zip(starts[:-1], starts[1:], strict=True)]


def spelled(ids: list[int]) -> str:
    return " ".join(PIECES[token] for token in ids)


class InFolder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Decoder(InFolder):
    """Each case shows prompt and answer in the tokenizer's own pieces."""

    def pack(self, one: Task, *examples: Example, front: bool = False) -> list[tuple[str, str]]:
        save_toy_decoder(self.folder, front=front)
        self.packed = Coder(self.folder).pack(one, examples)
        prompts = parts(self.packed.tokens, self.packed.starts)
        answers = parts(self.packed.answers.tokens, self.packed.answers.starts)
        return [(spelled(p), spelled(a)) for p, a in zip(prompts, answers, strict=True)]

    def test_the_answer_is_what_follows_the_prompt_in_the_whole_text(self) -> None:
        found = self.pack(
            task("choose", labels=("A", "B")), Example("c", 1.0, candidates=("a", "d"))
        )
        self.assertEqual(found, [("c", "Ġa"), ("c", "Ġ d")])
        self.assertEqual(self.packed.groups.tolist(), [0, 2])
        self.assertEqual(self.packed.target.tolist(), [1.0])
        self.assertEqual(self.packed.text, ["c", "c"])
        self.assertEqual(self.packed.answers.text, ["a", "d"])

    def test_spaces_at_the_prompts_end_go_to_the_answer(self) -> None:
        choice = task("choose", labels=("A", "B"), delimiter="")
        found = self.pack(choice, Example("c ", 0.0, candidates=("a", "b")))
        self.assertEqual(found, [("c", "Ġa"), ("c", "Ġb")])
        found = self.pack(choice, Example("c\n", 0.0, candidates=("a", "b")))
        self.assertEqual(found, [("c", "Ċ a"), ("c", "Ċ b")])

    def test_an_answer_without_a_token_of_its_own_is_an_error(self) -> None:
        choice = task("choose", labels=("A", "B"), delimiter="")
        example = Example("a", 0.0, candidates=("b", "c"), where="x.csv: row 7")
        with self.assertRaisesRegex(PrepareError, "x.csv: row 7: the answer 'b' has no token of"):
            self.pack(choice, example)

    def test_a_class_is_a_sequence_with_its_words(self) -> None:
        labels = task("classify", labels=("a", "b"))
        self.assertEqual(self.pack(labels, Example("c", 1.0)), [("c", "Ġa"), ("c", "Ġb")])
        words = task("classify", labels=("no", "yes"), words=("d", "e"))
        self.assertEqual(self.pack(words, Example("c", 1.0)), [("c", "Ġ d"), ("c", "Ġ e")])

    def test_special_tokens_stand_in_front_as_the_tokenizer_puts_them(self) -> None:
        labels = task("classify", labels=("a", "b"))
        found = self.pack(labels, Example("c", 0.0), front=True)
        self.assertEqual(found, [("<s> c", "Ġa"), ("<s> c", "Ġb")])
        found = self.pack(labels, Example("<s>c", 0.0), front=True)
        self.assertEqual(found[0], ("<s> c", "Ġa"))

    def test_an_empty_prompt_is_the_beginnings_token(self) -> None:
        for front in (False, True):
            found = self.pack(task("classify", labels=("a", "b")), Example("", 0.0), front=front)
            self.assertEqual(found[0], ("<s>", "Ġa"))

    def test_what_is_generated_ends_with_the_end_token(self) -> None:
        found = self.pack(task("generate"), Example("c", 0.0, answer="a"))
        self.assertEqual(found, [("c", "Ġa </s>")])
        self.assertEqual(self.packed.answers.bytes.tolist(), [1])
        self.assertEqual(self.packed.target.tolist(), [0.0])

    def test_what_generates_keeps_the_line_break_that_its_prompt_ends_with(self) -> None:
        found = self.pack(task("generate", delimiter=""), Example("c\n", 0.0, answer="a"))
        self.assertEqual(found, [("c Ċ", "a </s>")])
        found = self.pack(task("generate", delimiter=""), Example("c ", 0.0, answer="a"))
        self.assertEqual(found, [("c", "Ġa </s>")])

    def test_a_long_prompt_loses_its_beginning(self) -> None:
        example = Example("cdefgh", 0.0, answer="a")
        self.assertEqual(self.pack(task("generate", cap=3), example), [("f g h", "Ġa </s>")])
        found = self.pack(task("generate", cap=3), example, front=True)
        self.assertEqual(found, [("<s> g h", "Ġa </s>")])
        self.assertEqual(self.packed.truncated, 1)

    def test_a_long_answer_is_an_error_or_drops_its_example(self) -> None:
        long = Example("c", 0.0, answer="defg", where="x.jsonl: row 2")
        with self.assertRaisesRegex(
            PrepareError, "x.jsonl: row 2: the answer 'defg' has 6 tokens, answer_cap is 5; raise"
        ):
            self.pack(generate(5), long)
        found = self.pack(generate(5, drop=True), long, Example("c", 0.0, answer="a"))
        self.assertEqual(found, [("c", "Ġa </s>")])
        self.assertEqual(self.packed.dropped, 1)

    def test_bytes_are_those_of_the_text(self) -> None:
        self.pack(task("generate"), Example("c", 0.0, answer="aéb"))
        self.assertEqual(self.packed.answers.bytes.tolist(), [4])


def generate(answer_cap: int, drop: bool = False) -> Task:
    metrics = ("exact_match",)
    likelihood = Likelihood(cap=answer_cap, drop=drop)
    return Task("toy", "toys", "generate", (), metrics, 16, "{text}", "MIT", likelihood=likelihood)


class EncoderDecoder(InFolder):
    def pack(self, one: Task, *examples: Example) -> Packed:
        save_toy_t5(self.folder)
        return Coder(self.folder).pack(one, examples)

    def test_prompt_and_answer_each_end_with_the_end_token(self) -> None:
        for kind, extra in (("generate", {"answer": "c"}), ("choose", {"candidates": ("c", "d")})):
            labels = ("A", "B") if kind == "choose" else ()
            packed = self.pack(task(kind, labels=labels), Example("a b", 0.0, **extra))
            self.assertEqual(parts(packed.tokens, packed.starts)[0], [2, 3, 1])
            self.assertEqual(parts(packed.answers.tokens, packed.answers.starts)[0], [4, 1])

    def test_a_long_prompt_loses_its_end(self) -> None:
        packed = self.pack(task("generate", cap=3), Example("a b c d", 0.0, answer="e f"))
        self.assertEqual(packed.tokens.tolist(), [2, 3, 1])
        self.assertEqual(packed.answers.tokens.tolist(), [6, 7, 1])
        self.assertEqual(packed.truncated, 1)


class Windows(InFolder):
    def pack(self, cap: int, *texts: str, streamed: bool = True, front: bool = False) -> list[str]:
        save_toy_decoder(self.folder, front=front)
        one = task("language_model", cap=cap, streamed=streamed)
        packed = self.packed = Coder(self.folder).pack(one, [Example(text, 0.0) for text in texts])
        firsts = parts(packed.tokens, packed.starts)
        rests = parts(packed.answers.tokens, packed.answers.starts)
        return [f"{spelled(a)} | {spelled(b)}" for a, b in zip(firsts, rests, strict=True)]

    def test_a_stream_is_cut_into_windows_across_texts(self) -> None:
        found = self.pack(4, "cde", "fgh")
        self.assertEqual(found, ["c | d e </s>", "f | g h </s>"])
        found = self.pack(3, "cde", "fgh")
        self.assertEqual(found, ["c | d e", "</s> | f g", "h | </s>"])

    def test_a_text_begins_a_window_where_texts_stay_apart(self) -> None:
        self.assertEqual(self.pack(6, "cd", "e", streamed=False), ["c | d </s>", "e | </s>"])
        self.assertEqual(self.pack(2, "cd", streamed=False), ["c | d"])

    def test_each_text_has_its_special_tokens(self) -> None:
        self.assertEqual(self.pack(8, "c", "d", front=True), ["<s> | c </s> <s> d </s>"])

    def test_bytes_are_those_that_the_scored_tokens_cover(self) -> None:
        self.pack(16, "cé a")
        self.assertEqual(self.packed.answers.bytes.tolist(), [4])
        self.assertEqual(self.packed.answers.text, ["é a"])
        self.pack(16, "cdz", streamed=False)  # no token has the last letter
        self.assertEqual(self.packed.answers.bytes.tolist(), [2])
        self.pack(2, "ééé", streamed=False)  # each token is half a letter
        self.assertEqual(sum(self.packed.answers.bytes), 0)
        self.assertEqual("".join(self.packed.text), "ééé")


class Refusals(InFolder):
    def test_an_encoder_scores_no_tokens(self) -> None:
        save_toy_tokenizer(self.folder / "tokenizer.json")
        (self.folder / "config.json").write_text('{"model_type": "bert"}')
        coder = Coder(self.folder)
        example = Example("a", 0.0, answer="b")
        for one, message in (
            (
                task("classify", labels=("a", "b")),
                "scoring answers by likelihood needs a head over",
            ),
            (task("generate"), "kind generate needs a head over the vocabulary, and .* 'bert'; "),
            (
                task("language_model"),
                "kind language_model needs a decoder, .* llama, mistral, qwen2",
            ),
        ):
            with self.assertRaisesRegex(PrepareError, message):
                coder.pack(one, [example])

    def test_a_t5_is_no_language_model(self) -> None:
        save_toy_t5(self.folder)
        with self.assertRaisesRegex(PrepareError, "language_model needs a decoder, and .* 't5'"):
            Coder(self.folder).pack(task("language_model"), [Example("a", 0.0)])

    def test_generating_needs_an_end_token(self) -> None:
        save_toy_decoder(self.folder, front=False)
        (self.folder / "tokenizer_config.json").unlink()
        with self.assertRaisesRegex(PrepareError, "names no token that ends an answer"):
            Coder(self.folder).pack(task("generate"), [Example("a", 0.0, answer="b")])

    def test_a_token_that_the_tokenizer_does_not_know(self) -> None:
        save_toy_decoder(self.folder, front=False)
        config = {"model_type": "llama", "eos_token_id": 1, "bos_token_id": 0}
        (self.folder / "config.json").write_text(json.dumps(config))
        for name in ("eos_token", "bos_token"):
            for token in ("<|end|>", {"content": "<|end|>"}):
                (self.folder / "tokenizer_config.json").write_text(json.dumps({name: token}))
                message = f"tokenizer_config.json: {name} is '<.end.>', which tokenizer.json does"
                with self.assertRaisesRegex(PrepareError, message):
                    Coder(self.folder)
        (self.folder / "tokenizer_config.json").write_text('{"bos_token": null}')
        self.assertEqual(Coder(self.folder).end_token, 1)

    def test_an_answer_is_not_empty(self) -> None:
        splits = Splits(train=[Example("a", 0.0, answer=" ", where="x.csv: row 1")])
        prepared = PreparedTask(task("generate"), Origin("made", "1", ()), 1, splits)
        with self.assertRaisesRegex(PrepareError, "x.csv: row 1: an answer is empty"):
            check_examples(prepared)

    def test_kinds_that_no_head_answers(self) -> None:
        with self.assertRaisesRegex(
            PrepareError, "kind generate is not answered by a trained head"
        ):
            Task("toy", "toys", "generate", (), ("exact_match",), 8, "{text}", "MIT")
        with self.assertRaisesRegex(PrepareError, "kind regress is not answered by likelihood"):
            task("regress")


class TokenFile(InFolder):
    def test_holds_answers_as_the_layout_says(self) -> None:
        save_toy_decoder(self.folder, front=False)
        coder = Coder(self.folder)
        one = task("generate", loss_on="all")
        splits = Splits(*[[Example("c d", 0.0, answer="é")] for _ in range(3)])
        packed = {name: coder.pack(one, rows) for name, rows in splits.items()}
        tokenised = TokenisedTask(PreparedTask(one, Origin("made", "1", ()), 3, splits), packed)
        header = Header("toys", "toy", "aa", coder.vocabulary, [entry(tokenised)], coder.end_token)
        write_token_file(self.folder / "a.h5", header, [tokenised])
        with h5py.File(self.folder / "a.h5") as file:
            self.assertEqual((file.attrs["version"], file.attrs["end_token"]), (2, 1))
            group = file["tasks/toy"]
            stated = [group.attrs[name] for name in ("kind", "classes", "answers", "loss_on")]
            self.assertEqual(stated, ["generate", 1, "likelihood", "all"])
            self.assertEqual(group.attrs["answer_cap"], 256)
            train = group["train"]
            types = {
                name: str(train[f"answer_{name}"].dtype) for name in ("tokens", "starts", "bytes")
            }
            self.assertEqual(types, {"tokens": "int32", "starts": "int64", "bytes": "int64"})
            self.assertEqual(train["answer"].asstr()[:].tolist(), ["é"])
            self.assertEqual(train["answer_bytes"][:].tolist(), [2])
            self.assertEqual(json.loads(file.attrs["sources"])[0]["answers"], "likelihood")


if __name__ == "__main__":
    unittest.main()
