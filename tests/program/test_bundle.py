"""scripts/bundle: the program in one archive, run elsewhere without the tree it was built in."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from .program import PATIENCE, ROOT, Done

BUILD = ROOT / "build/release"
MIB = 2**20


def call(*command: str | Path, **variables: str) -> Done:
    done = subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, timeout=120 * PATIENCE
    )
    return Done(done.returncode, done.stdout, done.stderr)


def libtorch() -> Path:
    """The folder of the LibTorch that the program of the tree runs with."""
    loaded = call("ldd", BUILD / "bin/rankwise").out
    found = re.search(r"libtorch\.so => (\S+)", loaded)
    assert found, loaded
    return Path(found[1]).parent.parent


@unittest.skipUnless(shutil.which("patchelf"), "NOT CHECKED: patchelf is missing")
class Bundle(unittest.TestCase):
    """One archive, unpacked once for all tests."""

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="rankwise-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        done = call(ROOT / "scripts/bundle", "--out", cls.folder)
        assert done.code == 0, done.err
        cls.archive = Path(done.out.strip())
        subprocess.run(["tar", "xf", cls.archive, "-C", cls.folder], check=True)
        (root,) = (path for path in cls.folder.iterdir() if path.is_dir())
        cls.program = root / "bin/rankwise"
        cls.torch = libtorch()

    def test_is_small_and_holds_no_libtorch(self) -> None:
        self.assertLess(self.archive.stat().st_size, 20 * MIB)
        names = subprocess.check_output(["tar", "tf", self.archive], text=True)
        self.assertNotIn("libtorch", names)
        self.assertIn("libhdf5", names)

    def test_trains_beside_a_libtorch_with_the_build_hidden(self) -> None:
        study = self.folder / "study.json"
        study.write_text(
            '{"study": "small", "defaults": {"backbone": {"name": "tiny"},'
            ' "data": {"suite": "planted"}, "train": {"steps": 4, "evaluations": 1}},'
            ' "runs": [{"variant": "smora", "options": {"rank": 4, "active": 2}}]}'
        )
        command = [self.program, "--torch", self.torch, "run", study]
        command += ["--results", self.folder / "results"]
        hidden = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', BUILD]
        if call(*hidden, "true").code != 0:
            hidden = []  # without the right to mount, the next test is what is left
        done = call(*hidden, *command)
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("1 finished", done.out + done.err)

    def test_loads_nothing_of_the_tree_but_libtorch(self) -> None:
        traced = call(self.program, "list", RANKWISE_TORCH=str(self.torch), LD_DEBUG="libs").err
        opened = set(re.findall(r"calling init: (/\S+)", traced))
        self.assertTrue(any("librankwise" in name for name in opened), traced[-500:])
        ours = {name for name in opened if name.startswith(f"{ROOT}/")}
        self.assertEqual({name for name in ours if not name.startswith(f"{self.torch}/")}, set())

    def test_says_which_libtorch_it_wants(self) -> None:
        other = self.folder / "other"
        (other / "lib").mkdir(parents=True)
        (other / "lib/libtorch.so").touch()
        (other / "version.py").write_text("__version__ = '1.0.0+cpu'\n")
        for arguments, message in (
            (["--torch", other], rf"rankwise: {other} is LibTorch 1.0.0; name a LibTorch \S+ with"),
            (["--torch", "/none"], r"rankwise: /none has no lib/libtorch.so; name a LibTorch"),
            (["--torch"], r"rankwise: --torch needs a folder; name a LibTorch"),
        ):
            with self.subTest(arguments):
                done = call(self.program, *arguments)
                self.assertEqual((done.code, done.out), (1, ""))
                self.assertRegex(done.err, rf"\A{message}[^\n]*\n\Z")

    def test_takes_the_torch_of_the_active_python(self) -> None:
        python = self.torch.parents[3] / "bin"
        if not (python / "python3").exists():
            self.skipTest("NOT CHECKED: this LibTorch is no wheel of a Python environment")
        done = call(self.program, "--version", PATH=f"{python}:{os.environ['PATH']}")
        self.assertEqual(done.code, 0, done.err)


if __name__ == "__main__":
    unittest.main()
