"""Texts that models write in evaluations: recorded, scored, printed, compared."""

import json
import re
import unittest
from pathlib import Path

import h5py

from tests.reference.text_rules import plain
from tests.reference.toy_tokenizer import save_toy_decoder, save_toy_t5

from .program import plan, run
from .test_text_models import TextStudy, _task

COPY = _task("copy", "generate", answer="{right}", metrics=["match", "rouge_l", "exact_match"])


class GeneratedTexts(TextStudy):
    """On a tiny random decoder that learns to copy a letter."""

    def setUp(self) -> None:
        super().setUp()
        save_toy_decoder(self.model, front=True)
        self._weights("llama3")

    def _texts(self, file: Path) -> tuple[list[str], list[str], dict[str, float]]:
        with h5py.File(file) as opened:
            group = opened["evaluation/copy/test/last"]
            texts = group["generated"]
            self.assertEqual(texts.attrs["rule"], "plain")
            return (
                texts["text"].asstr()[:].tolist(),
                texts["reference"].asstr()[:].tolist(),
                dict(group.attrs),
            )

    def test_are_scored_as_they_read(self) -> None:
        results = self._study([COPY], generation={"max_tokens": 4}, steps=40, learning_rate=0.01)
        for file in sorted(results.glob("*.h5")):
            texts, references, scores = self._texts(file)
            right = [plain(a) == plain(b) for a, b in zip(texts, references, strict=True)]
            self.assertEqual(len(right), 8)
            self.assertAlmostEqual(scores["match"], sum(right) / 8)
            # Ended by its end token or not, a text whose tokens are all likeliest is the wanted one.
            self.assertLessEqual(scores["exact_match"], scores["match"])
            with h5py.File(file) as opened:
                group = opened["evaluation/copy/test/last"]
                self.assertEqual(group["correct"][:].tolist(), [int(one) for one in right])
            done = run("predictions", file, "--split", "test", "--parameters", "last")
            lines = [json.loads(line) for line in done.out.splitlines()]
            self.assertEqual([line["texts"] for line in lines], [[text] for text in texts])
            self.assertEqual([line["references"] for line in lines], [[one] for one in references])
        for command in ("table", "lint"):
            done = run(command, results, cwd=self.folder)
            self.assertEqual(done.code, 0, done.out + done.err)
        compared = run("compare", "lora", "smora", results, cwd=self.folder)
        self.assertEqual(compared.code, 0, compared.err)
        summary = self.folder / "summary"
        self.assertEqual(run("summary", results, "--out", summary, cwd=self.folder).code, 0)
        again = run("compare", "lora", "smora", summary, cwd=self.folder)
        self.assertEqual(again.out, compared.out, "a summary pairs examples as well")

    def test_are_the_same_in_batches_of_any_size(self) -> None:
        results = self._study([COPY], generation={"max_tokens": 4})
        [file] = results.glob("lora*.h5")
        together = self._texts(file)
        file.unlink()
        done = self._train(generation={"max_tokens": 4}, evaluation_rows=1)
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self._texts(file), together, "the id, and so the name, is the same")

    def test_may_be_beams_or_draws(self) -> None:
        drawn = {"strategy": "sample", "samples": 3, "max_tokens": 4, "temperature": 2}
        results = self._study([COPY], generation=drawn)
        [file] = results.glob("lora*.h5")
        texts, references, scores = self._texts(file)
        self.assertEqual((len(texts), len(references)), (24, 8))
        self.assertGreater(len(set(texts)), 3)
        right = [plain(text) == plain(references[i // 3]) for i, text in enumerate(texts)]
        self.assertAlmostEqual(scores["match"], sum(right) / 24)
        results = self._study([COPY], generation={"strategy": "beam", "max_tokens": 4})
        self.assertEqual(len(list(results.glob("lora*.h5"))), 2, "another id")

    def test_are_counted_before_a_run(self) -> None:
        self._prepare([COPY])
        tokens = []
        for evaluations in (1, 2):
            settings = {"generation": {"max_tokens": 4}, "evaluations": evaluations}
            done = self._train("--dry-run", "--no-calibration", **settings)
            self.assertEqual(done.code, 0, done.err)
            tokens.append(plan(done.out)[0].evaluation_tokens)
        with h5py.File(self.folder / "data/suites/mine-model.h5") as file:
            dev, test = (self._rows(file[f"tasks/copy/{part}"]) for part in ("dev", "test"))
        # Scored once and written once: a text's last token is no input of either.
        self.assertEqual(tokens, [2 * dev + 2 * test, 4 * dev + 2 * test])

    def _rows(self, split: h5py.Group) -> int:
        return len(split["tokens"]) + len(split["answer_tokens"]) - len(split["target"])

    def test_take_time_that_is_told(self) -> None:
        self._prepare([COPY])
        generation = {"max_tokens": 16}
        done = self._train("--dry-run", generation=generation)
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("\ngenerated texts are counted as long as the wanted ones: ", done.out)
        self.assertNotIn("nan", done.out)
        done = self._train("--dry-run", generation=generation, evaluations=1)
        self.assertEqual(len(re.findall(r"(?m)^\S+ seed 0 +1 +", done.out)), 3, done.out)

    def test_are_refused_before_a_run_where_there_is_no_room(self) -> None:
        self._prepare([COPY])
        for generation, message in (
            ({"max_tokens": 100000}, "exceed the backbone's"),
            ({"stop": [""]}, "train.generation.stop: an empty text would end every text"),
            ({"temperature": 0}, "temperature"),
        ):
            done = self._train(generation=generation)
            self.assertEqual(done.code, 1)
            self.assertIn(message, done.err)
            self.assertNotIn("step 1", done.err)

    def test_need_to_know_what_tokens_say(self) -> None:
        for file in self.model.iterdir():
            file.unlink()
        save_toy_t5(self.model)
        self._weights("t5")
        self._prepare([COPY])
        done = self._train()
        self.assertEqual(done.code, 1)
        self.assertIn(
            "task 'copy' is scored by generated texts, and suite 'mine' does not say what its "
            "tokens say", done.err,
        )  # fmt: skip


if __name__ == "__main__":
    unittest.main()
