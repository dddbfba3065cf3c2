"""Examples of a task: removing duplicates, and splits that follow from the text alone.

Reads and writes nothing. A split is made by ordering examples by the SHA-256 of a salt and their
text, so that it depends on no generator and on no order of the file.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Example:
    """One example before tokenising.

    `pair` is the second text of a pair; `candidates` are the answers of a choice; `answer` is the
    text to generate; `program` is what stands before and behind a generated text that is run;
    `unit` names what must not be torn apart by a split (a question asked of many
    passages), by default the input; `where` is its file and row, for messages; `content` is equal
    for rows of equal content, whatever a task makes of them.
    """

    text: str
    target: float
    pair: str = ""
    candidates: tuple[str, ...] = ()
    unit: str = ""
    answer: str = ""
    program: tuple[str, str] | None = None
    where: str = field(default="", compare=False)
    content: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """Equal for duplicates: the input and the text to generate with white space made plain."""
        return "\x1f".join((self._input, plain(self.answer))) if self.answer else self._input

    @property
    def unit_key(self) -> str:
        """Equal for what stays in one split; ignores case, as uncased tokenizers do."""
        return (plain(self.unit) if self.unit else self._input).lower()

    @property
    def _input(self) -> str:
        return "\x1f".join(plain(part) for part in (self.text, self.pair, *self.candidates))

    def sequences(self) -> list[tuple[str, str]]:
        """The pairs of texts to encode: one, or one for each candidate."""
        if self.candidates:
            return [(self.text, candidate) for candidate in self.candidates]
        return [(self.text, self.pair)]


@dataclass(frozen=True)
class Read:
    """What a reader found: rows in the file, usable examples, and the official test set if any.

    `dev` is the official development set, where the data has one beside a test set.
    """

    rows: int
    pool: list[Example]
    test: list[Example] | None = None
    dev: list[Example] | None = None


@dataclass
class Splits:
    """The examples of a task by split, and what was left out on the way there."""

    train: list[Example] = field(default_factory=list)
    dev: list[Example] = field(default_factory=list)
    test: list[Example] = field(default_factory=list)
    duplicates: int = 0
    conflicts: int = 0
    overlaps: int = 0
    held_elsewhere: int = 0
    unused: int = 0

    def items(self) -> list[tuple[str, list[Example]]]:
        return [("train", self.train), ("dev", self.dev), ("test", self.test)]


def plain(text: str) -> str:
    """Text with every run of white space made one space, and none at the ends."""
    return " ".join(text.split())


def without_duplicates(examples: Iterable[Example]) -> tuple[list[Example], int, int]:
    """Keeps the first of equal inputs; where equal inputs differ in target, keeps none.

    Returns the examples, the rows left out as repeats, and those left out as contradictions.
    """
    groups: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        groups[example.key].append(example)
    kept, duplicates, conflicts = [], 0, 0
    for group in groups.values():
        if len({example.target for example in group}) > 1:
            conflicts += len(group)
        else:
            kept.append(group[0])
            duplicates += len(group) - 1
    return kept, duplicates, conflicts


def in_hash_order(examples: Iterable[Example], salt: str) -> list[list[Example]]:
    """The units of the examples, ordered by the SHA-256 of the salt and the unit's text."""
    units: dict[str, list[Example]] = defaultdict(list)
    for example in sorted(examples, key=lambda e: e.key):
        units[example.unit_key].append(example)
    return [units[key] for key in sorted(units, key=lambda key: _digest(salt, key))]


def _digest(salt: str, key: str) -> bytes:
    return hashlib.sha256(f"{salt}\n{key}".encode()).digest()


def cut(units: Sequence[list[Example]], size: int) -> tuple[list[Example], list[list[Example]]]:
    """Takes whole units, in order, until `size` examples are there; a unit too large is passed by.

    Returns what was taken and the units that remain.
    """
    taken: list[Example] = []
    rest: list[list[Example]] = []
    for unit in units:
        if len(taken) + len(unit) <= size:
            taken.extend(unit)
        else:
            rest.append(unit)
    return taken, rest


@dataclass(frozen=True)
class SplitRule:
    """Sizes of a split. An official test or development set is kept and its size is not given.

    `train` limits the training set (None: all that is left). `official_wins`: a text in both the
    pool and an official set leaves the pool; otherwise it leaves the official set.
    `clean_official`: duplicates leave the official sets too.
    """

    salt: str
    test: int = 0
    dev: int = 0
    train: int | None = None
    official_wins: bool = True
    clean_official: bool = True


def split(read: Read, rule: SplitRule) -> Splits:
    """Cleans the examples and divides them; every rule of SplitRule applies here only."""
    pool, duplicates, conflicts = without_duplicates(read.pool)
    result = Splits(duplicates=duplicates, conflicts=conflicts)
    result.test = _official(read.test, rule, result)
    result.dev = _official(read.dev, rule, result)
    pool = _without_overlaps(pool, rule, result)
    units = in_hash_order(pool, rule.salt)
    if read.test is None:
        result.test, units = cut(units, rule.test)
    if read.dev is None:
        result.dev, units = cut(units, rule.dev)
    limit = sum(len(unit) for unit in units) if rule.train is None else rule.train
    result.train, units = cut(units, limit)
    result.unused = sum(len(unit) for unit in units)
    return result


def _official(examples: list[Example] | None, rule: SplitRule, result: Splits) -> list[Example]:
    """An official set, cleaned if the rule says so, in hash order: its first rows are a sample."""
    kept = examples or []
    if rule.clean_official:
        kept, duplicates, conflicts = without_duplicates(kept)
        result.duplicates += duplicates
        result.conflicts += conflicts
    return [example for unit in in_hash_order(kept, rule.salt) for example in unit]


def _without_overlaps(pool: list[Example], rule: SplitRule, result: Splits) -> list[Example]:
    """Removes what the pool shares with the official sets, whatever its case, from one side."""
    before = len(pool) + len(result.test) + len(result.dev)
    if rule.official_wins:
        taken = {example.unit_key for example in result.test + result.dev}
        pool = [example for example in pool if example.unit_key not in taken]
    else:
        taken = {example.unit_key for example in pool}
        result.test = [example for example in result.test if example.unit_key not in taken]
        result.dev = [example for example in result.dev if example.unit_key not in taken]
    result.overlaps = before - len(pool) - len(result.test) - len(result.dev)
    return pool
