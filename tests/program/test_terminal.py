"""What people see at a terminal: tables that fit, a study's lines, completion, logs, the schema."""

import glob
import json
import os
import pty
import re
import select
import shlex
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from jsonschema import Draft7Validator

from .program import (
    DATA, PROGRAM, ROOT, Folder, Json, all_variants, content, environment, run, run_files, tiny_study,
)  # fmt: skip

STYLE = re.compile(r"\x1b\[[\d;]*m")


def on_terminal(*arguments: str | Path, width: int, **variables: str) -> str:
    """What the program writes to a terminal of that width, with its escapes."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, *arguments], stdin=its, stdout=its, stderr=its, close_fds=True,
        env=environment(COLUMNS=str(width), TERM="xterm", **variables),
    )  # fmt: skip
    os.close(its)
    chunks = []
    while select.select([ours], [], [], 120)[0]:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # the terminal's other side is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(ours)
    process.wait(timeout=60)
    return b"".join(chunks).decode().replace("\r\n", "\n")


class Tables(unittest.TestCase):
    """Printed to people, or to programs."""

    def test_fit_the_terminal(self) -> None:
        for width in (80, 160):
            for command in (("table",), ("table", "--all"), ("ablate",), ("measures",), ("compare", "more", "lora")):
                text = STYLE.sub("", on_terminal(*command, all_variants(), width=width))
                self.assertIn("more", text)
                self.assertLessEqual(max(map(len, text.splitlines())), width, text)

    def test_show_details_when_asked(self) -> None:
        self.assertNotIn("trainable", on_terminal("table", all_variants(), width=200).splitlines()[0])
        self.assertIn("trainable", on_terminal("table", "--all", all_variants(), width=200).splitlines()[0])

    def test_are_coloured_unless_refused(self) -> None:
        self.assertRegex(on_terminal("compare", "more", "lora", all_variants(), width=80), STYLE)
        plain = on_terminal("compare", "more", "lora", all_variants(), width=80, NO_COLOR="1")
        self.assertNotRegex(plain, STYLE)

    def test_stay_markdown_behind_a_pipe(self) -> None:
        self.assertTrue(run("table", all_variants()).out.startswith("| method "))

    def test_come_in_every_format(self) -> None:
        self.assertLessEqual(
            max(map(len, run("table", "--format", "terminal", all_variants()).out.splitlines())), 80
        )
        table = json.loads(run("table", "--format", "json", all_variants()).out)
        self.assertEqual(table["columns"][0], "method")
        self.assertEqual({"text", "mean", "std", "n"} - set(table["rows"][0][1]), set())

    def test_compare_begins_with_a_sentence(self) -> None:
        first = run("compare", "more", "lora", all_variants()).out.splitlines()[0]
        self.assertRegex(first, r"\Amore (is (higher|lower) than|and) lora .*2 seeds\).*\.")

    def test_describe_is_wrapped_on_a_terminal_alone(self) -> None:
        self.assertLessEqual(max(map(len, on_terminal("describe", "more", width=80).splitlines())), 80)
        self.assertGreater(max(map(len, run("describe", "more").out.splitlines())), 80)


class Progress(Folder):
    """A study that runs."""

    STUDY = tiny_study({"variant": "lora"}, {"variant": "more"}, seeds=[0, 1], train={"steps": 400})

    def test_says_which_run_of_how_many(self) -> None:
        arguments = ("run", self.write(self.STUDY), "--results", self.results, "--threads", "1", "--jobs", "2")
        text = on_terminal(*arguments, width=80)
        self.assertRegex(text, r"runs 1, 2 of 4")
        self.assertRegex(text, r"lora seed 1  step \d+/400  loss ")
        # Above the lines that are renewed, messages stand whole.
        pieces = re.split(r"\x1b\[\d*[AK]|[\r\n]", text)
        for message in (piece for piece in pieces if "dev at step" in piece):
            self.assertRegex(message, r"\A(lora|more) seed [01]  dev at step \d+:  \w.*tasks\)\Z")
        self.assertEqual(len(re.findall(r"dev at step 400:", text)), 4)
        self.assertTrue(text.rstrip().endswith("4 finished, 0 already there, 0 failed"), text[-200:])

    def test_stays_a_log_behind_a_pipe(self) -> None:
        done = self.succeed(self.STUDY)
        self.assertNotIn("\x1b", done.err)
        self.assertNotIn("of 4", done.err)


class Completion(unittest.TestCase):
    """Asked of the program, and of bash with the program's script."""

    def ask(self, *words: str) -> list[str]:
        return run("complete", *words).out.split()

    def test_commands_options_and_names(self) -> None:
        self.assertEqual(self.ask("desc"), ["describe"])
        self.assertEqual(self.ask("describe", "smo"), ["smora"])
        self.assertEqual(self.ask("figure", "usa"), ["usage"])
        self.assertEqual(self.ask("run", "x.json", "--dry"), ["--dry-run"])
        self.assertEqual(self.ask("table", "x", "--split", ""), ["dev", "test"])
        self.assertEqual(self.ask("table", "x", "--format", "j"), ["json"])
        self.assertEqual(self.ask("reproduce", "more.table"), ["more.table1", "more.table5"])
        self.assertEqual(self.ask("run", "configs/"), [])  # files, which the shell knows

    def test_bash_takes_the_answers(self) -> None:
        script = f"""
            PATH={PROGRAM.parent}:$PATH
            source <(rankwise completion bash)
            COMP_WORDS=(rankwise describe lora_) COMP_CWORD=2
            _rankwise
            printf '%s\\n' "${{COMPREPLY[@]}}"
            complete -p rankwise"""
        done = subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, env=environment(), check=False, timeout=60
        )
        self.assertEqual(done.stdout.splitlines(), ["lora_fa", "lora_moe", "complete -o default -F _rankwise rankwise"], done.stderr)

    def test_other_shells_have_scripts(self) -> None:
        for shell in ("zsh", "fish"):
            self.assertIn("rankwise complete", run("completion", shell).out)
        self.assertIn("the shells are bash, fish, zsh", run("completion", "csh").err)


