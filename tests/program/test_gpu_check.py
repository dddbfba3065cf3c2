"""scripts/gpu_check: its reading and page, refusals, and one call on the CPU with toy shapes."""

import json
import sys
import time
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import h5py
import numpy as np
from safetensors.numpy import save_file

from .program import PROGRAM, ROOT, Folder
from .stand_ins import call

sys.path.insert(0, str(ROOT / "scripts"))
from bench_tools import shapes
from bench_tools.errors import BenchError
from bench_tools.ours import OurRun
from bench_tools.processes import ending_at, environment, timed_lines
from bench_tools.summaries import Measurement
from gpu_tools import compared, conformance, measured, parts, speed
from gpu_tools.found import Found, Goal
from gpu_tools.page import page, shown
from gpu_tools.place import Place

CHECK = ROOT / "scripts/gpu_check"
LINES = """\
[==========] Running 4 tests from 1 test suite.
[ RUN      ] V/Conformance.Holds/a_cuda_frozen
[       OK ] V/Conformance.Holds/a_cuda_frozen (3 ms)
[ RUN      ] V/Conformance.Holds/a_cuda_usage
x.cpp:3: Skipped
[  SKIPPED ] V/Conformance.Holds/a_cuda_usage (0 ms)
[ RUN      ] V/Conformance.Holds/b_cuda_same_bits
x.cpp:12: Failure
other bits
[  FAILED  ] V/Conformance.Holds/b_cuda_same_bits, where GetParam() = b (3 ms)
[ RUN      ] V/Conformance.Holds/b_cuda_usage
"""


def document(**more: Any) -> dict[str, Any]:
    part = {
        "name": "jobs", "summary": "runs", "state": "done", "seconds": 12.4, "notes": ["a note"],
        "tables": [{"columns": ["jobs", "tokens/s"], "rows": [[4, 12345.6], [8, None]]}],
        "goals": [Goal("over PEFT", 2, 1.5).json()], "faults": [],
    }  # fmt: skip
    left = part | {
        "name": "t5", "state": "left out", "tables": [], "goals": [], "notes": ["3 s were left"],
    }  # fmt: skip
    card = {
        "name": "a card",
        "memory_gib": 79.2,
        "capability": "9.0",
        "driver": "580",
        "cuda": "13.0",
    }
    return {
        "device": "cuda", "small": False, "created": "2026", "budget_seconds": 540,
        "spent_seconds": 100, "parts": [part, left],
        "program": {"commit": "0123456789abc", "libtorch": "2.13.0", "cuda_kernels": "sm_90"},
        "machine": {
            "card": card, "cores": 16, "processor": "a processor", "python": "3.12",
            "packages": {"torch": "2.13.0"},
        },
    } | more  # fmt: skip


class Page(unittest.TestCase):
    def test_names_the_card_and_what_was_left(self) -> None:
        text = page(document())
        self.assertIn("- a card, 79 GiB, compute capability 9.0, driver 580, CUDA 13.0\n", text)
        self.assertIn("rankwise at 0123456789, LibTorch 2.13.0, own CUDA kernels: sm_90\n", text)
        self.assertIn("| over PEFT | ≥ 2 | 1.5 | no |\n", text)
        self.assertIn("| 4 | 12,346 |\n| 8 | – |\n", text)
        self.assertIn("## Left out\n\n- t5: runs. 3 s were left\n", text)
        self.assertNotIn("toy shapes", text)

    def test_a_trial_says_that_its_speeds_mean_nothing(self) -> None:
        small = document(small=True, machine=document()["machine"] | {"card": None})
        self.assertIn("speeds mean nothing", page(small))
        self.assertIn("- no CUDA device\n", page(small))

    def test_numbers_keep_three_digits(self) -> None:
        told = [shown(x) for x in (0.0, 1.2345, 1234.5, 3e-12, 5, "a|b", None)]
        self.assertEqual(told, ["0", "1.23", "1,234", "3.0e-12", "5", "a\\|b", "–"])


