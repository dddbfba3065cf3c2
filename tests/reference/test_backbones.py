"""A user's own backbone: which folders are taken, and what a suite asks of their sizes."""

import contextlib
import io
import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import h5py

from scripts.prepare_data import cli, hashes

from .toy_tokenizer import save_toy_tokenizer

INDEX = "model.safetensors.index.json"
SHARDS = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]


def safetensors(*names: str, kind: str = "F32") -> bytes:
    """A file with a tensor of four bytes for each name."""
    tensors = {
        name: {"dtype": kind, "shape": [1], "data_offsets": [4 * i, 4 * i + 4]}
        for i, name in enumerate(names)
    }
    header = json.dumps({"__metadata__": {"format": "pt"}} | tensors).encode()
    return len(header).to_bytes(8, "little") + header + bytes(4 * len(names))


class OwnBackbone(unittest.TestCase):
    """DIR/models/bge-v1.5, and GLUE's RTE written here."""

    NAME = "bge-v1.5"

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = Path(folder.name) / "data"
        self.glue = Path(folder.name) / "glue"
        self.model = self.data / "models" / self.NAME
        self.model.mkdir(parents=True)
        save_toy_tokenizer(self.model / "tokenizer.json")
        self.configure()
        self.put("model.safetensors", safetensors("a.LayerNorm.gamma", "a.LayerNorm.beta"))
        (self.glue / "RTE").mkdir(parents=True)
        rows = "".join(f"0\t{a}\t{b}\tentailment\n" for a in "abcd" for b in "efgh")
        header = "index\tsentence1\tsentence2\tlabel\n"
        (self.glue / "RTE/train.tsv").write_text(header + rows)
        (self.glue / "RTE/dev.tsv").write_text(f"{header}0\ta\ta\tnot_entailment\n")

    def configure(self, **sizes: int) -> None:
        self.put("config.json", json.dumps({"model_type": "bert"} | sizes).encode())

    def put(self, file: str, content: bytes) -> None:
        (self.model / file).write_bytes(content)

    def run_prepare(self, name: str = NAME) -> tuple[int, str, str]:
        arguments = ["--suite", "glue", "--from", str(self.glue), "--backbone", name]
        with contextlib.redirect_stdout(io.StringIO()) as out:
            with contextlib.redirect_stderr(io.StringIO()) as err:
                code = cli.main([*arguments, "--data", str(self.data)])
        return code, out.getvalue(), err.getvalue()

    def accept(self) -> str:
        code, out, err = self.run_prepare()
        self.assertEqual((code, err), (0, ""))
        return out

    def refuse(self, message: str) -> None:
        code, _, err = self.run_prepare()
        self.assertEqual(code, 1)
        self.assertRegex(err, rf"\Aprepare: .*{self.NAME}.*{message}.*\n\Z")
        self.assertEqual(list(self.data.glob("suites/*")), [])

    def put_shards(self) -> None:
        (self.model / "model.safetensors").unlink()
        self.put(SHARDS[0], safetensors("a.weight", "b.weight"))
        self.put(SHARDS[1], safetensors("c.weight"))
        self.map(a=0, b=0, c=1)

    def map(self, **shards: int) -> None:
        mapped = {f"{name}.weight": SHARDS[shard] for name, shard in shards.items()}
        self.put(INDEX, json.dumps({"weight_map": mapped}).encode())

    def test_is_tokenised_for_and_left_as_it_is(self) -> None:
        before = {path.name: path.read_bytes() for path in self.model.iterdir()}
        self.assertIn("left as it is", self.accept())
        self.assertEqual({p.name: p.read_bytes() for p in self.model.iterdir()}, before)
        names = sorted(path.name for path in (self.data / "suites").iterdir())
        base = f"glue-{self.NAME}"
        self.assertEqual(names, [f"{base}.h5", f"{base}.sources.json", f"{base}.sources.md"])
        with h5py.File(self.data / "suites" / names[0]) as file:
            self.assertEqual(file.attrs["tokenizer"], self.NAME)
        self.assertIn("glue: up to date", self.accept())

    def test_another_tokenizer_makes_the_suite_anew(self) -> None:
        self.accept()
        path = self.model / "tokenizer.json"
        path.write_text(path.read_text() + "\n")
        self.assertIn("glue: written", self.accept())

    def test_is_listed(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            cli.main(["--list", "--data", str(self.data)])
        self.assertIn(f"  {self.NAME:<12} yours\n", out.getvalue())

    def test_shards_with_their_index_are_taken(self) -> None:
        self.put_shards()
        self.accept()

    def test_tensors_of_any_type_are_taken(self) -> None:
        for kind in ("F8_E5M2", "U16", "C64", "new"):
            self.put("model.safetensors", safetensors("a", kind=kind))
            self.accept()

    def test_a_whole_file_beside_shards_is_ambiguous(self) -> None:
        for file in (INDEX, SHARDS[1]):
            self.put(file, b"{}")
            self.refuse(f"holds {file} beside model.safetensors, and one of them is stale")
            (self.model / file).unlink()

    def test_shards_and_index_agree(self) -> None:
        self.put_shards()
        self.map(a=0, b=0)
        self.refuse(f"'{SHARDS[1]}' is not named by the index")
        self.map(a=0, b=0, c=1, d=1)
        self.refuse(f"{SHARDS[1]}: holds other tensors than .* as 'd.weight'")
        self.map(a=0, c=1)
        self.refuse(f"{SHARDS[0]}: holds other tensors than .* as 'b.weight'")
        self.map(a=0, b=0, c=1)
        (self.model / SHARDS[1]).unlink()
        self.refuse(f"'{SHARDS[1]}' is named by the index and is not there")

    def test_an_index_is_read_or_refused(self) -> None:
        self.put_shards()
        for content in (
            b"{",
            b"[]",
            b"{}",
            b'{"weight_map": []}',
            b'{"weight_map": {"a": 1}}',
            b"\xe9",
        ):
            self.put(INDEX, content)
            self.refuse(f"{INDEX}: expected an object with weight_map")
        (self.model / INDEX).unlink()
        self.refuse("there are shards and no such file")

    def test_a_tensor_is_there_once(self) -> None:
        self.put("model.safetensors", safetensors("a.LayerNorm.gamma", "a.LayerNorm.weight"))
        self.refuse("tensor 'a.LayerNorm.weight' is there twice")

    def test_weights_that_are_cut_short_or_something_else(self) -> None:
        whole = safetensors("a", "b")
        for content in (whole[:-1], whole + b"\0"):
            self.put("model.safetensors", content)
            self.refuse(f"has {len(content)} bytes, its header says {len(whole)}")
        wrong = [b"", whole[:40], b"version https://git-lfs.github.com/spec/v1\n", b"\xff" * 99]
        for content in [*wrong, (2).to_bytes(8, "little") + b"[]"]:
            self.put("model.safetensors", content)
            self.refuse("is not a safetensors file")

    def test_a_folder_lacks_nothing(self) -> None:
        for file in ("config.json", "tokenizer.json", "model.safetensors"):
            kept = (self.model / file).rename(self.model / "kept")
            self.refuse(f"has no {file}")
            kept.rename(self.model / file)
        self.put("config.json", b"{")
        self.refuse("config.json: is no JSON object")

    def test_a_tokenizer_that_is_none(self) -> None:
        self.put("tokenizer.json", b"{}")
        self.refuse("tokenizer.json: cannot be read as a tokenizer")

    def test_a_name_is_a_folder_below_models(self) -> None:
        for name in ("", "other", "a\nb"):
            code, _, err = self.run_prepare(name)
            self.assertEqual(code, 1)
            self.assertRegex(
                err, rf"\Aprepare: unknown backbone .* smollm2-135m, {self.NAME}; .*\n\Z"
            )

    def test_a_path_is_used_where_it_lies(self) -> None:
        folder = self.data.parent / "elsewhere" / "mine"
        shutil.copytree(self.model, folder)
        code, out, err = self.run_prepare(f"{folder}/")
        self.assertEqual((code, err), (0, ""))
        self.assertIn(f"mine: your own, left as it is in {folder}\n", out)
        self.assertTrue((self.data / "suites/glue-mine.h5").is_file())
        self.assertFalse((self.data / "models/mine").exists())

    def test_a_hubs_snapshot_is_called_after_its_repository(self) -> None:
        folder = self.data.parent / "hub/models--org--model-7b/snapshots/0123abcd"
        shutil.copytree(self.model, folder)
        self.assertEqual(self.run_prepare(str(folder))[0], 0)
        self.assertTrue((self.data / "suites/glue-org--model-7b.h5").is_file())

    def test_a_path_is_a_folder_with_a_plain_name(self) -> None:
        for path, message in (
            ("/nonexistent/model", "--backbone /nonexistent/model: there is no such folder"),
            ("/", "/: has no config.json"),
        ):
            code, _, err = self.run_prepare(path)
            self.assertEqual(code, 1)
            self.assertRegex(err, f"^prepare: {message}.*\n$")
        folder = self.data.parent / "a b"
        shutil.copytree(self.model, folder)
        self.assertRegex(self.run_prepare(str(folder))[2], "would be called after 'a b', expected")

    def test_a_folder_is_named_with_a_slash(self) -> None:
        elsewhere = self.data.parent / "llama3"
        shutil.copytree(self.model, elsewhere)
        with contextlib.chdir(self.data.parent):
            code, _, err = self.run_prepare("llama3")
            message = r"prepare: --backbone 'llama3': .*/models has no such folder; .* \./llama3\n"
            self.assertEqual(code, 1)
            self.assertRegex(err, message)
            self.assertEqual(self.run_prepare("./llama3")[0], 0)
        (self.data.parent / "file").write_text("")
        err = self.run_prepare(str(self.data.parent / "file"))[2]
        self.assertRegex(err, "--backbone .*/file: is a file, expected a folder\n")

    def test_a_tokenizer_is_needed_for_suites_only(self) -> None:
        (self.model / "tokenizer.json").unlink()
        self.refuse("has no tokenizer.json")
        with contextlib.redirect_stdout(io.StringIO()):
            code = cli.main(["--backbone", self.NAME, "--data", str(self.data)])
        self.assertEqual(code, 0)

    def test_pairs_need_two_segments(self) -> None:
        self.configure(type_vocab_size=1)
        self.refuse("config.json: type_vocab_size is 1, and the segments of rte are 2")

    def test_tokens_and_lengths_are_within_the_sizes(self) -> None:
        self.configure(vocab_size=11)
        self.refuse("vocab_size is 11, and the tokens of tokenizer.json are 12")
        self.configure(max_position_embeddings=4)
        self.refuse(
            "max_position_embeddings is 4, and the tokens of a sequence of rte are 5; lower the "
            "task's cap, or take a backbone"
        )
        self.configure(vocab_size=12, max_position_embeddings=5, type_vocab_size=2)
        self.accept()


class RememberedHashes(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = Path(folder.name)
        self.file = self.data / "weights"
        self.file.write_bytes(b"0" * 8)
        small = mock.patch.object(hashes, "_BIG", 8)
        small.start()
        self.addCleanup(small.stop)

    def test_a_big_file_is_read_once(self) -> None:
        digest = hashes.remembered_sha256(self.data, self.file)
        with mock.patch.object(hashes, "sha256_of", side_effect=AssertionError):
            self.assertEqual(hashes.remembered_sha256(self.data, self.file), digest)
        status = self.file.stat()
        expected = {"size": 8, "mtime_ns": status.st_mtime_ns, "sha256": digest}
        found = json.loads((self.data / "hashes.json").read_text())
        self.assertEqual(found, {str(self.file.resolve()): expected})

    def test_a_changed_file_is_read_again(self) -> None:
        before = hashes.remembered_sha256(self.data, self.file)
        self.file.write_bytes(b"1" * 8)
        os.utime(self.file, ns=(1, 1))
        self.assertNotEqual(hashes.remembered_sha256(self.data, self.file), before)

    def test_small_files_are_not_remembered(self) -> None:
        self.file.write_bytes(b"0")
        hashes.remembered_sha256(self.data, self.file)
        self.assertFalse((self.data / "hashes.json").exists())

    def test_a_damaged_memory_is_made_anew(self) -> None:
        for content in ("{", "[]", json.dumps({str(self.file.resolve()): 1})):
            (self.data / "hashes.json").write_text(content)
            hashes.remembered_sha256(self.data, self.file)
            self.assertEqual(len(json.loads((self.data / "hashes.json").read_text())), 1)


if __name__ == "__main__":
    unittest.main()
