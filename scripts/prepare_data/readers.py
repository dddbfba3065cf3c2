"""Readers of text10's files: bytes of the packaged file in, examples out.

Each reader undoes the quirks of its file, which its docstring names. Nothing is written.
"""

import bz2
import csv
import html
import io
import json
import re

from .examples import Example, Read, plain

REUTERS8 = ("acq", "crude", "earn", "grain", "interest", "money-fx", "ship", "trade")

# Lexicographer files of WordNet 3.0's nouns (lexnames(5WN)).
LEXICOGRAPHER_FILES = {
    3: "Tops", 4: "act", 5: "animal", 6: "artifact", 7: "attribute", 8: "body", 9: "cognition",
    10: "communication", 11: "event", 12: "feeling", 13: "food", 14: "group", 15: "location",
    16: "motive", 17: "object", 18: "person", 19: "phenomenon", 20: "plant", 21: "possession",
    22: "process", 23: "quantity", 24: "relation", 25: "shape", 26: "state", 27: "substance",
    28: "time",
}  # fmt: skip

# The 16 most frequent of them in data.noun, by name.
SUPERSENSES = (
    "act", "animal", "artifact", "attribute", "body", "cognition", "communication", "food", "group",
    "location", "object", "person", "plant", "quantity", "state", "substance",
)  # fmt: skip


def read_rotten_tomatoes(content: bytes) -> Read:
    """CSV in bzip2 (category, filename, text, movie_name); rows of category plot are no reviews."""
    csv.field_size_limit(1 << 24)
    text = bz2.decompress(content).decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    pool = [
        Example(row["text"], float(row["category"] == "fresh"))
        for row in rows
        if row["category"] in ("fresh", "rotten")
    ]
    return Read(len(rows), pool)


def read_sms_spam(content: bytes) -> Read:
    """Latin-1 CSV with CRLF (v1 label, v2 text); texts that hold commas spill into columns 3 to 5.

    HTML entities are undone, and the pound sign, which reads "å£", is restored.
    """
    rows = list(csv.reader(io.StringIO(content.decode("latin-1"), newline="")))[1:]
    pool = []
    for label, *parts in rows:
        while len(parts) > 1 and not parts[-1]:
            parts.pop()
        text = html.unescape(",".join(parts)).replace("å£", "£")
        pool.append(Example(text, float(label == "spam")))
    return Read(len(rows), pool)


def read_reuters8(train: bytes, test: bytes) -> Read:
    """Orange's tab files (class, text) with three header lines each; the official split is kept."""
    rows, parts = 0, []
    for content in (train, test):
        lines = [line for line in content.decode("utf-8").split("\n")[3:] if line.strip()]
        rows += len(lines)
        pairs = [line.split("\t") for line in lines]
        parts.append([Example(text, float(REUTERS8.index(label))) for label, text in pairs])
    return Read(rows, parts[0], test=parts[1])


def read_supersense(content: bytes) -> Read:
    """WordNet's data.noun: gloss after " | ", lexicographer file in column 2; licence lines first.

    Keeps the glosses (definition and usage) of the 16 most frequent lexicographer files.
    """
    glosses = []
    for line in content.decode("utf-8").splitlines():
        if not line.startswith("  "):
            head, gloss = line.split(" | ", 1)
            glosses.append((LEXICOGRAPHER_FILES[int(head.split()[1])], plain(gloss)))
    pool = [
        Example(gloss, float(SUPERSENSES.index(name)))
        for name, gloss in glosses
        if name in SUPERSENSES
    ]
    return Read(len(glosses), pool)


def _json_lines(content: bytes) -> list[dict]:
    """The rows of a .jsonl file, whether or not the last line ends."""
    return [json.loads(line) for line in content.decode("utf-8").split("\n") if line.strip()]


def read_boolq(combined: bytes, dev: bytes) -> Read:
    """Rows of all three official parts, mixed; the last part has no label and is dropped.

    The official development set, here the test set, is what shares its question with dev.jsonl,
    whose own passages are cut differently.
    """
    rows = _json_lines(combined)
    held_out = {plain(row["question"]).lower() for row in _json_lines(dev)}
    pool, test = [], []
    for row in rows:
        if "label" in row:
            example = Example(row["question"], float(bool(row["label"])), pair=row["passage"])
            (test if plain(row["question"]).lower() in held_out else pool).append(example)
    return Read(len(rows), pool, test=test)


def read_privacyqa(content: bytes) -> Read:
    """Question, sentence of a policy (context), answer "True" or "False"; 390 questions in all.

    A question stays in one split, whatever the case of its letters.
    """
    rows = _json_lines(content)
    answer = {"True": 1.0, "False": 0.0}
    pool = [
        Example(row["question"], answer[row["answer"]], pair=row["context"], unit=row["question"])
        for row in rows
    ]
    return Read(len(rows), pool)


def _options(text: str, count: int) -> tuple[str, ...]:
    """The texts behind "A. ", "B. ", …, or nothing if there are not exactly `count` in order."""
    found = re.findall(r"(?m)^([A-E])\. (.*)$", text)
    expected = list("ABCDE"[:count])
    if [letter for letter, _ in found] != expected:
        return ()
    return tuple(option.strip() for _, option in found)


def read_commonsense_qa(content: bytes) -> Read:
    """Question, five lettered options in one string, answer "C. text".

    The letter counts, since some texts differ from their option in punctuation. One row has two of
    its options inside the question and is dropped; two begin their options with a stray ".".
    """
    rows = _json_lines(content)
    pool = []
    for row in rows:
        options = _options(row["options"], 5)
        if options and "\n" not in row["question"]:
            target = float("ABCDE".index(row["answer"][0]))
            pool.append(Example(row["question"], target, candidates=options))
    return Read(len(rows), pool)


def read_social_iqa(content: bytes) -> Read:
    """Passage, question, three lettered options in one string, answer "B. text".

    Some rows are repeated, five of them with a contradicting answer: `split` drops those.
    """
    rows = _json_lines(content)
    pool = []
    for row in rows:
        options = _options(row["options"], 3)
        if options:
            target = float("ABC".index(row["answer"][0]))
            pool.append(Example(f"{row['passage']} {row['question']}", target, candidates=options))
    return Read(len(rows), pool)


def read_vader(content: bytes) -> Read:
    """UTF-8 with CRLF: id, mean rating from -4 to 4, text with HTML entities; no header."""
    lines = [line for line in content.decode("utf-8").split("\r\n") if line]
    rows = [line.split("\t") for line in lines]
    return Read(
        len(rows), [Example(html.unescape(text), float(rating)) for _, rating, text in rows]
    )
