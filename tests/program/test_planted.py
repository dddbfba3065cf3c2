"""Truth in run files, measures and hypotheses of it, and the proofs."""

import json
import unittest

import numpy as np

from .program import ROOT, Folder, csv_rows, open_run, run, run_files, tiny_study

SELECTORS = [
    {
        "variant": "more",
        "label": selector,
        "options": {"selector": selector, "rank_scaling": "none", "contrastive_weight": 0},
    }
    for selector in ("given", "frozen")
]
HYPOTHESES = {
    "hypotheses": [
        {
            "name": "order", "statement": "given ranks are the true ones", "study": "tiny",
            "a": "given", "measure": "tau_b", "relation": "greater", "b": "frozen",
        },
    ]
}  # fmt: skip


class Planted(Folder):
    """Two selectors on three planted tasks, two seeds."""

    def setUp(self) -> None:
        super().setUp()
        self.succeed(tiny_study(*SELECTORS, seeds=[0, 1]))

    def test_the_truth_is_recorded(self) -> None:
        for path in run_files(self.results, "given-*.h5"):
            with open_run(path) as file:
                for site in ("layer.0", "layer.1"):
                    truth = file[f"truth/site/{site}"]
                    rank = truth["rank"][:]
                    np.testing.assert_array_equal(rank, file[f"selection/{site}/rank"][-1])
                    right = truth["right"][:]
                    self.assertEqual(right.shape, (16, rank.max()))
                    np.testing.assert_allclose(
                        right.T @ right, np.eye(rank.max()), atol=1e-12
                    )

    def test_measures_know_the_true_ranks(self) -> None:
        base = self.folder / "measures"
        done = run("measures", self.results, "--out", base)
        self.assertEqual((done.code, done.err), (0, ""))
        rows = {row["method"]: row for row in csv_rows(base.with_suffix(".csv"))}
        self.assertEqual(float(rows["given"]["τ-b"]), 1)
        self.assertLess(float(rows["frozen"]["τ-b"]), 1)
        steps = run("measures", self.results, "--steps")
        self.assertEqual(steps.code, 0, steps.err)
        self.assertIn("frozen", steps.out)

    def test_hypotheses_get_a_verdict(self) -> None:
        path = self.folder / "claims.json"
        path.write_text(json.dumps(HYPOTHESES))
        done = run("hypotheses", path, self.results)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertRegex(done.out, r"given ranks are the true ones .*(supported|inconclusive)")
        path.write_text('{"hypotheses": [{"name": "x", "measure": "tau"}]}')
        wrong = run("hypotheses", path, self.results)
        self.assertEqual(wrong.code, 1)
        self.assertIn("claims.json", wrong.err)


class WideMargins(Folder):
    """What the planted suite must show whatever the machine, on seeds that no study uses."""

    def test_selectors_fare_as_their_definitions_say(self) -> None:
        config = ROOT / "configs/planted_ranks.json"
        wanted = ("true", "true shuffled", "printed, r/T", "gumbel")
        chosen = [word for label in wanted for word in ("--only", label)]
        study = {
            "study": "margins",
            "defaults_from": str(config),
            "runs_from": str(config),
            "seeds": list(range(20, 26)),
        }
        done = self.run_study(study, *chosen, "--jobs", "2")
        self.assertEqual(done.code, 0, done.err)
        base = self.folder / "measures"
        self.assertEqual(run("measures", self.results, "--out", base).code, 0)
        rows = {row["method"]: row for row in csv_rows(base.with_suffix(".csv"))}
        self.assertEqual({row["error, last n"] for row in rows.values()}, {"6"})
        self.assertLess(float(rows["true"]["error, last"]), 0.05)
        self.assertGreater(float(rows["true shuffled"]["error, last"]), 0.2)
        self.assertLess(float(rows["printed, r/T"]["mean rank"]), 2)
        self.assertGreater(float(rows["gumbel"]["τ-b"]), 0.4)


class Merging(Folder):
    """Models of one task each, merged and scored on every task."""

    def setUp(self) -> None:
        super().setUp()
        tasks = [["planted0"], ["planted1"], ["planted2"]]
        self.succeed(
            tiny_study(
                {"variant": "lora", "sweep": {"data.tasks": tasks}},
                {
                    "variant": "flylora",
                    "label": "own A",
                    "zip": {"data.tasks": tasks, "adapter_seed": [1, 2, 3]},
                },
                defaults={"record": {"parameters": True}},
                seeds=[0, 1],
            )
        )

    def test_a_merged_model_is_a_run_file_of_all_tasks(self) -> None:
        done = run("merge", self.results / "tiny", "--rule", "average", "--rule", "outputs")
        self.assertEqual((done.code, done.err), (0, ""))
        merged = self.results / "tiny" / "merged"
        self.assertEqual(len(run_files(merged, "*.h5")), 8)
        base = self.folder / "measures"
        self.assertEqual(run("measures", merged, "--out", base).code, 0)
        rows = {row["method"]: row for row in csv_rows(base.with_suffix(".csv"))}
        self.assertEqual(
            list(rows), ["lora, average", "lora, outputs", "own A, average", "own A, outputs"]
        )
        # What does not route is linear: the mean of outputs is the output of the mean.
        same = [float(rows[f"lora, {rule}"]["after merging"]) for rule in ("average", "outputs")]
        self.assertAlmostEqual(same[0], same[1], places=5)
        self.assertLess(
            float(rows["own A, average"]["update |cosine|"]),
            float(rows["lora, average"]["update |cosine|"]),
        )
        again = run("merge", self.results / "tiny")
        self.assertEqual(again.out.count("there"), 4)

    def test_what_can_not_be_merged_is_named(self) -> None:
        wrong = run("merge", self.results / "tiny", "--rule", "tie")
        self.assertEqual(wrong.code, 1)
        self.assertIn("unknown merge rule 'tie'", wrong.err)
        one = run("merge", run_files(self.results, "lora*planted0*.h5")[0])
        self.assertEqual(one.code, 1)
        self.assertIn("no group of two or more finished runs", one.err)


class Verify(unittest.TestCase):
    """The proofs as a command."""

    def test_every_claim_holds(self) -> None:
        done = run("verify")
        self.assertEqual((done.code, done.err), (0, ""))
        lines = done.out.splitlines()[1:]
        self.assertGreater(len(lines), 60)
        self.assertTrue(all(line.startswith("holds") for line in lines), done.out)


if __name__ == "__main__":
    unittest.main()
