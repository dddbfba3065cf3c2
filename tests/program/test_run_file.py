"""What a run file says: exact counts, scores that follow from predictions, documented paths."""

import contextlib
import hashlib
import io
import json
import math
import re
import tempfile
import textwrap
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from safetensors.numpy import load_file

from .program import (
    ROOT,
    all_variants,
    attributes,
    by_label,
    canonical,
    content,
    names,
    open_run,
    predictions,
    run,
    run_files,
    tiny_study,
)

DEV = 32  # dev examples per task in program.PLANTED; one token each
ACTIVE = {"lora": 4, "smora": 3, "flylora": 2}
RANKS = {"lora": 4, "smora": 12, "flylora": 8, "more": 8}
WIDTH, LAYERS, TASKS, OUTPUTS = 16, 2, 3, 4


def sites(label: str) -> Iterator[tuple[h5py.File, h5py.Group, str]]:
    """Every site's usage in every run of a label."""
    for path in by_label(all_variants())[label]:
        with open_run(path) as file:
            for site in names(file, "site"):
                yield file, file["usage"][site], site


class Usage(unittest.TestCase):
    """Counts are integers, and their sums are known."""

    def test_sums_to_tokens_times_active_ranks(self) -> None:
        for label, active in ACTIVE.items():
            for _, usage, _ in sites(label):
                count = usage["count"][:]
                self.assertEqual(count.dtype, np.uint64)
                self.assertEqual(count.shape, (3, TASKS, RANKS[label]))
                self.assertTrue((count.sum(axis=2) == DEV * active).all(), label)

    def test_stands_beside_the_tokens_of_each_task(self) -> None:
        for path in run_files(all_variants()):
            with open_run(path) as file:
                self.assertEqual(file["layout/task/dev_tokens"][:].tolist(), [DEV] * TASKS)

    def test_of_lora_is_all_ranks(self) -> None:
        for _, usage, _ in sites("lora"):
            self.assertTrue((usage["count"][:] == DEV).all())

    def test_of_more_is_the_prefix_of_the_chosen_rank(self) -> None:
        for file, usage, site in sites("more"):
            chosen = file["selection"][site]["rank"][:]
            self.assertEqual(chosen.shape, (3, TASKS))
            self.assertTrue(((chosen >= 1) & (chosen <= RANKS["more"])).all())
            prefix = np.arange(RANKS["more"]) < chosen[:, :, None]
            self.assertTrue((usage["count"][:] == DEV * prefix).all())
            probability = file["selection"][site]["probability"][:]
            np.testing.assert_allclose(probability.sum(axis=2), 1, rtol=1e-6)
            self.assertTrue((probability.argmax(axis=2) + 1 == chosen).all())

    def test_in_training_sums_to_the_tokens_of_each_task(self) -> None:
        for label, active in ACTIVE.items():
            for file, usage, _ in sites(label):
                steps = file["evaluation/step"][:]
                for evaluation, step in enumerate(steps):
                    task, tokens = file["train/task"][:step], file["train/tokens"][:step]
                    expected = [tokens[task == t].sum() * active for t in range(TASKS)]
                    counted = usage["training_count"][evaluation].sum(axis=1)
                    self.assertEqual(counted.tolist(), expected)

    def test_entropy_follows_from_the_counts(self) -> None:
        for label in RANKS:
            for _, usage, _ in sites(label):
                count = usage["count"][:].astype(float)
                share = count / count.sum(axis=2, keepdims=True)
                terms = np.where(share > 0, share * np.log(np.where(share > 0, share, 1)), 0)
                np.testing.assert_allclose(usage["entropy"][:], -terms.sum(axis=2), atol=1e-12)

    def test_coactivation_follows_from_the_counts(self) -> None:
        for label in ("smora", "flylora"):
            for _, usage, _ in sites(label):
                pairs = usage["coactivation"][:]
                last = usage["count"][-1].sum(axis=0)
                self.assertTrue((pairs == pairs.T).all())
                self.assertTrue((pairs.diagonal() == last).all())
                self.assertTrue((pairs.sum(axis=1) == ACTIVE[label] * last).all())

    def test_gate_mass_is_what_the_gates_give(self) -> None:
        for _, usage, _ in sites("smora"):  # normalised to k
            np.testing.assert_allclose(usage["gate_mass"][:].sum(axis=2), DEV * 3, rtol=1e-5)
        for label in ("lora", "flylora"):  # weight one
            for _, usage, _ in sites(label):
                np.testing.assert_array_equal(usage["gate_mass"][:], usage["count"][:])
        for file, usage, site in sites("more"):  # r_t / T
            chosen = file["selection"][site]["rank"][:]
            expected = usage["count"][:] * (chosen / TASKS)[:, :, None]
            np.testing.assert_allclose(usage["gate_mass"][:], expected, rtol=1e-6)

    def test_of_reference_methods_is_absent(self) -> None:
        for label in ("linear probe", "full"):
            for path in by_label(all_variants())[label]:
                with open_run(path) as file:
                    self.assertNotIn("usage", file)
                    self.assertEqual(names(file, "site"), [])


