"""Studies on a real Slurm of one node: queued, saved at the signal, killed, queued again.

The node says that it has eight cores; there may be fewer.
"""

import json
import os
import re
import signal
import stat
import sys
import time
import unittest
from pathlib import Path
from typing import ClassVar

from .errors import Errors
from .program import (
    TIMES, Done, Json, difference, run, run_files, start, tiny_study, wait_until,
)  # fmt: skip
from .slurm import Cluster, missing

LONG = {
    "variant": "smora",
    "label": "long",
    "options": {"dropout": 0.1},
    "train": {"steps": 6000, "evaluations": 10},
}
QUICK = {"variant": "lora", "label": "quick", "train": {"steps": 1, "evaluations": 1}}
SETTINGS = ("--memory", "100M", "--time", "10", "--threads", "1")


class Scripts(Errors):
    """What needs no Slurm."""

    def test_dry_run_prints_the_script_and_writes_nothing(self) -> None:
        done = self.run_study(
            tiny_study(QUICK, seeds=list(range(12))), "--slurm-dry-run", "--jobs", "4",
            "--partition", "gpu", "--gpus", "1", "--memory", "8G", "--time", "1:00:00",
            "--device", "cuda",
        )  # fmt: skip
        self.assertEqual((done.code, done.err), (0, ""))
        for line in (
            "#SBATCH --array=0-11%4", "#SBATCH --signal=USR1@90", "#SBATCH --requeue",
            "#SBATCH --partition=gpu", "#SBATCH --gpus=1", "#SBATCH --mem=8G",
            "#SBATCH --time=1:00:00",
        ):  # fmt: skip
            self.assertIn(line, done.out.splitlines())
        self.assert_nothing_written()

    def test_the_cluster_file_of_the_folder_counts_and_flags_before_it(self) -> None:
        path = self.write(tiny_study(QUICK))
        self.write({"partition": "short", "time": "10", "at_a_time": 3}, "cluster.json")
        words = ("run", path, "--results", self.results, "--slurm-dry-run", "--time", "20")
        done = run(*words, cwd=self.folder)
        self.assertIn("#SBATCH --partition=short\n", done.out)
        self.assertIn("#SBATCH --array=0-0%3\n", done.out)
        self.assertIn("#SBATCH --time=20\n", done.out)
        self.assertNotIn("--partition", run(*words, cwd=Path("/")).out)

    def test_words_that_are_none_are_refused(self) -> None:
        for arguments in (("--partition", "a b"), ("--time", "1 --wrap=x"), ("--memory", "$(id)")):
            self.refuse(tiny_study(QUICK), "single word", arguments=("--slurm", *arguments))
        path = self.write({"partitions": "a"}, "cluster.json")
        self.refuse(
            tiny_study(QUICK), "cluster.json: ", "'partitions'",
            arguments=("--slurm", "--cluster", str(path)),
        )  # fmt: skip

    def test_without_slurm_the_script_stays(self) -> None:
        done = self.run_study(tiny_study(QUICK), "--slurm", PATH="/usr/nonexistent")
        self.assertEqual(done.code, 1)
        self.assertIn("there is no sbatch on PATH", done.err)
        (script,) = self.results.rglob("script.sh")
        self.assertIn("#SBATCH --array=0-0\n", script.read_text())

    def test_a_task_that_comes_no_further_is_not_queued_for_ever(self) -> None:
        self.run_study(tiny_study(QUICK), "--slurm", PATH="/usr/nonexistent")
        (orders,) = self.results.rglob("tasks.jsonl")
        signalled = (
            "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1});"
            "os.kill(os.getpid(), signal.SIGUSR1); os.execv(sys.argv[1], sys.argv[1:])"
        )
        process = start("task", orders, "0", before=(sys.executable, "-c", signalled))
        _, err = process.communicate()
        self.assertEqual(process.returncode, 1)
        self.assertEqual(err.decode(), "stopped before it could train, and is not queued again; ask for more time\n")

    def test_describe_names_the_members(self) -> None:
        done = run("describe", "cluster")
        for word in ("partition", "signal_seconds", "setup"):
            self.assertIn(word, done.out)


