"""lint and reproduce: numbers that contradict themselves, and papers' cells beside ours."""

import shutil
import unittest

import h5py

from .errors import Errors
from .program import ROOT, all_variants, csv_rows, run, run_files


class Lint(Errors):
    """rankwise lint."""

    def test_without_paths_checks_the_papers(self) -> None:
        done = run("lint")
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertIn("printed -25.21, cells give -25.11", done.out)
        self.assertNotIn("error:", done.out)

    def test_finds_no_fault_in_runs_of_every_kind(self) -> None:
        done = run("lint", all_variants())
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertNotIn("error:", done.out)
        self.assertIn("usage sums", done.out)

    def test_a_changed_count_is_an_error_and_the_exit_code_says_so(self) -> None:
        shutil.copytree(all_variants(), self.results)
        path = run_files(self.results, "lora-*.h5")[0]
        with h5py.File(path, "a") as file:
            counts = next(iter(file["usage"].values()))["count"]
            counts[-1, 0, 0] += 1
        out = self.folder / "lint"
        done = run("lint", self.results, "--out", out)
        self.assertEqual(done.code, 1)
        self.assertIn(f"error: {path}", done.out)
        rows = csv_rows(out.with_suffix(".csv"))
        self.assertEqual(rows[0]["severity"], "error")
        self.assertTrue(rows[0]["where"].startswith(str(path)))


class Reproduce(Errors):
    """rankwise reproduce."""

    def test_without_a_name_lists_the_tables(self) -> None:
        done = run("reproduce")
        self.assertEqual((done.code, done.err), (0, ""))
        for name in ("more.table1", "more.table5", "smora.granularity", "flylora.table16"):
            self.assertIn(f"| {name} ", done.out)

    def test_names_what_to_run_and_puts_our_cells_beside_the_papers(self) -> None:
        out = self.folder / "more"
        done = run("reproduce", "more.table5", "--results", all_variants(), "--out", out)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertIn("rankwise run configs/more_table5.json --jobs 2 --again\n", done.out)
        rows = {(row["row"], row["column"]): row for row in csv_rows(out.with_suffix(".csv"))}
        cell = rows["MoRE", "AVG"]
        self.assertEqual(cell["paper"], "87.3")
        self.assertEqual(cell["verdict"], "not comparable: backbone, data, scale")
        self.assertEqual(cell["ours (all variants) n"], "2")
        self.assertIn("no run is labelled", rows["w/o STE", "AVG"]["verdict"])

    def test_its_line_trains_what_is_not_finished(self) -> None:
        (self.folder / "results").mkdir()
        configs = ROOT / "configs"
        (self.folder / "configs").symlink_to(configs)
        (self.folder / "analysis").symlink_to(ROOT / "analysis")
        done = run("reproduce", "more.table5", cwd=self.folder)
        self.assertIn("rankwise run configs/more_table5.json --jobs 2\n", done.out, done.err)
        summary = self.folder / "results/more_table5/summary"
        shutil.copytree(ROOT / "results/more_table5/summary", summary)
        for path in list(summary.glob("*.h5"))[1:]:
            path.unlink()
        done = run("reproduce", "more.table5", cwd=self.folder)
        self.assertIn("rankwise run configs/more_table5.json --jobs 2\n", done.out, done.err)

    def test_the_page_in_docs_has_the_commands_that_it_prints(self) -> None:
        for name in ("configs", "analysis"):
            (self.folder / name).symlink_to(ROOT / name)
        page = (ROOT / "docs/reproduce.md").read_text(encoding="utf-8")
        for table in ("more.main", "smora.headline", "flylora.table1"):
            done = run("reproduce", table, "--data", "data", cwd=self.folder)
            self.assertEqual(done.code, 0, done.err)
            own = done.out.split("in the paper's setting\n")[1].split("small-scale, here\n")[0]
            steps = own[own.index("  prepare") : own.index("  hours")].splitlines()
            block = "".join(f"    {line[13:]}\n" for line in steps)
            self.assertIn(block, page, f"of {table}")

    def test_an_unknown_table_lists_the_known_ones(self) -> None:
        self.assert_line(run("reproduce", "more.table6"), "more.table6", "more.table5")


if __name__ == "__main__":
    unittest.main()
