"""Mistakes in study files and on the command line: one line each, and nothing is written."""

import os
import re
import signal
import subprocess
import unittest

from .errors import Errors
from .program import PROGRAM, VARIANTS, run, tiny_study

LORA = {"variant": "lora"}
NAMES = ", ".join(VARIANTS)


class Runs(Errors):
    """Mistakes inside a run of a study file."""

    def test_unknown_names_list_the_known_ones(self) -> None:
        self.refuse_run(
            {"variant": "smorra"},
            "study.json: runs[0]",
            f"unknown variant 'smorra' (did you mean 'smora'?); the variants are {NAMES}",
        )
        self.refuse_run(
            LORA | {"backbone": {"name": "bart"}},
            "runs[0].backbone",
            "unknown backbone 'bart'",
            "bert, llama, t5, tiny",
        )
        self.refuse_run(
            LORA | {"train": {"sampler": {"tasks": "fair"}}},
            "runs[0].train.sampler.tasks", "unknown sampler 'fair'", "equal", "round_robin",
        )  # fmt: skip
        self.refuse_run(LORA | {"data": {"suite": "plantd", "options": {}}}, "'plantd'", "planted")

    def test_unknown_keys_list_the_known_ones(self) -> None:
        self.refuse_run(
            LORA | {"options": {"rnk": 4}},
            "runs[0].options",
            "unknown option 'rnk'",
            "alpha, dropout, rank, scaling",
        )
        self.refuse_run(LORA | {"trian": {}}, "runs[0]", "'trian'", "backbone", "train")
        self.refuse_run(LORA | {"train": {"stps": 3}}, "runs[0].train", "'stps'", "steps")
        self.refuse_run(LORA | {"backbone": {"depth": 3}}, "runs[0].backbone", "'depth'", "layers")
        self.refuse_run(
            LORA | {"data": {"options": {"noize": 0}}}, "runs[0].data.options", "'noize'", "noise"
        )

    def test_missing_names_list_the_choices(self) -> None:
        self.refuse_run({"label": "nameless"}, "runs[0]", "variant", NAMES)
        self.refuse_run(LORA | {"backbone": {"name": None}}, "runs[0].backbone", "bert, llama, t5, tiny")

    def test_wrong_types_say_what_is_expected(self) -> None:
        self.refuse_run(
            LORA | {"options": {"rank": "8"}}, 'runs[0].options.rank: "8"', "an integer"
        )
        self.refuse_run(
            LORA | {"options": {"rank": 8.5}}, "runs[0].options.rank: 8.5", "an integer"
        )
        self.refuse_run(LORA | {"train": 5}, "runs[0].train: 5", "an object")
        self.refuse_run(LORA | {"sites": "layer.0"}, 'runs[0].sites: "layer.0"', "a list")
        self.refuse_run(LORA | {"label": 5}, "runs[0].label: 5", "a string")
        self.refuse_run(LORA | {"seed": "one"}, 'runs[0].seed: "one"', "an integer")

    def test_values_out_of_range_say_the_range(self) -> None:
        self.refuse_run(LORA | {"options": {"rank": 0}}, "runs[0].options.rank: 0", "positive")
        self.refuse_run(LORA | {"options": {"dropout": 2}}, "runs[0].options.dropout: 2", "0.99")
        self.refuse_run(LORA | {"train": {"steps": -1}}, "runs[0].train.steps: -1", "positive")
        self.refuse_run(LORA | {"seed": -1}, "runs[0].seed: -1", "zero or more")
        beyond = "beyond the largest integer, 9223372036854775807"
        self.refuse_run(LORA | {"seed": 2**63}, f"runs[0].seed: {2**63} is {beyond}")
        self.refuse(tiny_study(LORA, seeds=[2**64 - 1]), "study.json: seeds", beyond)
        self.refuse_run(LORA | {"options": {"rank": 2**63}}, f"rank: {2**63} is {beyond}")
        self.refuse(tiny_study(LORA, seeds=[0, 2**63]), f"study.json: seeds[1]: {2**63} is {beyond}")
        for number in (2**64, -(2**63) - 1, 10**30):
            self.refuse(tiny_study(LORA, seeds=[0, number]), f"study.json: {number} in line", beyond)
            self.refuse_run(LORA | {"options": {"alpha": number}}, f"{number} in line", beyond)
            setting = f"train.steps={number}"
            self.refuse(
                tiny_study(LORA), f"--set {setting}: {number}", beyond, arguments=("--set", setting)
            )
        self.refuse_run(LORA | {"seed": 3.0}, "runs[0].seed: 3.0", "an integer")
        self.refuse_run(
            LORA | {"train": {"schedule": "step"}}, 'runs[0].train.schedule: "step"', "cosine"
        )

    def test_counts_say_the_largest(self) -> None:
        for section, name in (
            ("train", "steps"), ("train", "batch"), ("train", "micro_batch"),
            ("train", "evaluations"), ("train", "evaluation_rows"), ("data", "train_rows"),
            ("data", "dev_rows"), ("record", "samples"), ("options", "rank"),
        ):  # fmt: skip
            for number in (10**9 + 1, 2**63 - 1):
                self.refuse_run(
                    LORA | {section: {name: number}},
                    f"runs[0].{section}.{name}: {number} is beyond the largest count, {10**9}",
                )

    def test_characters_that_show_nothing(self) -> None:
        for character in "\u202e\u200b\ufeff\u2066\u00ad":
            shown = "".join(f"\\x{byte:02x}" for byte in character.encode())
            words = (f"'a{shown}b': has control characters, invisible ones", "take them out")
            self.refuse_run(LORA | {"label": f"a{character}b"}, "runs[0].label", *words)
            self.refuse(tiny_study(LORA, study=f"a{character}b"), "study.json: study", *words)

    def test_more_active_ranks_than_ranks(self) -> None:
        for variant in ("smora", "flylora"):
            self.refuse_run(
                {"variant": variant, "options": {"rank": 4, "active": 8}},
                "study.json: runs[0].options.active", "8", "4 ranks",
            )  # fmt: skip

    def test_an_unknown_task_lists_the_tasks(self) -> None:
        self.refuse_run(
            LORA | {"data": {"tasks": ["planted7"]}},
            "unknown task 'planted7'",
            "planted0, planted1, planted2",
        )

    def test_a_pattern_without_a_site_lists_the_sites(self) -> None:
        self.refuse_run(
            LORA | {"sites": ["encoder.*"]},
            "lora seed 0: ", "'encoder.*' matches no linear", "layer.0, layer.1",
        )  # fmt: skip


