"""GLUE from a folder with its original files, one folder a task; `glue_layouts` lists them.

Reads those files; writes nothing. What is not read is named.

Official sets are kept whole, repeats included, and what they share with training leaves training.
Where GLUE keeps the test labels, test is the official development set; where there is no
development set left, dev is a slice of training: min(1000, a tenth).
"""

import hashlib
from pathlib import Path

from .errors import PrepareError, shown
from .examples import Example, Read, SplitRule, split
from .files import sha256_of
from .glue_layouts import Layout, choose, not_read
from .suites import Suite
from .tables import Row, read_csv, read_tabs
from .targets import is_decimal, target_of
from .tasks import Origin, PreparedTask, Task

_SINGLE = "[CLS] {sentence} [SEP]"
_PAIR = "[CLS] {sentence1} [SEP] {sentence2} [SEP]"
_QUESTION = "[CLS] {question} [SEP] {sentence} [SEP]"
_CAP = 128
_LICENCE = "its authors' own; not stated with the files, never redistributed"
_ENTAILMENT = ("entailment", "not_entailment")
_SIMILARITY = (0.0, 5.0)  # STS-B's scores


def _task(
    name: str, family: str, labels: tuple[str, ...], metrics: tuple[str, ...], prompt: str = _PAIR
) -> Task:
    kind, bounds = ("classify", None) if labels else ("regress", _SIMILARITY)
    return Task(name, family, kind, labels, metrics, _CAP, prompt, _LICENCE, bounds)


TASKS = {
    task.name: task
    for task in (
        _task("cola", "acceptability", ("unacceptable", "acceptable"), ("matthews",), _SINGLE),
        _task("sst2", "sentiment", ("negative", "positive"), ("accuracy",), _SINGLE),
        _task("mrpc", "paraphrase", ("different", "equivalent"), ("accuracy", "f1")),
        _task("rte", "inference", _ENTAILMENT, ("accuracy",)),
        _task("stsb", "similarity", (), ("pearson", "spearman")),
        _task("qnli", "inference", _ENTAILMENT, ("accuracy",), _QUESTION),
        _task("mnli", "inference", ("entailment", "neutral", "contradiction"), ("accuracy",)),
        _task("qqp", "paraphrase", ("different", "duplicate"), ("accuracy", "f1")),
    )
}


def fingerprint(folder: Path) -> str:
    """Changes with the files that are read and with the names of the others."""
    if not folder.is_dir():
        raise PrepareError(f"--from {folder}: no such folder; give GLUE's folder, or hub")
    chosen, _ = choose(folder)
    digest = hashlib.sha256()
    for layout in chosen.values():
        for file in layout.files:
            digest.update(f"{file} {sha256_of(folder / file)}\n".encode())
    digest.update("\n".join(not_read(folder, chosen)).encode())
    return f"glue {digest.hexdigest()}"


def read_glue(folder: Path) -> Suite:
    """The tasks whose files are all there; the others are named with what is missing."""
    chosen, left_out = choose(folder)
    if not chosen:
        raise PrepareError(f"--from {folder}: no GLUE task is complete: {'; '.join(left_out)}")
    others = not_read(folder, chosen)
    for what, names in (("left out", left_out), ("not read", others)):
        for name in names:
            print(f"  {what}: {name}")
    tasks = [_prepare(TASKS[name], layout, folder) for name, layout in chosen.items()]
    return Suite("glue", tasks, left_out, others)


def _prepare(task: Task, layout: Layout, folder: Path) -> PreparedTask:
    parts = {file: _read_file(folder / file, task, layout) for file in layout.files}
    torn = sum(count for _, count in parts.values())
    examples = {file: part for file, (part, _) in parts.items()}
    read = Read(
        rows=sum(len(part) for part in examples.values()) + torn,
        pool=examples[layout.train],
        test=examples[layout.test],
        dev=examples[layout.dev] if layout.dev else None,
    )
    files = tuple((file, sha256_of(folder / file)) for file in layout.files)
    origin = Origin("GLUE, a folder of its files", "", files)
    note = layout.note + (f"; {torn} lines of torn rows are not used" if torn else "")
    return PreparedTask(task, origin, read.rows, split(read, glue_rule(task, read)), note)


def glue_rule(task: Task, read: Read) -> SplitRule:
    """Official sets as they are; a slice of training where one is wanting."""
    return SplitRule(
        salt=f"rankwise glue {task.name}", dev=min(1000, len(read.pool) // 10), clean_official=False
    )


def _read_file(path: Path, task: Task, layout: Layout) -> tuple[list[Example], int]:
    """The examples of a file, and the number of lines left out as parts of torn rows."""
    if layout.quoted:
        rows = read_csv(path, lambda cells: _is_scored_pair(cells, layout))
    else:
        rows = read_tabs(path)
    columns = list(layout.columns)
    if not columns:
        columns, rows = _header(path, rows, layout), rows[1:]
    torn = [row.line for row in rows if layout.torn and len(row.cells) < len(columns)]
    if torn:
        print(f"  {task.name}: {len(torn)} lines of torn rows are not used, from line {torn[0]}")
        rows = [row for row in rows if len(row.cells) >= len(columns)]
    examples = []
    for row in rows:
        where = f"{path}: line {row.line}"
        examples.append(_example(_by_name(row, columns, where), layout, task, where))
    return examples, len(torn)


def _by_name(row: Row, columns: list[str], where: str) -> dict[str, str]:
    if len(row.cells) != len(columns):
        raise PrepareError(
            f"{where} has {len(row.cells)} columns, expected {len(columns)}: {', '.join(columns)}"
        )
    return dict(zip(columns, row.cells, strict=True))


def _example(cells: dict[str, str], layout: Layout, task: Task, where: str) -> Example:
    texts = [cells[name] for name in layout.texts]
    target = target_of(cells[layout.label], task, where)
    return Example(texts[0], target, pair=texts[1] if len(texts) > 1 else "")


def _is_scored_pair(cells: list[str], layout: Layout) -> bool:
    return len(cells) == len(layout.columns) and is_decimal(cells[-1])


def _header(path: Path, rows: list[Row], layout: Layout) -> list[str]:
    """The names of the columns, among which the wanted ones stand once."""
    if not rows:
        raise PrepareError(f"{path} is empty; copy it anew")
    names = rows[0].cells
    for wanted in (layout.label, *layout.texts):
        if names.count(wanted) != 1:
            raise PrepareError(
                f"{path}: line {rows[0].line} is {shown(' | '.join(names))}, expected a header "
                f"that names the column '{wanted}' once; GLUE's own file has it"
            )
    return names
