"""What --dry-run says that runs will take, beside what they took."""

import re
import unittest
from typing import NamedTuple

from .program import DATA, Folder, Json, attributes, files_below, plan, run_files, tiny_study

UNITS = {
    "KiB": 2.0**-10, "MiB": 1.0, "GiB": 2.0**10, "s": 1.0, "min": 60.0, "h": 3600.0,
}  # fmt: skip
SHORT = {"variant": "lora", "label": "short"}
# Some seconds, so that what a process takes to start counts for little.
LONG = {"variant": "lora", "label": "long", "train": {"steps": 3000}}
REAL: Json = {
    "study": "real",
    "defaults": {
        "backbone": {"name": "bert", "weights": "minilm-l6"},
        "data": {"suite": "text10", "tasks": ["sms_spam"], "dev_rows": 20, "test_rows": 20},
        "train": {"steps": 24, "batch": 8, "evaluations": 1},
        "record": {"samples": 4},
    },
    "runs": [{"variant": "lora"}],
}


class Estimate(NamedTuple):
    """A line of distinct runs: MiB and seconds."""

    label: str
    runs: int
    host: float
    seconds: float
    most_seconds: float


def estimates(text: str) -> list[Estimate]:
    number = r" +([\d.]+ \w+)"
    line = re.compile(r"(.+) seed \d+ +(\d+)" + number + " +-" + 2 * number)
    found = [line.fullmatch(row) for row in text.splitlines()]
    return [Estimate(m[1], int(m[2]), *map(value, m.groups()[2:])) for m in found if m]


def value(text: str) -> float:
    number, unit = text.split()
    return float(number) * UNITS[unit]


class DryRun(Folder):
    """Studies that are planned, and some of them run."""

    # Machines are noisy: what is tested is that nothing is left out and no unit is wrong.
    def assert_estimated(self, study: Json, *arguments: object) -> None:
        (told,) = estimates(self.succeed(study, "--dry-run", *arguments).out)
        self.assertEqual(files_below(self.results), [])
        self.succeed(study, *arguments)
        (path,) = run_files(self.results)
        recorded = attributes(path)
        self.assertLess(abs(told.host / recorded["peak_memory_mib"] - 1), 0.2)
        self.assertGreater(told.most_seconds, recorded["seconds"] / 4)
        self.assertLess(told.seconds, recorded["seconds"] * 4)

    def test_tells_memory_and_time_of_a_planted_run(self) -> None:
        self.assert_estimated(tiny_study(LONG))

    @unittest.skipUnless(
        (DATA / "models/minilm-l6").exists() and (DATA / "suites/text10-minilm-l6.h5").exists(),
        "scripts/prepare --suite text10 --backbone minilm-l6",
    )
    def test_tells_memory_and_time_of_a_real_run(self) -> None:
        self.assert_estimated(REAL, "--data", DATA)

    def test_calibrates_runs_that_differ_in_their_seed_once(self) -> None:
        smora = {"variant": "smora", "options": {"rank": 8, "active": 2}}
        done = self.succeed(tiny_study(SHORT, smora, seeds=[0, 1, 2]), "--dry-run", "--jobs", "2")
        self.assertIn("\n2 of 6 runs calibrated ", done.out)
        self.assertEqual([(told.label, told.runs) for told in estimates(done.out)],
                         [("short", 3), ("smora", 3)])  # fmt: skip
        self.assertRegex(done.out, r"with --jobs 2 [\d.]+ s, up to [\d.]+ s where")
        self.assertRegex(done.out, r"host memory at a time: up to [\d.]+ MiB of [\d.]+ GiB\n")
        self.assertRegex(done.out, r"\ntotal: 6 of 6 runs to run, .*, [\d.]+ s to [\d.]+ s with --jobs 2, [\d.]+ MiB of memory\n\Z")

    def test_calibrates_what_is_to_run(self) -> None:
        study = tiny_study(SHORT, {"variant": "linear_probe"})
        self.succeed(study, "--only", "short")
        told = estimates(self.succeed(study, "--dry-run").out)
        self.assertEqual([one.label for one in told], ["linear_probe"])
        self.succeed(study)
        self.assertNotIn("calibrated", self.succeed(study, "--dry-run").out)

    def test_lists_alone_without_calibration(self) -> None:
        done = self.succeed(tiny_study(SHORT), "--dry-run", "--no-calibration")
        self.assertEqual(len(plan(done.out)), 1)
        self.assertEqual(len(done.out.splitlines()), 4)
        self.assertRegex(done.out, r"\ntotal: 1 of 1 runs to run, \d+ steps, [\d.]+ TFLOP, [\d.]+ \w+ of disk\n\Z")
        refused = self.run_study(tiny_study(SHORT), "--no-calibration")
        self.assertEqual(refused.code, 1)
        self.assertIn("--dry-run", refused.err)

    def test_says_which_run_cannot_be_calibrated(self) -> None:
        bad = SHORT | {"label": "bad", "train": {"learning_rate": 1e30, "batch": 4}}
        done = self.run_study(tiny_study(bad, SHORT), "--dry-run")
        self.assertEqual(done.code, 1)
        self.assertRegex(done.out, r"\nbad seed 0 +1  failed: the loss is ")
        self.assertIn("\nruns left out, as they could not be calibrated: 1\n", done.out)
        self.assertEqual([told.label for told in estimates(done.out)], ["short"])


if __name__ == "__main__":
    unittest.main()
