"""Generated programs that a command of the user's runs, and pass@k of them."""

import re
import shutil
import subprocess
import unittest
from itertools import combinations
from pathlib import Path

import h5py
import numpy as np

from tests.reference.toy_tokenizer import save_toy_decoder

from .program import PROGRAM as RANKWISE
from .program import Done, attributes, difference, environment, run
from .test_text_models import TextStudy, _task

# A program passes where the text holds the wanted letter, and ends with status 1 elsewhere.
PROGRAM = "wanted = '{right}'\ntext = '''{text}'''\nassert wanted in text, wanted\n"
COPY = _task("copy", "generate", answer="{right}", metrics=["match"], program=PROGRAM)
DRAWN = {"strategy": "sample", "samples": 5, "max_tokens": 4, "temperature": 2}
PYTHON = f"{shutil.which('python3')} -I {{file}}"


def pass_at(k: int, passed: np.ndarray) -> float:
    """The share of all choices of k programs of an example of which one passes; [G, n]."""
    return float(np.mean([
        np.mean([any(row[list(chosen)]) for chosen in combinations(range(len(row)), k)])
        for row in passed
    ]))  # fmt: skip


def intervals(compared: Done) -> list[str]:
    """Those over examples, of pass@k."""
    lines = [line for line in compared.out.splitlines() if "copy/pass_at" in line]
    return re.findall(r"[+-]\d+\.\d+ to [+-]\d+\.\d+", "".join(lines))


