"""scripts/bench: its statistics on numbers that a reader can check, refusals, and one tiny call."""

import json
import math
import sys
import unittest
from pathlib import Path
from unittest import mock

from .program import DATA, PROGRAM, ROOT, Folder
from .stand_ins import call

sys.path.insert(0, str(ROOT / "scripts"))
from bench_tools import (
    agreement,
    flops,
    growth,
    growth_runs,
    growth_tokens,
    ours,
    packages,
    report,
    rounds,
    theirs,
)
from bench_tools.errors import BenchError
from bench_tools.processes import Line, environment, timed_lines
from bench_tools.sets import OTHERS, SETS
from bench_tools.summaries import Measurement, ratio, spread

BENCH = ROOT / "scripts/bench"
SHORT = SETS["cpu-short"]
MINILM = {
    "model_type": "bert", "hidden_size": 384, "intermediate_size": 1536,
    "num_hidden_layers": 6, "num_attention_heads": 12, "vocab_size": 30522,
}  # fmt: skip
VERSIONS = {
    "program": {"commit": "0123456789abcdef", "dirty": "false", "libtorch": "2.13.0"},
    "packages": {"torch": "2.13.0+cpu", "transformers": "4.57.6", "peft": None},
    "not_as_pinned": ["peft 0.1, pinned 0.21.2"],
    "processor": {"name": "a processor", "flags": ["avx512f", "amx_tile"]},
}


def measured(speed: int, peak: float = 100, active: int = 0, **more: float) -> Measurement:
    """A second of so many tokens."""
    return Measurement((1.0, 0.9), speed, 1.0, peak, 0.5, active, **more)


def stubbed() -> rounds.Rounds:
    """Two pairs of four sides; 38 FLOP a token and 6 for each of an adapter's parameters."""
    return rounds.Rounds(
        measured={
            "lora": [measured(1000, 10, active=2), measured(3000, 30, active=2)],
            "python": [measured(500, 40), measured(500, 40)],
            "python sorted": [measured(1000, 50), measured(1000, 50)],
            "smora": [measured(500, active=7), measured(2000, active=7)],
        },
        product_rate=[1e5, 2e5],
        base_flops=38,
        differences={"python": 2e-6},
    )


class Statistics(unittest.TestCase):
    """Ratios, shares and the lines that tell them."""

    def test_a_ratio_is_of_medians_and_its_spread_of_pairs(self) -> None:
        found = ratio([2, 4, 9], [1, 4, 3])
        self.assertEqual((found.value, found.least, found.most), (4 / 3, 1, 3))
        self.assertEqual(found.text(), "1.33 (1.00-3.00)")
        with self.assertRaises(ValueError):
            ratio([1], [1, 2])

    def test_a_spread_is_the_median_between_the_ends(self) -> None:
        found = spread([3, 1, 2])
        self.assertEqual((found.value, found.least, found.most), (2, 1, 3))

    def test_every_comparison_is_made(self) -> None:
        found = report.ratios(stubbed())
        self.assertEqual(found["speed over python"].text(), "4.00 (2.00-6.00)")
        self.assertEqual(found["speed over python sorted"].text(), "2.00 (1.00-3.00)")
        self.assertEqual(found["peak memory over python"].text(), "0.50 (0.25-0.75)")
        self.assertEqual(found["time a token, smora, over lora"].text(), "1.60 (1.50-2.00)")
        # 50 * 1000 / 1e5 and 50 * 3000 / 2e5
        share = found["share of the limit"]
        self.assertEqual((share.value, share.least, share.most), (0.625, 0.5, 0.75))
        # 80 * 500 / 1e5 and 80 * 2000 / 2e5
        self.assertEqual(found["share of the limit, smora"].text(), "0.60 (0.40-0.80)")

    def test_evaluation_is_compared_where_it_was_measured(self) -> None:
        told = rounds.Rounds(
            measured={"lora": [measured(100, evaluation_tokens=90, evaluation_seconds=0.5)]},
            product_rate=[1e5],
        )
        found = report.ratios(told)["evaluation over training, tokens/s"]
        self.assertAlmostEqual(found.value, 1.8)

    def test_the_report_says_what_was_measured_with_what(self) -> None:
        text = report.text(SHORT, rounds.Wanted(pairs=2), stubbed(), VERSIONS)
        self.assertIn("rankwise 0123456789, LibTorch 2.13.0; torch 2.13.0+cpu, transform", text)
        self.assertIn("a processor (avx512f amx_tile)", text)
        self.assertIn("not as pinned: peft 0.1, pinned 0.21.2", text)
        self.assertIn("2 pairs, each 3 + 40 steps of 32 rows, fp32, cpu, 1 thread\n", text)
        self.assertIn("agree to 2.0e-06 (allowed: 1e-04)", text)

    def test_the_document_holds_every_measurement(self) -> None:
        found = report.document(SHORT, rounds.Wanted(pairs=2), stubbed(), VERSIONS)
        found = json.loads(json.dumps(found))
        self.assertEqual((found["format"], found["version"]), ("rankwise-bench", 1))
        self.assertEqual(found["set"]["name"], "cpu-short")
        self.assertEqual(found["asked"]["pairs"], 2)
        self.assertEqual(len(found["sides"]["smora"]), 2)
        self.assertEqual(found["sides"]["lora"][1]["tokens_per_second"], 3000)
        self.assertEqual(found["ratios"]["speed over python"], {"value": 4, "least": 2, "most": 6})

    def test_each_pair_begins_with_another_side(self) -> None:
        self.assertEqual(rounds.rotated(["a", "b", "c"], 1), ["b", "c", "a"])
        self.assertEqual(rounds.rotated(["a", "b", "c"], 3), ["a", "b", "c"])


