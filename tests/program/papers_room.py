"""A folder with all that configs/papers need, in miniature, where each is trained for three steps.

Below it lie configs (the repository's), data (stand-ins of the backbones, and the suites prepared
from rows made by hand) and results; commands run there as they do at the repository's root.
"""

import atexit
import contextlib
import functools
import io
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from scripts.prepare_data import cli
from tests.reference.papers_rows import WRITERS, put

from .paper_config import PaperConfig, Row
from .program import ROOT, Done, Json, run
from .small_models import write_stand_in

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the program is forked

# All that is changed in a config's runs, and its seeds, of which the first one is trained.
REDUCED = {
    "train.steps": 3, "train.epochs": None, "train.batch": 16, "train.evaluations": 1,
    "train.generation.max_tokens": 4, "data.dev_rows": 2,
}  # fmt: skip
# Some more rows for training than the suite's descriptions cut from them for dev.
TRAIN = {"more_glue": 1008, "more_commonsense": 208, "smora_flan": 24, "flylora": 508}
TEST = {"more_glue": 9}
# What stands for the data that are not public: a suite of one's own, named by --set.
DOMAINS = "my_domains"


@functools.cache
def room() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="rankwise-papers-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "configs").symlink_to(ROOT / "configs")
    return folder


@functools.cache
def backbone(name: str) -> None:
    write_stand_in(room() / "data/models", name)


def suite_of(row: Row) -> str:
    """The suite that a run is trained on here."""
    suite: str = row.members["data"]["suite"]
    return DOMAINS if suite == "smora_domains" else suite


@functools.cache
def prepare(suite: str, weights: str) -> None:
    """As a user does: scripts/prepare --suite SUITE --files DIR --backbone NAME."""
    backbone(weights)
    files = room() / "rows" / suite
    source = ["--files", str(files)]
    if suite == DOMAINS:
        write_domains(files)
        source = ["--from", str(files / "suite.json")]
    elif not files.exists():
        WRITERS[suite](files, TRAIN[suite], TEST.get(suite, 2))
    data = str(room() / "data")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = cli.main(["--suite", suite, "--backbone", weights, "--data", data, *source])
    if code != 0:
        raise AssertionError(f"{suite} for {weights}: {printed.getvalue()}")


def write_domains(folder: Path) -> None:
    """Six domains to train on; of code and general the tests are HumanEval and MMLU."""
    WRITERS["flylora"](folder, 1, 2)
    tasks = [_domain(folder, name) for name in ("finance", "medical", "math", "law")]
    code = {"prompt": "{prompt}", "answer": "{canonical_solution}"}
    choices = {"prompt": "{question} {choices!r}", "answer": "{answer}"}
    tasks += [
        _domain(folder, "code", "humaneval/HumanEval.jsonl", code),
        _domain(folder, "general", "mmlu/all/test-00000-of-00001.parquet", choices),
    ]
    put(folder, "suite.json", {"tasks": tasks})


def _domain(folder: Path, name: str, test: str = "", test_as: Json | None = None) -> Json:
    file = f"{name}/train.json"
    put(folder, file, [{"question": f"Say {name} {i}.", "answer": f"{i}"} for i in range(12)])
    tested = {"splits": {"dev": 2, "test": 2}, "files": {"train": file}}
    if test:
        tested = {"splits": {"dev": 2}, "files": {"train": file, "test": test}, "test_as": test_as}
    shape = {"kind": "generate", "prompt": "{question}", "answer": "{answer}"}
    return {"name": name, "metrics": ["match", "exact_match"]} | shape | tested


def given(config: PaperConfig) -> list[str]:
    """What a user adds to `rankwise run CONFIG`: the suite, where the config's is not public."""
    for row in config.rows:
        prepare(suite_of(row), row.members["backbone"]["weights"])
    private = any(suite_of(row) == DOMAINS for row in config.rows)
    return ["--set", f"data.suite={DOMAINS}"] if private else []


def succeed(*arguments: str) -> Done:
    done = run(*arguments, cwd=room(), timeout=600)
    if done.code != 0:
        raise AssertionError(f"rankwise {' '.join(arguments)}: {done.code}\n{done.err[-3000:]}")
    return done


@functools.cache
def trained(name: str) -> int:
    """Trains a config in miniature; how many of its runs another study had. Once a process."""
    config = PaperConfig(name)
    reductions = REDUCED | {"seed": config.seeds[0]}
    settings = [f"--set={path}={json.dumps(value)}" for path, value in reductions.items()]
    file, alone = f"configs/papers/{name}.json", ["--threads", "1", "--jobs", "1"]
    done = succeed("run", file, *alone, *settings, *given(config), *_reuse(config))
    taken = re.search(r"(\d+) taken from other studies", done.out + done.err)
    return int(taken[1]) if taken else 0


def _reuse(config: PaperConfig) -> list[str]:
    names = [config.adapters_of]
    if config.like is not None and config.shares_with(PaperConfig(config.like)):
        names.append(config.like)
    found = []
    for name in sorted({name for name in names if name is not None}):
        trained(name)
        found += ["--reuse", str(PaperConfig(name).results)]
    return found