class Reading(Folder):
    def test_tests_are_read_until_a_process_ends(self) -> None:
        outcome = conformance.Outcome()
        running = conformance.read(iter(LINES.splitlines(keepends=True)), outcome)
        self.assertEqual(running, "V/Conformance.Holds/b_cuda_usage")
        self.assertEqual(outcome.passed, ["V/Conformance.Holds/a_cuda_frozen"])
        self.assertEqual(outcome.skipped, ["V/Conformance.Holds/a_cuda_usage"])
        self.assertEqual(
            outcome.failed, {"V/Conformance.Holds/b_cuda_same_bits": "x.cpp:12: Failure"}
        )

    def write_run(self, name: str, loss: list[float], count: int) -> Path:
        folder = self.folder / name
        folder.mkdir()
        with h5py.File(folder / "a.h5", "w") as file:
            file.attrs["label"] = "lora"
            file["train/loss"] = loss
            file["usage/site/count"] = np.array([[count]])
        save_file({"a": np.array(loss)}, folder / "a.safetensors")
        return folder / "a.h5"

    def test_runs_are_compared_by_losses_parameters_and_counts(self) -> None:
        one = self.write_run("one", [1.0, 2.0], 3)
        found = compared.compared(one, self.write_run("same", [1.0, 2.0], 3))
        self.assertEqual(found, {"label": "lora", "loss": 0, "parameters": 0, "counts": True})
        found = compared.compared(one, self.write_run("other", [1.0, 2.5], 4))
        self.assertEqual(
            found, {"label": "lora", "loss": 0.25, "parameters": 0.25, "counts": False}
        )
        found = compared.compared(one, self.write_run("nan", [1.0, float("nan")], 3))
        self.assertEqual(found["loss"], float("inf"))

    def test_what_runs_beyond_the_budget_is_ended(self) -> None:
        begin = time.monotonic()
        with ending_at(begin + 0.5), self.assertRaisesRegex(BenchError, "time for it was over"):
            timed_lines(
                [sys.executable, "-c", "import time; time.sleep(60)"], environment(1), "stdout"
            )
        self.assertLess(time.monotonic() - begin, 30)


class Sides(Folder):
    """A series of measurements, whatever its processes do."""

    def series(self) -> measured.Series:
        place = Place("cpu", self.folder, small=True)
        return measured.Series(place, speed.of_place(speed.GPU_T5, place), Found())

    def test_peft_that_fails_is_told_and_left_out(self) -> None:
        one = Measurement((5.0, 4.0), 100, 2.0, 1024, 0.5)
        series = self.series()
        sides = [measured.Side("ours", OurRun()), measured.Side("PEFT", like="ours")]
        with (
            mock.patch.object(measured.data, "prepared"),
            mock.patch.object(measured.ours, "start_parameters"),
            mock.patch.object(measured.Place, "places", new=None),
            mock.patch.object(measured.ours, "measure", return_value=one),
            mock.patch.object(measured.theirs, "spec"),
            mock.patch.object(measured.theirs, "measure", side_effect=BenchError("no memory")),
        ):
            series.run(sides)
        self.assertEqual(series.table.rows[0], ["ours", 4, 50, 1.0, 0.5, 4.0])
        self.assertEqual(series.table.rows[1], ["PEFT", 4, None, None, None, None])
        self.assertEqual(series.found.notes, ["PEFT: no memory"])
        self.assertEqual((series.speed("ours"), series.ratio("ours", ["PEFT"])), (50, None))

    def test_a_ratio_is_to_the_best_of_the_others(self) -> None:
        series = self.series()
        for name, seconds in (("ours", 1), ("slow", 4), ("quick", 2)):
            series.measured[name] = Measurement((1.0,), 100, seconds, 1, 1)
        self.assertEqual(series.ratio("ours", ["slow", "quick", "did not fit"]), 2)

    def test_other_losses_are_no_measurement(self) -> None:
        series = self.series()
        series.keep(measured.Side("ours", OurRun()), Measurement((5.0, 4.0), 1, 1, 1, 1))
        with self.assertRaisesRegex(BenchError, "do not compute the same"):
            series.keep(measured.Side("PEFT", like="ours"), Measurement((5.0, 3.0), 1, 1, 1, 1))


