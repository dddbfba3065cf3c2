"""docs/cluster.md and the README's lines on it: what can be run here, is."""

import re
import shutil
import subprocess
import unittest

from .errors import Errors
from .program import PROGRAM, ROOT, environment, run, run_files, tiny_study

PAGE = (ROOT / "docs/cluster.md").read_text()
SHORT = {"variant": "lora", "label": "a b'c $(touch x)", "train": {"steps": 2, "evaluations": 1}}


def block(begin: str) -> str:
    """The indented lines of the page from the one that begins so."""
    found = re.search(rf"(?m)^    {re.escape(begin)}.*\n(?:    .*\n)*", PAGE)
    assert found, begin
    return re.sub(r"(?m)^    ", "", found[0])


class Recipes(Errors):
    """Each in a folder with a study of four runs, and `rankwise` on PATH."""

    def setUp(self) -> None:
        super().setUp()
        study = tiny_study(SHORT, seeds=[0, 1, 2, 3]) | {"study": "planted"}
        self.write(study)
        bin_folder = self.folder / "bin"
        bin_folder.mkdir()
        (bin_folder / "rankwise").symlink_to(PROGRAM)
        self.path = f"{bin_folder}:{environment()['PATH']}"

    def shell(self, command: str) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=environment(PATH=self.path),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def assert_all_done(self, text: str) -> None:
        done = run("status", "planted", cwd=self.folder)
        self.assertEqual((done.code, done.out), (0, "planted: 4 runs: 4 done\n"), text)
        self.assertEqual(len(run_files(self.results)), 4)
        self.assertFalse((self.folder / "x").exists(), "a label was run")

    def test_two_commands(self) -> None:
        code, text = self.shell(block("rankwise run study.json --jobs 2\n    rankwise status"))
        self.assertEqual(code, 0, text)
        self.assert_all_done(text)

    @unittest.skipUnless(shutil.which("parallel"), "no GNU parallel: scripts/setup --cluster")
    def test_gnu_parallel(self) -> None:
        for begin in ("seq 4 | parallel", "while"):
            with self.subTest(begin):
                shutil.rmtree(self.results, ignore_errors=True)
                _, text = self.shell(block(begin))
                self.assert_all_done(text)

    @unittest.skipUnless(shutil.which("parallel"), "no GNU parallel: scripts/setup --cluster")
    def test_one_run_a_call(self) -> None:
        self.shell("rankwise run study.json --seeds 0")
        self.shell("rankwise run study.json --seeds 0 1 2 3 --jobs 1 & sleep 2; kill -9 $!")
        code, text = self.shell(block("rankwise status results/planted --json"))
        self.assertEqual(code, 0, text)
        self.assert_all_done(text)

    def test_the_script_for_slurm(self) -> None:
        command = block("rankwise run study.json --slurm").strip()
        code, text = self.shell(command.replace("--slurm", "--slurm-dry-run"))
        self.assertEqual(code, 0, text)
        for line in ("--array=0-3", "--partition=gpu", "--gpus=1", "--time=4:00:00", "--mem=32G"):
            self.assertIn(f"#SBATCH {line}\n", text)

    def test_the_cluster_file(self) -> None:
        (self.folder / "cluster.json").write_text(block("{"))
        code, text = self.shell("rankwise run study.json --slurm-dry-run")
        self.assertEqual(code, 0, text)
        self.assertIn("#SBATCH --cpus-per-task=4\n", text)
        self.assertIn("\nmodule load cuda/12\n", text)

    def test_python_of_rays_recipe_is_python(self) -> None:
        compile(block("import subprocess"), "docs/cluster.md", "exec")


if __name__ == "__main__":
    unittest.main()
