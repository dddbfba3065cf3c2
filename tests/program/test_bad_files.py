"""Data and weights that are missing, damaged or of another kind: one line that names the file."""

import json
import unittest
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
from safetensors.numpy import load_file, save_file

from .errors import Errors
from .program import Done, Json, files_below, run, run_files, tiny_study
from .text_data import DEFAULTS, token_file, write_data


SEGMENTS = "embeddings.token_type_embeddings.weight"


def edit_config(folder: Path, **members: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | members))


def edit_weights(folder: Path, changes: dict[str, Callable[[np.ndarray], np.ndarray]]) -> None:
    path = folder / "model.safetensors"
    tensors = load_file(path)
    for name, change in changes.items():
        tensors[name] = np.ascontiguousarray(change(tensors[name]))
    save_file(tensors, path)


class TextErrors(Errors):
    """A study of one LoRA on the toy text suite."""

    def setUp(self) -> None:
        super().setUp()
        self.data = write_data(self.folder / "data")
        self.weights = self.data / "models/small"

    def run_text(self, *runs: Json) -> Done:
        study = tiny_study(*(runs or ({"variant": "lora"},)), defaults=DEFAULTS)
        return self.run_study(study, "--data", self.data)

    def refuse_text(self, run: Json, *words: str) -> None:
        self.assert_line(self.run_text({"variant": "lora"} | run), *words)
        self.assert_nothing_written()

    def assert_fails(self, *words: str) -> None:
        self.assert_failure(self.run_text(), *words)
        self.assert_nothing_written()

    def refuse_model(self, *words: str) -> None:
        """Before any run starts, by the first run that it concerns."""
        self.refuse_text({}, "lora seed 0: ", *words)


class Suites(TextErrors):
    """The token file."""

    def test_the_toy_suite_itself_is_fine(self) -> None:
        done = self.run_text()
        self.assertEqual(done.code, 0, done.err)

    def test_a_suite_that_is_not_prepared(self) -> None:
        self.refuse_text(
            {"data": {"suite": "nosuch"}},
            "unknown suite 'nosuch'", "suites/nosuch-small.h5", "scripts/prepare --suite nosuch",
        )  # fmt: skip

    def test_a_text_suite_has_no_options(self) -> None:
        self.refuse_text({"data": {"options": {"noise": 1}}}, "runs[0].data.options", "'toys'")

    def test_an_unknown_task_lists_the_tasks(self) -> None:
        self.refuse_text({"data": {"tasks": ["third"]}}, "unknown task 'third'", "first, second")

    def test_features_need_another_backbone(self) -> None:
        self.refuse_text({"data": {"suite": "planted"}}, "'bert' reads tokens", "features")

    def test_a_truncated_token_file(self) -> None:
        path = token_file(self.data)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        self.refuse_text({}, str(path))

    def test_a_token_file_that_is_text(self) -> None:
        token_file(self.data).write_text("tokens\n")
        self.refuse_text({}, str(token_file(self.data)), "not an HDF5 file")

    def test_a_foreign_hdf5_file(self) -> None:
        with h5py.File(token_file(self.data), "w") as file:
            file["x"] = np.arange(3)
        self.refuse_text({}, str(token_file(self.data)), "not a token file", "scripts/prepare")

    def test_a_token_file_of_another_version(self) -> None:
        with h5py.File(token_file(self.data), "a") as file:
            file.attrs["version"] = np.int64(9)
        self.refuse_text({}, str(token_file(self.data)), "version 9", "reads 1")

    def test_a_token_file_without_an_array(self) -> None:
        with h5py.File(token_file(self.data), "a") as file:
            del file["tasks/first/dev/starts"]
        self.refuse_text({}, str(token_file(self.data)), "/tasks/first/dev/starts")

    def test_an_unknown_metric_lists_the_known_ones(self) -> None:
        self.edit_task(metrics=json.dumps(["acuracy"]))
        self.refuse_text({}, "unknown metric 'acuracy'", "accuracy, any_digit, bits_per_byte", str(token_file(self.data)))

    def test_a_list_that_is_no_json(self) -> None:
        self.edit_task(metrics="accuracy")
        self.refuse_text({}, str(token_file(self.data)), "first", "metrics")

    def test_an_unknown_kind_lists_the_known_ones(self) -> None:
        self.edit_task(kind="rank")
        self.refuse_text({}, str(token_file(self.data)), "'rank'", "classify", "regress")

    def test_a_token_outside_the_vocabulary(self) -> None:
        with h5py.File(token_file(self.data), "a") as file:
            file["tasks/first/train/tokens"][3] = 100
        self.refuse_text({}, str(token_file(self.data)), "first/train/tokens", "id 100", "of 100")

    def test_a_label_outside_the_classes(self) -> None:
        with h5py.File(token_file(self.data), "a") as file:
            file["tasks/second/test/target"][0] = 2
        self.refuse_text({}, str(token_file(self.data)), "second/test/target", "2 classes")

    def test_a_target_that_is_no_number(self) -> None:
        self.edit_task(kind="regress", metrics=json.dumps(["spearman"]))
        with h5py.File(token_file(self.data), "a") as file:
            file["tasks/first/dev/target"][5] = np.nan
        self.refuse_text({}, str(token_file(self.data)), "first/dev/target", "nan of example 5")

    def test_a_metric_of_another_kind_of_target(self) -> None:
        self.edit_task(metrics=json.dumps(["pearson"]))
        self.refuse_text({}, "'first' is of kind classify", "'pearson'", "accuracy, f1")

    def test_a_label_that_drives_the_terminal(self) -> None:
        self.edit_task(labels=json.dumps(["no", "\x1b[2J"]))
        self.refuse_text({}, "label '\\x1b[2J' has a control or invisible character")

    def test_a_task_asked_for_twice(self) -> None:
        self.refuse_text({"data": {"tasks": ["first", "first"]}}, "data.tasks: 'first'", "twice")
        planted = tiny_study({"variant": "lora", "data": {"tasks": ["planted1", "planted1"]}})
        self.refuse(planted, "data.tasks: 'planted1' is there twice")

    def edit_task(self, **attributes: str) -> None:
        with h5py.File(token_file(self.data), "a") as file:
            for name, value in attributes.items():
                file["tasks/first"].attrs[name] = value


