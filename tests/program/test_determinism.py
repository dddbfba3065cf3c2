"""Equal input gives equal files, and what does not change a result does not change a run's name."""

import unittest
from pathlib import Path

import numpy as np

from .program import (
    TIMES,
    Folder,
    attributes,
    difference,
    open_run,
    plan,
    run_files,
    tiny_study,
)

RUNS = [
    {"variant": "lora", "options": {"dropout": 0.1}},
    {"variant": "smora", "options": {"rank": 8, "active": 2}},
    {"variant": "more"},
    {"variant": "flylora", "options": {"rank": 8, "active": 2}},
]


def config_hash(path: Path) -> str:
    return attributes(path)["config_hash"]


class Repeated(Folder):
    """One study, twice, into two folders."""

    def test_gives_the_same_files(self) -> None:
        study = tiny_study(*RUNS)
        self.succeed(study)
        second = self.folder / "second"
        self.succeed(study, "--results", second, "--jobs", "2")
        parameters = sorted(self.results.rglob("*.safetensors"))
        self.assertEqual(len(parameters), len(RUNS))
        for path in parameters + run_files(self.results):
            with self.subTest(path.name):
                again = second / path.relative_to(self.results)
                if path.suffix == ".h5":
                    self.assertLessEqual(set(difference(path, again)), TIMES)
                else:
                    self.assertEqual(path.read_bytes(), again.read_bytes())

    def test_continues_no_half_finished_run_differently(self) -> None:
        # What a kill left does not reach the result.
        study = tiny_study(RUNS[1])
        self.succeed(study)
        (done,) = run_files(self.results)
        second = self.folder / "second"
        left = second / done.relative_to(self.results)
        left.parent.mkdir(parents=True)
        left.with_name(left.name + ".partial").write_bytes(b"left by a kill")
        self.succeed(study, "--results", second)
        self.assertLessEqual(set(difference(done, left)), TIMES)


class Seeds(Folder):
    def test_differ(self) -> None:
        self.succeed(tiny_study(RUNS[0], seeds=[0, 1]))
        zero, one = run_files(self.results)
        different = difference(zero, one)
        self.assertIn("/train/loss", different)
        self.assertIn("/factors/layer.0/a", different)
        self.assertIn("/@config_hash", different)
        self.assertEqual(attributes(zero)["protocol_hash"], attributes(one)["protocol_hash"])


class Names(Folder):
    """What enters the config hash."""

    def planned(self, run: dict, *arguments: str) -> str:
        """The hash in the name of the run's file."""
        done = self.succeed(tiny_study(run), "--dry-run", *arguments)
        (planned,) = plan(done.out)
        return planned.file.stem.rsplit("-", 1)[1]

    def test_are_made_of_the_config_hash(self) -> None:
        self.succeed(tiny_study(RUNS[0]))
        (path,) = run_files(self.results)
        self.assertTrue(path.stem.endswith("-" + config_hash(path)[:10]))
        self.assertEqual(self.planned(RUNS[0]), config_hash(path)[:10])

    def test_keep_what_changes_no_result_out(self) -> None:
        name = self.planned(RUNS[0])
        self.assertEqual(self.planned(RUNS[0] | {"label": "another"}), name)
        self.assertEqual(self.planned(RUNS[0], "--threads", "2"), name)
        self.assertEqual(self.planned(RUNS[0], "--jobs", "2"), name)
        self.assertEqual(self.planned(RUNS[0], "--data", "elsewhere"), name)
        self.assertEqual(self.planned(RUNS[0], "--results", str(self.folder / "x")), name)
        defaults = {"options": {"dropout": 0.1, "rank": 8}, "train": {"weight_decay": 0.01}}
        self.assertEqual(self.planned(RUNS[0] | defaults), name)

    def test_change_with_what_changes_a_result(self) -> None:
        changes = [
            {}, {"seed": 1}, {"variant": "more"}, {"options": {"rank": 4}},
            {"train": {"steps": 13}}, {"data": {"options": {"noise": 0.1}}},
            {"sites": ["layer.0"]}, {"backbone": {"layers": 1}},
        ]  # fmt: skip
        names = [self.planned(RUNS[0] | {"options": {}} | change) for change in changes]
        self.assertEqual(len(set(names)), len(changes), names)

    def test_protocol_leaves_out_variant_options_and_rates(self) -> None:
        self.succeed(
            tiny_study(
                RUNS[0],
                RUNS[1] | {"train": {"learning_rate": 0.1, "head_learning_rate": 0.1}},
                RUNS[0] | {"label": "longer", "train": {"steps": 13}},
                RUNS[0] | {"label": "fewer", "data": {"dev_rows": 8}},
            )
        )
        hashes = {
            run["label"]: run["protocol_hash"] for run in map(attributes, run_files(self.results))
        }
        self.assertEqual(hashes["lora"], hashes["smora"])
        self.assertEqual(len(set(hashes.values())), 3)


class Threads(Folder):
    def test_are_recorded(self) -> None:
        self.succeed(tiny_study(RUNS[0]), "--threads", "2")
        (path,) = run_files(self.results)
        self.assertEqual(attributes(path)["threads"], 2)
        with open_run(path) as file:
            self.assertTrue(np.isfinite(file["train/loss"][:]).all())


if __name__ == "__main__":
    unittest.main()
