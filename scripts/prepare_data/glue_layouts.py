"""How the files of GLUE's tasks look: those of the official archive, and those of the sources.

Reads the names in a folder; writes nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from .errors import one_line


@dataclass(frozen=True)
class Layout:
    """The files of a task, and the columns of its label and texts, by name.

    Files have a header line, unless `columns` names what they hold. `quoted`: CSV instead of plain
    tabs. `torn`: the official file has rows that a line break inside a text cuts in two.
    """

    train: str
    test: str
    label: str
    texts: tuple[str, ...]
    dev: str = ""
    columns: tuple[str, ...] = ()
    quoted: bool = False
    torn: bool = False
    note: str = ""

    @property
    def files(self) -> list[str]:
        return [file for file in (self.train, self.dev, self.test) if file]

    @property
    def folder(self) -> str:
        return self.train.split("/")[0]

    def missing(self, folder: Path) -> list[str]:
        return [file for file in self.files if not (folder / file).is_file()]


_DEV_IS_TEST = "test is the official development set, dev a slice of training"
_SLICE = "dev is a slice of training"
_OFFICIAL = "official sets"
_SENTENCES = ("sentence1", "sentence2")
_STRINGS = ("#1 String", "#2 String")


def _archive(
    folder: str, label: str, texts: tuple[str, ...], dev: str = "dev", **more: object
) -> Layout:
    """A folder of the official archive, whose test file holds no labels."""
    train, test = f"{folder}/train.tsv", f"{folder}/{dev}.tsv"
    return Layout(train, test, label, texts, note=_DEV_IS_TEST, **more)


# The first layout of a task whose files are all there is read.
LAYOUTS = {
    "cola": (
        _archive("CoLA", "label", ("sentence",), columns=("source", "label", "mark", "sentence")),
    ),
    "sst2": (_archive("SST-2", "label", ("sentence",)),),
    "mrpc": (
        Layout(
            "MRPC/train.tsv", "MRPC/msr_paraphrase_test.txt", "Quality", _STRINGS,
            dev="MRPC/dev.tsv", note=_OFFICIAL,
        ),
        Layout(
            "MRPC/msr_paraphrase_train.txt", "MRPC/msr_paraphrase_test.txt", "Quality", _STRINGS,
            note=_SLICE,
        ),
        _archive("MRPC", "Quality", _STRINGS),
    ),
    "rte": (_archive("RTE", "label", _SENTENCES),),
    "stsb": (
        Layout(
            "STS-B/stsb-en-train.csv", "STS-B/stsb-en-test.csv", "score", _SENTENCES,
            dev="STS-B/stsb-en-dev.csv", columns=(*_SENTENCES, "score"), quoted=True,
            note=_OFFICIAL,
        ),
        _archive("STS-B", "score", _SENTENCES),
    ),
    "qnli": (_archive("QNLI", "label", ("question", "sentence")),),
    "mnli": (_archive("MNLI", "gold_label", _SENTENCES, dev="dev_matched"),),
    "qqp": (_archive("QQP", "is_duplicate", ("question1", "question2"), torn=True),),
}  # fmt: skip


def choose(folder: Path) -> tuple[dict[str, Layout], list[str]]:
    """The layout to read of each task, and the tasks that lack files, with what they lack."""
    chosen, left_out = {}, []
    for name, layouts in LAYOUTS.items():
        nearest = min(layouts, key=lambda layout: len(layout.missing(folder)))
        if missing := nearest.missing(folder):
            left_out.append(f"{name}, for want of {', '.join(missing)}")
        else:
            chosen[name] = nearest
    return chosen, left_out


def not_read(folder: Path, chosen: dict[str, Layout]) -> list[str]:
    """What else lies in the folder: files by name, folders that belong to no task with a slash."""
    read = {file for layout in chosen.values() for file in layout.files}
    tasks = {layouts[0].folder for layouts in LAYOUTS.values()}
    names = []
    for entry in sorted(folder.iterdir()):
        inside = sorted(entry.iterdir()) if entry.name in tasks and entry.is_dir() else [entry]
        names += [
            str(path.relative_to(folder)) + ("/" if path.is_dir() else "")
            for path in inside
            if str(path.relative_to(folder)) not in read
        ]
    return [one_line(name) for name in names]
