"""rankwise evaluate, export and import: an adapter goes out and comes back, and PEFT loads it."""

import importlib.util
import json
import unittest
from pathlib import Path

import numpy as np

from . import text_data
from .errors import Errors
from .program import Json, attributes, open_run, predictions, run, run_files

BY_SITE: Json = {"site_options": {"*.query": {"rank": 2}, "*.0.output.dense": {"alpha": 3}}}
VARIANTS: dict[str, Json] = {
    "lora": {"variant": "lora", "options": {"rank": 4}},
    "dora": {"variant": "dora", "options": {"rank": 4}},
    "adalora": {"variant": "adalora", "options": {"rank": 4, "target_rank": 2, "interval": 1}},
    "ia3": {"variant": "ia3"},
    "lora-by-site": {"variant": "lora", "label": "lora-by-site", "options": {"rank": 4} | BY_SITE},
    "dora-by-site": {"variant": "dora", "label": "dora-by-site", "options": {"rank": 4} | BY_SITE},
    "more": {"variant": "more", "options": {"rank": 4}},
}
TRAIN: Json = {"steps": 8, "batch": 8, "evaluations": 1, "learning_rate": 2e-2}
LENGTH = 6
TASKS = ("first", "second")


class Exported(Errors):
    """Runs on a random BERT with two tasks, and what becomes of them."""

    def setUp(self) -> None:
        super().setUp()
        self.data = text_data.write_data(self.folder / "data", LENGTH)

    def trained(self, variant: str) -> Path:
        """The run file of a short run."""
        study = {
            "study": variant,
            "defaults": text_data.DEFAULTS | {"train": TRAIN, "record": {"samples": 0}},
            "runs": [VARIANTS[variant]],
        }
        self.succeed(study, "--data", self.data)
        [file] = run_files(self.results / variant)
        return file

    def succeeds(self, *arguments: str | Path) -> str:
        done = run(*arguments, "--data", self.data)
        self.assertEqual((done.code, done.err), (0, ""))
        return done.out

    def export(self, file: Path, *arguments: str | Path) -> Path:
        out = self.folder / f"out-{file.parent.name}"
        self.succeeds("export", file, "--out", out, *arguments)
        return out

    def assert_same_predictions(self, left: Path, right: Path) -> None:
        with open_run(left) as one, open_run(right) as two:
            for (task, a), (_, b) in zip(
                predictions(one, "test", "last"), predictions(two, "test", "last"), strict=True
            ):
                self.assertEqual(a["prediction"][:].tolist(), b["prediction"][:].tolist(), task)


