"""Studies that are shared by two processes, killed in the middle, or lose a worker."""

import contextlib
import os
import re
import signal
import subprocess
import unittest
from pathlib import Path

from .program import (
    TIMES,
    Folder,
    attributes,
    difference,
    files_below,
    kill_group,
    open_run,
    run,
    run_files,
    start,
    tiny_study,
    wait_until,
)

STEPS = 4000  # some seconds
LONG = {"variant": "smora", "label": "long", "train": {"steps": STEPS}}
SHORT = {"variant": "lora", "label": "short"}


def steps_in(path: Path) -> int:
    """Steps that a reader sees in a file that is being written."""
    with open_run(path) as file:
        return file["train/step"].shape[0]


class Processes(Folder):
    """Calls that are started and not waited for."""

    def begin(self, *runs: dict, **members: object) -> subprocess.Popen:
        path = self.write(tiny_study(*runs, **members))
        process = start("run", path, "--results", self.results, "--threads", "1")
        self.addCleanup(kill_group, process)
        return process

    def partial_with_steps(self) -> Path:
        """The long run's file once some of its steps can be read."""

        def look() -> Path | None:
            partial = next(iter(self.results.rglob("long-*.partial")), None)
            return partial if partial and steps_in(partial) > 0 else None

        return wait_until(look, "a partial file with steps")

    def end(self, process: subprocess.Popen) -> tuple[int, str, str]:
        """Waits a minute at most: a process that waits for ever fails here."""
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            kill_group(process)
            self.fail("the process still waits after a minute")
        return process.returncode, out.decode(), err.decode()


class Sharing(Processes):
    """Two processes on one study."""

    def test_each_run_is_executed_once(self) -> None:
        runs = [SHORT | {"label": f"r{i}", "seed": i, "train": {"steps": 400}} for i in range(4)]
        ended = [self.end(process) for process in [self.begin(*runs), self.begin(*runs)]]
        for code, out, err in ended:
            self.assertEqual(code, 0, err)
            self.assertIn(" 0 failed", out)
        counts = [re.search(r"(\d+) finished, (\d+) already", out) for _, out, _ in ended]
        finished = [int(count.group(1)) for count in counts if count]
        self.assertEqual(sum(finished), 4, ended)
        self.assertEqual(len(run_files(self.results)), 4)

    def test_one_waits_for_the_others_run_and_says_so(self) -> None:
        first = self.begin(LONG)
        self.partial_with_steps()
        second = self.begin(LONG)
        code, out, err = self.end(second)
        self.assertEqual(code, 0, err)
        self.assertRegex(err, r"long seed 0  is being run by process \d+ on .+; waiting for it")
        self.assertIn("0 finished, 1 already there, 0 failed", out)
        self.assertEqual(self.end(first)[0], 0)

    def test_takes_over_what_the_other_dropped(self) -> None:
        first = self.begin(LONG)
        self.partial_with_steps()
        second = self.begin(LONG)
        assert second.stderr
        wait_until(lambda: b"waiting" in os.read(second.stderr.fileno(), 4096), "the wait")
        kill_group(first)
        code, out, err = self.end(second)
        self.assertEqual(code, 0, err)
        self.assertIn("1 finished, 0 already there, 0 failed", out)