class Scores(unittest.TestCase):
    """Scores follow from the recorded predictions."""

    def test_are_errors_over_those_of_the_unadapted_model(self) -> None:
        # The linear probe has nothing to learn under the planted suite's fixed head: its
        # predictions are the unadapted model's.
        labels = by_label(all_variants())
        for seed, probe in enumerate(labels["linear probe"]):
            for label in ("lora", "more", "full", "linear probe"):
                with open_run(labels[label][seed]) as run, open_run(probe) as reference:
                    for split in ("dev", "test"):
                        self.check(run, reference, split)

    def check(self, run: h5py.File, reference: h5py.File, split: str) -> None:
        for task, adapted in predictions(run, split, "best"):
            plain = reference[f"evaluation/{task}/{split}/best/prediction"][:]
            truth = adapted["label"][:]
            self.assertEqual(truth.shape, (32, OUTPUTS))
            error = ((adapted["prediction"][:] - truth) ** 2).sum()
            expected = error / ((plain - truth) ** 2).sum()
            recorded = adapted.attrs["relative_error"]
            self.assertAlmostEqual(recorded, expected, delta=1e-5 * expected)

    def test_of_the_last_evaluation_are_those_of_the_last_parameters(self) -> None:
        for path in run_files(all_variants()):
            with open_run(path) as file:
                self.assertEqual(file["evaluation/step"][:].tolist(), [4, 8, 12])
                for task, last in predictions(file, "dev", "last"):
                    course = file[f"evaluation/score/{task}/relative_error"][:]
                    self.assertEqual(last.attrs["relative_error"], course[-1])

    def test_of_the_best_parameters_are_the_best_evaluations(self) -> None:
        for path in run_files(all_variants()):
            with open_run(path) as file:
                courses = [
                    file[f"evaluation/score/{task}/relative_error"][:]
                    for task in names(file, "task")
                ]
                best = int(np.mean(courses, axis=0).argmin())
                self.assertEqual(file.attrs["best_step"], file["evaluation/step"][best])
                for (task, group), course in zip(
                    predictions(file, "dev", "best"), courses, strict=True
                ):
                    self.assertEqual(group.attrs["relative_error"], course[best], task)