class Exchange(Exported):
    """Through files of our own."""

    def test_comes_back_to_the_same_scores(self) -> None:
        for variant in ("lora", "adalora", "ia3", "dora-by-site"):
            with self.subTest(variant):
                file = self.trained(variant)
                folder = self.export(file)
                card = (folder / "README.md").read_text()
                self.assertIn("| first | accuracy |", card)
                evaluated = self.folder / f"{variant}.h5"
                self.succeeds("evaluate", folder, "--out", evaluated)
                self.assert_same_predictions(file, evaluated)
                found = attributes(evaluated)
                self.assertEqual(found["label"], f"{variant}, evaluated")
                self.assertEqual((found["steps"], found["status"]), (0, "finished"))
                self.assertEqual(found["config"]["options"], attributes(file)["config"]["options"])
                self.succeeds("import", folder)
                again = self.folder / "again"
                self.succeeds("export", f"{folder}.safetensors", "--out", again / variant)
                for name in ("adapter_config.json", "adapter_model.safetensors", "rankwise.safetensors"):
                    self.assertEqual(
                        (folder / name).read_bytes(), (again / variant / name).read_bytes(), name
                    )

    def test_is_a_start_for_another_run(self) -> None:
        folder = self.export(self.trained("lora"))
        self.succeeds("import", folder)
        study = {
            "study": "further",
            "defaults": text_data.DEFAULTS | {"train": TRAIN},
            "runs": [VARIANTS["lora"] | {"init_from": f"{folder}.safetensors"}],
        }
        self.succeed(study, "--data", self.data)

    def test_gives_each_task_its_own_ranks(self) -> None:
        file = self.trained("more")
        out = self.export(file)
        self.assertEqual(sorted(path.name for path in out.iterdir()), sorted(TASKS))
        for task in TASKS:
            evaluated = self.folder / f"{task}.h5"
            self.succeeds("evaluate", out / task, "--out", evaluated)
            with open_run(file) as one, open_run(evaluated) as two:
                path = f"evaluation/{task}/test/last/prediction"
                self.assertEqual(one[path][:].tolist(), two[path][:].tolist(), task)

    def test_merges_into_a_checkpoint(self) -> None:
        file = self.trained("dora")
        out = self.folder / "merged"
        text = self.succeeds("export", file, "--format", "merged", "--out", out)
        self.assertRegex(text, r"differ by \S+ of their largest output; tolerance 0.0001")
        self.assertTrue((out / "config.json").exists())

    def test_refuses_in_one_line(self) -> None:
        file = self.trained("lora")
        out = self.export(file)
        options = ("--data", self.data)
        self.assert_line(run("export", file, "--out", out, *options), "there is something already")
        self.assert_line(
            run("export", file, "--task", "first", "--out", out / "x", *options), "leave --task out"
        )
        self.assert_line(
            run("evaluate", file, "--task", "third", *options), "unknown task 'third'"
        )
        self.assert_line(run("evaluate", file, "--suite", "none", *options), "none-small.h5")
        self.assert_line(run("import", self.folder, *options), "has no adapter_config.json")
        config = json.loads((out / "adapter_config.json").read_text())
        (out / "adapter_config.json").write_text(json.dumps(config | {"r": 8}))
        self.assert_line(run("import", out, *options), "r is 8 in adapter_config.json, and 4 in")


@unittest.skipUnless(
    importlib.util.find_spec("peft"),
    "NOT CHECKED: peft is not installed; pip install -r scripts/requirements-fixtures.txt",
)
class InPeft(Exported):
    """PEFT and transformers give the classes that the run recorded."""

    def assert_classes(self, model, folder: Path, file: Path, tasks: tuple[str, ...]) -> None:  # noqa: ANN001
        import torch
        from safetensors.torch import load_file

        heads = load_file(folder / "rankwise.safetensors")
        packed = text_data.pack(LENGTH)
        pooled = []
        with torch.no_grad():
            for first, last in zip(packed.starts[:-1], packed.starts[1:], strict=True):
                tokens = torch.tensor(packed.tokens[first:last].astype(np.int64))[None]
                pooled.append(model(input_ids=tokens).last_hidden_state[0].mean(0))
        with open_run(file) as recorded:
            for task in tasks:
                scores = torch.stack(pooled) @ heads[f"{task}_weight"].T + heads[f"{task}_bias"]
                found = recorded[f"evaluation/{task}/test/last/prediction"][:]
                self.assertEqual(scores.argmax(1).tolist(), found.tolist(), task)

    def base(self):  # noqa: ANN201
        from transformers import AutoModel

        return AutoModel.from_pretrained(self.data / "models/small").eval()

    def test_loads_what_was_exported(self) -> None:
        from peft import PeftModel

        for variant in VARIANTS:
            file = self.trained(variant)
            out = self.export(file)
            folders = [(out / task, (task,)) for task in TASKS] if variant == "more" else [(out, TASKS)]
            for folder, tasks in folders:
                with self.subTest(f"{variant} {tasks}"):
                    model = PeftModel.from_pretrained(self.base(), folder).eval()
                    self.assert_classes(model, folder, file, tasks)

    def test_loads_a_merged_checkpoint(self) -> None:
        from transformers import AutoModel

        for variant in ("lora", "dora", "ia3", "dora-by-site"):
            file = self.trained(variant)
            out = self.folder / f"merged-{variant}"
            self.succeeds("export", file, "--format", "merged", "--out", out)
            self.assert_classes(AutoModel.from_pretrained(out).eval(), out, file, TASKS)


if __name__ == "__main__":
    unittest.main()
