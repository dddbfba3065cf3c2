"""Scores of generated texts by rouge-score, sacrebleu, scikit-learn and scipy.

Writes text_metrics.json.

`texts`: a hypothesis and its references with Rouge-L (F1; of several references the best), plain
and with Porter's stemmer, and sentence BLEU (13a, smoothing exp, effective order: sacrebleu's
defaults). `corpora`: corpus BLEU of `texts` [first, last). `tokens_13a` and `stems`: parts of the
two, to find an error by. `extracted`: the rules of text_rules.py on texts with the answer that was
written down by hand first. `parsed`: labels and scores read from texts as MoRE reads them, with
Matthews and Pearson (null where undefined); what MoRE does with a label that is none was not found,
hence both. `pass_at_k`: Chen et al. 2021, eq. 1, from whole numbers.
"""

from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import sacrebleu
from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from scipy import stats
from sklearn.metrics import matthews_corrcoef

from . import text_cases, text_rules
from .packed import lines

VARIANTS = 5


def _changed(text: str, random: np.random.Generator) -> str:
    """The text as a model might say it: words lost, said twice, moved, or written otherwise."""
    words = text.split(" ")
    for _ in range(int(random.integers(0, 5))):
        place = int(random.integers(0, len(words)))
        kind = int(random.integers(0, 6))
        if kind == 0 and len(words) > 1:
            del words[place]
        elif kind == 1:
            words.insert(place, words[place])
        elif kind == 2:
            other = int(random.integers(0, len(words)))
            words[place], words[other] = words[other], words[place]
        elif kind == 3:
            words[place] = words[place].upper()
        elif kind == 4:
            words[place] = words[place].strip(".,!?") + str(
                random.choice(["s", "ing", "ed", ",", "!"])
            )
        else:
            words[place] = str(random.choice(text_cases.SENTENCES)).split(" ")[0]
    return " ".join(words)


def _pairs(random: np.random.Generator) -> list[tuple[str, list[str]]]:
    pairs = list(text_cases.PAIRS)
    for text in text_cases.SENTENCES:
        for variant in range(VARIANTS):
            references = [text] + [_changed(text, random) for _ in range(variant // 2)]
            pairs.append((_changed(text, random), references))
    return sorted(pairs, key=lambda pair: len(pair[1]))


def _texts(pairs: list[tuple[str, list[str]]]) -> list[dict[str, Any]]:
    plain = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    stemmed = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=True)
    return [
        {
            "hypothesis": hypothesis,
            "references": references,
            "rouge_l": plain.score_multi(references, hypothesis)["rougeL"].fmeasure,
            "rouge_l_stemmed": stemmed.score_multi(references, hypothesis)["rougeL"].fmeasure,
            "bleu": sacrebleu.sentence_bleu(hypothesis, references).score,
        }
        for hypothesis, references in pairs
    ]


def _corpora(pairs: list[tuple[str, list[str]]]) -> list[dict[str, Any]]:
    counts = [len(references) for _, references in pairs]
    ranges = [(0, 1), (0, 10), (5, 30)]
    ranges += [(counts.index(n), len(counts) - counts[::-1].index(n)) for n in sorted(set(counts))]
    found = []
    for first, last in ranges:
        width = counts[first]
        part = [pair for pair in pairs[first:last] if len(pair[1]) == width]
        streams = [[references[i] for _, references in part] for i in range(width)]
        bleu = sacrebleu.corpus_bleu([hypothesis for hypothesis, _ in part], streams)
        found.append(
            {
                "first": first,
                "last": first + len(part),
                "bleu": bleu.score,
                "precisions": bleu.precisions,
                "brevity_penalty": bleu.bp,
                "lengths": [bleu.sys_len, bleu.ref_len],
            }
        )
    return found


def _by_hand(name: str, text: str, answer: str, found: str) -> dict[str, Any]:
    if found != answer:
        raise RuntimeError(f"{name} of {text!r} is {found!r}, by hand {answer!r}")
    return {"rule": name, "text": text, "answer": answer}


def _extracted() -> list[dict[str, Any]]:
    cases = [
        _by_hand(name, text, answer, text_rules.RULES[name](text))
        for name, texts in text_cases.EXTRACTED.items()
        for text, answer in texts
    ]
    for labels, text, answer in text_cases.LABELLED:
        found = text_rules.first_label(text, labels)
        cases.append(_by_hand("first_label", text, answer, found) | {"labels": labels})
    for text, gold, right in text_cases.ANY_DIGIT:
        if text_rules.any_digit(text, gold) != right:
            raise RuntimeError(f"any_digit of {text!r} and {gold}")
        cases.append({"rule": "any_digit", "text": text, "gold": gold, "right": right})
    return cases


def _parsed(random: np.random.Generator) -> dict[str, Any]:
    labels = ["unacceptable", "acceptable"]
    truth = random.integers(0, 2, 60)
    said = [labels[y if random.random() < 0.8 else 1 - y] for y in truth]
    said[::9] = ["", "maybe", "Acceptable", "acceptable.", "not acceptable", " acceptable", "1"]
    read = [labels.index(text) if text in labels else 0 for text in said]
    own = [labels.index(text) if text in labels else 2 for text in said]
    scores = np.round(random.random(40) * 25) / 5
    texts = [f"{score:.1f}" for score in np.clip(scores + random.normal(size=40), 0, 5)]
    texts[:12] = text_cases.SCORES
    values = [text_rules.number_or_zero(text) for text in texts]
    return {
        "matthews": {
            "labels": labels,
            "truth": truth.tolist(),
            "texts": said,
            "unparsable_is_class_0": float(matthews_corrcoef(truth, read)),
            "unparsable_is_a_class_of_its_own": float(matthews_corrcoef(truth, own)),
        },
        "pearson": {
            "truth": scores.tolist(),
            "texts": texts,
            "values": values,
            "pearson": float(stats.pearsonr(scores, values)[0]),
        },
        "pearson_none_parsed": {
            "truth": [1.0, 2.0, 3.0],
            "texts": ["a", "", "b"],
            "values": [0.0] * 3,
            "pearson": None,
        },
    }


def _pass_at_k() -> list[list[float]]:
    """[n, c, k, value]: 1 - C(n - c, k) / C(n, k)."""
    grid = [
        (n, c, k)
        for n in (1, 2, 5, 10, 20, 200)
        for c in sorted({0, 1, 2, n // 3, n // 2, n - 1, n})
        for k in (1, 2, 5, 10, 100)
        if c <= n and k <= n
    ]
    return [[n, c, k, float(1 - Fraction(comb(n - c, k), comb(n, k)))] for n, c, k in grid]


def make(data: Path, out: Path) -> None:
    """Writes the cases; `data` is not read."""
    random = np.random.default_rng(25)
    pairs = _pairs(random)
    stemmer, tokenizer = PorterStemmer(), Tokenizer13a()
    words = {word for text in text_cases.SENTENCES for word in text_rules.squad(text).split()}
    words = {word for word in words | set(text_cases.WORDS) if word.isascii() and word.isalnum()}
    found = {
        "texts": _texts(pairs),
        "corpora": _corpora(pairs),
        "tokens_13a": [[text, tokenizer(text)] for text in text_cases.TOKENISED],
        "stems": [[word, stemmer.stem(word)] for word in sorted(words)],
        "extracted": _extracted(),
        "parsed": _parsed(random),
        "pass_at_k": _pass_at_k(),
    }
    (out / "text_metrics.json").write_text(lines(found) + "\n", encoding="utf-8")