class StudyFile(Errors):
    """Mistakes around the runs."""

    def test_no_such_file(self) -> None:
        self.assert_line(run("run", "nowhere.json"), "nowhere.json", "cannot be read")
        self.assert_line(run("run", self.folder), str(self.folder), "cannot be read")

    def test_no_json_says_line_and_column(self) -> None:
        self.refuse('{\n  "study": "x",\n  runs: []\n}\n', "study.json", "line 3, column 3")
        self.refuse("", "study.json", "is not valid JSON")

    def test_another_document_than_a_study(self) -> None:
        self.refuse("[1, 2]", "study.json", "[1,2]", "an object")
        self.refuse('{"runz": []}', "study.json", "'runz'", "defaults, defaults_from, figures, findings, first_metrics, merge, note", "runs")

    def test_nothing_to_run(self) -> None:
        self.refuse(tiny_study(), "study.json: runs")
        self.refuse(tiny_study(LORA, seeds=[]), "study.json: seeds")
        self.refuse(tiny_study(LORA, study=""), "study.json", "'study'")

    def test_wrong_types(self) -> None:
        self.refuse(tiny_study(LORA, seeds=[-1]), "study.json: seeds", "[-1]")
        self.refuse(tiny_study(LORA, seeds=[0, "a"]), 'study.json: seeds[1]: "a" is not an integer')
        self.refuse(tiny_study("lora"), "study.json: runs", '"lora"', "object")  # type: ignore[arg-type]

    def test_one_label_for_two_rows(self) -> None:
        rows = LORA, LORA | {"options": {"rank": 2}}
        self.refuse(tiny_study(*rows), "study.json", "two rows have the label 'lora'")

    def test_one_file_for_two_rows(self) -> None:
        # Labels that differ in nothing a file name keeps: one run would hide the other.
        rows = LORA | {"label": "lora a"}, LORA | {"label": "LoRA-a"}
        self.refuse(tiny_study(*rows), "study.json", "'lora a'", "'LoRA-a'")

    def test_one_seed_twice(self) -> None:
        self.refuse(tiny_study(LORA, seeds=[1, 1]), "study.json: seeds", "1", "twice")

    def test_sweeps(self) -> None:
        self.refuse_run(LORA | {"sweep": {"rank": 4}}, "runs[0].sweep.rank", "4", "a list")
        self.refuse_run(LORA | {"sweep": {"rank": []}}, "runs[0].sweep.rank", "a list")
        self.refuse_run(LORA | {"sweep": ["rank"]}, "runs[0].sweep", "an object of lists")
        self.refuse_run(LORA | {"sweep": {"rnk": [4]}}, "runs[0]", "'rnk'", "alpha, dropout, rank, scaling")
        self.refuse_run(LORA | {"label": 5, "sweep": {"rank": [4]}}, "runs[0].label", "a string")
        self.refuse_run(LORA | {"sweep": {"train.steps.x": [4]}}, "runs[0]", "train.steps")