class Parameters(unittest.TestCase):
    """Counts by hand: two linears of 16 by 16 without biases, heads that are fixed."""

    def check(self, label: str, **expected: int) -> None:
        for path in by_label(all_variants())[label]:
            with open_run(path) as file:
                counts = dict(file["parameters"].attrs)
            self.assertEqual({name: int(counts[name]) for name in expected}, expected)
            self.assertEqual(counts["total"], counts["trainable"] + counts["frozen"])

    def test_of_every_kind(self) -> None:
        base = LAYERS * WIDTH * WIDTH
        self.check("linear probe", trainable=0, active=0, router=0, frozen=base, head=0)
        self.check("full", trainable=base, active=base, router=0, frozen=0, head=0)
        pair = LAYERS * 2 * WIDTH
        self.check("lora", trainable=4 * pair, active=4 * pair, router=0, frozen=base)
        router = LAYERS * 12 * WIDTH
        bias = LAYERS * 12  # a buffer
        self.check("smora", trainable=12 * pair + router, router=router, frozen=base + bias)
        fixed = LAYERS * 8 * (WIDTH + 1)  # A and the bias
        self.check("flylora", trainable=8 * pair // 2, router=0, frozen=base + fixed)
        gate = LAYERS * (TASKS * WIDTH + 8 * WIDTH + 8)
        self.check("more", trainable=8 * pair + gate, router=gate, frozen=base)


class Schema(unittest.TestCase):
    """Files and documentation agree."""

    documented: set[str]

    @classmethod
    def setUpClass(cls) -> None:
        text = (ROOT / "docs/run_file.md").read_text()
        cls.documented = set(re.findall(r"^\| `(/[^`]+)`", text, flags=re.M))

    def test_the_example_of_reading_one_runs(self) -> None:
        page = (ROOT / "docs/results.md").read_text()
        (code,) = re.findall(r"(?m)^    import glob\n(?:(?:    .*)?\n)+", page)
        path = by_label(all_variants())["more"][0]
        there = "results/demo/more-s0-*.h5"
        self.assertIn(there, code)
        code = code.replace(there, str(path))
        found: dict[str, Any] = {}
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(textwrap.dedent(code), found)
        self.assertTrue(out.getvalue().startswith("more 0 "))
        self.assertEqual(found["used"].shape, (TASKS, RANKS["more"]))
        self.assertEqual(found["gate"].shape, found["used"].shape)

    def patterns(self) -> list[re.Pattern[str]]:
        return [
            re.compile(re.sub(r"<[a-z]+>", "[^/@]+", re.escape(path))) for path in self.documented
        ]

    def test_every_path_of_a_file_is_documented(self) -> None:
        patterns = self.patterns()
        for path in run_files(all_variants()):
            unknown = [
                name for name in content(path) if not any(p.fullmatch(name) for p in patterns)
            ]
            self.assertEqual(unknown, [], path.name)

    def test_every_documented_attribute_is_there(self) -> None:
        wanted = {name for name in self.documented if name.startswith("/@")}
        wanted -= {"/@error", "/@taken_from", "/@evaluated"}  # of failed, reused and evaluated ones
        wanted -= {"/@ended_early", "/@init_sha256"}  # of runs that ended early, or went on
        wanted -= {"/@switched_off"}  # of those without an optimisation
        wanted -= {"/@measures", "/@token_ranks", "/@half_divergence", "/@stale"}  # in a summary
        wanted -= {"/@peak_device_allocated_mib", "/@peak_device_reserved_mib"}  # of those on a GPU
        for path in run_files(all_variants()):
            self.assertEqual(wanted - set(content(path)), set(), path.name)

    def test_values_have_the_documented_meaning(self) -> None:
        for label, paths in by_label(all_variants()).items():
            for seed, path in enumerate(paths):
                run = attributes(path)
                self.assertEqual((run["label"], run["seed"]), (label, seed))
                self.assertEqual((run["status"], run["study"]), ("finished", "tiny"))
                self.assertEqual(run["reading"], "paper")
                self.assertEqual((run["weights_sha256"], run["tasks_sha256"]), ("", ""))
                self.assertRegex(run["created"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
                for name in ("seconds", "tokens_per_second"):
                    self.assertGreater(run[name], 0)
                self.assertRegex(run["protocol_hash"], "^[0-9a-f]{64}$")
                text = canonical(run["identity"]).encode()
                self.assertEqual(run["config_hash"], hashlib.sha256(text).hexdigest())

    def test_a_switch_that_was_off_is_told_and_enters_no_id(self) -> None:
        found = []
        for without in ("", "wide-vectors,one-up"):
            with tempfile.TemporaryDirectory() as folder:
                study = Path(folder) / "study.json"
                study.write_text(json.dumps(tiny_study({"variant": "lora"})))
                done = run("run", study, "--results", folder, RANKWISE_WITHOUT=without)
                self.assertEqual(done.code, 0, done.err)
                found.append(attributes(run_files(Path(folder))[0]))
        with_all, without_two = found
        self.assertNotIn("switched_off", with_all)
        self.assertEqual(without_two["switched_off"], ["one-up", "wide-vectors"])
        self.assertEqual(with_all["config_hash"], without_two["config_hash"])

    def test_columns_of_steps_are_complete(self) -> None:
        for path in run_files(all_variants()):
            with open_run(path) as file:
                self.assertEqual(file["train/step"][:].tolist(), list(range(1, 13)))
                for name, column in file["train"].items():
                    self.assertEqual(column.shape, (12,), name)
                self.assertTrue((file["train/tokens"][:] == 8).all())
                rate = file["train/learning_rate"][:]
                self.assertTrue((rate > 0).all() and math.isclose(rate.max(), 1e-2))

    def test_factors_and_samples_have_their_shapes(self) -> None:
        for label, ranks in RANKS.items():
            for path in by_label(all_variants())[label]:
                with open_run(path) as file:
                    for site in names(file, "site"):
                        self.assertEqual(file["factors"][site]["a"].shape, (ranks, WIDTH))
                        self.assertEqual(file["factors"][site]["b"].shape, (WIDTH, ranks))
                    samples = TASKS * 32  # of 40 wanted a task there are 32
                    self.assertEqual(file["embedding/sample_task"].shape, (samples,))
                    self.assertEqual(file["embedding/pooled/sample"].shape, (samples, WIDTH))


class SavedParameters(unittest.TestCase):
    """The safetensors file beside a run."""

    def test_hold_what_was_trained(self) -> None:
        for label, paths in by_label(all_variants()).items():
            for path in paths:
                saved = load_file(path.with_suffix(".safetensors"))
                with open_run(path) as file:
                    count = int(file["parameters"].attrs["trainable"])
                    for site in names(file, "site"):
                        for factor, end in (("a", "lora_A"), ("b", "lora_B")):
                            (name,) = [n for n in saved if site in n and n.endswith(end)]
                            np.testing.assert_array_equal(
                                saved[name], file["factors"][site][factor][:]
                            )
                trained = [v.size for n, v in saved.items() if "balance_bias" not in n]
                if label != "flylora":  # keeps its frozen A as well
                    self.assertEqual(sum(trained), count, label)


if __name__ == "__main__":
    unittest.main()
