"""The command itself: names, errors in one line, and a second run that changes nothing."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from scripts.prepare_data import cli
from scripts.prepare_data.backbones import Backbone
from scripts.prepare_data.files import sha256_of
from scripts.prepare_data.packages import MINILM, Member

from .toy_tokenizer import save_toy_tokenizer

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> tuple[int, str, str]:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        with contextlib.redirect_stderr(io.StringIO()) as err:
            code = cli.main(arguments)
    return code, out.getvalue(), err.getvalue()


class Errors(unittest.TestCase):
    def expect(self, message: str, *arguments: str, code: int = 1) -> None:
        found, _, err = run(*arguments)
        self.assertEqual((found, err), (code, f"prepare: {message}\n"))

    def test_name_the_choices(self) -> None:
        self.expect(
            "unknown suite 'text11'; the suites are glue, text10, commonsense4, flylora, more_commonsense, "
            "more_glue, more_glue_files, smora_flan; one of your own "
            "needs --from FILE.json, its description",
            "--suite", "text11", "--backbone", "minilm-l6",
        )  # fmt: skip
        self.expect(
            "unknown backbone 'x'; the backbones are minilm-l6, smollm2-135m; for one of your own "
            "name the folder of its config.json, tokenizer.json and weights (safetensors) by a "
            "path with a slash, or put it into /nonexistent/models",
            "--backbone", "x", "--data", "/nonexistent",
        )  # fmt: skip

    def test_name_what_is_missing(self) -> None:
        self.expect("nothing to do: give --suite and --backbone, or --list")
        self.expect(
            "--suite needs --backbone for its tokenizer; the backbones are minilm-l6, smollm2-135m",
            "--suite", "text10",
        )  # fmt: skip

    def test_refuse_unknown_arguments_with_exit_code_2(self) -> None:
        for argument in ("--sweet", "sweet", "--backb"):
            self.expect(
                f"unrecognized arguments: {argument}; see scripts/prepare --help", argument, code=2
            )
        self.expect(
            "argument --suite: expected one argument; see scripts/prepare --help",
            "--suite", code=2,
        )  # fmt: skip

    def test_refuse_a_data_folder_without_a_name_in_utf_8(self) -> None:
        latin = os.fsdecode(b"caf\xe9")
        self.expect(
            "--data 'caf\\udce9' is not UTF-8; take another folder", "--list", "--data", latin
        )
        self.expect("--data is empty, expected a folder", "--list", "--data", "")
        with mock.patch.dict(os.environ, {"RANKWISE_DATA": latin}):
            self.expect("RANKWISE_DATA 'caf\\udce9' is not UTF-8; take another folder", "--list")

    def test_refuse_a_data_folder_that_is_a_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "a"
            file.write_text("")
            for given in (file, file / "b"):
                message = f"--data {given}: {file} is a file, expected a folder to write to"
                self.expect(message, "--backbone", "minilm-l6", "--data", str(given))

    def test_refuse_names_that_no_file_can_have(self) -> None:
        self.expect(
            f"--suite '{'a' * 60}…': a name has 100 bytes at most, since files are called after "
            f"it; take a shorter one",
            "--suite", "a" * 300, "--from", "x.json", "--backbone", "minilm-l6",
        )  # fmt: skip

    def test_whatever_goes_wrong_is_one_line(self) -> None:
        cases = {
            r"KeyError: 'x' \(\w+\.py, line \d+\); please report .*": KeyError("x"),
            r"ValueError: a b \\x1b\[31m \(.*": ValueError("a\n b \x1b[31m"),
            r"the Python package h5py is missing; run scripts/setup": ModuleNotFoundError(
                "No module named 'h5py'", name="h5py"
            ),
            r"/full: No space left on device": OSError(28, "No space left on device", "/full"),
        }
        for message, error in cases.items():
            with self.subTest(message), mock.patch.object(cli, "_print_names", side_effect=error):
                code, out, err = run("--list")
                self.assertEqual((code, out), (1, ""))
                self.assertRegex(err, rf"\Aprepare: {message}\n\Z")

    def test_ctrl_c_is_one_line(self) -> None:
        with mock.patch.object(cli, "_print_names", side_effect=KeyboardInterrupt):
            self.expect("interrupted; run it again to go on", "--list", code=130)

    def test_a_closed_output_is_one_line(self) -> None:
        command = [sys.executable, "-m", "scripts.prepare_data", "--list"]
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(command, cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True)
        os.close(write)
        self.assertEqual(
            (done.returncode, done.stderr),
            (1, "prepare: its output was closed before it ended; run it again to go on\n"),
        )

    def test_list_prints_the_names(self) -> None:
        code, out, _ = run("--list")
        self.assertEqual(code, 0)
        for name in ("text10", "glue", "minilm-l6"):
            self.assertIn(name, out)

    def test_the_script_asks_for_setup_without_an_environment(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for file in ("prepare", "lib/usage.sh"):
                copy = Path(folder) / "scripts" / file
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes((ROOT / "scripts" / file).read_bytes())
            script = Path(folder) / "scripts" / "prepare"
            done = subprocess.run(["bash", script], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^prepare: no Python at .*; run scripts/setup first\n$")


class SecondRun(unittest.TestCase):
    """With a toy backbone in place of the real one, and GLUE's SST-2 written here."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = Path(folder.name) / "data"
        self.glue = Path(folder.name) / "glue"
        model = self.data / "models" / "toy"
        model.mkdir(parents=True)
        digest = sha256_of(save_toy_tokenizer(model / "tokenizer.json"))
        (model / "model.safetensors").write_bytes(b"")
        empty = sha256_of(model / "model.safetensors")
        files = {
            "tokenizer.json": Member(MINILM, "", digest),
            "model.safetensors": Member(MINILM, "", empty),
        }
        toy = mock.patch.dict(cli.BACKBONES, {"toy": Backbone("toy", files, "none")})
        toy.start()
        self.addCleanup(toy.stop)
        (self.glue / "SST-2").mkdir(parents=True)
        letters = [f"{first} {second}" for first in "abcd" for second in "efgh"]
        rows = "".join(f"{text}\t{index % 2}\n" for index, text in enumerate(letters))
        (self.glue / "SST-2" / "train.tsv").write_text("sentence\tlabel\n" + rows)
        (self.glue / "SST-2" / "dev.tsv").write_text("sentence\tlabel\na\t1\n")

    def prepare(self, *more: str) -> str:
        code, out, err = run(
            "--suite", "glue", "--from", str(self.glue), "--backbone", "toy",
            "--data", str(self.data), *more,
        )  # fmt: skip
        self.assertEqual((code, err), (0, ""))
        return out

    def state(self) -> dict[str, tuple[int, str]]:
        files = [path for path in self.data.rglob("*") if path.is_file()]
        return {str(p): (p.stat().st_mtime_ns, sha256_of(p)) for p in files}

    def test_changes_nothing(self) -> None:
        self.prepare()
        before = self.state()
        self.assertIn("glue: up to date", self.prepare())
        self.assertEqual(self.state(), before)
        self.assertEqual(
            sorted(path.name for path in (self.data / "suites").iterdir()),
            ["glue-toy.h5", "glue-toy.sources.json", "glue-toy.sources.md"],
        )

    def test_makes_equal_bytes_when_forced(self) -> None:
        self.prepare()
        before = {path: digest for path, (_, digest) in self.state().items()}
        with mock.patch("scripts.prepare_data.backbones.extract_from_wheel"):
            with mock.patch("scripts.prepare_data.backbones.fetch"):
                self.prepare("--force")
        self.assertEqual({path: digest for path, (_, digest) in self.state().items()}, before)

    def test_repairs_a_damaged_file(self) -> None:
        self.prepare()
        path = self.data / "suites" / "glue-toy.h5"
        whole = path.read_bytes()
        path.write_bytes(whole[:100])
        self.assertIn("glue: written", self.prepare())
        self.assertEqual(path.read_bytes(), whole)

    def test_writes_a_table_again_that_was_removed(self) -> None:
        self.prepare()
        for file in ("glue-toy.sources.md", "glue-toy.sources.json"):
            path = self.data / "suites" / file
            whole = path.read_bytes()
            path.unlink()
            self.assertIn("glue: written", self.prepare())
            self.assertEqual(path.read_bytes(), whole)

    def test_an_empty_split_says_what_was_left_out(self) -> None:
        rows = "c\t1\nc\t1\nb\t0\nb\t1\na\t0\n"
        (self.glue / "SST-2" / "train.tsv").write_text("sentence\tlabel\n" + rows)
        arguments = ["--suite", "glue", "--from", str(self.glue), "--backbone", "toy"]
        _, _, err = run(*arguments, "--data", str(self.data))
        left_out = r"\(1 repeated, 2 contradicting, 1 shared between its files rows are left out\)"
        self.assertRegex(err, f"sst2 has 1 / 0 / 1 rows .* some in each {left_out}; give")

    def test_refuses_an_empty_split(self) -> None:
        (self.glue / "SST-2" / "train.tsv").write_text("sentence\tlabel\nc\t1\nb\t0\n")
        arguments = ["--suite", "glue", "--from", str(self.glue), "--backbone", "toy"]
        code, _, err = run(*arguments, "--data", str(self.data))
        self.assertEqual(code, 1)
        self.assertRegex(err, "^prepare: glue: sst2 has 2 / 0 / 1 rows .*\n$")
        self.assertEqual(list(self.data.glob("suites/*")), [])

    def test_follows_a_change_of_the_source(self) -> None:
        self.prepare()
        (self.glue / "SST-2" / "dev.tsv").write_text("sentence\tlabel\nb\t0\n")
        self.assertIn("glue: written", self.prepare())

    def test_follows_what_is_not_read(self) -> None:
        self.prepare()
        (self.glue / "WNLI").mkdir()
        self.assertIn("  not read: WNLI/\n", self.prepare())
        table = (self.data / "suites" / "glue-toy.sources.md").read_text()
        self.assertIn("\n\nNot read: WNLI/.\n", table)

    def test_refuses_a_target_that_no_reader_stopped(self) -> None:
        with mock.patch("scripts.prepare_data.glue.target_of", return_value=float("nan")):
            arguments = ["--suite", "glue", "--from", str(self.glue), "--backbone", "toy"]
            code, _, err = run(*arguments, "--data", str(self.data))
        self.assertEqual(code, 1)
        self.assertRegex(err, r"\Aprepare: sst2, train: label nan, .* \(the example '.*'\)\n\Z")

    def test_refuses_shards_beside_a_packaged_file(self) -> None:
        for name in ("model.safetensors.index.json", "model-00001-of-00002.safetensors"):
            (self.data / "models/toy" / name).write_text("{}")
            code, _, err = run("--backbone", "toy", "--data", str(self.data))
            self.assertEqual(code, 1)
            self.assertRegex(err, f"^prepare: .*/toy: holds {name} beside model.safetensors, .*\n$")
            (self.data / "models/toy" / name).unlink()

    def test_names_no_folder_of_this_machine(self) -> None:
        self.prepare()
        for path in (self.data / "suites").iterdir():
            self.assertNotIn(os.fsencode(self.glue), path.read_bytes(), path.name)


if __name__ == "__main__":
    unittest.main()
