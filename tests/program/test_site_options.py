"""Options of a variant that differ at some sites: a study with such runs goes through every command."""

import unittest
from pathlib import Path

import numpy as np

from .errors import Errors
from .program import (
    Json, attributes, by_label, csv_rows, open_run, run, run_files, tiny_study,
)  # fmt: skip
from .test_figures import figures

# Ranks at layer.0 and layer.1.
RANKS = {"lora second=2": [4, 2], "lora second=3": [4, 3], "smora": [12, 6], "more": [8, 3], "flylora": [8, 4]}
TABLES = ("ablation", "aggregate", "mean_rank", "measures", "scores")


def at_second(**options: float) -> Json:
    return {"site_options": {"*.1": options}}


def study() -> Json:
    loras = [
        {"variant": "lora", "label": f"lora second={rank}", "options": {"rank": 4} | at_second(rank=rank)}
        for rank in (2, 3)
    ]
    return tiny_study(
        *loras,
        {"variant": "smora", "options": {"rank": 12, "active": 3} | at_second(rank=6, active=2)},
        {"variant": "more", "options": at_second(rank=3)},
        {"variant": "flylora", "options": {"rank": 8, "active": 2} | at_second(rank=4, active=1)},
        seeds=[0, 1],
    )


class SiteOptions(Errors):
    """Runs whose sites have different ranks."""

    def succeeds(self, *arguments: str | Path) -> str:
        done = run(*arguments)
        self.assertEqual(done.code, 0, f"{arguments}: {done.err}")
        return done.out

    def test_go_through_every_command(self) -> None:
        self.succeed(study())
        runs = self.results / "tiny"
        self.check_recorded(runs)
        summary = self.folder / "summary.h5"
        self.succeeds("summary", runs, "--out", summary)
        for source in (runs, summary):
            for table in TABLES:
                self.succeeds("table", table, source)
            for figure in figures():
                if figure == "coactivation" and source == summary:  # which keeps none
                    continue
                out = self.folder / source.stem / figure
                self.succeeds("figure", figure, source, "--out", out)
            self.assertNotIn("error:", self.succeeds("lint", source))
            self.succeeds("report", source, "--out", self.folder / f"{source.name}.html")
        self.succeeds("compare", "lora second=2", "smora", runs)
        axis = "options.site_options.*.1.rank"
        base = self.folder / "grid"
        self.succeeds(
            "table", runs, "--where", "variant=lora", "--rows", "variant", "--columns", axis, "--out", base
        )
        self.assertIn("*.1.rank = 2", base.with_suffix(".md").read_text())
        self.check_figures(self.folder / "tiny")

    def check_recorded(self, runs: Path) -> None:
        for label, paths in by_label(runs).items():
            for path in paths:
                with open_run(path) as file:
                    self.assertEqual(file["layout/site/ranks"][:].tolist(), RANKS[label], label)
                    shapes = [file[f"usage/layer.{i}/count"].shape[-1] for i in (0, 1)]
                    self.assertEqual(shapes, RANKS[label], label)
        options = attributes(by_label(runs)["more"][0])["config"]["options"]
        self.assertEqual(options["site_options"], {"*.1": {"rank": 3}})

    def check_figures(self, drawn: Path) -> None:
        # Every token uses every rank that there is, and what is not there is not unused.
        for row in csv_rows(drawn / "usage" / "usage_lora_second_2.csv"):
            self.assertEqual([row[str(rank)] for rank in (1, 2, 3, 4)], ["1"] * 4)
        for row in csv_rows(drawn / "rank_distribution" / "rank_distribution_smora.csv"):
            shares = [row[str(rank)] for rank in range(1, 13)]
            there = {"0": 12, "1": 6}[row["layer"]]
            self.assertNotIn("", shares[:there])
            self.assertEqual(shares[there:], [""] * (12 - there))
        [sweep] = (drawn / "sweep").glob("*.csv")
        axes = {row["axis"] for row in csv_rows(sweep)}
        self.assertEqual(axes, {"options.site_options.*.1.rank"})

    def test_merge(self) -> None:
        tasks = [["planted0"], ["planted1"]]
        self.succeed(
            tiny_study(
                {
                    "variant": "lora", "options": {"rank": 4} | at_second(rank=2),
                    "sweep": {"data.tasks": tasks},
                },
                defaults={"record": {"parameters": "last"}},
            )
        )  # fmt: skip
        rules = ("average", "task_arithmetic", "ties", "dare", "knots", "factors", "outputs")
        self.succeeds("merge", self.results / "tiny", *(word for rule in rules for word in ("--rule", rule)))
        merged = self.results / "tiny" / "merged"
        self.assertEqual(len(run_files(merged)), len(rules))
        self.succeeds("table", "merging", merged)
        for path in run_files(merged):
            with open_run(path) as file:
                self.assertTrue(np.isfinite(file["merge/after"][:]).all())

    def test_that_are_wrong_are_refused(self) -> None:
        refused = {
            "runs[0].options.site_options.*.1.rank: 0 is not positive": at_second(rank=0),
            "runs[0].options.site_options.*.1.active: 8 is more than the 4 ranks": at_second(rank=4),
            "runs[0].options.site_options.*.1: unknown option 'rnak' (did you mean 'rank'?); the options are active, alpha":
                at_second(rnak=4),
            "runs[0].options.site_options: [] is not an object": {"site_options": []},
            "runs[0].options.site_options.*.1: 'reading' is one for all sites":
                {"site_options": {"*.1": {"reading": "paper"}}},
        }  # fmt: skip
        for words, options in refused.items():
            self.refuse_run({"variant": "smora", "options": options}, words)
        self.refuse_run(
            {"variant": "linear_probe", "options": at_second(rank=4)},
            "unknown option 'site_options'; there are no options here",
        )

    def test_whose_patterns_miss_or_meet_are_refused(self) -> None:
        missing = {"variant": "lora", "options": {"site_options": {"*.2": {"rank": 4}}}}
        self.refuse_run(
            missing, "site_options: '*.2' matches no adapted site; there are layer.0, layer.1"
        )
        twice = {"layer.*": {"rank": 4}, "*.1": {"rank": 2}}
        self.refuse_run(
            {"variant": "more", "options": {"site_options": twice}},
            "site_options: '*.1' and 'layer.*' both match layer.1",
        )


if __name__ == "__main__":
    unittest.main()
