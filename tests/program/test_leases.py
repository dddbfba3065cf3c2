"""Studies of several processes that can not rely on flock, on host names, or on being awake."""

import os
import re
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

from .program import (
    TIMES, Folder, difference, files_below, kill_group, run, run_files, start, tiny_study,
    wait_until,
)  # fmt: skip

STEPS = 4000  # some seconds
LONG = {
    "variant": "smora",
    "label": "long",
    "options": {"dropout": 0.1},
    "train": {"steps": STEPS, "evaluations": 20},
}
SHORT_LEASE = {"RANKWISE_LEASE": "1.5"}
LOST = r"long seed 0  is left to another process: .*\.lock: was taken over by process \d+ on .+"
NAMESPACES = ("unshare", "--uts", "--pid", "--mount-proc", "--fork", "--kill-child")


def may_unshare() -> bool:
    if not shutil.which("unshare"):
        return False
    done = subprocess.run([*NAMESPACES, "true"], capture_output=True, check=False)
    return done.returncode == 0


class Leases(Folder):
    """Two processes on one study, of which one is stopped, cut off or far away."""

    def begin(self, *arguments: str, before: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        path = self.write(tiny_study(LONG))
        process = start(
            "run", path, "--results", self.results, "--threads", "1", *arguments,
            before=before, **SHORT_LEASE,
        )  # fmt: skip
        self.addCleanup(kill_group, process)
        return process

    def end(self, process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
        try:
            out, err = process.communicate(timeout=90)
        except subprocess.TimeoutExpired:
            kill_group(process)
            self.fail("the process still waits after a minute and a half")
        return process.returncode, out.decode(), err.decode()

    def checkpoint(self) -> Path:
        def look() -> Path | None:
            return next(iter(self.results.rglob("*.checkpoint.safetensors")), None)

        return wait_until(look, "a checkpoint")

    def lock(self) -> Path:
        return wait_until(lambda: next(iter(self.results.rglob("*.lock")), None), "a lease")

    def holder(self) -> str:
        try:
            return re.findall(r'"lease":"(\w+)"', self.lock().read_text())[0]
        except (OSError, IndexError):
            return ""

    def bytes_and_times(self) -> dict[Path, tuple[bytes, int]]:
        files = files_below(self.results)
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    def assert_bits_of_an_uncut_run(self) -> None:
        (cut,) = run_files(self.results)
        folder = self.folder / "uncut"
        self.succeed(tiny_study(LONG), "--results", folder)
        (uncut,) = run_files(folder)
        self.assertLessEqual(set(difference(cut, uncut)), TIMES)
        names = [[path.name for path in files_below(one.parent)] for one in (cut, uncut)]
        self.assertEqual(*names)

    def test_a_stopped_process_loses_its_run_and_writes_nothing(self) -> None:
        first = self.begin()
        self.checkpoint()
        mine = self.holder()
        os.killpg(first.pid, signal.SIGSTOP)
        second = self.begin()
        wait_until(lambda: self.holder() not in (mine, ""), "the lease of the second process")
        # It wakes while the other one runs, and finds that it is too late.
        os.killpg(first.pid, signal.SIGCONT)
        code, out, err = self.end(first)
        self.assertEqual(code, 0, err)
        self.assertRegex(err, LOST)
        self.assertIn("0 finished, 1 already there, 0 failed", out)
        code, out, err = self.end(second)
        self.assertEqual(code, 0, err)
        self.assertIn("resuming at step", err)
        self.assertNotIn("left to another", err)
        self.assertIn("1 finished, 0 already there, 0 failed", out)
        self.assert_bits_of_an_uncut_run()

    def test_a_stopped_process_changes_no_finished_run(self) -> None:
        first = self.begin()
        self.checkpoint()
        os.killpg(first.pid, signal.SIGSTOP)
        self.assertEqual(self.end(self.begin())[0], 0)
        before = self.bytes_and_times()
        os.killpg(first.pid, signal.SIGCONT)
        code, _, err = self.end(first)
        self.assertEqual(code, 0, err)
        self.assertIn("is left to another process", err)
        self.assertEqual(self.bytes_and_times(), before)

    def test_a_nap_that_nobody_used_costs_nothing(self) -> None:
        process = self.begin()
        self.checkpoint()
        os.killpg(process.pid, signal.SIGSTOP)
        time.sleep(2)  # longer than the lease
        os.killpg(process.pid, signal.SIGCONT)
        code, out, err = self.end(process)
        self.assertEqual(code, 0, err)
        self.assertIn("1 finished, 0 already there, 0 failed", out)
        self.assert_bits_of_an_uncut_run()

    def test_no_wait_leaves_the_living_alone(self) -> None:
        first = self.begin()
        self.checkpoint()
        code, out, err = self.end(self.begin("--no-wait"))
        self.assertEqual(code, 75, err)
        self.assertIn("0 finished, 0 already there, 0 failed, 1 left to other processes", out)
        self.assertIsNone(first.poll())

    @unittest.skipUnless(may_unshare(), "unshare is not allowed: no second host can be played")
    def test_processes_of_two_hosts_run_each_run_once(self) -> None:
        # In namespaces of their own neither sees the other's processes, as on two machines.
        short = LONG | {"train": {"steps": 400}}
        runs = [short | {"label": f"r{i}", "seed": i} for i in range(4)]
        path = self.write(tiny_study(*runs))
        calls = ("run", path, "--results", self.results, "--threads", "1")
        processes = []
        for host in ("alpha", "beta"):
            before = (*NAMESPACES, "sh", "-c", f'hostname {host} && exec "$@"', "sh")
            processes.append(start(*calls, before=before, **SHORT_LEASE))
            self.addCleanup(kill_group, processes[-1])
        ended = [self.end(process) for process in processes]
        for code, out, err in ended:
            self.assertEqual(code, 0, err)
            self.assertIn(" 0 failed", out)
        finished = [int(n) for _, out, _ in ended for n in re.findall(r"(\d+) finished", out)]
        self.assertEqual(sum(finished), 4, ended)
        told = "".join(err for _, _, err in ended)
        who = r"(process \d+ on (alpha|beta)|another process)"  # it may just have ended
        self.assertRegex(told, rf"is being run by {who}; waiting for it")
        self.assertEqual(len(run_files(self.results)), 4)

    @unittest.skipUnless(may_unshare(), "unshare is not allowed: no second host can be played")
    def test_what_another_host_dropped_is_taken_over_when_its_lease_ends(self) -> None:
        before = (*NAMESPACES, "sh", "-c", 'hostname alpha && exec "$@"', "sh")
        first = self.begin(before=before)
        self.checkpoint()
        kill_group(first)
        self.assertIn('"host":"alpha"', self.lock().read_text())
        code, out, err = self.end(self.begin())
        self.assertEqual(code, 0, err)
        self.assertRegex(err, r"is being run by process \d+ on alpha; waiting for it")
        self.assertIn("resuming at step", err)
        self.assertIn("1 finished, 0 already there, 0 failed", out)
        self.assert_bits_of_an_uncut_run()

    def test_what_a_dead_process_of_this_machine_left_is_taken_at_once(self) -> None:
        first = self.begin()
        self.checkpoint()
        kill_group(first)
        self.lock()
        path = self.write(tiny_study(LONG))
        # Sixty seconds of lease would not end within the test.
        done = run("run", path, "--results", self.results, "--threads", "1", timeout=50)
        self.assertEqual(done.code, 0, done.err)
        self.assertNotIn("waiting", done.err)

    def test_leases_that_are_no_time_are_refused(self) -> None:
        done = self.run_study(tiny_study(LONG), RANKWISE_LEASE="soon")
        self.assertEqual(done.code, 1)
        self.assertEqual(
            done.err, "RANKWISE_LEASE: 'soon' is no number of seconds from 0.5 to 86400\n"
        )
        self.assert_nothing_written()


if __name__ == "__main__":
    unittest.main()
