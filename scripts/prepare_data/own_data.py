"""Suites of a user's own data, as a description states them: rows in, tasks with their splits out.

Reads the description and the files that it names; writes nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .description import SPLITS, TaskDescription, read_description
from .errors import PrepareError, shown
from .examples import Example, Read, SplitRule, Splits, split
from .files import check_file
from .gold import is_twice
from .halves import halves
from .hashes import remembered_sha256
from .own_tasks import Cells, describe, likelihood_of, takes_exemplars
from .rows import Record, read_rows
from .shared_rows import Divided, content_of, keep_apart
from .special_tokens import has_vocabulary_head, model_type
from .suites import Suite
from .tasks import Origin, PreparedTask


@dataclass(frozen=True)
class OwnData:
    """A description, the folder of the files that it names, and the backbone's folder."""

    description: Path
    files: Path
    model: Path
    only: Sequence[str] = ()
    fewshot: int | None = None  # instead of the description's count, where a task takes exemplars

    def fingerprint(self, data: Path) -> str:
        """Changes with the description, the files, and what the backbone says of itself."""
        digest = hashlib.sha256()
        tasks = self._tasks()
        for name in ("config.json", "tokenizer_config.json", "chat_template.jinja"):
            file = self.model / name
            digest.update(file.read_bytes() if file.is_file() else b"")
        digest.update(self.description.read_bytes())
        digest.update(" ".join(self.only).encode())
        digest.update(f" fewshot {self.fewshot}".encode() if self.fewshot is not None else b"")
        for path in dict.fromkeys(path for task in tasks for path in self._paths(task)):
            digest.update(f"{path.name} {remembered_sha256(data, path)}\n".encode())
        return f"own {digest.hexdigest()}"

    def read(self, suite: str, data: Path) -> Suite:
        """All tasks, divided; what one holds out is in no other's training."""
        rows = _Rows(
            path
            for task in self._tasks()
            for part in task.files
            for path in self._paths(task, part)
        )
        prepared = [self._prepare(suite, task, data, rows) for task in self._tasks()]
        keep_apart([Divided(task.splits, read) for task, read in prepared])
        return Suite(suite, [_with_exemplars(task, read) for task, read in prepared])

    def _tasks(self) -> list[TaskDescription]:
        """Those asked for; all, if none is."""
        tasks = read_description(self.description)
        names = [task.name for task in tasks]
        for name in self.only:
            if name not in names:
                raise PrepareError(
                    f"--tasks: {self.description} has no task {shown(name)}; it has "
                    f"{', '.join(names)}"
                )
        wanted = [task for task in tasks if not self.only or task.name in self.only]
        return wanted if self.fewshot is None else self._with_count(wanted, self.fewshot)

    def _with_count(self, tasks: list[TaskDescription], count: int) -> list[TaskDescription]:
        """With so many exemplars where a task takes some, which one does; with none, all."""
        takes = [takes_exemplars(task, self._by_likelihood(task)) for task in tasks]
        if count and not any(takes):
            raise PrepareError(
                f"--fewshot {count}: no task of {self.description} takes exemplars with "
                f"{self.model.name}; they stand before questions of classify, choose and generate "
                f"that are answered by likelihood, and in no chat"
            )
        return [
            replace(task, fewshot=replace(task.fewshot, count=count)) if taken or not count else task
            for task, taken in zip(tasks, takes, strict=True)
        ]

    def _by_likelihood(self, task: TaskDescription) -> bool:
        return likelihood_of(task, has_vocabulary_head(model_type(self.model)))

    def _paths(self, task: TaskDescription, part: str = "") -> list[Path]:
        parts = [part] if part else SPLITS
        paths = [self.files / file for name in parts for file in task.files.get(name, ())]
        for path in paths:
            check_file(
                path,
                f"{self.description}: task {task.name}: {path}",
                "; files are found from --files DIR, else from the description's folder",
            )
        return paths

    def _prepare(
        self, suite: str, task: TaskDescription, data: Path, rows: "_Rows"
    ) -> tuple[PreparedTask, Read]:
        where = f"{self.description}: task {task.name}"
        by_likelihood = self._by_likelihood(task)
        cells = {
            part: Cells(task.read_in(part), by_likelihood, self.model, where) for part in SPLITS
        }
        records = {
            part: [_extracted(one, task.read_in(part)) for one in self._records(task, part, rows)]
            for part in task.files
        }
        if task.halves is not None:
            records["dev"], records["test"] = halves(records["dev"], task.halves)
        try:
            described = describe(task, by_likelihood, cells["train"].labels(records))
        except PrepareError as error:
            raise PrepareError(f"{self.description}: {error}") from None
        examples = {
            part: [cells[part].example(record, described) for record in found]
            for part, found in records.items()
        }
        read = _read(examples)
        names = list(dict.fromkeys(file for part in SPLITS for file in task.files.get(part, ())))
        digests = [remembered_sha256(data, self.files / name) for name in names]
        files = tuple((_shown_path(n), d) for n, d in zip(names, digests, strict=True))
        origin = Origin("own files", "", files)
        splits = split(read, _rule(suite, task, read, where))
        _tell_twice(task.name, splits)
        return PreparedTask(described, origin, read.rows, splits, task.note), read

    def _records(self, task: TaskDescription, part: str, rows: "_Rows") -> Iterator[Record]:
        wanted, count = task.where.get(part, {}), 0
        for path in self._paths(task, part):
            for record in rows.of(path, task.columns):
                if all(record.text(column) == text for column, text in wanted.items()):
                    count += 1
                    yield replace(record, content=content_of(record.values))
        if not count:
            raise PrepareError(
                f"{self.description}: task {task.name}: where.{part}: no row of its files says so"
            )


