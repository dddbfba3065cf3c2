"""Data and weights that are missing, damaged or of another kind: one line that names the file."""

import json
import unittest
from pathlib import Path

import h5py
import numpy as np

from .errors import Errors
from .program import Done, Json, tiny_study
from .text_data import DEFAULTS, token_file, write_data


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
        done = self.run_text({"variant": "lora", "data": {"suite": "planted"}})
        self.assert_failure(done, "'bert' reads tokens", "features")
        self.assert_nothing_written()

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
        self.refuse_text({}, "unknown metric 'acuracy'", "accuracy, f1", str(token_file(self.data)))

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

    def edit_task(self, **attributes: str) -> None:
        with h5py.File(token_file(self.data), "a") as file:
            for name, value in attributes.items():
                file["tasks/first"].attrs[name] = value


class Sequences(Errors):
    """A suite that a backbone can not read."""

    def test_longer_than_the_backbones_positions(self) -> None:
        data = write_data(self.folder / "data", length=70)
        study = tiny_study({"variant": "lora"}, defaults=DEFAULTS)
        self.assert_failure(self.run_study(study, "--data", data), "70", "64", "positions")
        self.assert_nothing_written()


class Weights(TextErrors):
    """The backbone's folder."""

    def edit_config(self, **members: object) -> None:
        path = self.weights / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | members))

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
        self.assert_fails(str(path), "is truncated", "tensor")

    def test_weights_that_are_something_else(self) -> None:
        path = self.weights / "model.safetensors"
        path.write_text("version https://git-lfs.github.com/spec/v1\n")
        self.assert_fails(str(path), "is not a safetensors file")

    def test_another_shape_than_the_config_says(self) -> None:
        self.edit_config(intermediate_size=65)
        self.assert_fails(
            "model.safetensors: tensor encoder.layer.0.intermediate.dense.",
            "has shape [64", "expected [65",
        )  # fmt: skip

    def test_more_layers_than_the_weights_have(self) -> None:
        self.edit_config(num_hidden_layers=3)
        self.assert_fails("model.safetensors", "has no tensor encoder.layer.2.", "the closest is")

    def test_fewer_words_than_the_suite_has(self) -> None:
        with h5py.File(token_file(self.data), "a") as file:
            file.attrs["vocabulary"] = np.int64(101)
        self.assert_fails("vocabulary of 101", "100", "prepare")

    def test_a_config_of_another_model(self) -> None:
        self.edit_config(model_type="gpt2")
        self.assert_fails("config.json", "'gpt2'", "'bert'")

    def test_a_config_with_a_missing_or_wrong_member(self) -> None:
        self.edit_config(hidden_size="wide")
        self.assert_fails("config.json", "'hidden_size'", "integer")
        self.edit_config(hidden_size=32, layer_norm_eps="small")
        self.assert_fails("config.json", "layer_norm_eps")

    def test_a_config_that_is_no_json(self) -> None:
        Path(self.weights / "config.json").write_text("{")
        self.assert_fails("config.json", "is not valid JSON", "line 1")


if __name__ == "__main__":
    unittest.main()
