"""rankwise predictions: a line of JSON for each example."""

import json
import unittest

import numpy as np

from .errors import Errors
from .program import Json, open_run, predictions, run, run_files, tiny_study

LORA = {"variant": "lora"}


def lines(text: str) -> list[Json]:
    return [json.loads(line) for line in text.splitlines()]


class Predictions(Errors):
    """Of one small run."""

    def setUp(self) -> None:
        super().setUp()
        self.assertEqual(self.run_study(tiny_study(LORA)).code, 0)
        [self.file] = run_files(self.results)

    def test_are_those_of_the_run_file(self) -> None:
        done = run("predictions", self.file)
        self.assertEqual((done.code, done.err), (0, ""))
        found = lines(done.out)
        self.assertEqual(len(found), 3 * 2 * 2 * 32)
        with open_run(self.file) as file:
            for split in ("dev", "test"):
                for task, group in predictions(file, split, "best"):
                    kept = [
                        line for line in found
                        if (line["task"], line["split"], line["parameters"]) == (task, split, "best")
                    ]  # fmt: skip
                    self.assertEqual([line["index"] for line in kept], list(range(32)))
                    for name in ("prediction", "label"):
                        values = np.array([line[name] for line in kept])
                        self.assertTrue(np.array_equal(values, group[name][:]), name)
        self.assertEqual({line["run"] for line in found}, {str(self.file)})

    def test_of_a_folder_are_those_of_its_runs(self) -> None:
        self.assertEqual(run("predictions", self.results), run("predictions", self.file))

    def test_may_be_of_one_task_split_and_choice_of_parameters(self) -> None:
        done = run(
            "predictions", self.file, "--task", "planted1", "--split", "dev", "--parameters", "last"
        )
        found = lines(done.out)
        self.assertEqual(len(found), 32)
        self.assertEqual(
            {(line["task"], line["split"], line["parameters"]) for line in found},
            {("planted1", "dev", "last")},
        )

    def test_refuse_what_is_no_finished_run(self) -> None:
        study = self.write(tiny_study(LORA))
        self.assert_line(run("predictions", study), "study.json: is not an HDF5 file")
        self.assert_line(run("predictions", self.results / "none.h5"), "there is no such file")
        empty = self.folder / "empty"
        empty.mkdir()
        self.assert_line(run("predictions", empty), "no finished runs")
        self.assert_line(
            run("predictions", self.file, "--task", "boolq"),
            "has no predictions of task 'boolq' on dev or test with any parameters",
        )
        self.assert_line(run("predictions", self.file, "--split", "train"), "train not in")


if __name__ == "__main__":
    unittest.main()
