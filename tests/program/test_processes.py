"""Studies that are shared by two processes, stopped or killed in the middle, or lose a worker."""

import contextlib
import functools
import os
import re
import signal
import subprocess
import time
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

    def begin(self, *runs: dict, jobs: int = 1, **members: object) -> subprocess.Popen:
        path = self.write(tiny_study(*runs, **members))
        process = start(
            "run", path, "--results", self.results, "--threads", "1", "--jobs", str(jobs)
        )
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
    """A killed run is resumed from its last checkpoint, which each evaluation writes."""

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
        self.assertRegex(done.err, r"long seed 0  resuming at step [123]000\n")
        (cut,) = run_files(self.results)
        uncut_folder = self.folder / "uncut"
        self.succeed(tiny_study(self.smora), "--results", uncut_folder)
        (uncut,) = run_files(uncut_folder)
        self.assertLessEqual(set(difference(cut, uncut)), TIMES)
        for one, other in ((cut, uncut), (uncut, cut)):
            names = [path.name for path in files_below(one.parent)]
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
                self.assertIn(f"delete {partial} to restart this run from scratch", done.err)
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


class Stops(Processes):
    """SIGTERM and Ctrl-C: the step is finished and saved, and the exit code says "not done"."""

    NOT_DONE = 75
    long = LONG | {"options": {"dropout": 0.1}}

    def assert_stopped(self, process: subprocess.Popen, not_done: int) -> str:
        code, out, err = self.end(process)
        self.assertEqual(code, self.NOT_DONE, err)
        self.assertIn(f"0 failed, {not_done} not done", out)
        self.assertIn("the same command does the rest", err)
        return err

    def checkpoints(self) -> list[Path]:
        return list(self.results.rglob("*.checkpoint.safetensors"))

    def test_are_resumed_with_the_same_bits(self) -> None:
        process = self.begin(self.long)
        self.partial_with_steps()
        process.terminate()
        err = self.assert_stopped(process, 1)
        stopped = re.search(r"long seed 0  stopped at step (\d+); the same command resumes", err)
        self.assertTrue(stopped, err)
        self.assertEqual(len(self.checkpoints()), 1)
        done = self.succeed(tiny_study(self.long))
        self.assertIn(f"resuming at step {stopped.group(1)}\n", done.err)
        (cut,) = run_files(self.results)
        uncut_folder = self.folder / "uncut"
        self.succeed(tiny_study(self.long), "--results", uncut_folder)
        (uncut,) = run_files(uncut_folder)
        self.assertLessEqual(set(difference(cut, uncut)), TIMES)
        self.assertEqual(self.checkpoints(), [])

    def test_by_a_terminal_reach_parent_and_workers_and_count_once(self) -> None:
        process = self.begin(self.long)
        self.partial_with_steps()
        os.killpg(process.pid, signal.SIGINT)
        self.assert_stopped(process, 1)
        self.assertEqual(len(self.checkpoints()), 1)

    def test_reach_every_worker_and_start_no_more(self) -> None:
        process = self.begin(
            self.long, self.long | {"label": "other"}, self.long | {"label": "third"}, jobs=2
        )
        wait_until(lambda: len(list(self.results.rglob("*.partial"))) == 2, "two partial files")
        process.terminate()
        self.assert_stopped(process, 3)
        self.assertEqual(len(self.checkpoints()), 2)

    def test_during_an_evaluation_end_at_its_next_batch(self) -> None:
        data = {"dev_rows": 0, "options": {"dev": 100000}}
        train = {"evaluate_at_start": True, "evaluation_rows": 1}
        slow = {"variant": "lora", "label": "slow", "data": data, "train": train}
        process = self.begin(slow)
        wait_until(lambda: list(self.results.rglob("*.partial")), "a partial file")
        process.terminate()
        begin = time.monotonic()
        err = self.assert_stopped(process, 1)
        self.assertLess(time.monotonic() - begin, 5)
        self.assertIn("stopped at step 0", err)

    def test_end_a_wait_for_another_process(self) -> None:
        first = self.begin(self.long | {"train": {"steps": 50 * STEPS}})
        self.partial_with_steps()
        second = self.begin(self.long | {"train": {"steps": 50 * STEPS}})
        assert second.stderr
        wait_until(lambda: b"waiting" in os.read(second.stderr.fileno(), 4096), "the wait")
        second.terminate()
        self.assert_stopped(second, 1)
        self.assertIsNone(first.poll())

    def test_before_the_first_step_leave_nothing(self) -> None:
        # Reading these data takes seconds, in the caller first and then in its worker.
        big = SHORT | {"data": {"options": {"train": 1000000}}}
        for begun, last_words in (
            (lambda process: catches(process.pid, signal.SIGTERM), "stopped; nothing was begun\n"),
            (lambda process: children(process.pid) and list(self.results.rglob("*.lock")),
             "the same command does the rest\n"),
        ):  # fmt: skip
            for stop in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(last_words, signal=stop):
                    process = self.begin(big)
                    wait_until(functools.partial(begun, process), "the reading of data")
                    begin = time.monotonic()
                    os.killpg(process.pid, stop)
                    code, _, err = self.end(process)
                    self.assertLess(time.monotonic() - begin, 1)
                    self.assertEqual((code, err[-len(last_words) :]), (self.NOT_DONE, last_words))
                    self.assertEqual(files_below(self.results), [])

    def test_a_second_one_ends_at_once(self) -> None:
        process = self.begin(self.long | {"train": {"steps": 50 * STEPS}})
        self.partial_with_steps()
        (worker,) = children(process.pid)
        os.kill(worker, signal.SIGSTOP)  # a step that never ends
        process.send_signal(signal.SIGINT)
        assert process.stderr
        wait_until(lambda: b"stopping" in os.read(process.stderr.fileno(), 4096), "the word")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=10), -signal.SIGINT)
        wait_until(lambda: not running(worker), "the worker's end", seconds=5)


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
        self.assertIn(
            "failed: long seed 0: ended by signal 9 (Killed); memory may have run out", err
        )
        self.assertGreater(steps_in(partial), 0)
        done = self.succeed(tiny_study(LONG, SHORT))
        self.assertIn("1 finished, 1 already there, 0 failed", done.out)

    def test_ending_the_caller_ends_its_workers(self) -> None:
        # A worker that outlives its caller would compute unseen, and hold the run's lock.
        process = self.begin(LONG | {"train": {"steps": 50 * STEPS}})
        self.partial_with_steps()
        (worker,) = children(process.pid)
        self.addCleanup(end_process, worker)
        process.kill()
        process.wait(timeout=10)
        wait_until(lambda: not running(worker), "the worker's end", seconds=5)