class Agreement(unittest.TestCase):
    """Two different computations, and NaN, are no benchmark."""

    def test_like_losses_pass(self) -> None:
        found = agreement.check_agreement("python", [2.0, 1.0, 9], [2.0, 1.00005, 1], 2, "fp32")
        self.assertAlmostEqual(found, 5e-5)

    def test_others_are_refused(self) -> None:
        with self.assertRaisesRegex(BenchError, "do not compute the same: .*5.0e-04 relative"):
            agreement.check_agreement("python", [2.0], [2.001], 1, "fp32")
        with self.assertRaisesRegex(BenchError, "do not compute the same"):
            agreement.check_agreement("python", [2.0], [math.nan], 1, "bf16")

    def test_a_loss_that_is_no_number_is_refused(self) -> None:
        with self.assertRaisesRegex(BenchError, "lora: the loss is nan at step 2"):
            agreement.check_finite("lora", [1.0, math.nan])

    def test_the_sorted_loop_agrees_only_until_it_is_sorted(self) -> None:
        told = rounds.Rounds()
        steps = SHORT.warmup
        told.measured["lora"] = [Measurement((1.0,) * 5, 1, 1, 1, 1)]
        told.measured["python sorted"] = [Measurement((1.0,) * steps + (5.0,), 1, 1, 1, 1)]
        rounds.check(SHORT, told)
        self.assertEqual(told.differences, {"python sorted": 0})
        told.measured["python"] = told.measured["python sorted"]
        with self.assertRaises(BenchError):
            rounds.check(SHORT, told)


class Reading(unittest.TestCase):
    """What the two programs print."""

    LINES = (
        Line(1.0, "lora seed 0  step 1/3  loss 0.7"),
        Line(1.2, "something else"),
        Line(3.0, "lora seed 0  step 3/3  loss 0.6  900 tokens/s  0 s left"),
        Line(5.0, "lora seed 0  dev at step 3:  accuracy 0.500 (1 tasks)"),
    )

    def test_our_lines_tell_first_step_and_evaluation(self) -> None:
        bench = SHORT.changed(steps=2, warmup=1)
        found = {
            "loss": [0.7, 0.65, 0.6], "tokens": [10, 20, 30], "seconds": [0.25, 1, 1],
            "peak_memory_mib": 7, "dev_tokens": 64, "parameters": {"active": 5},
        }  # fmt: skip
        told = ours.measurement(bench, ours.OurRun(evaluation=True), self.LINES, found)
        self.assertEqual((told.tokens, told.seconds, told.peak_mib), (50, 2, 7))
        self.assertEqual((told.speed, told.to_first_step, told.evaluation_speed), (25, 0.75, 32))

    def test_lines_of_another_program_are_refused(self) -> None:
        with self.assertRaisesRegex(BenchError, "lines of progress"):
            ours.progress(self.LINES[:2], 3)

    def test_their_lines_tell_the_same(self) -> None:
        lines = [
            Line(9.0, "a warning"),
            Line(10.0, '{"loss": 0.7, "tokens": 10, "seconds": 0.5}'),
            Line(11.0, '{"loss": 0.6, "tokens": 20, "seconds": 0.8}'),
            Line(11.1, '{"peak_mib": 99}'),
        ]
        told = theirs.measurement(lines, warmup=1, steps=1)
        self.assertEqual((told.losses, told.tokens, told.seconds), ((0.7, 0.6), 20, 0.8))
        self.assertEqual((told.peak_mib, told.to_first_step), (99, 9.5))
        with self.assertRaisesRegex(BenchError, "told of 2 steps, expected 3"):
            theirs.measurement(lines, warmup=1, steps=2)

    def test_a_process_that_fails_is_told_by_its_last_line(self) -> None:
        command = [sys.executable, "-c", "import sys; print('x'); sys.exit('no such thing')"]
        for watched in ("stdout", "stderr"):
            with self.assertRaisesRegex(BenchError, "ended with 1: no such thing"):
                timed_lines(command, environment(1), watched)


