"""Figures: every format decodes, equal input gives equal bytes, and the data are the run files'."""

import csv
import io
import re
import struct
import unittest
import xml.etree.ElementTree as ElementTree
import zlib
from pathlib import Path

import numpy as np

from .errors import Errors
from .program import all_variants, by_label, csv_rows, names, open_run, run, tiny_study

TASKS = ["planted0", "planted1", "planted2"]
ROUTED = ["smora", "more", "flylora"]  # labels that choose among ranks


def figures() -> list[str]:
    """The names of all figures, as the program lists them."""
    listed = run("list").out.split("\nfigures\n")[1].split("\nparts of a run\n")[0]
    return [line.split()[0] for line in listed.splitlines()]


class Figures(Errors):
    """rankwise figure."""

    def draw(self, name: str, out: str = "figures", *arguments: str) -> dict[str, Path]:
        """Draws, and gives the files by name; each is told on standard output."""
        folder = self.folder / out
        done = run("figure", name, all_variants(), "--out", folder, *arguments)
        self.assertEqual(done.code, 0, done.err)
        told = [Path(line) for line in done.out.splitlines()]
        self.assertEqual(sorted(told), sorted(folder.iterdir()))
        return {path.name: path for path in told}

    def test_come_in_all_formats_that_decode(self) -> None:
        for name, stems in (
            ("usage", {f"usage_{label}" for label in ("lora", "smora", "more", "flylora")}),
            ("training", {"training_loss", "training_scores"}),
            ("clusters", {"clusters_more_pooled", "clusters_more_layer.1", "clusters_lora_pooled"}),
            ("coactivation", {"coactivation_smora", "coactivation_flylora"}),
            ("gradients", {"gradients"}),
            ("pareto", {"pareto_active"}),
            ("profiles", {"profiles"}),
            ("rank_distribution", {f"rank_distribution_{label}" for label in ROUTED}),
            ("ranks", {"ranks", "ranks_tasks"}),
            ("recovery", {"recovery"}),
            ("routing", {"routing"}),
            ("selection", {"selection_more"}),
            ("similarity", {"similarity_more_embedding", *(f"similarity_{n}" for n in ROUTED)}),
        ):
            with self.subTest(name):
                files = self.draw(name, name)
                for stem in stems:
                    for suffix in ("csv", "gp", "svg", "pdf", "png"):
                        self.assertIn(f"{stem}.{suffix}", files)
                for path in files.values():
                    self.check(path)

    def check(self, path: Path) -> None:
        data = path.read_bytes()
        if path.suffix == ".svg":
            root = ElementTree.fromstring(data)
            self.assertTrue(root.tag.endswith("svg"))
        elif path.suffix == ".pdf":
            self.assertTrue(data.startswith(b"%PDF-") and b"%%EOF" in data[-20:])
        elif path.suffix == ".png":
            self.check_png(data)
        elif path.suffix == ".csv":
            rows = list(csv.reader(io.StringIO(data.decode())))
            self.assertGreater(len(rows), 1)
            self.assertEqual({len(row) for row in rows}, {len(rows[0])}, path.name)
        else:
            self.assertIn(path.with_suffix(".csv").name, data.decode())

    def check_png(self, data: bytes) -> None:
        """Header, checksums, and as many bytes of pixels as the size needs, not all alike."""
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        place, pixels, kinds = 8, b"", []
        while place < len(data):
            size, kind = struct.unpack(">I4s", data[place : place + 8])
            chunk = data[place + 8 : place + 8 + size]
            (checksum,) = struct.unpack(">I", data[place + 8 + size : place + 12 + size])
            self.assertEqual(checksum, zlib.crc32(kind + chunk))
            kinds.append(kind)
            if kind == b"IHDR":
                width, height, depth, colour = struct.unpack(">IIBB", chunk[:10])
            pixels += chunk if kind == b"IDAT" else b""
            place += 12 + size
        self.assertEqual((kinds[0], kinds[-1]), (b"IHDR", b"IEND"))
        self.assertGreaterEqual(width, 3.3 * 300)  # a column of a paper at 300 dots an inch
        self.assertGreater(height, 300)
        bits = depth * {0: 1, 2: 3, 3: 1, 6: 4}[colour]
        raw = zlib.decompress(pixels)
        self.assertEqual(len(raw), height * (1 + (width * bits + 7) // 8))
        self.assertGreater(len(set(raw)), 8)

    def test_are_the_same_bytes_again(self) -> None:
        for name in figures():
            if name == "sweep":  # these labels differ in more than a number
                continue
            first, second = self.draw(name, name + "1"), self.draw(name, name + "2")
            self.assertEqual(list(first), list(second))
            for file, path in first.items():
                if path.suffix in {".svg", ".csv"}:
                    self.assertEqual(path.read_bytes(), second[file].read_bytes(), file)

    def test_come_as_wide_and_in_the_formats_asked_for(self) -> None:
        files = self.draw("ranks", "figures", "--width", "page", "--format", "svg")
        self.assertEqual({path.suffix for path in files.values()}, {".csv", ".gp", ".svg"})
        self.assertIn('width="672"', files["ranks.svg"].read_text())  # 7 inches of 96 dots
        out = ("--out", self.folder / "figures")
        for arguments, words in (
            (("--width", "broad"), ("--width", "broad")),
            (("--format", "eps"), ("--format", "eps")),
        ):
            done = run("figure", "ranks", all_variants(), *out, *arguments)
            self.assertNotEqual(done.code, 0)
            for word in words:
                self.assertIn(word, done.err)

    def test_hold_no_letters_below_six_points(self) -> None:
        for name in figures():
            if name == "sweep":  # these labels differ in more than a number
                continue
            for path in self.draw(name, name, "--format", "svg").values():
                if path.suffix == ".svg":
                    sizes = re.findall(r'font-size="([\d.]+)"', path.read_text())
                    self.assertGreaterEqual(min(map(float, sizes)), 7.9, path)  # 96 dots an inch

    def test_heat_maps_hold_no_image(self) -> None:
        for path in self.draw("usage", "figures", "--format", "svg").values():
            if path.suffix == ".svg":
                self.assertNotIn("<image", path.read_text(), path)

    def by_load(self, name: str) -> np.ndarray:
        """[sites * tasks, ranks] of smora's first seed, each site's ranks from its busiest."""
        parts = []
        with open_run(by_label(all_variants())["smora"][0]) as file:
            for site in names(file, "site"):
                load = file["usage"][site]["count"][-1].sum(axis=0).astype(float)
                order = np.argsort(-load, kind="stable")
                parts.append(file["usage"][site][name][-1][:, order])
        return np.concatenate(parts).astype(float)

    def test_usage_shows_shares_of_the_last_evaluation(self) -> None:
        files = self.draw("usage")
        for name in ("usage_smora_sites.csv", "usage_smora.csv"):
            self.check_shares(files[name], self.by_load("count") / 32)

    def check_shares(self, path: Path, expected: np.ndarray) -> None:
        rows = csv_rows(path)
        drawn = [[float(row[str(rank)]) for rank in range(1, 13)] for row in rows]
        np.testing.assert_allclose(drawn, expected, rtol=1e-5)

    def test_usage_shows_mean_gates(self) -> None:
        files = self.draw("usage", "figures", "--set", "value=gate", "--set", "sites=false")
        rows = csv_rows(files["usage_smora_gate.csv"])
        drawn = [[float(row[str(rank)] or "nan") for rank in range(1, 13)] for row in rows]
        with np.errstate(invalid="ignore"):
            expected = self.by_load("gate_mass") / self.by_load("count")
            np.testing.assert_allclose(drawn, expected, rtol=1e-5)

    def test_reports_show_gates_where_they_are_soft(self) -> None:
        page = self.folder / "report.html"
        done = run("report", all_variants(), "--out", page, "--figure", "usage")
        self.assertEqual(done.code, 0, done.err)
        text = page.read_text()
        self.assertIn('id="figure-usage_smora_gate"', text)
        self.assertNotIn('id="figure-usage_lora_gate"', text)

    def test_labels_of_any_script_keep_files_of_their_own(self) -> None:
        labels = ["低秩", "稀疏", "x" * 228]
        self.succeed(tiny_study(*({"variant": "lora", "label": label} for label in labels)))
        out = self.folder / "figures"
        done = run("figure", "usage", self.results, "--out", out, "--set", "sites=false")
        self.assertEqual(done.code, 0, done.err)
        stems = {path.stem for path in out.glob("*.svg")}
        self.assertEqual(len(stems), 3)
        for stem in stems:
            self.assertRegex(stem, r"^usage_(x+-)?[0-9a-f]{8}$")

    def test_usage_shows_chosen_ranks(self) -> None:
        rows = csv_rows(self.draw("usage")["usage_more_sites.csv"])
        chosen = []
        for path in by_label(all_variants())["more"]:
            with open_run(path) as file:
                chosen.append([file["selection"][s]["rank"][-1] for s in names(file, "site")])
        drawn = [float(row["chosen_rank"]) for row in rows]
        np.testing.assert_allclose(drawn, np.mean(chosen, axis=0).ravel(), rtol=1e-5)

    def test_usage_says_what_it_does_not_draw(self) -> None:
        done = run("figure", "usage", all_variants(), "--out", self.folder, "--set", "sites=false")
        self.assertEqual(done.code, 0)
        self.assertIn("not drawn, no rank usage is recorded: linear probe, full", done.err)
        self.assertFalse(list(self.folder.glob("*_sites.*")))

    def test_training_shows_the_recorded_losses_and_scores(self) -> None:
        files = self.draw("training")
        labels = by_label(all_variants())
        rows = csv_rows(files["training_loss.csv"])
        for label, paths in labels.items():
            losses = []
            for path in paths:
                with open_run(path) as file:
                    losses.append(file["train/loss"][:])
            drawn = [float(row["loss"]) for row in rows if row["label"] == label]
            np.testing.assert_allclose(drawn, np.mean(losses, axis=0), rtol=1e-5)
        rows = csv_rows(files["training_scores.csv"])
        for label, paths in labels.items():
            course = []
            for path in paths:
                with open_run(path) as file:
                    course.append(file["evaluation/score/planted1/relative_error"][:])
            chosen = [r for r in rows if (r["label"], r["task"]) == (label, "planted1")]
            for name, expected in (("mean", np.mean), ("low", np.min), ("high", np.max)):
                drawn = [float(row[name]) for row in chosen]
                np.testing.assert_allclose(drawn, expected(course, axis=0), rtol=1e-5)

    def test_clusters_hold_every_sample_and_task(self) -> None:
        rows = csv_rows(self.draw("clusters")["clusters_more_layer.1.csv"])
        kinds = [(row["kind"], row["task"]) for row in rows]
        for task in TASKS:
            self.assertEqual(kinds.count(("sample", task)), 32)
            self.assertEqual(kinds.count(("task", task)), 1)

    def test_clusters_of_another_site(self) -> None:
        files = self.draw("clusters", "figures", "--set", "site=layer.0", "--set", "points=30")
        rows = csv_rows(files["clusters_more_layer.0.csv"])
        self.assertEqual(len([row for row in rows if row["kind"] == "sample"]), 30)

    def test_ranks_are_means_over_sites_and_tasks(self) -> None:
        files = self.draw("ranks")
        rows = [r for r in csv_rows(files["ranks.csv"]) if r["label"] == "more"]
        course = []
        for path in by_label(all_variants())["more"]:
            with open_run(path) as file:
                ranks = [file["selection"][site]["rank"][:] for site in names(file, "site")]
            course.append(np.mean(ranks, axis=(0, 2)))
        drawn = [float(row["rank"]) for row in rows]
        np.testing.assert_allclose(drawn, np.mean(course, axis=0), rtol=1e-5)
        svg = files["ranks.svg"].read_text()
        for text in ("mean chosen rank", "step", "more", "true rank"):
            self.assertIn(text, svg)

    def test_routing_shows_the_recorded_entropy(self) -> None:
        rows = csv_rows(self.draw("routing")["routing.csv"])
        course = []
        for path in by_label(all_variants())["smora"]:
            with open_run(path) as file:
                sites = [file["usage"][site]["entropy"][:] for site in names(file, "site")]
            course.append(np.mean(sites, axis=(0, 2)))
        drawn = [
            float(row["mean"])
            for row in rows
            if (row["measure"], row["label"]) == ("entropy, nats", "smora")
        ]
        np.testing.assert_allclose(drawn, np.mean(course, axis=0), rtol=1e-5)

    def test_gradients_are_the_recorded_correlations(self) -> None:
        rows = csv_rows(self.draw("gradients", "figures", "--set", "site=layer.0")["gradients.csv"])
        with open_run(by_label(all_variants())["flylora"][0]) as file:
            covariance = file["gradient/layer.0/covariance"][:]
        deviation = np.sqrt(np.diag(covariance))
        mine = [row for row in rows if row["panel"].startswith("flylora")]
        columns = [int(row["column"]) - 1 for row in mine]
        self.assertEqual(len(columns), 4)  # LoRA has no more
        expected = (covariance / np.outer(deviation, deviation))[np.ix_(columns, columns)]
        drawn = [[float(row[str(column + 1)]) for column in columns] for row in mine]
        np.testing.assert_allclose(drawn, expected, rtol=1e-5)
        self.assertGreater(np.abs(expected - np.eye(len(columns))).max(), 0.01)

    def test_sweep_draws_a_line_over_each_number_of_the_config(self) -> None:
        sweep = {"variant": "lora", "sweep": {"rank": [1, 2, 4]}}
        other = {"variant": "lora", "label": "dropout", "options": {"rank": 4, "dropout": 0.1}}
        self.succeed(tiny_study(sweep, other, {"variant": "linear_probe"}))
        out = self.folder / "figures"
        done = run("figure", "sweep", self.results, "--out", out)
        self.assertEqual(done.code, 0, done.err)
        why = "no other label differs in options.rank alone"
        self.assertIn(f"not drawn, {why}: dropout, linear_probe", done.err)
        rows = csv_rows(out / "sweep_rank.csv")
        self.assertEqual([row["value"] for row in rows], ["1", "2", "4"])
        self.assertEqual({row["label"] for row in rows}, {"lora"})
        self.assertIn("ranks r<", (out / "sweep_rank.svg").read_text())
        rows = csv_rows(out / "sweep_dropout.csv")
        self.assertEqual([row["value"] for row in rows], ["0", "0.1"])

    def test_draw_the_labels_asked_for(self) -> None:
        files = self.draw("coactivation", "figures", "--set", 'labels=["smora"]')
        self.assertEqual({path.stem for path in files.values()}, {"coactivation_smora"})
        done = run("figure", "ranks", all_variants(), "--set", 'labels=["mora"]')
        self.assert_line(done, "unknown label 'mora'", "smora")

    def test_reports_take_the_options_of_figures(self) -> None:
        page = self.folder / "report.html"
        report = ("report", all_variants(), "--out", page, "--figure", "usage")
        done = run(*report, "--set", 'labels=["smora"]')
        self.assertEqual((done.code, done.out), (0, f"{page}\n"), done.err)
        before = page.read_text()
        self.assertIn('id="figure-usage_smora"', before)
        self.assertNotIn("usage_flylora", before)
        done = run(*report, "--set", "training.window=3")
        self.assert_line(done, "unknown option 'training.window'", "(usage)", "rankwise describe")
        self.assertEqual(page.read_text(), before)

    def test_reports_begin_with_the_findings_of_a_study_file(self) -> None:
        study = tiny_study({"variant": "lora"}, findings=["Rank 4 is enough."], figures=["training"])
        self.succeed(study)
        page = self.folder / "report.html"
        done = run("report", self.results, "--study", self.folder / "study.json", "--out", page)
        self.assertEqual(done.code, 0, done.err)
        text = page.read_text()
        self.assertLess(text.index("<li>Rank 4 is enough.</li>"), text.index('<h2 id="figures">'))
        self.assertLess(text.index('id="figure-training_loss"'), text.index("More figures"))
        self.assertLess(len(text), 3_000_000)

    def test_refuse_what_is_unknown(self) -> None:
        known = f"the figures are {', '.join(figures())}"
        out = ("--out", self.folder / "figures")
        done = run("figure", "usge", all_variants(), *out)
        self.assert_line(done, "unknown figure 'usge'", known)
        for text, *words in (
            ("window=wide", 'window: "wide"', "an integer"),
            ("window=-1", "window: -1", "zero or more"),
            ("windw=3", "'windw'", "window"),
            ("window", "--set window", "="),
        ):
            done = run("figure", "training", all_variants(), *out, "--set", text)
            self.assert_line(done, *words)
        self.assertFalse((self.folder / "figures").exists())

    def test_say_when_there_is_nothing_to_draw(self) -> None:
        self.succeed(tiny_study({"variant": "linear_probe"}))
        done = run("figure", "usage", self.results, "--out", self.folder / "figures")
        self.assert_line(done, "no rank usage is recorded", "linear_probe")

    def test_say_when_gnuplot_is_missing(self) -> None:
        out = self.folder / "figures"
        done = run("figure", "training", all_variants(), "--out", out, PATH="/nowhere")
        self.assert_line(done, "gnuplot", "was not found", "gnuplot-nox", "training_loss.")


if __name__ == "__main__":
    unittest.main()
