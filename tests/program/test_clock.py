"""Training by the papers' clock: epochs, warm-up in steps, early ends, and starts from other runs."""

import hashlib
import unittest

from .errors import Errors
from .program import Folder, attributes, files_below, open_run, plan, run_files, tiny_study

LORA = {"variant": "lora"}
# Three tasks of 64 examples: 11 batches of 6, the last of 4.
EPOCHS = {"steps": None, "epochs": 2, "batch": 6}
STOPPING = {"steps": 40, "evaluations": 8, "early_stopping": {"patience": 2, "min_delta": 0.9}}


class Epochs(Folder):
    """Steps that are counted from the data."""

    def test_the_plan_and_the_run_say_the_steps(self) -> None:
        study = tiny_study(LORA, train=EPOCHS)
        planned = plan(self.succeed(study, "--dry-run").out)
        self.assertEqual([run.steps for run in planned], [2 * 3 * 11])
        done = self.succeed(study)
        self.assertIn("step 66/66", done.err)
        [file] = run_files(self.results)
        run = attributes(file)
        self.assertEqual(run["steps"], 66)
        self.assertIn("3 tasks, 2 epochs in 66 steps of 6 examples", run["scale_note"])
        with open_run(file) as recorded:
            self.assertEqual(len(recorded["train/step"]), 66)
            self.assertEqual(recorded["train/tokens"][:].sum(), 2 * 3 * 64)
            self.assertEqual(planned[0].training_tokens, 2 * 3 * 64)

    def test_set_replaces_steps(self) -> None:
        sets = ("--set", "train.steps=null", "--set", "train.epochs=1")
        more = ("--set", "train.sampler.mixed=true", "--set", "train.last_batch=drop")
        planned = plan(self.succeed(tiny_study(LORA), "--dry-run", *sets, *more).out)
        self.assertEqual([run.steps for run in planned], [3 * 64 // 8])


class EarlyStopping(Folder):
    """Runs that end before their last planned step."""

    def test_the_run_is_finished_and_says_where_it_ended(self) -> None:
        study = tiny_study(LORA, train=STOPPING)
        done = self.succeed(study)
        self.assertIn("1 finished", done.out)
        self.assertIn("ends early at step 15 of 40: selection is not above", done.err)
        [file] = run_files(self.results)
        run = attributes(file)
        self.assertEqual(run["status"], "finished")
        self.assertEqual((run["ended_early"]["step"], run["ended_early"]["best_step"]), (15, 5))
        self.assertIn("0 finished, 1 already there", self.succeed(study).out)


class Starts(Folder):
    """Runs that start from the parameters of others."""

    def test_a_run_goes_on_from_another(self) -> None:
        self.succeed(tiny_study(LORA, seeds=[3]))
        [first] = run_files(self.results)
        parameters = first.with_suffix(".safetensors")
        start = "init_from=tiny/lora-3"
        self.succeed(tiny_study(LORA | {"label": "second"}), "--set", start)
        [second] = run_files(self.results, "second*.h5")
        run = attributes(second)
        self.assertEqual(run["config"]["init_from"], "tiny/lora-3")
        content = hashlib.sha256(parameters.read_bytes()).hexdigest()
        self.assertEqual((run["init_sha256"], run["identity"]["init_from"]), (content, content))
        again = self.succeed(
            tiny_study(LORA | {"label": "second"}), "--set", f"init_from={parameters}"
        )
        self.assertIn("0 finished, 1 already there", again.out)


class Refusals(Errors):
    """One line, and nothing written."""

    def test_two_clocks(self) -> None:
        both = "make one of them null"
        self.refuse_run(
            LORA | {"train": {"epochs": 2}}, "runs[0].train: steps and epochs are both given", both
        )
        self.refuse_run(
            LORA | {"train": {"warmup": 0.1, "warmup_steps": 2}}, "warmup and warmup_steps", both
        )
        self.refuse_run(
            LORA | {"train": {"steps": None}}, "neither steps nor epochs is given", "give one"
        )
        self.refuse_run(
            LORA | {"train": EPOCHS | {"sampler": {"tasks": "equal"}}},
            "runs[0].train.sampler.tasks: 'equal' draws tasks", "name passes",
        )  # fmt: skip

    def test_tasks_that_lose_all_their_examples(self) -> None:
        self.refuse_run(
            LORA | {"train": EPOCHS | {"batch": 65, "last_batch": "drop"}},
            "drop leaves nothing of task 'planted0', which has 64 training examples",
        )

    def test_metrics_that_nothing_is_scored_by(self) -> None:
        self.refuse_run(
            LORA | {"train": {"early_stopping": {"patience": 1, "metric": "accuracy"}}},
            "train.early_stopping.metric: nothing is scored as 'accuracy'",
            "selection, planted0/relative_error",
        )
        self.refuse_run(
            LORA | {"train": {"early_stopping": {"min_delta": 1}}},
            "runs[0].train.early_stopping: has no patience",
        )

    def test_starts_that_there_are_not(self) -> None:
        self.refuse_run(LORA | {"init_from": "tiny/lora-0"}, "no finished run lora-s0-*.h5")
        self.refuse_run(LORA | {"init_from": "lora"}, "nor STUDY/LABEL-SEED")
        self.refuse_run(LORA | {"init_from": "x.h5"}, "init_from: x.h5: no such run file")

    def test_starts_that_do_not_fit(self) -> None:
        self.assertEqual(self.run_study(tiny_study(LORA)).code, 0)
        before = files_below(self.results)
        wider = LORA | {"label": "wider", "options": {"rank": 5}, "init_from": "tiny/lora-0"}
        other = {"variant": "dora", "init_from": "tiny/lora-0"}
        for run, words in (
            (wider, ("wider seed 0: init_from: ", "tensor layer.0.lora_A has shape [8, 16]", "[5, 16]")),
            (other, ("holds parameters of variant 'lora', and the run's is 'dora'",)),
        ):
            for arguments in ((), ("--dry-run",)):
                self.assert_line(self.run_study(tiny_study(run), *arguments), *words)
        self.assertEqual(files_below(self.results), before)


if __name__ == "__main__":
    unittest.main()