class Answers(Processes):
    """How a worker's answer reaches its parent whatever else happens."""

    # Runs in every process of the program when it is preloaded, as a plug-in's initialisers do.
    SHOUT = """
#include <cstdio>
#include <cstring>
__attribute__((constructor)) static void shout(int count, char** words) {
  if (count < 2 || std::strcmp(words[1], "worker") != 0) return;
  for (int i = 0; i < 100000; ++i) std::puts("a line of some thirty characters");
}
"""

    def test_are_apart_from_megabytes_on_standard_output(self) -> None:
        source = self.folder / "shout.cpp"
        source.write_text(self.SHOUT)
        library = source.with_suffix(".so")
        subprocess.run(["c++", "-shared", "-fPIC", "-o", library, source], check=True)
        sanitizers = "verify_asan_link_order=0"  # of a sanitized build, which wants to be first
        done = self.run_study(
            tiny_study(SHORT), LD_PRELOAD=str(library), ASAN_OPTIONS=sanitizers
        )
        self.assertEqual((done.code, done.out), (0, "1 finished, 0 already there, 0 failed\n"))
        # Some lines are cut by lines of progress.
        self.assertGreater(done.err.count("a line of some thirty characters\n"), 99000)

    def test_arrive_where_the_caller_ignores_ended_children(self) -> None:
        ignore = functools.partial(signal.signal, signal.SIGCHLD, signal.SIG_IGN)
        bad = SHORT | {"label": "bad", "train": {"learning_rate": 1e30, "clip": 0}}
        done = self.run_study(tiny_study(SHORT, bad), prepare=ignore)
        self.assertEqual(done.code, 1)
        self.assertIn("1 finished, 0 already there, 1 failed", done.out)
        self.assertIn("failed: bad seed 0: the loss is", done.err)


def children(process: int) -> list[int]:
    """The process's workers."""
    words = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(word) for word in words]


def catches(process: int, number: int) -> bool:
    """A handler of its own waits for the signal."""
    (mask,) = re.findall(r"SigCgt:\t(\w+)", Path(f"/proc/{process}/status").read_text())
    return bool(int(mask, 16) >> (number - 1) & 1)


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
