"""Makes a suite for a backbone's tokenizer.

Writes DIR/suites/<suite>-<backbone>.h5, .sources.json and .sources.md.

A suite is left alone when its token file has the SHA-256 that its sources table states, and was
made by this version of the code from the same input.
"""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .backbones import AnyBackbone, model_folder, tokenizer_sha256
from .errors import PrepareError, refuse_repeats
from .examples import Splits
from .files import read_json, sha256_of
from .targets import check_examples
from .tasks import PreparedTask

if TYPE_CHECKING:
    from .coder import Coder
    from .exemplars import Shortened
    from .token_file import TokenisedTask

SUITE_NAME = re.compile(r"\w[\w.-]*")  # files are called after it


@dataclass(frozen=True)
class Suite:
    """A suite's prepared tasks, the tasks left out with the reason, and what was not read."""

    name: str
    tasks: list[PreparedTask]
    left_out: list[str] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        refuse_repeats(f"suite {self.name}: task", (one.task.name for one in self.tasks))


def suite_path(data: Path, suite: str, backbone: AnyBackbone) -> Path:
    """The token file's path."""
    return data / "suites" / f"{suite}-{backbone.name}.h5"


def recipe(origin: str) -> str:
    """Changes with this code and with where the rows come from."""
    digest = hashlib.sha256(origin.encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    return digest.hexdigest()


def is_current(path: Path, origin: str, tokenizer: str) -> bool:
    """Whether the token file is whole and was made by this code from this origin and tokenizer.

    `tokenizer` is its SHA-256.
    """
    base = _sources_base(path)
    sources = read_json(base.with_name(base.name + ".json"))
    if not isinstance(sources, dict) or sources.get("recipe") != recipe(origin):
        return False
    if sources.get("tokenizer_sha256") != tokenizer:
        return False
    if not base.with_name(base.name + ".md").is_file():
        return False
    return path.is_file() and sha256_of(path) == sources.get("token_file_sha256")


def _sources_base(path: Path) -> Path:
    return path.with_name(path.stem + ".sources")  # with_suffix would cut "v1.5" of a name


def write_suite(data: Path, suite: Suite, backbone: AnyBackbone, origin: str) -> Path:
    """Tokenises every task and writes the token file and its sources table."""
    # Imported here: a second run that finds all in place needs none of them.
    from .coder import Coder
    from .fits import check_fits
    from .sources import entry, write_sources
    from .token_file import Header, write_token_file

    folder, digest = model_folder(data, backbone), tokenizer_sha256(data, backbone)
    coder = Coder(folder)
    tokenised = [_tokenise(suite, prepared, coder) for prepared in suite.tasks]
    check_fits(folder / "config.json", coder.vocabulary, tokenised)
    entries = [entry(task) for task in tokenised]
    path = suite_path(data, suite.name, backbone)
    header = Header(
        suite=suite.name,
        tokenizer=backbone.name,
        tokenizer_sha256=digest,
        vocabulary=coder.vocabulary,
        end_token=coder.end_token,
        token_bytes=coder.token_bytes,
        sources=entries,
    )
    write_token_file(path, header, tokenised)
    document = {
        "suite": suite.name,
        "tokenizer": backbone.name,
        "tokenizer_sha256": digest,
        "token_file": path.name,
        "token_file_sha256": sha256_of(path),
        "recipe": recipe(origin),
        "tasks": entries,
        "left_out": suite.left_out,
        "not_read": suite.not_read,
    }
    write_sources(_sources_base(path), document)
    return path


def _tokenise(suite: Suite, prepared: PreparedTask, coder: "Coder") -> "TokenisedTask":
    from .exemplars import join
    from .token_file import TokenisedTask

    splits = prepared.splits.items()
    sizes = " / ".join(str(len(rows)) for _, rows in splits)
    if not all(rows for _, rows in splits):
        raise PrepareError(
            f"{suite.name}: {prepared.task.name} has {sizes} rows for train / dev / test, "
            f"expected some in each{_left_out(prepared.splits)}; give a source with more rows"
        )
    check_examples(prepared)
    joined = join(prepared, lambda prompts: coder.fits(prepared.task, prompts))
    packed = {name: coder.pack(prepared.task, rows) for name, rows in joined.splits.items()}
    for name, part in packed.items():
        if not len(part.target):
            raise PrepareError(
                f"{suite.name}: {prepared.task.name} has nothing left in {name}: every answer is "
                f"over answer_cap, or a language model's texts or cap are under two tokens"
            )
    sizes = " / ".join(f"{len(part.target)}" for part in packed.values())
    held = prepared.splits.held_elsewhere
    less = f", without {held} rows that other tasks hold out" if held else ""
    print(f"  {prepared.task.name}: {sizes}{less}", flush=True)
    _tell_exemplars(prepared, joined.shortened)
    return TokenisedTask(prepared, packed, joined.shortened)


def _tell_exemplars(prepared: PreparedTask, shortened: "Shortened") -> None:
    task = prepared.task
    count = task.likelihood.fewshot.count if task.likelihood else 0
    if not count:
        return
    print(f"    each prompt of dev and test begins with exemplars, answered rows of train: {count}")
    if shortened.prompts:
        asked = len(prepared.splits.dev) + len(prepared.splits.test)
        print(
            f"    {shortened.prompts} of these {asked} prompts were over the cap of {task.cap} "
            f"tokens and lost {shortened.exemplars} of all {asked * count} exemplars; "
            f"raise cap to keep them"
        )


def _left_out(splits: Splits) -> str:
    """What else the rows of a task that is too small became."""
    counts = {
        "repeated": splits.duplicates,
        "contradicting": splits.conflicts,
        "shared between its files": splits.overlaps,
        "held out by other tasks": splits.held_elsewhere,
        "unused": splits.unused,
    }
    found = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f" ({found} rows are left out)" if found else ""