class CommandLine(Errors):
    """Mistakes in the call."""

    def test_names_what_is_unknown(self) -> None:
        self.assert_line(run("run", "study.json", "--sweet"), "--sweet", "'--sweep'", "rankwise run --help")
        self.assert_line(run("ruin"), "ruin", "did you mean 'run'?", "rankwise --help")
        self.assert_line(run("run"), "study", "rankwise run --help")

    def test_no_command_shows_the_help(self) -> None:
        done, asked = run(), run("--help")
        self.assertEqual((done.code, done.err, asked.code), (1, "", 0))
        self.assertEqual(done.out, asked.out)
        self.assertIn("reproduce ", done.out)
        self.assertLessEqual(done.out.count("\n"), 48)
        self.assertEqual(run("help").out, asked.out)
        self.assertEqual(run("help", "run").out, run("run", "--help").out)
        self.assert_line(run("help", "rnu"), "unknown command 'rnu' (did you mean 'run'?)")

    def test_every_command_has_an_example(self) -> None:
        commands = re.findall(r"(?m)^  ([a-z]+) {2,}", run("--help").out)
        self.assertIn("verify", commands)
        for command in commands:
            self.assertIn(f"Example:\n  ", run(command, "--help").out, command)

    def test_commands_are_found_in_other_letters(self) -> None:
        self.assertEqual(run("List", "Variants").out, run("list", "variants").out)

    def test_numbers_out_of_range(self) -> None:
        for option in ("--jobs", "--threads"):
            for value in ("0", "-2", "two", "1.5", "5000", "4294967297", str(10**30)):
                self.refuse(
                    tiny_study(LORA), option, f"{value} is not a whole number from 1 to 1024",
                    arguments=(option, value),
                )  # fmt: skip

    def test_a_run_that_no_machine_can_hold(self) -> None:
        for run, *words in (
            (LORA | {"options": {"rank": 10**9}}, "TiB of memory", "the variant's rank"),
            (LORA | {"train": {"batch": 10**9, "chunk_rows": 0},
                     "data": {"options": {"width": 1024}}},
             "TiB of memory", "lower train.batch"),
        ):
            study = tiny_study(LORA | {"label": "small"}, run | {"label": "big"}, seeds=[0, 1])
            for arguments in ((), ("--dry-run",)):
                words = ("big seed 0: ", "and this machine has", "GiB", *words)
                self.refuse(study, *words, arguments=arguments)

    def test_bytes_that_are_not_utf8(self) -> None:
        # As a shell with a Latin-1 locale passes them; Python's surrogates stand for the bytes.
        study = self.write(tiny_study(LORA))
        for option, value in (("--results", "caf"), ("--set", "label=caf"), ("--only", "")):
            done = run("run", study, option, value + "\udce9", cwd=self.folder)
            self.assert_line(done, "argument 4", "\\xe9: is not UTF-8")
        done = run("run", study, RANKWISE_DATA="\udce9")
        self.assert_line(done, "RANKWISE_DATA, \\xe9: is not UTF-8")
        self.assert_nothing_written()

    def test_control_characters_are_shown_as_such(self) -> None:
        self.assert_line(run("describe", "a\x1b[31m"), "'a\\x1b[31m'")
        self.assert_line(run("ru\x1bn"), "\\x1b")

    def test_set_without_a_value(self) -> None:
        for text in ("train.steps", "=3"):
            self.refuse(tiny_study(LORA), f"--set {text}", "path=value", arguments=("--set", text))

    def test_set_of_what_there_is_not(self) -> None:
        for text, *words in (
            ("train.stps=3", "'stps'", "steps"),
            ("rnk=3", "'rnk'", "alpha, dropout, rank, scaling"),
            ("train.steps=many", "steps", '"many"', "an integer"),
            ("train.steps.most=3", "train.steps"),
            ("data=3", "data", "3", "an object"),
        ):
            self.refuse(tiny_study(LORA), *words, arguments=("--set", text))

    def test_only_without_a_match_lists_the_labels(self) -> None:
        self.refuse(
            tiny_study(LORA, {"variant": "more", "label": "ours"}), "--only smora", "lora, ours",
            arguments=("--only", "smora"),
        )  # fmt: skip

    def test_an_unknown_device_lists_the_devices(self) -> None:
        self.refuse(tiny_study(LORA), "'tpu'", "cpu, cuda", arguments=("--device", "tpu"))

    def test_cuda_without_a_gpu_says_what_to_do(self) -> None:
        done = run("env")
        if "cuda           true" in done.out:
            self.skipTest("this LibTorch has CUDA: --device cuda may run here")
        self.refuse(tiny_study(LORA), "'cuda'", "--device cpu", arguments=("--device", "cuda"))

    def test_unknown_things_to_describe(self) -> None:
        self.assert_line(run("describe", "smorra"), "'smorra'", NAMES, "bert, llama, t5, tiny", "planted")

    def test_help_is_no_mistake(self) -> None:
        for command in ((), ("run",), ("table",), ("figure",)):
            done = run(*command, "--help")
            self.assertEqual((done.code, done.err), (0, ""))
            self.assertIn("Usage", done.out)

    def test_a_reader_that_had_enough_is_no_mistake(self) -> None:
        # As in `rankwise list | head -0`; the code is what a shell gives for SIGPIPE.
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [PROGRAM, "list"], stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60
        )
        os.close(writing)
        self.assertEqual((done.returncode, done.stderr), (128 + signal.SIGPIPE, b""))

    def test_a_lost_answer_is_a_failure(self) -> None:
        # A full disk behind standard output: the shell's "> /dev/full".
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [PROGRAM, "list"], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60
            )
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.decode().count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