class Flops(unittest.TestCase):
    """The numerator of the share of the limit."""

    def test_of_minilm(self) -> None:
        # Six layers of 4 * 384² + 2 * 384 * 1536 weights, 4 each; q, k, v of the first layer 2.
        weights = 4 * 384**2 + 2 * 384 * 1536
        found = flops.base_flops(flops.products(MINILM, False))
        self.assertEqual(found, 4 * 6 * weights - 2 * 3 * 384**2)

    def test_of_grouped_heads_and_a_head_over_the_vocabulary(self) -> None:
        config = {
            "model_type": "llama", "hidden_size": 8, "intermediate_size": 12, "vocab_size": 100,
            "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 2,
        }  # fmt: skip
        # Forward alone of q 64, k and v 32 each; both ways of o 64, three of 96, the head 800.
        expected = 2 * (64 + 32 + 32) + 4 * (64 + 3 * 96 + 800)
        self.assertEqual(flops.base_flops(flops.products(config, True)), expected)


class Growth(unittest.TestCase):
    """What is said of files, runs and studies that grow."""

    def test_sizes_go_up_tenfold(self) -> None:
        self.assertEqual(growth.decades(1000, 10**5), [1000, 10**4, 10**5])
        self.assertEqual(growth.decades(1, 9), [1])

    def test_a_file_is_compared_with_the_smallest(self) -> None:
        _, first, second = growth.files_text(
            {1000: [measured(100), measured(200)], 10000: [measured(50), measured(160)]}
        )
        self.assertEqual(first.split(), ["1,000", "150", "1.00", "(1.00-1.00)", "0.50", "s"])
        # Medians of 1/50 and 1/160 s over those of 1/100 and 1/200.
        self.assertEqual(second.split(), ["10,000", "105", "1.75", "(1.25-2.00)", "0.50", "s"])

    def test_tenths_of_a_run_are_from_its_first_step_and_its_evaluations(self) -> None:
        first = [Line(1.0, "lora seed 0  step 1/20  loss 0.7")]
        # A second for the one step that is left of the first tenth, then two for two.
        ends = [Line(2.0 * i, f"lora seed 0  dev at step {2 * i}:  x 1") for i in range(1, 11)]
        found = growth_tokens.seconds_of_tenths(first + ends, 20)
        self.assertEqual(found, [1.0] * 10)
        with self.assertRaisesRegex(BenchError, "lines of progress"):
            growth_tokens.seconds_of_tenths(first + ends[1:], 20)
        text = growth.run_text(growth_tokens.LongRun(9, [0.001] * 9 + [0.0015]))
        self.assertEqual(text[1], "last tenth over first: 1.50")

    def test_further_runs_are_those_beyond_the_smaller_study(self) -> None:
        self.assertEqual(growth_runs.further([1, 10, 100], [5, 14, 194]), [1, 2])
        found = {
            1: dict.fromkeys(growth_runs.ASKED, 0.5),
            10: dict.fromkeys(growth_runs.ASKED, 0.95),
        }
        *_, first, second = growth.runs_text(found)
        self.assertEqual(first.split(), ["1"] + ["500.0"] * 5)
        self.assertEqual(second.split(), ["10"] + ["95.0", "(50.0)"] * 5)


