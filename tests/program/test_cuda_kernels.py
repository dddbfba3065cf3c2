"""The kernels of framework/ops/device compiled by nvcc where there is one: run nowhere."""

import os
import re
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from .program import ROOT

KERNELS = ROOT / "framework/ops/device"
MOST_REGISTERS = 128  # a block of 512 threads has 65,536
TRIED = "sm_90"  # of the processors that the build has; all of them take three times as long


class Kernel(NamedTuple):
    """What ptxas says of one kernel for one processor."""

    name: str
    registers: int
    spilled: int  # bytes


def nvcc() -> list[str]:
    """nvcc and its options, as the build has them; without nvcc nothing."""
    script = ROOT / "cmake/RankwiseCuda.cmake"
    lines = subprocess.check_output(["cmake", "-P", script], text=True).split("\n")
    return [] if lines[0].endswith("NOTFOUND") else lines[:-1]


def compiled(command: list[str], source: Path, folder: Path) -> str:
    """All that was said."""
    chosen = [word for word in command if "-gencode" not in word or f"code={TRIED}" in word]
    words = [
        *chosen,
        "-Werror=all-warnings",
        "-Xptxas=-v",
        "-c",
        source,
        "-o",
        folder / f"{source.name}.o",
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def kernels(said: str) -> list[Kernel]:
    pattern = (
        r"Compiling entry function '(\S+)' for '(sm_\d+)'.*?"
        r"(\d+) bytes spill stores, (\d+) bytes spill loads.*?Used (\d+) registers"
    )
    return [
        Kernel(f"{m[1]} for {m[2]}", int(m[5]), int(m[3]) + int(m[4]))
        for m in re.finditer(pattern, said, re.DOTALL)
    ]


COMMAND = nvcc()


class WhatPtxasSays(unittest.TestCase):
    def test_is_read(self) -> None:
        said = (
            "ptxas info    : Compiling entry function '_Zf' for 'sm_90'\n"
            "ptxas info    : Function properties for _Zf\n"
            "    8 bytes stack frame, 4 bytes spill stores, 12 bytes spill loads\n"
            "ptxas info    : Used 40 registers, used 0 barriers\n"
        )
        self.assertEqual(kernels(said), [Kernel("_Zf for sm_90", 40, 16)])


@unittest.skipUnless(COMMAND, "NOT CHECKED: nvcc is missing")
class Compiled(unittest.TestCase):
    """Every source for one processor of the list in cmake/RankwiseCuda.cmake."""

    def test_none_spills_registers(self) -> None:
        sources = sorted(KERNELS.glob("*.cu"))
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
            said = list(pool.map(lambda one: compiled(COMMAND, one, Path(folder)), sources))
        for source, text in zip(sources, said, strict=True):
            found = kernels(text)
            with self.subTest(source.name):
                self.assertTrue(found, text)
                self.assertEqual([kernel for kernel in found if kernel.spilled], [])
                self.assertEqual([k for k in found if k.registers > MOST_REGISTERS], [])


if __name__ == "__main__":
    unittest.main()