class Sequences(Errors):
    """A suite that a backbone cannot read."""

    def test_longer_than_the_backbones_positions(self) -> None:
        data = write_data(self.folder / "data", length=70)
        study = tiny_study({"variant": "lora"}, defaults=DEFAULTS)
        self.refuse(study, "lora seed 0: ", "70", "64", "positions", arguments=("--data", str(data)))


class Segments(TextErrors):
    """A suite with pairs, and a backbone that tells no segments apart."""

    def setUp(self) -> None:
        super().setUp()
        with h5py.File(token_file(self.data), "a") as file:
            file["tasks/second/dev/segments"][2] = 1
        edit_weights(self.weights, {SEGMENTS: lambda rows: rows[:1]})
        edit_config(self.weights, type_vocab_size=1)

    def test_are_refused_with_both_numbers(self) -> None:
        words = ("'second' has segment id 1 in its dev split", "0 only", "type_vocab_size")
        self.refuse_model(*words)

    def test_are_seen_by_a_dry_run(self) -> None:
        study = tiny_study({"variant": "lora"}, defaults=DEFAULTS)
        done = self.run_study(study, "--data", self.data, "--dry-run")
        self.assert_line(done, "segment id 1")


class Weights(TextErrors):
    """The backbone's folder."""

    def edit_config(self, **members: object) -> None:
        edit_config(self.weights, **members)

    def test_a_missing_folder(self) -> None:
        self.refuse_text(
            {"backbone": {"weights": "none"}},
            "models/none", "scripts/prepare --backbone none",
        )  # fmt: skip

    def test_missing_files(self) -> None:
        for name in ("model.safetensors", "config.json"):
            with self.subTest(name):
                path = self.weights / name
                kept = path.rename(path.with_suffix(".kept"))
                done = self.run_text()
                self.assertEqual(done.code, 1)
                self.assertIn(str(path), done.err)
                self.assert_nothing_written()
                kept.rename(path)

    def test_truncated_weights(self) -> None:
        path = self.weights / "model.safetensors"
        path.write_bytes(path.read_bytes()[:-1000])
        self.refuse_model(str(path), "is truncated", "tensor")

    def test_weights_that_are_something_else(self) -> None:
        path = self.weights / "model.safetensors"
        path.write_text("version https://git-lfs.github.com/spec/v1\n")
        self.refuse_model(str(path), "is not a safetensors file")

    def test_another_shape_than_the_config_says(self) -> None:
        self.edit_config(intermediate_size=65)
        self.refuse_model(
            "model.safetensors: tensor encoder.layer.0.intermediate.dense.",
            "has shape [64", "expected [65",
        )  # fmt: skip

    def test_more_layers_than_the_weights_have(self) -> None:
        self.edit_config(num_hidden_layers=3)
        self.refuse_model("model.safetensors", "has no tensor encoder.layer.2.", "the closest is")

    def test_fewer_layers_than_the_weights_have(self) -> None:
        self.edit_config(num_hidden_layers=1)
        self.refuse_model("model.safetensors: tensor encoder.layer.1.", "not used", "config.json")

    def test_a_member_that_is_not_computed_here(self) -> None:
        self.edit_config(position_embedding_type="relative_key")
        self.refuse_model("config.json: position_embedding_type is 'relative_key'", "'absolute'")
        self.edit_config(position_embedding_type="absolute", rotary=True)
        self.refuse_model("config.json: rotary is true", "does not know")

    def test_weights_that_are_not_finite(self) -> None:
        edit_weights(self.weights, {SEGMENTS: lambda rows: rows * np.nan})
        self.assert_fails(f"model.safetensors: tensor {SEGMENTS}", "not finite")

    def test_more_memory_than_any_machine_has(self) -> None:
        self.refuse_text({"options": {"rank": 10**9}}, "lora seed 0: ", "TiB of memory")

    def test_shards_beside_a_whole_file(self) -> None:
        whole = self.weights / "model.safetensors"
        (self.weights / "model-00001-of-00002.safetensors").write_bytes(whole.read_bytes())
        self.refuse_text({}, "holds both model.safetensors and model-00001-of-00002", "delete")

    def test_fewer_words_than_the_suite_has(self) -> None:
        with h5py.File(token_file(self.data), "a") as file:
            file.attrs["vocabulary"] = np.int64(101)
        self.refuse_model("vocabulary of 101", "100", "prepare")

    def test_a_config_of_another_model(self) -> None:
        self.edit_config(model_type="gpt2")
        self.refuse_model("config.json", "'gpt2'", "'bert'")

    def test_a_config_with_a_missing_or_wrong_member(self) -> None:
        self.edit_config(hidden_size="wide")
        self.refuse_model("config.json", "'hidden_size'", "integer")
        self.edit_config(hidden_size=32, layer_norm_eps="small")
        self.refuse_model("config.json", "layer_norm_eps")

    def test_a_config_that_is_no_json(self) -> None:
        Path(self.weights / "config.json").write_text("{")
        self.refuse_text({}, "config.json", "is not valid JSON", "line 1")