class _Rows:
    """The rows of files; those of a file that is named more than once are read once and kept."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._often = {path for path, count in Counter(paths).items() if count > 1}
        self._kept: dict[tuple[Path, tuple[str, ...]], list[Record]] = {}

    def of(self, path: Path, columns: tuple[str, ...]) -> list[Record]:
        if path not in self._often:
            return read_rows(path, columns)
        if (path, columns) not in self._kept:
            self._kept[path, columns] = read_rows(path, columns)
        return self._kept[path, columns]


def _with_exemplars(task: PreparedTask, read: Read) -> PreparedTask:
    """With train's examples in the order of their files, where prompts hold some of them."""
    likelihood = task.task.likelihood
    if likelihood is None or not likelihood.fewshot.count:
        return task
    in_train = {id(example) for example in task.splits.train}
    return replace(task, exemplars=[one for one in read.pool if id(one) in in_train])


def _read(parts: dict[str, list[Example]]) -> Read:
    rows = sum(len(part) for part in parts.values())
    return Read(rows, parts["train"], test=parts.get("test"), dev=parts.get("dev"))


def _tell_twice(task: str, splits: Splits) -> None:
    """Says which rows hold their right candidate twice, since every answer to them is a tie."""
    examples = [one for _, part in splits.items() for one in part if one.candidates]
    found = [one.where for one in examples if is_twice(one.candidates, int(one.target))]
    if found:
        print(f"  {task}: the right candidate is there twice in {len(found)} rows, as {found[0]}")


def _extracted(record: Record, task: TaskDescription) -> Record:
    """The row with the columns that patterns find inside its texts."""
    for column, pattern in task.extract.items():
        found = pattern.fullmatch(record.text(column))
        if found is None:
            raise PrepareError(
                f"{record.where}: column {shown(column)} is {shown(record.text(column))}, which "
                f"the pattern of extract does not fit"
            )
        named = {name: text or "" for name, text in found.groupdict().items()}
        record = replace(record, values=record.values | named)
    return record


def _rule(suite: str, task: TaskDescription, read: Read, where: str) -> SplitRule:
    """Given files as they are; else the sizes asked for, or a tenth of training up to 1,000."""
    for part in ("dev", "test"):
        if part in task.splits and part in task.files:
            raise PrepareError(
                f"{where}: splits.{part}: files.{part} is given; leave one of them out"
            )
    tenth = min(1000, len(read.pool) // 10)
    return SplitRule(
        salt=f"rankwise {suite} {task.name}",
        test=task.splits.get("test", tenth),
        dev=task.splits.get("dev", tenth),
        train=task.splits.get("train"),
        clean_official=False,
    )


def _shown_path(file: str) -> str:
    """As the description has it, without the folders of a machine."""
    return Path(file).name if Path(file).is_absolute() else file