class Logs(Folder):
    """The course of training beside the run file."""

    def test_hold_what_the_run_file_holds(self) -> None:
        study = tiny_study({"variant": "lora"}, defaults={"record": {"logs": ["jsonl", "tensorboard"]}})
        self.succeed(study)
        (path,) = run_files(self.results)
        recorded = content(path)
        lines = [json.loads(line) for line in path.with_suffix(".train.jsonl").read_text().splitlines()]
        steps = [line for line in lines if line["event"] == "step"]
        self.assertEqual([line["loss"] for line in steps], recorded["/train/loss"].tolist())
        self.assertEqual([line["step"] for line in lines if line["event"] == "evaluation"], [4, 8, 12])
        (events,) = path.with_suffix(".tensorboard").iterdir()
        self.assertIn("tfevents", events.name)
        scalars = list(read_events(events.read_bytes()))
        losses = [(step, value) for step, name, value in scalars if name.startswith("train/loss/")]
        self.assertEqual([step for step, _ in losses], list(range(1, 13)))
        for (_, value), line in zip(losses, steps, strict=True):
            self.assertAlmostEqual(value, line["loss"], places=5)
        scores = {name for step, name, _ in scalars if step == 12 and name.startswith("dev/")}
        self.assertEqual(len(scores), 3)

    def test_are_left_out_unless_asked_for(self) -> None:
        self.succeed(tiny_study({"variant": "lora"}))
        self.assertEqual(list(self.results.rglob("*.jsonl")) + list(self.results.rglob("*tfevents*")), [])


class DryRuns(Folder):
    """What a study will do."""

    def test_fit_the_terminal(self) -> None:
        path = self.write(tiny_study({"variant": "lora"}, {"variant": "smora"}))
        for width in (80, 160):
            text = STYLE.sub("", on_terminal("run", path, "--dry-run", "--no-calibration", width=width))
            self.assertIn("lora seed 0", text)
            self.assertIn("total: 2 of 2 runs", text)
            self.assertLessEqual(max(map(len, text.splitlines())), width, text)


class Pages(unittest.TestCase):
    """Commands in docs/ do what they say."""

    def test_the_first_study_runs(self) -> None:
        page, _ = (ROOT / "docs/first_study.md").read_text().split("## What a file can say besides")
        (study,) = re.findall(r"(?m)^    \{\n(?:    .*\n)+?    \}\n", page)
        commands = re.findall(r"(?m)^    rankwise (.+)$", page)
        self.assertGreater(len(commands), 10)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "mine.json").write_text(study)
            for command in commands:
                done = run(*shlex.split(command), cwd=Path(folder))
                self.assertEqual(done.code, 0, f"{command}: {done.err}")
                self.assertGreater(len(done.out.splitlines()), 0, command)
            text = (Path(folder) / "report.html").read_text()
        self.assertRegex(text, r"s error differs from that of LoRA by [+-]0\.\d+ \([+-]")
        self.assertIn("Row no contrastive loss: the ranks are chosen", text)

    def test_links_lead_somewhere(self) -> None:
        for page in (ROOT / "README.md", ROOT / "experiments/README.md", *ROOT.glob("docs/*.md")):
            for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
                if not link.startswith("https:"):
                    self.assertTrue((page.parent / link).exists(), f"{page.name}: {link}")

    def test_those_of_the_readme_run(self) -> None:
        """But for a study of minutes, an export that needs one, and what needs prepared data."""
        block = (ROOT / "README.md").read_text().partition("## Run, compare, draw")[2].partition("`rankwise` alone")[0]
        commands = [shlex.split(line, comments=True) for line in re.findall(r"(?m)^    \$rankwise (.+)$", block)]
        self.assertGreater(len(commands), 10)
        prepared = (DATA / "suites/text10-minilm-l6.h5").exists()
        with tempfile.TemporaryDirectory() as folder:
            for name in ("configs", "results"):
                (Path(folder) / name).symlink_to(ROOT / name)
            for command in commands:
                left = command[0] == "export" or (command[0] == "run" and "--dry-run" not in command)
                if left or (command[0] == "run" and not prepared):
                    continue
                words = [word for each in command for word in glob.glob(str(ROOT / each)) or [each]]
                done = run(*words, cwd=Path(folder), RANKWISE_DATA=str(DATA))
                self.assertEqual(done.code, 0, f"{command}: {done.err}")

    def test_those_of_the_terminal_run(self) -> None:
        page = (ROOT / "docs/terminal.md").read_text()
        commands = re.findall(r"(?m)^    rankwise (.+)$", page)
        self.assertGreater(len(commands), 12)
        for command in commands:
            done = run(*shlex.split(command), cwd=ROOT)
            self.assertEqual((done.code, done.err), (0, ""), command)
            self.assertGreater(len(done.out.splitlines()), 0, command)

    def test_examples_of_help_run(self) -> None:
        for command in ("table", "compare", "ablate", "measures", "hypotheses", "reproduce", "list", "describe", "env"):
            example = run(command, "--help").out.partition("Example:\n  rankwise ")[2].strip()
            words = [str(path) for word in shlex.split(example) for path in sorted(ROOT.glob(word)) or [word]]
            done = run(*words, cwd=ROOT)
            self.assertEqual((done.code, done.err), (0, ""), example)


