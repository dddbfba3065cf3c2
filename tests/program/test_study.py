"""Studies as a whole: what runs, what is skipped, how rows are named, what a failure does."""

import json
import unittest
from pathlib import Path

from .program import (
    Folder,
    Json,
    attributes,
    content,
    files_below,
    open_run,
    plan,
    run,
    run_files,
    tiny_study,
)

THREE = [
    {"variant": "lora"},
    {"variant": "smora", "label": "smora 8/2", "options": {"rank": 8, "active": 2}},
    {"variant": "linear_probe", "label": "probe"},
]
BAD = {"variant": "lora", "label": "bad", "train": {"learning_rate": 1e30, "clip": 0}}


def labels_and_seeds(folder: Path) -> set[tuple[str, int]]:
    found = [attributes(path) for path in run_files(folder)]
    return {(run["label"], run["seed"]) for run in found}


def snapshot(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Times and bytes of everything."""
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files_below(folder)
    }


class Study(Folder):
    """A study of three variants."""

    def test_runs_and_skips_what_is_done(self) -> None:
        study = tiny_study(*THREE, seeds=[3])
        first = self.succeed(study)
        self.assertIn("3 finished, 0 already there, 0 failed", first.out)
        self.assertEqual(
            labels_and_seeds(self.results), {("lora", 3), ("smora 8/2", 3), ("probe", 3)}
        )
        before = snapshot(self.results)
        second = self.succeed(study)
        self.assertIn("0 finished, 3 already there, 0 failed", second.out)
        self.assertEqual(snapshot(self.results), before)

    def test_runs_in_the_summary_are_finished(self) -> None:
        study = tiny_study(*THREE, seeds=[3])
        self.succeed(study, "--only", "lora", "--only", "probe")
        folder = self.results / "tiny"
        done = run("summary", folder, "--out", folder / "summary")
        self.assertEqual(done.code, 0, done.err)
        for path in run_files(folder):
            if path.parent == folder:
                path.unlink()
        planned = {run.label: run.state for run in plan(self.succeed(study, "--dry-run").out)}
        self.assertEqual(planned, {"lora": "summary", "smora 8/2": "to run", "probe": "summary"})
        done = self.succeed(study)
        self.assertIn("2 of the runs are in the study's summary", done.out)
        self.assertIn("1 finished, 0 already there, 0 failed", done.out)
        done = self.succeed(study, "--only", "lora", "--again")
        self.assertIn("1 finished, 0 already there, 0 failed", done.out)
        done = self.succeed(study, "--want-files")
        self.assertIn("1 finished, 2 already there, 0 failed", done.out)

    def test_again_replaces_finished_runs_by_the_same(self) -> None:
        study = tiny_study(THREE[0], seeds=[3])
        self.succeed(study)
        (path,) = run_files(self.results)
        before = path.stat().st_mtime_ns, content(path)["/train/loss"].tolist()
        self.assertIn("0 finished, 1 already there", self.succeed(study).out)
        self.assertIn("1 finished, 0 already there", self.succeed(study, "--again").out)
        (again,) = run_files(self.results)
        self.assertEqual(again, path)
        self.assertGreater(again.stat().st_mtime_ns, before[0])
        self.assertEqual(content(again)["/train/loss"].tolist(), before[1])

    def test_takes_runs_of_the_same_config_from_another_study(self) -> None:
        first = tiny_study(*THREE, seeds=[3])
        self.succeed(first)
        other = {"variant": "lora", "options": {"rank": 3}, "label": "rank 3"}
        second = tiny_study(THREE[1] | {"label": "reference"}, other, seeds=[3])
        second["study"] = "second"
        reuse = ("--reuse", self.results / "tiny")
        planned = plan(self.succeed(second, "--dry-run", *reuse).out)
        self.assertEqual([run.state for run in planned], ["to reuse", "to run"])
        done = self.succeed(second, *reuse)
        self.assertIn("1 taken from other studies", done.out)
        self.assertIn("1 finished, 1 already there, 0 failed", done.out)
        found = {run["label"]: run for run in map(attributes, run_files(self.results / "second"))}
        self.assertEqual(set(found), {"reference", "rank 3"})
        self.assertRegex(found["reference"]["taken_from"], r"^tiny/smora-8-2-s3-[0-9a-f]{10}\.h5$")
        self.assertNotIn("taken_from", found["rank 3"])
        done = run("lint", self.results / "second")
        self.assertEqual(done.code, 0, done.err)

    def test_leaves_one_run_file_and_one_parameter_file_a_run(self) -> None:
        self.succeed(tiny_study(THREE[0], {"variant": "more", "record": {"parameters": False}}))
        names = [path.name for path in files_below(self.results / "tiny")]
        self.assertEqual(len(names), 3, names)
        lora_h5, lora_parameters, more_h5 = names
        self.assertRegex(lora_h5, r"^lora-s0-[0-9a-f]{10}\.h5$")
        self.assertEqual(lora_parameters, lora_h5.removesuffix(".h5") + ".safetensors")
        self.assertRegex(more_h5, r"^more-s0-[0-9a-f]{10}\.h5$")

    def test_only_takes_labels_and_variants_with_wildcards(self) -> None:
        for only, expected in (
            (["smora"], {"smora 8/2"}),
            (["pro*"], {"probe"}),
            (["lora", "linear_prob?"], {"lora", "probe"}),
        ):
            with self.subTest(only):
                options = [word for pattern in only for word in ("--only", pattern)]
                done = self.succeed(tiny_study(*THREE), "--dry-run", *options)
                labels = {planned.label for planned in plan(done.out)}
                self.assertEqual(labels, expected)

    def test_set_reaches_every_run(self) -> None:
        study = tiny_study(THREE[0], THREE[1], train={"steps": 50})
        self.succeed(study, "--set", "train.steps=5", "--set", "rank=6", "--set", "seed=4")
        for path in run_files(self.results):
            config = attributes(path)["config"]
            self.assertEqual(
                (config["train"]["steps"], config["options"]["rank"], config["seed"]), (5, 6, 4)
            )
            with open_run(path) as file:
                self.assertEqual(file["train/step"][:].tolist(), [1, 2, 3, 4, 5])

    def test_a_runs_own_members_win_over_the_defaults(self) -> None:
        own = {"variant": "lora", "label": "own", "train": {"steps": 3}, "seed": 9}
        self.succeed(tiny_study(THREE[0], own, train={"steps": 4}, seeds=[1, 2]))
        steps = {
            (run["label"], run["seed"]): (run["config"]["train"]["steps"], run["order"])
            for run in map(attributes, run_files(self.results))
        }
        self.assertEqual(steps, {("lora", 1): (4, 0), ("lora", 2): (4, 0), ("own", 9): (3, 1)})

    def test_sweeps_make_a_row_a_value(self) -> None:
        sweep = {"rank": [2, 4], "train.learning_rate": [0.01, 0.1]}
        done = self.succeed(
            tiny_study({"variant": "lora", "sweep": sweep}, seeds=[0, 1]), "--dry-run"
        )
        planned = plan(done.out)
        self.assertEqual([run.seed for run in planned], [0, 1] * 4)
        self.assertEqual(len({run.file for run in planned}), 8)
        labels = {run.label for run in planned}
        self.assertEqual(len(labels), 4)
        for label in labels:
            self.assertRegex(label, "^lora .*rank=[24]")
            self.assertRegex(label, r"train.learning_rate=0\.0?1")

    def test_dry_run_lists_all_and_runs_nothing(self) -> None:
        study = tiny_study(*THREE, seeds=[0, 1])
        self.succeed(study, "--only", "lora", "--set", "seed=1")
        before = snapshot(self.results)
        done = self.succeed(study, "--dry-run")
        planned = plan(done.out)
        self.assertEqual(len(planned), 6)
        finished = [run for run in planned if run.state == "finished"]
        self.assertEqual([(run.label, run.seed) for run in finished], [("lora", 1)])
        self.assertEqual([run.file for run in finished], run_files(self.results))
        self.assertEqual(snapshot(self.results), before)

    def test_dry_run_counts_what_the_runs_will_use(self) -> None:
        study = tiny_study(*THREE)
        planned = {run.label: run for run in plan(self.succeed(study, "--dry-run").out)}
        self.succeed(study)
        for path in run_files(self.results):
            with open_run(path) as file:
                run = planned[file.attrs["label"]]
                self.assertEqual(run.trainable, file["parameters"].attrs["trainable"])
                self.assertEqual(run.training_tokens, file["train/tokens"][:].sum())
                # A second pass over dev and test comes on top where the best is not the last.
                self.assertLessEqual(run.evaluation_tokens, file.attrs["evaluation_tokens"])
                self.assertEqual(run.file, path)

    def test_jobs_run_side_by_side(self) -> None:
        done = self.succeed(tiny_study(*THREE, seeds=[0, 1]), "--jobs", "2")
        self.assertIn("6 finished, 0 already there, 0 failed", done.out)
        self.assertEqual(len(run_files(self.results)), 6)

    def test_relative_paths_and_comments_are_fine(self) -> None:
        text = "// A comment.\n" + json.dumps(tiny_study(THREE[2]))
        self.write(text)
        done = run("run", "study.json", cwd=self.folder)
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(len(run_files(self.folder / "results" / "tiny")), 1)


class Failures(Folder):
    """One bad run among good ones."""

    def study(self, **bad: Json) -> Json:
        return tiny_study(BAD | bad, THREE[0])

    def test_are_recorded_reported_and_stop_nothing(self) -> None:
        done = self.run_study(self.study())
        self.assertEqual(done.code, 1)
        self.assertIn("1 finished, 0 already there, 1 failed", done.out)
        self.assertIn("failed: bad seed 0: the loss is", done.err)
        self.assertIn("train.learning_rate", done.err)
        self.assertEqual(labels_and_seeds(self.results), {("lora", 0)})
        (failed,) = run_files(self.results, "*.failed.h5")
        run = attributes(failed)
        self.assertEqual((run["label"], run["status"]), ("bad", "failed"))
        self.assertIn("the loss is", run["error"])
        self.assertNotIn("\n", run["error"])
        with open_run(failed) as file:
            self.assertEqual(file["train/step"].shape, file["train/loss"].shape)
        self.assertEqual(run_files(self.results, "*.partial"), [])

    def test_are_retried(self) -> None:
        self.run_study(self.study())
        (failed,) = run_files(self.results, "*.failed.h5")
        before = failed.stat().st_mtime_ns
        done = self.run_study(self.study())
        self.assertEqual(done.code, 1)
        self.assertIn("0 finished, 1 already there, 1 failed", done.out)
        self.assertGreater(failed.stat().st_mtime_ns, before)

    def test_are_told_in_the_table(self) -> None:
        self.run_study(self.study())
        done = run("table", self.results)
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("Failed: bad, seed 0: the loss is", done.out)

    def test_end_with_a_line_also_side_by_side(self) -> None:
        done = self.run_study(tiny_study(BAD, *THREE), "--jobs", "2")
        self.assertEqual(done.code, 1)
        self.assertIn("3 finished, 0 already there, 1 failed", done.out)


if __name__ == "__main__":
    unittest.main()