class Execute(TextStudy):
    """On a tiny random decoder that draws letters."""

    def setUp(self) -> None:
        super().setUp()
        save_toy_decoder(self.model, front=True)
        self._weights("llama3")

    def _execute(self, *arguments: str | Path, command: str = PYTHON) -> Done:
        data = self.folder / "data"
        return run("execute", *arguments, "--command", command, "--data", data, cwd=self.folder)

    def _execute_nameless(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """In a namespace where the user has no name, so that the system refuses further ones."""
        words = ["unshare", "-U", RANKWISE, "execute", *arguments, "--command", PYTHON, "--data",
                 self.folder / "data"]  # fmt: skip
        return subprocess.run(words, capture_output=True, text=True, env=environment(), check=False)

    def _passed(self, file: Path, parameters: str = "last") -> tuple[np.ndarray, np.ndarray, dict]:
        """[8, 5] as recorded and as the texts say, and the scores."""
        with h5py.File(file) as opened:
            group = opened[f"evaluation/copy/test/{parameters}"]
            texts = group["generated/text"].asstr()[:]
            wanted = np.repeat(group["generated/reference"].asstr()[:], 5)
            right = [one.strip() in text for text, one in zip(texts, wanted, strict=True)]
            passed = group["generated/passed"]
            self.assertEqual(passed.dtype, np.uint8)
            self.assertEqual(
                dict(passed.attrs),
                {"command": PYTHON, "seconds": 20.0, "mebibytes": 1024, "network": 0},
            )
            return passed[:].reshape(8, 5), np.reshape(right, (8, 5)), dict(group.attrs)

    def test_pass_at_k_follows_from_which_passed(self) -> None:
        results = self._study([COPY], generation=DRAWN, steps=20, learning_rate=0.01)
        before = self.folder / "before"
        shutil.copytree(results, before)
        done = self._execute(results, "--seconds", "20", "--mebibytes", "1024")
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("Code that a model wrote is run now", done.err)
        total = 0
        for file in sorted(results.glob("*.h5")):
            for parameters in ("last", "best"):
                passed, right, scores = self._passed(file, parameters)
                np.testing.assert_array_equal(passed, right)
                for k in (1, 5):
                    self.assertAlmostEqual(scores[f"pass_at_{k}"], pass_at(k, passed))
                found = [one for one in scores if "pass" in one]
                self.assertEqual(found, ["pass_at_1", "pass_at_5"])
            total += passed.sum()
            self.assertEqual(attributes(file), attributes(before / file.name), "the id stays")
            changed = difference(file, before / file.name)
            self.assertTrue(changed and all("pass" in path for path in changed), changed)
        self.assertGreater(total, 0, "nothing passed, so that nothing was shown")
        self._check_tables(results)
        again = self._execute(results)
        self.assertEqual(again.out.count("was run before"), 3)
        self.assertEqual(list(results.glob("*.new")) + list(results.glob("*.lock")), [])

    def _check_tables(self, results: Path) -> None:
        scores = ("--metric", "copy/pass_at_1", "--metric", "copy/pass_at_5")
        table = run("table", results, *scores, "--format", "csv", cwd=self.folder)
        self.assertEqual(table.code, 0, table.err)
        header = table.out.splitlines()[0].split(",")
        names = [name for name in header if not name.endswith((" std", " n"))]
        self.assertEqual(
            names[:5], ["method", "copy", "average", "copy/pass_at_1", "copy/pass_at_5"]
        )
        compared = run("compare", "lora", "smora", *scores, results, cwd=self.folder)
        self.assertEqual(compared.code, 0, compared.err)
        self.assertIn("copy/pass_at_5", compared.out)
        lint = run("lint", results, cwd=self.folder)
        self.assertEqual(lint.code, 0, lint.out)
        summary = self.folder / "summary"
        self.assertEqual(run("summary", results, "--out", summary, cwd=self.folder).code, 0)
        again = run("compare", "lora", "smora", *scores, summary, cwd=self.folder)
        self.assertEqual(intervals(again), intervals(compared), "a summary pairs examples as well")
        self.assertEqual(len(intervals(compared)), 2, "an interval over examples of each")
        [file] = results.glob("lora*.h5")
        lines = run("predictions", file, "--split", "test", "--parameters", "last").out
        self.assertEqual(lines.count('"passed":['), 8)
        refused = self._execute(*summary.glob("*.h5"))
        self.assertIn("a summary keeps no generated texts", refused.err)

    def test_programs_are_run_anew_where_asked(self) -> None:
        results = self._study([COPY], generation=DRAWN)
        [file] = results.glob("lora*.h5")
        only_empty = "sh -c 'test ! -s $0 || exit 3' {file}"
        file.chmod(0o640)
        for command, passed in (("sh -c 'exit 0' {file}", 40), (only_empty, 0)):
            done = self._execute(file, "--again", "--parameters", "last", command=command)
            self.assertEqual(done.code, 0, done.err)
            self.assertIn(f"{passed} of 40 programs passed, 0 took too long", done.out)
            with h5py.File(file) as opened:
                group = opened["evaluation/copy/test"]
                self.assertEqual(group["last/generated/passed"][:].sum(), passed)
                self.assertEqual(group["last"].attrs["pass_at_5"], passed / 40)
                self.assertNotIn("pass_at_5", group["best"].attrs)
        self.assertIn("none passed; the first ended with status 3", done.err)
        self.assertEqual(file.stat().st_mode & 0o777, 0o640, "its mode stays")

    def test_a_command_that_fails_on_an_empty_program_records_nothing(self) -> None:
        results = self._study([COPY], generation=DRAWN)
        [file] = results.glob("lora*.h5")
        content = file.read_bytes()
        for command in ("sh -c 'exit 3' {file}", "python3 -I nowhere.py {file}"):
            done = self._execute(file, command=command)
            self.assertEqual(done.code, 1)
            self.assertIn("an empty program.py does not pass, it ended with status", done.err)
        self.assertEqual(file.read_bytes(), content)

    def test_is_refused_where_something_is_missing(self) -> None:
        results = self._study([COPY], generation=DRAWN)
        [file] = results.glob("lora*.h5")
        content = file.read_bytes()
        for arguments, command, message in (
            ((), "no-such-program {file}", "there is no program 'no-such-program' on PATH"),
            ((), "python3", "says nowhere {file}, the program's file"),
            (("--task", "x"), PYTHON, "has no predictions of task 'x' on test with any parameters"),
            (("--file-name", "a/b"), PYTHON, "expected a file's name alone"),
        ):
            done = self._execute(file, *arguments, command=command)
            self.assertEqual(done.code, 1, message)
            self.assertIn(message, done.err)
        self.assertEqual(run("execute", file, cwd=self.folder).code, 1, "without a command")
        self._prepare([COPY | {"program": PROGRAM + "# new\n"}])
        done = self._execute(file)
        self.assertEqual(done.code, 1)
        self.assertIn("suite 'mine' was prepared anew with other content", done.err)
        self.assertEqual(file.read_bytes(), content, "nothing was written")

    def test_is_refused_without_programs_or_texts(self) -> None:
        plain = {name: value for name, value in COPY.items() if name != "program"}
        for task, message in (
            (plain, "suite 'mine' says no program for any of its tasks"),
            (COPY | {"metrics": ["exact_match"]}, "no generated texts are recorded"),
        ):
            results = self._study([task], generation=DRAWN)
            newest = max(results.glob("lora*.h5"), key=lambda file: file.stat().st_mtime)
            done = self._execute(newest)
            self.assertEqual(done.code, 1)
            self.assertIn(message, done.err)

    def test_asks_before_it_goes_on_without_namespaces(self) -> None:
        if subprocess.run(["unshare", "-U", "true"], check=False).returncode != 0:
            self.skipTest("this system gives no namespaces at all")
        results = self._study([COPY], generation=DRAWN)
        [file] = results.glob("lora*.h5")
        done = self._execute_nameless(file)
        self.assertEqual(done.returncode, 1)
        self.assertIn("gives programs no network namespace", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)
        done = self._execute_nameless(file, "--with-network")
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(file) as opened:
            passed = opened["evaluation/copy/test/last/generated/passed"]
            self.assertEqual(passed.attrs["network"], 1)


if __name__ == "__main__":
    unittest.main()