class Summaries(Errors):
    """A study of which only a damaged summary is left."""

    def setUp(self) -> None:
        super().setUp()
        self.study = tiny_study({"variant": "smora"})
        self.succeed(self.study)
        tiny = self.results / "tiny"
        self.assertEqual(run("summary", tiny, "--out", tiny / "summary").code, 0)
        for path in run_files(tiny, "*-s0-*"):
            path.unlink()
        self.summary = tiny / "summary/s0.h5"

    def assert_said(self, *words: str) -> None:
        """By every command that needs it, with the file's name."""
        before = files_below(self.results)
        for command in (("table", self.results / "tiny"), ("lint", self.summary)):
            done = run(*command)
            self.assert_line(done, str(self.summary), *words)
            self.assertNotIn("fault inside the program", done.err)
        self.assertEqual(files_below(self.results), before)

    def test_cut_short(self) -> None:
        whole = self.summary.read_bytes()
        for size in (len(whole) // 8, len(whole) // 2, len(whole) - 1):
            self.summary.write_bytes(whole[:size])
            words = ("cannot be read, the file seems damaged: truncated file; copy it again",)
            self.assert_said(*words)
            for arguments in ((), ("--dry-run",)):  # or its runs would be trained anew
                done = self.run_study(self.study, *arguments)
                self.assert_line(done, str(self.summary), *words)

    def test_that_is_text(self) -> None:
        for content in ("", "an h5 file\n"):
            self.summary.write_text(content)
            self.assert_said("is not an HDF5 file; copy it again, or make it anew")
            self.assert_line(self.run_study(self.study), "is not an HDF5 file; copy it again")

    def test_with_columns_of_a_wrong_shape(self) -> None:
        whole = self.summary.read_bytes()
        for name, shape in (
            ("run/set", (0,)), ("run/row", (2, 2)), ("run/parameters", (2,)),
            ("run/attributes", (0,)), ("set/0/task/classes", (1,)), ("set/0/train/step", (2,)),
            ("set/0/test/score", (2, 1, 1)), ("set/0/usage/count", (2, 1)),
        ):  # fmt: skip
            with self.subTest(name):
                self.summary.write_bytes(whole)
                with h5py.File(self.summary, "a") as file:
                    dtype = file[name].dtype
                    del file[name]
                    file[name] = np.zeros(shape, dtype)
                drawn = ("figure", "usage", self.results / "tiny", "--out", self.folder / "x")
                done = [run("table", self.results / "tiny"), run(*drawn)]
                refused = [one for one in done if one.code != 0]  # not each reads all arrays
                self.assertTrue(refused)
                for one in refused:
                    self.assert_line(one, f"/{name}", "write the summary anew")


if __name__ == "__main__":
    unittest.main()