class Resume(Processes):
    """A killed run goes on from its last checkpoint, which each evaluation writes."""

    smora = LONG | {"train": {"steps": STEPS, "evaluations": 4}, "options": {"dropout": 0.1}}

    def kill_after_a_checkpoint(self) -> Path:
        process = self.begin(self.smora)

        def look() -> Path | None:
            return next(iter(self.results.rglob("*.checkpoint.safetensors")), None)

        checkpoint = wait_until(look, "a checkpoint")
        kill_group(process)
        return checkpoint

    def test_gives_the_bits_of_an_uncut_run(self) -> None:
        self.kill_after_a_checkpoint()
        done = self.succeed(tiny_study(self.smora))
        self.assertRegex(done.err, r"long seed 0  goes on from step [123]000\n")
        (cut,) = run_files(self.results)
        uncut_folder = self.folder / "uncut"
        self.succeed(tiny_study(self.smora), "--results", uncut_folder)
        (uncut,) = run_files(uncut_folder)
        self.assertLessEqual(set(difference(cut, uncut)), TIMES)
        for one, other in ((cut, uncut), (uncut, cut)):
            names = [path.name for path in files_below(one.parent) if path.suffix != ".lock"]
            self.assertEqual(names, [other.name, other.with_suffix(".safetensors").name])
        parameters = [path.with_suffix(".safetensors").read_bytes() for path in (cut, uncut)]
        self.assertEqual(*parameters)

    def test_says_what_to_delete_when_a_file_is_damaged(self) -> None:
        checkpoint = self.kill_after_a_checkpoint()
        partial = next(iter(self.results.rglob("*.partial")))
        for path in (checkpoint, partial):
            with self.subTest(path.name):
                kept = path.read_bytes()
                path.write_bytes(b"damaged")
                done = self.run_study(tiny_study(self.smora))
                self.assertEqual(done.code, 1)
                self.assertIn(str(path), done.err)
                self.assertIn(f"delete {checkpoint}", done.err)
                path.write_bytes(kept)

    def test_takes_no_checkpoint_that_its_file_does_not_reach(self) -> None:
        # The file of the first attempt is gone, the second one is killed before its checkpoint.
        checkpoint = self.kill_after_a_checkpoint()
        next(iter(self.results.rglob("*.partial"))).unlink()
        process = self.begin(self.smora)
        self.assertLess(steps_in(self.partial_with_steps()), STEPS // 4)
        kill_group(process)
        self.succeed(tiny_study(self.smora))
        (path,) = run_files(self.results)
        with open_run(path) as file:
            self.assertEqual(file["train/step"][:].tolist(), list(range(1, STEPS + 1)))
        self.assertFalse(checkpoint.exists())


class Kills(Processes):
    """SIGKILL, which nothing can catch."""

    def test_of_all_leaves_a_readable_file_and_a_rerun_finishes(self) -> None:
        process = self.begin(SHORT, LONG)
        partial = self.partial_with_steps()
        kill_group(process)
        with open_run(partial) as file:
            count = file["train/step"].shape[0]
            self.assertGreater(count, 0)
            self.assertEqual(file["train/step"][:].tolist(), list(range(1, count + 1)))
            self.assertGreater(float(file["train/loss"][:count].min()), 0)
        left = attributes(partial)
        self.assertEqual((left["status"], left["label"]), ("running", "long"))
        table = run("table", self.results)
        self.assertEqual(table.code, 0, table.err)
        self.assertIn("Not finished: long, seed 0", table.out)

        done = self.succeed(tiny_study(SHORT, LONG))
        self.assertIn("1 finished, 1 already there, 0 failed", done.out)
        self.assertEqual(len(run_files(self.results)), 2)
        self.assertEqual(run_files(self.results, "*.partial"), [])
        long_run = next(path for path in run_files(self.results) if "long" in path.name)
        self.assertEqual(steps_in(long_run), STEPS)

    def test_of_one_worker_is_reported_and_the_rest_goes_on(self) -> None:
        process = self.begin(LONG, SHORT)
        partial = self.partial_with_steps()
        for worker in children(process.pid):
            os.kill(worker, signal.SIGKILL)
        code, out, err = self.end(process)
        self.assertEqual(code, 1)
        self.assertIn("1 finished, 0 already there, 1 failed", out)
        self.assertIn("failed: long seed 0: ended by signal 9 (Killed)", err)
        self.assertGreater(steps_in(partial), 0)
        done = self.succeed(tiny_study(LONG, SHORT))
        self.assertIn("1 finished, 1 already there, 0 failed", done.out)

    def test_ending_the_caller_ends_its_workers(self) -> None:
        # A worker that outlives its caller would compute unseen, and hold the run's lock.
        process = self.begin(LONG | {"train": {"steps": 50 * STEPS}})
        self.partial_with_steps()
        (worker,) = children(process.pid)
        self.addCleanup(end_process, worker)
        process.terminate()
        process.wait(timeout=10)
        wait_until(lambda: not running(worker), "the worker's end", seconds=5)


def children(process: int) -> list[int]:
    """The process's workers."""
    words = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(word) for word in words]


def end_process(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def running(process: int) -> bool:
    """False also for one that ended and that nobody has waited for."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


if __name__ == "__main__":
    unittest.main()
