"""Kills, full and broken disks, clocks, renamed folders and torn checkpoints: nothing is lost.

docs/faults.md holds how often each was tried; faults.py says how the table is made.
"""

import os
import random
import re
import shutil
import struct
import subprocess
import time
import unittest
from collections.abc import Callable
from pathlib import Path

from . import faults
from .faults import FAULTS, LORA, PAGE, SMORA, WHOLE, Disk, Faults, compiled, failing, tried
from .program import Done, files_below, kill_group, run, run_files, start, tiny_study, wait_until


ONE_TASK = {
    "suite": "planted",
    "options": {"width": 8, "layers": 1, "tasks": 1, "outputs": 2, "train": 32, "dev": 8, "test": 8},
}


def tearDownModule() -> None:
    faults.write_page()


def newest(results: Path) -> dict[str, int]:
    """The step that each run is resumed at, by the run's name."""
    steps: dict[str, int] = {}
    for path in results.rglob("*.checkpoint*.safetensors"):
        name = path.name.partition(".checkpoint")[0]
        steps[name] = max(steps.get(name, 0), checkpoint_step(path))
    return steps


def checkpoint_step(path: Path) -> int:
    bytes_of = path.read_bytes()
    (length,) = struct.unpack("<Q", bytes_of[:8])
    found = re.search(rb'"step":"(\d+)"', bytes_of[8 : 8 + length])
    assert found, path
    return int(found[1])


