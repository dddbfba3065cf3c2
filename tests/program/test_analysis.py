"""Tables and look-ups: numbers recomputed from the run files, texts that agree with docs."""

import os
import re
import unittest

import h5py
import numpy as np

from .errors import Errors
from .program import (
    ROOT,
    VARIANTS,
    all_variants,
    attributes,
    by_label,
    csv_rows,
    open_run,
    predictions,
    run,
    run_files,
    tiny_study,
)

LABELS = ["linear probe", "full", "lora", "smora", "more", "flylora"]
TASKS = ["planted0", "planted1", "planted2"]


def markdown_rows(text: str) -> list[list[str]]:
    """The cells of a Markdown table's lines, header first, without the rule and bold marks."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if not set("".join(row)) <= set(":-")]


def scores(label: str, split: str, parameters: str) -> np.ndarray:
    """[seeds, tasks] recomputed: squared error over that of the unadapted model (the probe's)."""
    labels = by_label(all_variants())
    values = []
    for path, plain in zip(labels[label], labels["linear probe"], strict=True):
        with open_run(path) as file, open_run(plain) as reference:
            values.append([])
            for task, group in predictions(file, split, parameters):
                truth = group["label"][:]
                base = reference[f"evaluation/{task}/{split}/{parameters}/prediction"][:]
                error = ((group["prediction"][:] - truth) ** 2).sum()
                values[-1].append(error / ((base - truth) ** 2).sum())
    return np.array(values)


class Table(Errors):
    """rankwise table."""

    def table(self, *arguments: str) -> list[dict[str, str]]:
        """The CSV's rows."""
        out = self.folder / "out/table"
        done = run("table", all_variants(), "--out", out, *arguments)
        self.assertEqual((done.code, done.err), (0, ""))
        written = [f"{out}{suffix}" for suffix in (".md", ".csv", ".tex", ".html")]
        self.assertEqual(done.out.splitlines(), written)
        return csv_rows(out.with_suffix(".csv"))

    def test_has_a_row_a_label_in_the_studys_order(self) -> None:
        self.assertEqual([row["method"] for row in self.table()], LABELS)
        header, *rows = markdown_rows(run("table", all_variants()).out)
        self.assertEqual([row[0] for row in rows], LABELS)
        self.assertEqual(header[1:5], [f"{task} ↓" for task in TASKS] + ["average ↓"])

    def test_numbers_follow_from_the_run_files(self) -> None:
        for split, parameters in (("test", "best"), ("dev", "last")):
            rows = self.table("--split", split, "--parameters", parameters)
            for row in rows:
                values = scores(row["method"], split, parameters)
                values = np.column_stack([values, values.mean(axis=1)])
                for column, name in enumerate([*TASKS, "average"]):
                    mean, std = float(row[f"{name} ↓"]), float(row[f"{name} ↓ std"])
                    self.assertAlmostEqual(mean, values[:, column].mean(), delta=2e-5)
                    self.assertAlmostEqual(std, values[:, column].std(ddof=1), delta=2e-5)
                    self.assertEqual(row[f"{name} ↓ n"], "2")

    def test_is_made_of_the_recorded_scores_to_the_last_digit(self) -> None:
        labels = by_label(all_variants())
        for row in self.table():
            for task in TASKS:
                recorded = []
                for path in labels[row["method"]]:
                    with open_run(path) as file:
                        group = file[f"evaluation/{task}/test/best"]
                        recorded.append(float(group.attrs["relative_error"]))
                self.assertEqual(row[f"{task} ↓"], f"{np.mean(recorded):.9g}")
                self.assertEqual(row[f"{task} ↓ std"], f"{np.std(recorded, ddof=1):.9g}")

    def test_markdown_rounds_what_the_csv_says(self) -> None:
        rows = self.table()
        text = (self.folder / "out/table.md").read_text()
        self.assertEqual(run("table", all_variants()).out, text)
        header, *printed = markdown_rows(text)
        for row, cells in zip(rows, printed, strict=True):
            for name, cell in zip(header[1:5], cells[1:5], strict=True):
                mean, std = float(row[name]), float(row[f"{name} std"])
                self.assertEqual(cell, f"{mean:.3f} ± {std:.3f}")

    def test_counts_parameters_and_flops(self) -> None:
        labels = by_label(all_variants())
        header, *printed = markdown_rows(run("table", all_variants()).out)
        for cells in printed:
            cell = dict(zip(header, cells, strict=True))
            paths = labels[cell["method"]]
            with open_run(paths[0]) as file:
                counts = dict(file["parameters"].attrs)
            for role in ("total", "trainable", "router"):
                self.assertEqual(cell[role], f"{counts[role]:,}")
            for name, attribute in (
                ("stored", "stored_parameters"), ("FLOPs/token", "update_flops_per_token"),
            ):  # fmt: skip
                mean = np.mean([attributes(path)[attribute] for path in paths])
                self.assertEqual(cell[name].split(" ± ")[0], f"{mean:,.0f}")
            own = counts["trainable"] if cell["method"] != "full_fine_tuning" else 0
            self.assertLessEqual(own, attributes(paths[0])["stored_parameters"])

    def test_says_how_it_was_measured(self) -> None:
        text = run("table", all_variants()).out
        for words in (
            "Seeds: 2 (0, 1)", "relative_error (lower is better)", "Split: test; parameters: best",
            "tiny (random)", "suite: planted", "steps: 12", "all variants", "Protocol: ",
            "paired bootstrap over seeds and examples",
        ):  # fmt: skip
            self.assertIn(words, text)

    def test_refuses_mixed_protocols_and_marks_them_on_demand(self) -> None:
        other = {"variant": "lora", "label": "longer", "train": {"steps": 6}}
        self.succeed(tiny_study({"variant": "lora"}, other))
        self.assert_line(run("table", self.results), "'lora'", "'longer'", "protocol")
        done = run("table", self.results, "--mixed")
        self.assertEqual(done.code, 0, done.err)
        marked = [row[0] for row in markdown_rows(done.out)[1:]]
        self.assertEqual(marked, ["lora", "longer†"])

    def test_is_printed_in_any_format(self) -> None:
        out = self.folder / "out/table"
        run("table", all_variants(), "--out", out)
        for name, suffix in (("md", ".md"), ("csv", ".csv"), ("latex", ".tex"), ("html", ".html")):
            printed = run("table", all_variants(), "--format", name).out
            written = out.with_suffix(suffix).read_text()
            if name == "latex":  # a file's table has the label of its place
                self.assertIn("\\caption{tiny: score of every task", printed)
                self.assertIn("\\label{tab:tiny-scores}", printed)
                written = written.replace("tab:out-table", "tab:tiny-scores")
            self.assertEqual(printed, written, name)
        self.assertTrue(printed.startswith('<table class="rankwise">'))
        self.assert_line(run("table", all_variants(), "--format", "xlsx"), "xlsx", "html", "latex")

    def test_any_two_axes_make_a_grid(self) -> None:
        done = run("table", all_variants(), "--rows", "variant", "--columns", "seed")
        header, *rows = markdown_rows(done.out)
        self.assertEqual(header, ["variant", "seed = 0", "seed = 1"])
        values = {row[0]: row[1:] for row in rows}["smora"]
        expected = scores("smora", "test", "best").mean(axis=1)
        np.testing.assert_allclose(np.array(values, float), expected, atol=6e-4)
        done = run("table", all_variants(), "--columns", "options.rnk")
        self.assert_line(done, "options.rnk", "differ in", "options.rank")

    def test_is_looked_up_by_name(self) -> None:
        done = run("table", "measures", all_variants(), "--set", 'measures=["mean_rank"]')
        self.assertEqual(markdown_rows(done.out)[0][0], "method")
        self.assert_line(run("table", "measures", all_variants(), "--set", "x=1"), "x", "measures")
        self.assert_line(run("table", "measures"), "paths")

    def test_refuses_what_was_not_asked_for_right(self) -> None:
        self.assert_line(run("table"), "paths", "--help")
        self.assert_line(run("table", all_variants(), "--split", "train"), "split", "dev", "test")
        self.assert_line(run("table", all_variants(), "--parameters", "worst"), "best", "last")


class Comparisons(Errors):
    """rankwise compare, ablate, diff."""

    def test_compare_pairs_the_recorded_scores_by_seed(self) -> None:
        out = self.folder / "out/compare"
        done = run("compare", "lora", "full", all_variants(), "--out", out)
        self.assertEqual((done.code, done.err), (0, ""))
        rows = csv_rows(out.with_suffix(".csv"))
        self.assertEqual([row["score"] for row in rows], [f"{t} ↓" for t in [*TASKS, "average"]])
        difference = scores("lora", "test", "best") - scores("full", "test", "best")
        for row, values in zip(rows, [*difference.T, difference.mean(axis=1)], strict=True):
            self.assertAlmostEqual(float(row["A − B"]), values.mean(), delta=1e-4)
            self.assertEqual(row["A n"], "2")
        text = out.with_suffix(".md").read_text()
        self.assertIn('Config, A → B: variant: "lora" → "full_fine_tuning"', text)
        self.assertIn("Over 2 seeds no two-sided exact test", text)
        self.assert_line(run("compare", "lora", "lorra", all_variants()), "lorra", *LABELS)

    def test_ablate_has_a_row_for_each_label(self) -> None:
        header, *rows = markdown_rows(run("ablate", all_variants(), "--reference", "lora").out)
        self.assertEqual([row[0] for row in rows], ["lora", *(x for x in LABELS if x != "lora")])
        self.assertEqual(header[-1], "verdict")
        self.assertTrue({row[-1] for row in rows[1:]} <= {"higher", "lower", "inconclusive"})
        self.assert_line(run("ablate", all_variants(), "--score", "mnli"), "mnli", "average")

    def test_diff_names_paths_and_leaves_out_times(self) -> None:
        labels = by_label(all_variants())
        done = run("diff", labels["lora"][0], labels["lora"][1])
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("seed: 0 → 1\n", done.out)
        self.assertNotIn("seconds", done.out)
        self.assertEqual(run("diff", labels["lora"][0], labels["lora"][0]).out, "")
        self.assert_line(run("diff", labels["lora"][0], self.folder / "no.h5"), "no.h5")


class RunSets(Errors):
    """Folders that hold other things than finished runs."""

    def test_a_missing_or_empty_folder(self) -> None:
        (self.folder / "empty").mkdir()
        for command in (("table",), ("figure", "usage")):
            missing = self.folder / "nowhere"
            self.assert_line(run(*command, missing), str(missing), "no such file or folder")
            empty = self.folder / "empty"
            self.assert_line(run(*command, empty), str(empty), "no finished runs")

    def test_damaged_files_beside_good_ones_are_told_and_left_out(self) -> None:
        self.succeed(tiny_study({"variant": "lora"}, {"variant": "more"}))
        good, cut = run_files(self.results)
        cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
        with h5py.File(self.results / "tiny/foreign.h5", "w") as file:
            file["x"] = np.arange(3)
        (self.results / "tiny/text.h5").write_text("no HDF5")
        done = run("table", self.results)
        self.assertEqual(done.code, 0, done.err)
        warnings = done.err.splitlines()
        self.assertEqual(len(warnings), 3, done.err)
        for name in (cut.name, "foreign.h5", "text.h5"):
            self.assertEqual(sum(name in line for line in warnings), 1, done.err)
        self.assertEqual([row[0] for row in markdown_rows(done.out)[1:]], ["lora"])
        self.assertNotEqual(good, cut)

    def test_what_only_looks_like_a_run_file_is_skipped_with_a_word(self) -> None:
        self.succeed(tiny_study({"variant": "lora"}))
        (path,) = run_files(self.results)
        (path.parent / f"._{path.name}").write_bytes(b"\0\5\x16\7")  # macOS on a foreign disk
        (path.parent / "gone.h5").symlink_to("nowhere.h5")
        (path.parent / "loop.h5").symlink_to("loop.h5")
        os.mkfifo(path.parent / "pipe.h5")
        figures = ("--out", self.folder / "figures")
        for command in (("table",), ("lint",), ("figure", "training", *figures)):
            done = run(*command, self.results)
            self.assertEqual(done.code, 0, done.err)
            for name in (f"._{path.name}", "gone.h5", "loop.h5", "pipe.h5"):
                self.assertIn(name, done.out + done.err, command)

    def test_a_pipe_is_refused(self) -> None:
        os.mkfifo(self.folder / "pipe.h5")
        done = run("table", self.folder / "pipe.h5")
        self.assert_line(done, "pipe.h5", "it is a pipe, not a file")

    def test_control_characters_of_labels_are_shown(self) -> None:
        self.succeed(tiny_study({"variant": "lora"}))
        (path,) = run_files(self.results)
        with h5py.File(path, "a") as file:
            file.attrs["label"] = "a\x1b[31mb"
        page = self.folder / "report.html"
        done = run("report", path, "--out", page, "--figure", "training")
        self.assertEqual(done.code, 0, done.err)
        for text in (run("table", path).out, run("lint", path).out, page.read_text()):
            self.assertNotIn("\x1b", text)
        self.assertIn("a\\x1b[31mb", run("table", path).out)

    def test_nothing_but_damaged_files(self) -> None:
        (self.folder / "text.h5").write_text("no HDF5")
        done = run("table", self.folder)
        self.assertEqual(done.code, 1)
        self.assertIn("no finished runs", done.err)
        self.assertIn("text.h5: is not an HDF5 file", done.err)

    def test_two_different_runs_of_one_label_and_seed(self) -> None:
        self.succeed(tiny_study({"variant": "lora"}))
        self.succeed(tiny_study({"variant": "lora", "options": {"rank": 2}}))
        done = run("table", self.results)
        self.assert_line(done, "'lora'", "seed 0", "but differ (", "created")

    def test_a_schema_of_the_future(self) -> None:
        self.succeed(tiny_study({"variant": "lora"}))
        (path,) = run_files(self.results)
        with h5py.File(path, "a") as file:
            file.attrs["schema"] = np.int64(99)
        done = run("table", self.results)
        self.assertEqual(done.code, 1)
        self.assertIn("written by schema 99, this program reads 1", done.err)


class LookUps(unittest.TestCase):
    """list, describe, env, schema."""

    def out(self, *arguments: str) -> str:
        done = run(*arguments)
        self.assertEqual((done.code, done.err), (0, ""))
        return done.out

    def test_list_names_all_there_is(self) -> None:
        text = self.out("list")
        other = ["bert", "tiny", "planted", "round_robin", "macro_f1", "clusters", "grid"]
        for name in [*VARIANTS, *other]:
            self.assertRegex(text, rf"(?m)^  {name} +\S")

    def test_list_has_the_parts_in_the_order_of_a_study_each_by_name(self) -> None:
        parts: dict[str, list[str]] = {}
        for line in self.out("list").splitlines():
            if line.startswith("  "):
                parts[title].append(line.split()[0])
            else:
                title = line
                parts[title] = []
        self.assertEqual(
            list(parts),
            ["variants", "backbones", "suites made in memory", "samplers", "metrics", "tables",
             "figures", "parts of a run", "switches", "studies"],
        )  # fmt: skip
        for title, listed in parts.items():
            self.assertEqual(listed, sorted(listed), title)

    def test_list_of_one_kind_prints_that_alone(self) -> None:
        lines = self.out("list", "switches").splitlines()
        self.assertEqual(lines[0], "switches")
        self.assertIn("attention-kernel", [line.split()[0] for line in lines[1:]])
        done = run("list", "swtiches")
        self.assertEqual((done.code, done.out), (1, ""))
        self.assertRegex(done.err, r"\Anothing is listed as 'swtiches' \(did you mean 'switches'\?\); what there is: variants, .*\n\Z")

    def test_describe_explains_every_option(self) -> None:
        for variant in VARIANTS:
            text = self.out("describe", variant)
            self.assertIn(f"variant {variant}: ", text)
            self.assertIn("source: ", text)
        self.assertRegex(self.out("describe", "smora"), r"(?m)^  active +8 +\S.*positive")
        self.assertRegex(
            self.out("describe", "more"), r"(?m)^  rank_perturbation .*once called given_change"
        )
        for name in ("bert", "tiny", "planted", "usage", "training", "clusters", "scores"):
            self.assertIn(f" {name}: ", self.out("describe", name))
        for part, option in (("train", "sampler.tasks"), ("data", "suite"), ("record", "samples"),
                             ("run", "init_from"), ("study", "defaults_from")):
            self.assertRegex(self.out("describe", part), rf"(?m)^  {re.escape(option)} ")

    def test_describe_shows_the_names_of_other_libraries(self) -> None:
        self.assertRegex(self.out("describe", "lora"), r"(?m)^  rank .*; also known as r\)$")
        self.assertRegex(self.out("describe", "train"), r"(?m)^  clip .*; also known as max_grad_norm\)$")
        self.assertRegex(self.out("describe", "run"), r"(?m)^  sites .*; also known as target_modules\)$")

    def test_describe_forgives_capitals(self) -> None:
        self.assertEqual(self.out("describe", "LoRA-FA"), self.out("describe", "lora_fa"))

    def test_env_says_what_the_program_was_built_from(self) -> None:
        text = self.out("env")
        names = ("rankwise", "commit", "dirty", "compiler", "libtorch", "cuda", "cuda_kernels", "cores")
        for name in names:
            self.assertRegex(text, rf"(?m)^{name} +\S")

    def test_schema_is_the_page_in_docs(self) -> None:
        self.assertEqual(self.out("schema"), (ROOT / "docs/run_file.md").read_text())

    def test_readme_shows_the_variants(self) -> None:
        readme = (ROOT / "README.md").read_text()
        block = re.search(r"<!-- variants -->\n(.*?)<!-- /variants -->", readme, flags=re.S)
        assert block, "README.md has no block <!-- variants --> ... <!-- /variants -->"
        self.assertEqual(block.group(1).strip(), self.out("list", "--markdown").strip())


if __name__ == "__main__":
    unittest.main()
