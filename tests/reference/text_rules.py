"""How a generated text is read as an answer: each rule by its name. Reads and writes nothing.

The rules are ours where no paper states one; where a rule finds nothing, the answer is "". A word
is the longest run of letters, digits and apostrophes; what stands alone is a word of its own.
"""

import math
import re
import string
from collections.abc import Callable, Sequence
from fractions import Fraction

# ASCII. A minus counts unless a word or a bracket ends right before it: 5-3 holds 5 and 3.
_NUMBER = re.compile(
    r"(?P<minus>(?<![\w)\]])-\$?|(?<!\w)\$-)?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d+|(?<![\d.])(?=\.\d))"
    r"(?P<rest>\.\d+|/\d+)?",
    re.ASCII,
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LEADS = ("answer", "option", "choice")
_FILLERS = ("is", "the", "correct", "option", "choice", "answer", "letter")
_CODE_ENDS = ("\nclass ", "\ndef ", "\n#", "\nif ", "\nprint(", "\n```", "\n@", "\nassert ")


def plain(text: str) -> str:
    """White space made plain."""
    return " ".join(text.split())


def squad(text: str) -> str:
    """Small letters, no ASCII punctuation, no articles, plain spaces (Rajpurkar et al. 2016)."""
    kept = "".join(one for one in text.lower() if one not in string.punctuation)
    return plain(re.sub(r"\b(a|an|the)\b", " ", kept))


def first_line(text: str) -> str:
    """The first line that is not blank, white space made plain."""
    return next((plain(line) for line in text.split("\n") if line.strip()), "")


def numbers(text: str) -> list[str]:
    """Every number, plainly written: 1,234, $5 and 3/4 are one each; a last dot is of none."""
    return [_canonical(match) for match in _NUMBER.finditer(text)]


def _canonical(match: re.Match[str]) -> str:
    """Without currency and thousands, a fraction in lowest terms, no zero that says nothing."""
    minus = "-" if match["minus"] else ""
    whole, rest = match["whole"].replace(",", "").lstrip("0") or "0", match["rest"] or ""
    if rest.startswith("/"):
        below = int(rest[1:])
        if below == 0:  # no fraction: the number behind the stroke is the last one
            return "0"
        return str(Fraction(int(f"{minus}{whole}"), below))
    places = rest[1:].rstrip("0")
    shown = f"{whole}.{places}" if places else whole
    return shown if shown == "0" else minus + shown


def last_number(text: str) -> str:
    return (numbers(text) or [""])[-1]


def marked_number(text: str) -> str:
    """GSM8K's: the first number behind the first ####; without one there the last number of all."""
    behind = text.partition("####")[2]
    return (numbers(behind) or [last_number(text)])[0]


def first_option(text: str, options: str = "ABCD") -> str:
    """A letter that stands alone: behind "answer", "option" or "choice", else the first in
    brackets, else the first that is no article (A cat)."""
    words = list(_WORD.finditer(text))
    letters = [word for word in words if word.group() in list(options)]
    bracketed = (
        one
        for one in letters
        if text[: one.start()].endswith("(") and text[one.end() :].startswith(")")
    )
    alone = (one for one in letters if not _is_article(text, one))
    found = _behind_lead(words, options) or next(bracketed, None) or next(alone, None)
    return found.group() if found else ""


def _behind_lead(words: Sequence[re.Match[str]], options: str) -> re.Match[str] | None:
    """Between "answer" and its letter only fillers stand."""
    for index, word in enumerate(words):
        if word.group().lower() in _LEADS:
            rest = words[index + 1 :]
            while rest and rest[0].group().lower() in _FILLERS:
                rest = rest[1:]
            if rest and rest[0].group() in list(options):
                return rest[0]
    return None


def _is_article(text: str, word: re.Match[str]) -> bool:
    return word.group() == "A" and re.match(r" [a-z]", text[word.end() :]) is not None


def first_label(text: str, labels: Sequence[str]) -> str:
    """The label that stands first, as whole words in any case; of two at one place the longer."""
    found = []
    for label in labels:
        match = re.search(rf"(?<![^\W_]){re.escape(label)}(?![^\W_])", text, re.IGNORECASE)
        if match:
            found.append((match.start(), -len(label), label))
    return min(found)[2] if found else ""


def first_digit(text: str) -> str:
    """The first of 0 to 3 that stands alone."""
    return next((word.group() for word in _WORD.finditer(text) if word.group() in list("0123")), "")


def any_digit(text: str, gold: str) -> bool:
    """FlyLoRA's released reading of MMLU: right if any digit from 0 to 3 is the gold one."""
    return gold in [one for one in text if one in "0123"]


def number_or_zero(text: str) -> float:
    """MoRE's reading of STS-B: a finite decimal, white space around it allowed; else 0."""
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text.strip(), re.ASCII):
        return 0.0
    value = float(text.strip())
    return value if math.isfinite(value) else 0.0


def _fenced(text: str) -> str | None:
    """What stands in the first fence of backticks."""
    fenced = re.search(r"```[^\n]*\n(.*?)(?:\n```|\Z)", text, re.DOTALL)
    return fenced.group(1) if fenced else None


def fenced_code(text: str) -> str:
    """What stands in the first fence of backticks, else the text as it is."""
    inside = _fenced(text)
    return text if inside is None else inside


def code(text: str) -> str:
    """What stands in the first fence of backticks, else all before another statement begins."""
    inside = _fenced(text)
    if inside is not None:
        return inside
    ends = [place for end in _CODE_ENDS if (place := text.find(end)) >= 0]
    return text[: min(ends)] if ends else text


RULES: dict[str, Callable[[str], str]] = {
    "plain": plain,
    "squad": squad,
    "first_line": first_line,
    "last_number": last_number,
    "marked_number": marked_number,
    "first_option": first_option,
    "first_digit": first_digit,
    "code": code,
    "fenced_code": fenced_code,
}