@unittest.skipIf(missing(), missing())
class Slurm(Errors):
    """A daemon of each kind, real tasks."""

    cluster: ClassVar[Cluster]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.cluster = Cluster(cpus=8)
        cls.addClassCleanup(cls.cluster.stop)

    def in_cluster(self, *arguments: str | Path) -> Done:
        names = ("SLURM_CONF", "PATH")
        own = {name: self.cluster.environment[name] for name in names}
        return run(*arguments, **own)

    def queue(self, study: Json, *arguments: str) -> str:
        """The job's number."""
        self.study_file = self.write(study)
        done = self.in_cluster(
            "run", self.study_file, "--results", self.results, "--slurm", *SETTINGS, *arguments
        )
        self.assertEqual(done.code, 0, done.err)
        found = re.match(r"\d+ runs queued as job (\d+);", done.out)
        self.assertTrue(found, done.out)
        return found.group(1)

    def standing(self) -> dict[str, Json]:
        done = self.in_cluster("status", self.results / "tiny", "--json")
        self.assertEqual(done.err, "")
        return {run["label"]: run for run in json.loads(done.out)["runs"]}

    def log(self) -> str:
        return "".join(path.read_text() for path in sorted(self.results.rglob("task-*.log")))

    def wait_for_end(self, job: str, seconds: float = 120) -> None:
        def ended() -> bool:
            return not any(name.startswith(f"{job}_") for name in self.cluster.jobs())

        try:
            wait_until(ended, "the end of the array", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.cluster.jobs()}; {self.log()[-2000:]}") from None

    def wait_for_a_checkpoint(self) -> None:
        def look() -> list[Path]:
            return list(self.results.rglob("*.checkpoint.safetensors"))

        wait_until(look, "a checkpoint")

    def assert_bits_of_an_uncut_run(self, study: Json) -> None:
        folder = self.folder / "uncut"
        self.succeed(study, "--results", folder)
        for one, other in zip(run_files(self.results), run_files(folder), strict=True):
            self.assertLessEqual(set(difference(one, other)), TIMES)

    def test_a_run_is_saved_at_the_signal_and_queues_itself_again(self) -> None:
        job = self.queue(tiny_study(LONG))
        self.wait_for_a_checkpoint()
        running = self.standing()["long"]
        self.assertEqual((running["state"], running["slurm"]["task"]), ("running", f"{job}_0"))
        self.cluster.call("scancel", "--signal=USR1", f"{job}_0")  # as before the time is over
        wait_until(lambda: self.cluster.jobs().get(f"{job}_0") == "PENDING", "a requeued task")
        waiting = self.standing()["long"]
        self.assertEqual(waiting["state"], "pending")
        self.assertEqual(waiting["why"], "was stopped; goes on from its last checkpoint")
        # Asked again, it queues nothing twice.
        again = self.in_cluster(
            "run", self.study_file, "--results", self.results, "--slurm", *SETTINGS
        )
        self.assertEqual(again.out, "nothing to queue\n")
        self.wait_for_end(job)
        self.assertEqual(self.standing()["long"]["state"], "done", self.log())
        self.assertRegex(self.log(), r"long seed 0  stopped at step (\d+);[\s\S]*resuming at step \1\n")
        self.assert_bits_of_an_uncut_run(tiny_study(LONG))

    def test_a_killed_task_is_taken_over_by_the_next(self) -> None:
        job = self.queue(tiny_study(LONG))
        self.wait_for_a_checkpoint()
        process = self.standing()["long"]["process"]
        os.kill(process, signal.SIGKILL)
        self.wait_for_end(job)
        self.assertEqual(self.standing()["long"]["state"], "stalled")
        second = self.queue(tiny_study(LONG))
        self.wait_for_end(second)
        self.assertEqual(self.standing()["long"]["state"], "done", self.log())
        self.assertIn("resuming at step", self.log())
        self.assert_bits_of_an_uncut_run(tiny_study(LONG))

    def test_a_cancelled_task_is_not_queued_again(self) -> None:
        job = self.queue(tiny_study(LONG))
        self.wait_for_a_checkpoint()
        self.cluster.call("scancel", f"{job}_0")
        self.wait_for_end(job)
        time.sleep(1)
        self.assertEqual(self.cluster.jobs(), {})
        self.assertIn(self.standing()["long"]["state"], ("pending", "stalled"))

    def test_a_failed_run_says_so_and_the_others_go_on(self) -> None:
        bad = QUICK | {"label": "bad", "train": {"learning_rate": 1e30, "clip": 0, "steps": 12}}
        job = self.queue(tiny_study(bad, QUICK))
        self.wait_for_end(job)
        runs = self.standing()
        self.assertEqual((runs["bad"]["state"], runs["quick"]["state"]), ("failed", "done"))
        self.assertIn("the loss is", runs["bad"]["why"])

    def test_names_reach_no_shell(self) -> None:
        label = "a'b\"c $(touch x) `touch x` %j;&|"
        results = self.folder / "r 'e\"s $(touch x)`touch x`%j"
        self.results = results
        job = self.queue(tiny_study(QUICK | {"label": label}))
        self.wait_for_end(job)
        (file,) = run_files(results)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode) & 0o600, 0o600)
        self.assertEqual([path.name for path in results.rglob("task-*.log")], ["task-0.log"])
        for folder in (self.folder, Path.cwd(), Path.home()):
            self.assertFalse((folder / "x").exists())

    def test_two_hundred_runs_fill_the_queue(self) -> None:
        study = tiny_study(QUICK, seeds=list(range(200)))
        job = self.queue(study, "--jobs", "4")
        done = self.in_cluster("status", self.results / "tiny")
        self.assertEqual(done.code, 75)
        self.assertRegex(done.out, r"tiny: 200 runs: .*\d+ pending; \d+ in Slurm's queue\n")
        self.wait_for_end(job, seconds=600)
        done = self.in_cluster("status", self.results / "tiny")
        self.assertEqual((done.code, done.out), (0, "tiny: 200 runs: 200 done\n"), self.log()[:2000])
        self.assertEqual(len(run_files(self.results)), 200)


if __name__ == "__main__":
    unittest.main()
