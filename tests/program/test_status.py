"""How the runs of a study stand: told while they run, after kills, and of a thousand at once."""

import json
import os
import resource
import shutil
import signal
import unittest
from pathlib import Path

import h5py

from .errors import Errors
from .program import (
    PATIENCE, Done, Json, kill_group, plan, run, run_files, start, tiny_study, wait_until,
)  # fmt: skip

LONG = {"variant": "smora", "label": "long", "train": {"steps": 200000}}
SHORT = {"variant": "lora", "label": "short"}
BAD = {"variant": "lora", "label": "bad", "train": {"learning_rate": 1e30, "clip": 0}}
SECONDS = 2 * PATIENCE


class Status(Errors):
    """Of studies that this machine runs."""

    def status(self, *arguments: str, folder: Path | None = None) -> Done:
        return run("status", folder or self.results / "tiny", *arguments)

    def standing(self) -> Json:
        done = self.status("--json")
        value = json.loads(done.out)
        self.assertEqual((done.code, done.err), (value["exit_code"], ""))
        return value

    def runs(self) -> dict[str, Json]:
        return {run["label"]: run for run in self.standing()["runs"]}

    def test_tells_of_done_and_failed_runs(self) -> None:
        self.run_study(tiny_study(SHORT, BAD))
        done = self.status()
        self.assertEqual((done.code, done.err), (2, ""))
        head, failed = done.out.splitlines()
        self.assertEqual(head, "tiny: 2 runs: 1 done, 1 failed")
        self.assertRegex(failed, "^failed   bad seed 0  the loss is")
        self.assertEqual(self.standing()["counts"]["failed"], 1)
        self.run_study(tiny_study(SHORT))
        self.assertEqual(self.status().code, 0)
        self.assertIn("done     short seed 0", self.status("--all").out)

    def test_tells_of_running_pending_and_stalled_runs(self) -> None:
        path = self.write(tiny_study(LONG, SHORT))
        words = ("run", path, "--results", self.results, "--threads", "1")
        process = start(*words, RANKWISE_LEASE="1")
        self.addCleanup(kill_group, process)

        def at_work() -> Json | None:
            if not (self.results / "tiny/plan.json").exists():
                return None
            found = self.runs()["long"]
            return found if found["seconds_left"] else None

        long = wait_until(at_work, "a run that says how long it takes")
        self.assertEqual((long["state"], long["steps"]), ("running", 200000))
        self.assertGreater(min(long["step"], long["tokens_per_second"], long["process"]), 0)
        self.assertEqual(self.runs()["short"]["state"], "pending")
        done = self.status()
        self.assertEqual(done.code, 75)
        self.assertIn("tiny: 2 runs: 1 running, 1 pending\n", done.out)
        self.assertRegex(
            done.out,
            r"running  long seed 0  \S+, process \d+  step \d+/200000  .* tokens/s  .* left",
        )
        # Stopped: alive, but without a sign of it.
        os.killpg(process.pid, signal.SIGSTOP)
        stalled = wait_until(
            lambda: (found := self.runs()["long"])["state"] == "stalled" and found, "a stalled run"
        )
        self.assertRegex(stalled["why"], r"no sign of life for \d+ s from process \d+ on ")
        os.killpg(process.pid, signal.SIGCONT)
        wait_until(lambda: self.runs()["long"]["state"] == "running", "the run's waking")
        kill_group(process)
        self.assertRegex(self.runs()["long"]["why"], "has ended without a word")
        self.assertEqual(self.status().code, 75)

    def test_tells_that_a_stopped_run_goes_on(self) -> None:
        process = start(
            "run", self.write(tiny_study(LONG)), "--results", self.results, "--threads", "1"
        )
        self.addCleanup(kill_group, process)
        wait_until(lambda: list(self.results.rglob("*.partial")), "a partial file")
        process.terminate()
        process.communicate(timeout=60)
        (line,) = self.status("--all").out.splitlines()[1:]
        self.assertEqual(
            line, "pending  long seed 0  was stopped; goes on from its last checkpoint"
        )

    def test_knows_the_runs_of_calls_for_parts(self) -> None:
        study = tiny_study(SHORT, BAD, seeds=[0, 1])
        self.run_study(study, "--only", "short", "--seeds", "0")
        self.assertEqual(self.standing()["counts"]["done"], 1)
        self.run_study(study, "--only", "bad", "--seeds", "1")
        self.assertEqual(
            [(run["label"], run["seed"], run["state"]) for run in self.standing()["runs"]],
            [("short", 0, "done"), ("bad", 1, "failed")],
        )

    def test_is_refused_without_a_folder(self) -> None:
        self.assert_line(self.status(folder=self.folder / "none"), "none", "No such file")
        self.assert_line(self.status(folder=self.folder), "holds no runs of a study")

    def test_changes_nothing(self) -> None:
        self.run_study(tiny_study(SHORT))
        before = sorted(self.results.rglob("*"))
        self.status()
        self.assertEqual(sorted(self.results.rglob("*")), before)


class Thousand(Errors):
    """A study of a thousand runs, all but one of them copies of one run's file with another label and seed."""

    RUNS = 1000

    def setUp(self) -> None:
        super().setUp()
        self.study = tiny_study(
            SHORT | {"sweep": {"rank": [1, 2, 3, 4, 5]}}, seeds=list(range(self.RUNS // 5))
        )
        listed = self.run_study(self.study, "--dry-run", "--no-calibration")
        self.planned = plan(listed.out)
        self.assertEqual(len(self.planned), self.RUNS)
        self.succeed(self.study, "--only", self.planned[0].label, "--seeds", "0")
        (first,) = run_files(self.results)
        for one in self.planned[1:]:
            shutil.copyfile(first, one.file)
            with h5py.File(one.file, "r+") as file:
                file.attrs["label"], file.attrs["seed"] = one.label, one.seed

    def timed(self, *arguments: str | Path, cwd: Path | None = None) -> tuple[Done, float]:
        """Seconds of the processor, which other work on the machine does not lengthen by much."""
        begin = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = run(*arguments, cwd=cwd)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        return done, end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime

    def test_is_resumed_listed_and_told_of_in_two_seconds_and_tabled(self) -> None:
        path = self.write(self.study)
        configs = self.folder / "configs"
        configs.mkdir()
        shutil.copy(path, configs / "tiny.json")
        resume = ("run", path, "--results", self.results)
        took = {}
        done, took["resume"] = self.timed(*resume)
        self.assertIn(f"0 finished, {self.RUNS} already there", done.out)
        done, took["status"] = self.timed("status", self.results / "tiny")
        self.assertEqual(done.out, f"tiny: {self.RUNS} runs: {self.RUNS} done\n")
        done, took["list"] = self.timed("list", "studies", cwd=self.folder)
        self.assertIn(f"{self.RUNS} of {self.RUNS} runs finished", done.out)
        done, took["table"] = self.timed("table", self.results / "tiny")
        self.assertEqual((done.out.count("short rank="), done.err), (5, ""))
        self.assertIn("Seeds: 200 (0–199).", done.out)
        # It opens each run, some of them twice.
        self.assertLess(took.pop("table"), 5 * SECONDS, took)
        self.assertLess(max(took.values()), SECONDS, took)


if __name__ == "__main__":
    unittest.main()