def crc32c(data: bytes) -> int:
    """Bit by bit, for a test's few bytes."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def fields(message: bytes):
    """(number, value) of each field of a protocol buffer."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
            continue
        length = {1: 8, 5: 4}.get(kind) or varint()
        yield key >> 3, message[at : at + length]
        at += length


def read_events(data: bytes):
    """(step, name, value) of each scalar in a TensorBoard file, its checksums checked."""
    at = 0
    while at < len(data):
        (length, length_crc) = struct.unpack_from("<QI", data, at)
        event = data[at + 12 : at + 12 + length]
        (crc,) = struct.unpack_from("<I", data, at + 12 + length)
        assert (length_crc, crc) == (masked(data[at : at + 8]), masked(event))
        at += 16 + length
        members = dict(fields(event))
        if 5 not in members:
            assert members[3] == b"brain.Event:2", members
            continue
        for _, value in fields(members[5]):
            scalar = dict(fields(value))
            yield members.get(2, 0), scalar[1].decode(), struct.unpack("<f", scalar[2])[0]


def without_comments(text: str) -> Json:
    """Study files may hold // comments on lines of their own or behind values."""
    return json.loads(re.sub(r'("(?:\\.|[^"\\])*")|//[^\n]*', lambda m: m[1] or "", text))


class StudySchema(unittest.TestCase):
    """What editors check study files by."""

    schema: Draft7Validator

    @classmethod
    def setUpClass(cls) -> None:
        schema = json.loads(run("schema", "study").out)
        Draft7Validator.check_schema(schema)
        cls.schema = Draft7Validator(schema)

    def faults(self, study: Json) -> list[str]:
        return [error.message for error in self.schema.iter_errors(study)]

    def test_accepts_every_study_of_the_tree(self) -> None:
        studies = [without_comments(path.read_text()) for path in sorted((ROOT / "configs").rglob("*.json"))]
        studies = [study for study in studies if "study" in study]
        self.assertGreater(len(studies), 40)
        for study in studies:
            self.assertEqual(self.faults(study), [], study["study"])

    def test_accepts_the_names_of_other_libraries(self) -> None:
        lora = {"variant": "lora", "options": {"r": 4}, "train": {"max_grad_norm": 1}, "target_modules": ["q"]}
        self.assertEqual(self.faults(tiny_study(lora)), [])

    def test_refuses_what_the_program_refuses(self) -> None:
        lora = {"variant": "lora"}
        for fault in (
            {"variant": "smorra"}, lora | {"options": {"rnk": 4}}, lora | {"options": {"rank": "8"}},
            lora | {"options": {"rank": 0}}, lora | {"train": {"schedule": "step"}}, lora | {"trian": {}},
            lora | {"backbone": {"name": "bert", "depth": 3}}, lora | {"sweep": {"rank": 4}},
            lora | {"data": {"suite": "planted", "options": {"noize": 0}}}, lora | {"sites": "layer.0"},
        ):  # fmt: skip
            self.assertNotEqual(self.faults(tiny_study(fault)), [], fault)
        self.assertNotEqual(self.faults({"runs": []}), [])
        self.assertNotEqual(self.faults(tiny_study(lora, seeds=[-1])), [])
        self.assertNotEqual(self.faults(tiny_study(lora, tables=["socres"])), [])

    def test_a_study_may_name_its_schema(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "study.json"
            path.write_text(json.dumps({"$schema": "study.schema.json"} | tiny_study({"variant": "lora"})))
            done = run("run", path, "--dry-run", "--no-calibration")
            self.assertEqual(done.code, 0, done.err)


if __name__ == "__main__":
    unittest.main()