class Refusals(unittest.TestCase):
    """One line, and the way out."""

    def refuse(self, *arguments: str, code: int = 1, **variables: str) -> str:
        done = call(BENCH, *arguments, RANKWISE_PROGRAM=str(PROGRAM), **variables)
        self.assertEqual((done.code, done.out), (code, ""))
        self.assertRegex(done.err, r"\Abench: [^\n]*\n\Z")
        return done.err

    def test_a_set_must_be_named(self) -> None:
        self.assertIn("SET", self.refuse(code=2))
        self.assertIn("cpu-short", self.refuse("cpu-shrot", code=2))
        self.assertIn("0 is not positive", self.refuse("cpu-short", "--pairs", "0", code=2))

    def test_without_an_environment_it_says_how_to_make_one(self) -> None:
        said = self.refuse("cpu-short", "--python", "/nonexistent/python")
        self.assertIn(packages.MAKE, said)
        found = mock.patch.object(packages, "installed", return_value={"torch": "2", "peft": None})
        said = self.assertRaisesRegex(BenchError, "has no peft; make the environment: python3")
        with found, said:
            packages.check_environment(Path("python"))

    def test_ours_alone_is_not_asked_of_python(self) -> None:
        self.assertIn("of our side", self.refuse("cpu-short", "--only", "python", "--switches"))

    def test_a_wish_that_a_set_has_no_use_for_is_refused(self) -> None:
        self.assertIn("jobs has no use for --batch", self.refuse("jobs", "--batch", "4"))
        said = self.refuse("cpu-short", "--most-runs", "4")
        self.assertIn("cpu-short has no use for --most-runs", said)

    def test_missing_data_is_told_with_how_to_make_it(self) -> None:
        said = self.refuse("cpu-long", "--only", "ours", "--data", "/nonexistent")
        self.assertIn("scripts/prepare --suite text10 --backbone minilm-l6", said)

    def test_without_a_program_it_says_how_to_get_one(self) -> None:
        done = call(BENCH, "jobs", RANKWISE_PROGRAM="/nonexistent/rankwise")
        self.assertEqual((done.code, done.out), (1, ""))
        said = "bench: no program at /nonexistent/rankwise; run scripts/build first\n"
        self.assertEqual(done.err, said)


class Pins(unittest.TestCase):
    """Versions beside those of requirements-bench.txt."""

    def test_local_parts_do_not_count(self) -> None:
        pins = packages.pins()
        self.assertEqual({"torch", "transformers", "peft"} - set(pins), set())
        self.assertEqual(packages.not_as_pinned({**pins, "torch": pins["torch"] + "+cpu"}), [])
        other = packages.not_as_pinned({**pins, "peft": "0.1"})
        self.assertEqual(other, [f"peft 0.1, pinned {pins['peft']}"])

    def test_the_page_names_every_set(self) -> None:
        page = (ROOT / "docs/speed.md").read_text()
        for name in (*SETS, *OTHERS):
            self.assertIn(f"`{name}`", page)


@unittest.skipUnless(
    (DATA / "suites/text10-minilm-l6.h5").exists(), "text10 is missing: scripts/prepare makes it"
)
class Tiny(Folder):
    """Our side of a set, as small as it goes."""

    def test_ours_alone_is_measured_with_every_switch(self) -> None:
        file = self.folder / "bench.json"
        arguments = ["--only", "ours", "--pairs", "1", "--steps", "1", "--batch", "4"]
        arguments += ["--python", sys.executable, "--switches", "--json", str(file)]
        done = call(BENCH, "cpu-short", *arguments, RANKWISE_PROGRAM=str(PROGRAM), seconds=300)
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("share of the limit", done.out)
        found = json.loads(file.read_text())
        self.assertIn("without attention-kernel", found["sides"])
        self.assertLess(found["loss_differences"]["without attention-kernel"], 1e-5)
        self.assertGreater(found["ratios"]["share of the limit"]["value"], 0)

    def test_growth_is_measured(self) -> None:
        file = self.folder / "growth.json"
        arguments = ["--most-tokens", "10000", "--most-runs", "1", "--pairs", "1", "--steps", "1"]
        arguments += ["--python", sys.executable, "--json", str(file)]
        done = call(BENCH, "growth", *arguments, RANKWISE_PROGRAM=str(PROGRAM), seconds=300)
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("last tenth over first: ", done.out)
        found = json.loads(file.read_text())
        self.assertEqual(list(found["files"]), ["1000", "10000"])
        self.assertGreater(found["long_run"]["tokens"], 10000)
        self.assertEqual(list(found["seconds_of_a_study"]["1"]), list(growth_runs.ASKED))


if __name__ == "__main__":
    unittest.main()
