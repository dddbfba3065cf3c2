"""Names that are nearly right, and those of other libraries: forgiven where one thing is meant."""

import unittest
from pathlib import Path

from .errors import Errors
from .program import ROOT, all_variants, attributes, plan, run, run_files, tiny_study

LORA = {"variant": "lora"}


class Nearly(Errors):
    """What differs in capitals and separators is taken; what differs in letters gets a hint."""

    def test_variants_are_recorded_by_their_own_name(self) -> None:
        planned = plan(self.succeed(tiny_study({"variant": "LoRA-FA"}), "--dry-run", "--no-calibration").out)
        self.assertEqual([run.label for run in planned], ["LoRA-FA"])
        self.succeed(tiny_study({"variant": "LoRA-FA"}, train={"steps": 1, "evaluations": 1}))
        (path,) = run_files(self.results)
        self.assertEqual(attributes(path)["config"]["variant"], "lora_fa")

    def test_suites_and_backbones(self) -> None:
        odd = {"backbone": {"name": "Tiny", "layers": 2}, "data": {"suite": "Planted"}}
        self.succeed(tiny_study(LORA | odd), "--dry-run", "--no-calibration")

    def test_studies_are_found_by_name(self) -> None:
        done = run("run", "Planted-Classes", "--seeds", "0", "--dry-run", "--no-calibration", cwd=ROOT)
        self.assertEqual(done.code, 0, done.err)
        self.assert_line(run("run", "planted_rnaks", cwd=ROOT), "did you mean 'planted_ranks'?")

    def test_labels_tables_figures_and_papers(self) -> None:
        runs = all_variants()
        for words, hint in (
            (("compare", "lora", "moer", runs), "'more'"),
            (("table", runs, "--labels", "lora,smorra"), "'smora'"),
            (("table", runs, "--columns", "seed", "--score", "planted9"), "'planted0'"),
            (("figure", "usgae", runs), "'usage'"),
            (("reproduce", "more.tabel5"), "'more.table5'"),
            (("measures", "nowhere/tiny"), ""),
        ):
            self.assert_line(run(*words), f"did you mean {hint}?" if hint else "nowhere")

    def test_a_figure_without_its_name_asks_which(self) -> None:
        self.assert_line(run("figure", all_variants()), "figure: which one?", "training, usage")
        self.assert_line(run("figure", "usage"), "figure usage: paths are missing")

    def test_options_of_commands(self) -> None:
        self.assert_line(run("table", all_variants(), "--lables", "lora"), "'--labels'", "rankwise table --help")


class OtherLibraries(Errors):
    """PEFT's and Trainer's names."""

    def test_mean_what_ours_mean(self) -> None:
        ours = {
            "options": {"rank": 4, "alpha": 16, "dropout": 0.1}, "sites": ["*.0"],
            "train": {"steps": 4, "clip": 0.5, "warmup": 0.5, "beta1": 0.8, "batch": 8, "evaluations": 1},
        }  # fmt: skip
        theirs = {
            "options": {"r": 4, "lora_alpha": 16, "lora_dropout": 0.1}, "target_modules": ["0"],
            "train": {"max_steps": 4, "max_grad_norm": 0.5, "warmup_ratio": 0.5, "adam_beta1": 0.8,
                      "batch": 8, "evaluations": 1},
        }  # fmt: skip
        plain = {"defaults": {"train": {}}}
        configs = []
        for name, members in (("ours", ours), ("theirs", theirs)):
            study = tiny_study(LORA | members, study=name, **plain)
            self.succeed(study)
            (path,) = run_files(self.results / name)
            configs.append((attributes(path)["config"], attributes(path)["config_hash"]))
        self.assertEqual(configs[0], configs[1])

    def test_both_names_at_once_are_refused(self) -> None:
        self.refuse_run(LORA | {"options": {"r": 4, "rank": 4}}, "'r' and 'rank' are names of one option")
        self.refuse_run(LORA | {"sites": ["*"], "target_modules": ["0"]}, "'sites' and 'target_modules'")
        self.refuse_run(LORA | {"train": {"max_steps": 3}}, "'max_steps' and 'steps'")

    def test_two_ways_of_saying_how_long_are_refused(self) -> None:
        study = tiny_study(LORA, defaults={"train": {"max_steps": 3, "epochs": 1}})
        self.refuse(study, "steps and epochs are both given")

    def test_what_means_something_else_gets_the_conversion(self) -> None:
        self.refuse_run(
            LORA | {"train": {"gradient_accumulation_steps": 2}},
            "there is no option 'gradient_accumulation_steps'", "train.micro_batch",
        )  # fmt: skip
        self.refuse_run(LORA | {"train": {"eval_steps": 50}}, "train.steps / eval_steps")
        self.refuse_run(LORA | {"options": {"use_rslora": True}}, "rank_stabilised")


class Shortcuts(Errors):
    """Flags that spare an edit of the study file."""

    def test_seeds(self) -> None:
        planned = plan(self.succeed(tiny_study(LORA), "--dry-run", "--no-calibration", "--seeds", "3", "5").out)
        self.assertEqual([run.seed for run in planned], [3, 5])
        self.refuse(tiny_study(LORA), "--seeds: 3 is there twice", arguments=("--seeds", "3", "3"))

    def test_sweeps(self) -> None:
        sweeps = ("--sweep", "options.rank=1,2", "--sweep", "train.schedule=linear,cosine")
        planned = plan(self.succeed(tiny_study(LORA), "--dry-run", "--no-calibration", *sweeps).out)
        self.assertEqual(
            [run.label for run in planned],
            [f"lora rank={rank} train.schedule={schedule}" for rank in (1, 2) for schedule in ("linear", "cosine")],
        )
        self.refuse(tiny_study(LORA), "--sweep rank: expected path=values", arguments=("--sweep", "rank"))

    def test_labels_choose_rows_in_their_order(self) -> None:
        rows = run("table", all_variants(), "--labels", "more,LoRA").out.splitlines()
        names = [row.split("|")[1].strip() for row in rows if row.startswith("| ")]
        self.assertEqual(names, ["method", ":-----", "more", "lora"])

    def test_labels_with_commas(self) -> None:
        rows = (LORA | {"label": "lora, small", "options": {"rank": 1}}, LORA)
        self.succeed(tiny_study(*rows, train={"steps": 1, "evaluations": 1}))
        for flags in (("--labels", "lora, small"), ("--labels", '"lora, small"'),
                      ("--labels", 'lora,"lora, small"'), ("--labels", "lora", "--labels", "lora, small")):
            done = run("table", self.results / "tiny", *flags)
            self.assertIn("| lora, small ", done.out, done.err)
            self.assertEqual("| lora  " in done.out, "lora" in " ".join(flags).replace("lora, small", ""))


if __name__ == "__main__":
    unittest.main()