def children(process: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except FileNotFoundError:
        return []


def resident(process: int) -> int:
    """Its memory in MiB; 0 once it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) >> 10 if found else 0


@unittest.skipUnless(WHOLE, "takes minutes; scripts/test --faults runs it")
class Kills(Faults):
    """SIGKILL at random instants, again and again until the study is done; then the next study."""

    def test_at_random_instants(self) -> None:
        begin = time.monotonic()
        self.uncut  # noqa: B018
        whole = time.monotonic() - begin
        instants = random.Random(7)
        times = 100
        for _ in range(times):
            if len(run_files(self.results)) == len(self.uncut):
                self.succeed(self.study)  # a kill may leave a file beside the last finished one
                self.assert_nothing_lost(self.results)
                shutil.rmtree(self.results)
            self.kill_after(instants.uniform(0, whole))
        done = self.succeed(self.study)
        self.assertIn(" 0 failed", done.out)
        self.assert_nothing_lost(self.results)
        tried("kill", times)

    def kill_after(self, seconds: float) -> None:
        before, steps = self.finished(self.results), newest(self.results)
        path = self.write(self.study)
        options = ("--results", self.results, "--threads", "1", "--jobs", "2")
        process = start("run", path, *options)
        time.sleep(seconds)
        kill_group(process)
        now = self.finished(self.results)
        self.assertEqual(now, now | before)
        done = {path.stem for path in now}
        reached = newest(self.results)
        for name, step in steps.items():
            self.assertTrue(name in done or reached.get(name, -1) >= step, (name, step, reached))


@unittest.skipUnless(WHOLE, "takes minutes; scripts/test --faults runs it")
class Disks(Faults):
    """A disk of 4 MiB with a finished run on it; another one is to be written."""

    def setUp(self) -> None:
        super().setUp()
        self.disk = Disk("4m")
        self.addCleanup(self.disk.close)
        if not self.disk.ready:
            self.skipTest("no file system may be mounted here")
        self.results = self.disk.path / "results"
        self.succeed(self.study, "--only", "lora")
        self.before = self.finished(self.results)

    def write_smora(self) -> Done:
        return self.run_study(self.study, "--only", "smora")

    def forget_smora(self) -> None:
        for path in files_below(self.results):
            if path not in self.before:
                path.unlink()

    def test_full_at_every_size(self) -> None:
        self.write_smora()
        need = sum(path.stat().st_size for path in files_below(self.results) if path not in self.before)
        failures = 0
        for free in range(0, 3 * need, 4096):
            self.forget_smora()
            with self.disk.with_only(free):
                done = self.write_smora()
            if done.code == 0:
                continue
            failures += 1
            self.assertEqual(done.code, 1)
            self.assert_one_line(done.err, str(self.results), "No space left on device")
            self.assertEqual(self.finished(self.results), self.before)
            self.succeed(self.study)
            self.assert_nothing_lost(self.results)
        self.assertGreater(failures, 2)
        tried("full", failures)

    def test_read_only(self) -> None:
        self.succeed(self.study)
        here, out = self.results, self.results / "out"
        commands = (
            ("run", self.write(self.study), "--results", here, "--set", "train.steps=25"),
            ("run", self.write(self.study), "--results", here, "--again"),
            ("table", here, "--out", out / "table"),
            ("figure", "training", here, "--out", out / "figures"),
            ("report", here, "--out", out / "report.html"),
            ("summary", here, "--out", out / "summary.h5"),
        )
        kept = {path: path.read_bytes() for path in files_below(here)}
        self.disk.remount("ro")
        for command in commands:
            with self.subTest(command[0]):
                done = run(*command)
                self.assertNotEqual(done.code, 0)
                self.assertIn("Read-only file system", done.err)
                self.assertIn(str(self.results), done.err)
        self.disk.remount("rw")
        self.assertEqual({path: path.read_bytes() for path in files_below(here)}, kept)
        self.assert_nothing_lost(self.results)
        tried("read-only", len(commands))


@unittest.skipIf(shutil.which("cc") is None, "no C compiler: no call can be made to fail")
@unittest.skipUnless(WHOLE, "takes minutes; scripts/test --faults runs it")
class Calls(Faults):
    """Each call that changes a file fails once: the run that makes it fails, and is done later."""

    # Of every kind of dataset and file few: a sweep starts four processes for each call.
    study = tiny_study(
        LORA,
        SMORA,
        train={"steps": 6, "evaluations": 1},
        defaults={
            "data": ONE_TASK,
            "record": {"checkpoint_every": 2, "parameters": "last", "samples": 4},
        },
    )

    def setUp(self) -> None:
        super().setUp()
        self.succeed(self.study, "--only", "lora")
        self.before = self.finished(self.results)

    def write_smora(self, **variables: str) -> Done:
        return self.run_study(self.study, "--only", "smora", **variables)

    def calls(self) -> int:
        count = self.folder / "count"
        done = self.write_smora(**failing(self.results, "EIO", 0, stays=False), FAULT_COUNT=str(count))
        self.assertEqual(done.code, 0, done.err)
        self.forget_smora()
        return max(int(line) for line in count.read_text().split())

    def forget_smora(self) -> None:
        for path in files_below(self.results):
            if path not in self.before:
                path.unlink()

    def sweep(self, fault: str, error: str, *, stays: bool) -> None:
        words = {"ENOSPC": "No space left on device", "EIO": "Input/output error"}[error]
        count = self.calls()
        self.assertGreater(count, 100)
        for at in range(1, count + 1):
            done = self.write_smora(**failing(self.results, error, at, stays=stays))
            self.assertIn(done.code, (0, 1), (at, done.err))  # 0: who holds a lock is a mere note
            if done.code == 1:
                self.assert_one_line(done.err, str(self.results), words)
                self.assertEqual(self.finished(self.results), self.before, at)
            self.succeed(self.study)
            self.assert_nothing_lost(self.results)
            self.forget_smora()
        tried(fault, count)

    def test_no_space_is_left(self) -> None:
        self.sweep("ENOSPC", "ENOSPC", stays=True)

    def test_the_disk_breaks(self) -> None:
        self.sweep("EIO", "EIO", stays=True)

    def test_a_call_fails_once(self) -> None:
        self.sweep("EIO once", "EIO", stays=False)


class Cut(Faults):
    """A run that was killed after a second checkpoint, with all that it left."""

    study = tiny_study(
        SMORA,
        train={"steps": 600, "evaluations": 2},
        defaults={"record": {"checkpoint_every": 100, "parameters": "last", "samples": 4}},
    )

    def begin(self, results: Path | None = None) -> subprocess.Popen:
        path = self.write(self.study)
        process = start("run", path, "--results", results or self.results, "--threads", "1")
        self.addCleanup(kill_group, process)
        return process

    def newest_of_two(self) -> Path | None:
        """The newest checkpoint, once one before it is kept too."""
        older = next(iter(self.results.rglob("*.checkpoint-1.safetensors")), None)
        newest_one = older and older.with_name(older.name.replace(".checkpoint-1.", ".checkpoint."))
        return newest_one if newest_one and newest_one.exists() else None

    def cut(self) -> Path:
        """The newest checkpoint of a killed run. A kill between two renames leaves the older alone: again."""
        while True:
            process = self.begin()
            wait_until(self.newest_of_two, "a second checkpoint")
            kill_group(process)
            newest_one = self.newest_of_two()
            if newest_one:
                return newest_one

    def keep(self) -> Callable[[], None]:
        """Brings back what is there now."""
        kept = self.folder / "kept"
        shutil.copytree(self.results, kept)

        def again() -> None:
            shutil.rmtree(self.results)
            shutil.copytree(kept, self.results)

        return again


class Clocks(Cut):
    """Runs under a clock that goes back."""

    def test_set_back_by_a_year(self) -> None:
        back = {"LD_PRELOAD": compiled("clock_set_back.c"), "ASAN_OPTIONS": "verify_asan_link_order=0"}
        done = self.run_study(self.study, **back)
        self.assertEqual(done.code, 0, done.err)
        self.assert_nothing_lost(self.results)
        shutil.rmtree(self.results)
        step = checkpoint_step(self.cut())
        done = self.run_study(self.study, **back)
        self.assertIn(f"resuming at step {step}\n", done.err)
        self.assert_nothing_lost(self.results)
        tried("clock", 2)


class Renamed(Cut):
    """The folder of results gets another name while a run writes there."""

    study = tiny_study(
        SMORA,
        train={"steps": 200_000, "evaluations": 2},
        defaults={"record": {"checkpoint_every": 100}},
    )

    def test_under_a_run(self) -> None:
        times = 10 if WHOLE else 1
        for time_ in range(times):
            process = self.begin()
            wait_until(self.newest_of_two, "a second checkpoint")
            moved = self.folder / f"moved{time_}"
            self.results.rename(moved)
            _, err = process.communicate(timeout=faults.SECONDS)
            self.assertEqual(process.returncode, 1, err)
            self.assert_one_line(err.decode(), str(self.results), "was moved or removed")
            self.assertFalse(self.results.exists(), "made anew")
            (step,) = newest(moved).values()
            again = self.begin(moved)
            assert again.stderr
            line = f"resuming at step {step}".encode()
            wait_until(lambda: line in os.read(again.stderr.fileno(), 4096), "it to go on")
            kill_group(again)
        tried("renamed", times)


class Checkpoints(Cut):
    """The newest checkpoint is of no use: one line says so, and the one before it is taken."""

    def resume_with(self, newest_one: Path, *words: str) -> None:
        older = checkpoint_step(newest_one.with_name(newest_one.name.replace(".checkpoint.", ".checkpoint-1.")))
        done = self.succeed(self.study)
        told = [line for line in done.err.splitlines() if "  step " not in line and "  dev at " not in line]
        self.assertEqual(len(told), 2, done.err)
        for word in (str(newest_one), "the checkpoint before is taken", *words):
            self.assertIn(word, told[0])
        self.assertTrue(told[1].endswith(f"resuming at step {older}"), told[1])
        self.assert_nothing_lost(self.results)

    def test_torn(self) -> None:
        newest_one = self.cut()
        again, whole = self.keep(), newest_one.read_bytes()
        size = len(whole)
        (header,) = struct.unpack("<Q", whole[:8])
        header += 8
        cuts = [whole[:n] for n in (0, 7, 8, header // 2, header, header + 1, size // 2, size - 1)]
        zeros = [whole[:n] + bytes(min(4096, size - n)) + whole[n + 4096 :] for n in range(0, size - 64, 4096)]
        turned = [
            whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :]
            for n in range(header, size, max(1, (size - header) // 20))
        ]
        damaged = [*cuts, *zeros, *turned] if WHOLE else [cuts[5], zeros[-1], turned[-1]]
        for content in damaged:
            newest_one.write_bytes(content)
            self.resume_with(newest_one)
            again()
        tried("torn", len(damaged))

    def test_of_another_configuration(self) -> None:
        newest_one = self.cut()
        mine = self.folder / "mine"
        self.results.rename(mine)
        study, other_rate = self.study, {"learning_rate": 2e-2}
        self.study = study | {"defaults": study["defaults"] | {"train": study["defaults"]["train"] | other_rate}}
        theirs = self.cut().read_bytes()
        self.study = study
        shutil.rmtree(self.results)
        mine.rename(self.results)
        newest_one.write_bytes(theirs)
        self.resume_with(newest_one, "is a checkpoint of another configuration")
        tried("foreign", 1)

    def test_of_another_version(self) -> None:
        newest_one = self.cut()
        whole = newest_one.read_bytes()
        self.assertEqual(whole.count(b'"version":"1"'), 1)
        newest_one.write_bytes(whole.replace(b'"version":"1"', b'"version":"9"'))
        self.resume_with(newest_one, "is a checkpoint of version 9, this program reads 1")
        tried("foreign", 1)


class Page(unittest.TestCase):
    """docs/faults.md"""

    def test_tells_of_every_fault_once_all_were_tried(self) -> None:
        rows = [row.split("|")[1].strip() for row in faults.page_parts(PAGE.read_text())[1].splitlines()[2:]]
        self.assertEqual(rows, list(FAULTS.values()))


@unittest.skipUnless(WHOLE, "takes many minutes; scripts/test --faults runs it")
class Million(Faults):
    """A run of a million steps."""

    def test_takes_no_more_memory_than_its_beginning(self) -> None:
        study = tiny_study(
            LORA | {"options": {"rank": 1}},
            train={"steps": 1_000_000, "batch": 1, "evaluations": 10},
            defaults={"backbone": {"name": "tiny", "layers": 1}, "data": ONE_TASK, "record": {}},
        )
        process = start("run", self.write(study), "--results", self.results, "--threads", "1")
        self.addCleanup(kill_group, process)
        memory = []
        while process.poll() is None:
            time.sleep(5)
            memory.append(sum(resident(child) for child in children(process.pid)))
        out, err = process.communicate()
        self.assertEqual(process.returncode, 0, err.decode()[-500:])
        settled, last = memory[len(memory) // 10], memory[-2]
        print(f"a million steps: {settled} MiB after a tenth of the time, {last} MiB at the end", flush=True)
        self.assertLess(last, settled + 16)


if __name__ == "__main__":
    unittest.main()
