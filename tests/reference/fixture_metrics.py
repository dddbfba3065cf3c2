"""Metrics from scikit-learn and scipy on small cases: writes metrics.json.

`classify` cases: truth, prediction, accuracy, macro_f1 (over the classes present in either, zero
where undefined), matthews, and f1 of class 1 where only classes 0 and 1 occur. `regress` cases:
truth, prediction, pearson, spearman; null where one side is constant.
"""

from pathlib import Path

import numpy as np
from scipy import stats
from sklearn import metrics

from .packed import one_line_lists


def _classify(name: str, truth: list[int], prediction: list[int]) -> dict[str, object]:
    case: dict[str, object] = {"name": name, "truth": truth, "prediction": prediction}
    case["accuracy"] = float(metrics.accuracy_score(truth, prediction))
    case["macro_f1"] = float(metrics.f1_score(truth, prediction, average="macro", zero_division=0))
    case["matthews"] = float(metrics.matthews_corrcoef(truth, prediction))
    if set(truth) | set(prediction) <= {0, 1}:
        case["f1"] = float(metrics.f1_score(truth, prediction, pos_label=1, zero_division=0))
    return case


def _regress(name: str, truth: list[float], prediction: list[float]) -> dict[str, object]:
    defined = len(set(truth)) > 1 and len(set(prediction)) > 1
    return {
        "name": name,
        "truth": truth,
        "prediction": prediction,
        "pearson": float(stats.pearsonr(truth, prediction)[0]) if defined else None,
        "spearman": float(stats.spearmanr(truth, prediction)[0]) if defined else None,
    }


def _classify_cases(random: np.random.Generator) -> list[dict[str, object]]:
    binary = random.integers(0, 2, 40)
    noisy = np.where(random.random(40) < 0.3, 1 - binary, binary)
    many = random.integers(0, 5, 60)
    guess = np.where(random.random(60) < 0.5, random.integers(0, 5, 60), many)
    return [
        _classify("small, by hand", [1, 1, 0, 0, 1], [1, 0, 0, 1, 1]),
        _classify("binary", binary.tolist(), noisy.tolist()),
        _classify("binary, rare positives", [0] * 18 + [1, 1], [0] * 17 + [1, 1, 0]),
        _classify("perfect", [0, 1, 1, 0], [0, 1, 1, 0]),
        _classify("all wrong", [0, 1, 1, 0], [1, 0, 0, 1]),
        _classify("constant prediction 0", [0, 1, 0, 1, 1], [0] * 5),
        _classify("constant prediction 1", [0, 1, 0, 1, 1], [1] * 5),
        _classify("constant truth", [1] * 5, [1, 0, 1, 1, 0]),
        _classify("constant truth and prediction", [1] * 4, [1] * 4),
        _classify("five classes", many.tolist(), guess.tolist()),
        _classify("class absent from the prediction", [0, 1, 2, 2, 1, 0], [0, 1, 1, 1, 1, 0]),
        _classify("class absent from the truth", [0, 1, 1, 0, 0, 1], [0, 1, 2, 0, 2, 1]),
        _classify("classes 3 and 7 only", [3, 7, 7, 3, 3], [3, 7, 3, 3, 7]),
        _classify("constant prediction, three classes", [0, 1, 2, 2], [2] * 4),
    ]


def _regress_cases(random: np.random.Generator) -> list[dict[str, object]]:
    truth = random.normal(size=30)
    prediction = 0.7 * truth + 0.5 * random.normal(size=30)
    rounded = np.round(2 * truth) / 2
    return [
        _regress("small, by hand", [1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0]),
        _regress("linear with noise", truth.tolist(), prediction.tolist()),
        _regress("ties in both", rounded.tolist(), np.round(prediction).tolist()),
        _regress("ties in the truth", rounded.tolist(), prediction.tolist()),
        _regress("decreasing", truth.tolist(), (-truth).tolist()),
        _regress("monotone, not linear", truth.tolist(), np.exp(3 * truth).tolist()),
        _regress("large offset", (truth + 1e6).tolist(), (prediction - 1e6).tolist()),
        _regress("constant prediction", truth[:6].tolist(), [0.25] * 6),
        _regress("constant truth", [1.5] * 6, truth[:6].tolist()),
    ]


def make(data: Path, out: Path) -> None:
    """Writes the cases; `data` is not read."""
    random = np.random.default_rng(3)
    parts = {"classify": _classify_cases(random), "regress": _regress_cases(random)}
    lines = []
    for kind, cases in parts.items():
        body = ",\n".join("  " + one_line_lists([case])[1:-2] for case in cases)
        lines.append(f' "{kind}": [\n{body}\n ]')
    (out / "metrics.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
