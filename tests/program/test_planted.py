"""Truth in run files, measures and hypotheses of it, and the proofs."""

import json
import unittest

import numpy as np

from .program import Folder, csv_rows, open_run, run, run_files, tiny_study

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
        self.assertRegex(done.out, r"given ranks are the true ones .*(held|undecided)")
        path.write_text('{"hypotheses": [{"name": "x", "measure": "tau"}]}')
        wrong = run("hypotheses", path, self.results)
        self.assertEqual(wrong.code, 1)
        self.assertIn("claims.json", wrong.err)


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