class Shapes(unittest.TestCase):
    def test_have_the_parameters_of_their_models(self) -> None:
        def count(name: str) -> int:
            found = shapes.sizes(shapes.CONFIGS[name]).values()
            return sum(int(np.prod(size)) for size in found)

        self.assertEqual(count("llama-8b-random"), 8_030_261_248)
        self.assertEqual(count("t5-base-random"), 222_903_552)
        # MiniLM-L6's 22,713,216 without its pooler.
        self.assertEqual(count("minilm-random"), 22_713_216 - 384 * 385)


class Refusals(unittest.TestCase):
    """One line, and the way out."""

    def refuse(self, *arguments: str, code: int = 2) -> str:
        done = call(CHECK, *arguments, RANKWISE_PROGRAM=str(PROGRAM), seconds=60)
        self.assertEqual((done.code, done.out), (code, ""))
        self.assertRegex(done.err, r"\Agpu_check: [^\n]*\n\Z")
        return done.err

    def test_wishes_that_it_does_not_know(self) -> None:
        self.assertIn("no part is called 'lama'; parts: conformance", self.refuse("--only", "lama"))
        self.assertIn("0 is no time in seconds", self.refuse("--budget", "0"))
        self.assertIn("there is no such folder", self.refuse("--out", "/nonexistent", code=1))

    def test_parts_have_names_of_their_own(self) -> None:
        names = [part.name for part in parts.PARTS]
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertIn(name, (ROOT / "docs/speed.md").read_text())


class OnTheCpu(Folder):
    """All that needs no packages of PEFT, end to end."""

    def check(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        done = call(
            Path(sys.executable), str(CHECK), "--device", "cpu", "--out", str(self.folder),
            *arguments, RANKWISE_PROGRAM=str(PROGRAM), OMP_NUM_THREADS="1", seconds=600,
        )  # fmt: skip
        self.assertIn("# Check on a device", done.out, done.err)
        self.assertEqual(done.out, (self.folder / "gpu-check.md").read_text())
        return done.code, json.loads((self.folder / "gpu-check.json").read_text())

    def test_parts_find_what_they_say(self) -> None:
        names = "conformance,devices,llama-variants,jobs"
        code, found = self.check("--only", names, "--budget", "500")
        told = {part["name"]: part for part in found["parts"]}
        self.assertEqual([part["faults"] for part in found["parts"]], [[], [], [], []], found)
        self.assertEqual({part["state"] for part in found["parts"]}, {"done"})
        self.assertEqual([part["goals"] for part in found["parts"]], [[], [], [], []])
        self.assertEqual(code, 0)
        ((passed, *_, failed, crashed, _, _),) = told["conformance"]["tables"][0]["rows"]
        self.assertGreater(passed, 10)
        self.assertEqual((failed, crashed), (0, 0))
        self.assertEqual(len(told["devices"]["tables"][0]["rows"]), 6)
        sides = [row[0] for row in told["llama-variants"]["tables"][0]["rows"]]
        self.assertEqual(sides, ["ours, lora", "ours, smora", "ours, flylora", "ours, more"])
        self.assertEqual([row[0] for row in told["jobs"]["tables"][0]["rows"]], [1, 4, 8])

    def test_what_the_budget_does_not_reach_is_named(self) -> None:
        code, found = self.check("--budget", "1", "--only", "devices,jobs")
        states = [part["state"] for part in found["parts"]]
        self.assertEqual(code, 0)
        self.assertIn(states, (["cut off", "left out"], ["left out", "left out"]))


if __name__ == "__main__":
    unittest.main()
