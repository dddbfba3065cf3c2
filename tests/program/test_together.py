"""One run trained by several processes, which mpirun starts or which meet at a TCP store."""

import os
import shutil
import signal
import socket
import subprocess
import unittest
from pathlib import Path

import numpy as np

from .program import (
    PROGRAM,
    Folder,
    Json,
    attributes,
    content,
    environment,
    kill_group,
    open_run,
    run_files,
    tiny_study,
    wait_until,
)

RUNS = (
    {"variant": "lora", "options": {"rank": 4}},
    {"variant": "smora", "options": {"rank": 8, "active": 2}},
    {"variant": "more", "options": {"rank": 4}},
    {"variant": "flylora", "options": {"rank": 8, "active": 2}},
)
ROUNDING = 1e-10  # of fp64, over the largest value of an array
# What depends on the machine, on time, or on how examples are shared out.
APART = ("/train/seconds", "half_count")


def study(*runs: Json, steps: int = 20, **members: object) -> Json:
    train = {"precision": "fp64", "steps": steps, "batch": 12}
    return tiny_study(*runs, train=train, **members)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def largest_difference(left: Path, right: Path) -> tuple[float, str]:
    """Of all numbers of two run files, over the largest of their array; and where it is."""
    ours, theirs = content(left), content(right)
    worst = (0.0, "nowhere")
    for name, value in ours.items():
        if "@" in name or name.endswith(APART):
            continue
        a, b = np.asarray(value), np.asarray(theirs[name])
        if a.dtype.kind not in "iuf" or not a.size:
            continue
        if a.dtype.kind in "iu":
            found = float(np.abs(a.astype(np.int64) - b.astype(np.int64)).max())
        else:
            found = float(np.nanmax(np.abs(a - b), initial=0) / max(np.nanmax(np.abs(a), initial=0), 1e-3))
        worst = max(worst, (found, name))
    return worst


class Together(Folder):
    """Studies that several processes train."""

    def words(self, described: Json, results: Path) -> list[str]:
        path = self.write(described)
        return [str(w) for w in (PROGRAM, "run", path, "--results", results, "--threads", 1)]

    def by_mpi(self, described: Json, size: int, results: Path) -> subprocess.CompletedProcess:
        if shutil.which("mpirun") is None:
            self.skipTest("no mpirun: scripts/setup installs openmpi-bin")
        words = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", str(size)]
        words += self.words(described, results)
        return subprocess.run(
            words, capture_output=True, text=True, timeout=240, env=environment(), check=False
        )

    def at_a_store(self, described: Json, size: int, results: Path) -> list[subprocess.Popen]:
        """As torchrun starts them; the first one writes."""
        meeting = {"WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size, "MASTER_ADDR": "127.0.0.1",
                   "MASTER_PORT": free_port()}  # fmt: skip
        processes = []
        for rank in range(size):
            own = meeting | {"RANK": rank, "LOCAL_RANK": rank}
            process = subprocess.Popen(
                self.words(described, results), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True, start_new_session=True,
                env=environment(**{name: str(value) for name, value in own.items()}),
            )  # fmt: skip
            self.addCleanup(kill_group, process)
            processes.append(process)
        return processes

    def ends(self, processes: list[subprocess.Popen], seconds: float = 120) -> list[tuple[int, str, str]]:
        found = []
        for process in processes:
            out, err = process.communicate(timeout=seconds)
            found.append((process.returncode, out, err))
        return found

    def alone(self, described: Json) -> Path:
        results = self.folder / "alone"
        done = self.run_study(described, "--results", results)
        self.assertEqual(done.code, 0, done.err)
        return results

    def assert_same(self, results: Path, expected: Path) -> None:
        names = [path.name for path in run_files(expected)]
        self.assertEqual([path.name for path in run_files(results)], names)
        for name in names:
            found, where = largest_difference(results / "tiny" / name, expected / "tiny" / name)
            self.assertLessEqual(found, ROUNDING, f"{name} {where}")

    def long_runs_step(self, results: Path, step: int) -> None:
        """Waits until the run that is being written has come so far."""

        def far_enough() -> bool:
            partial = next(iter(results.rglob("*.partial")), None)
            if partial is None:
                return False
            with open_run(partial) as file:
                return file["train/step"].shape[0] >= step

        wait_until(far_enough, f"step {step}")

    def test_mpirun_finds_what_one_process_does(self) -> None:
        described = study(*RUNS)
        alone = self.alone(described)
        for size in (2, 4):
            results = self.folder / f"mpi{size}"
            done = self.by_mpi(described, size, results)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("4 finished, 0 already there, 0 failed", done.stdout)
            self.assertEqual(done.stdout.count("finished"), 1, "one process speaks")
            self.assert_same(results, alone)
            for path in run_files(results):
                self.assertEqual(attributes(path)["processes"], f"{size} processes over MPI")

    def test_processes_at_a_store_do_as_well(self) -> None:
        described = study(*RUNS)
        alone = self.alone(described)
        results = self.folder / "store"
        first, second = self.ends(self.at_a_store(described, 2, results))
        self.assertEqual((first[0], second[0]), (0, 0), first[2] + second[2])
        self.assertEqual(second[1:], ("", ""), "one process speaks")
        self.assert_same(results, alone)
        again = self.ends(self.at_a_store(described, 2, results))
        self.assertIn("0 finished, 4 already there, 0 failed", again[0][1])

    def test_a_process_that_dies_ends_the_others_and_the_run_goes_on_with_another_number(self) -> None:
        described = study(
            RUNS[1], steps=2000, defaults={"record": {"checkpoint_every": 50}}
        )
        results = self.folder / "cut"
        processes = self.at_a_store(described, 2, results)
        self.long_runs_step(results, 200)
        os.killpg(processes[1].pid, signal.SIGKILL)
        code, _, err = self.ends(processes[:1], 30)[0]
        self.assertEqual(code, 1, err)
        self.assertIn("process 1 of 2 gave no sign of life for 10 s", err)
        done = self.run_study(described, "--results", results)
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("resuming at step", done.err)
        self.assert_same(results, self.alone(described))

    def test_a_request_to_one_stops_all_and_three_go_on(self) -> None:
        described = study(RUNS[3], steps=2000)
        results = self.folder / "stopped"
        processes = self.at_a_store(described, 2, results)
        self.long_runs_step(results, 100)
        processes[1].send_signal(signal.SIGTERM)
        ended = self.ends(processes, 30)
        self.assertEqual([end[0] for end in ended], [75, 75], ended)
        self.assertIn("the same command resumes it there", ended[0][2])
        self.assertEqual(self.ends(self.at_a_store(described, 3, results))[0][0], 0)
        self.assert_same(results, self.alone(described))

    def test_what_can_not_be_exact_is_refused_in_one_line(self) -> None:
        described = study({"variant": "smora", "options": {"reading": "released"}})
        first, second = self.ends(self.at_a_store(described, 2, self.results))
        self.assertEqual((first[0], second[0]), (1, 1))
        self.assertIn("2 processes over a TCP store can not share a step", first[2])
        self.assertIn("run it in one process", first[2])
        self.assertEqual(second[1:], ("", ""))

    def test_a_fault_of_one_process_is_said_by_the_first(self) -> None:
        processes = self.at_a_store(study({"variant": "lorra"}), 2, self.results)
        first, second = self.ends(processes, 30)
        self.assertEqual((first[0], second[0]), (1, 1))
        self.assertIn("did you mean 'lora'", first[2])
        self.assertEqual(len(first[2].splitlines()), 1, first[2])
        self.assertEqual(second[1:], ("", ""))


if __name__ == "__main__":
    unittest.main()
