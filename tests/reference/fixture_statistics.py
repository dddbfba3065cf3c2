"""Statistics from SciPy and NumPy on small cases: writes statistics.json.

`bootstrap`: a sample, its replicates, and SciPy's percentile and BCa intervals of them; `jackknife`
is what the statistic gives with one value left out. `sign_flip` and `wilcoxon`: two-sided exact p
of paired differences, with ties and zeros as well; `wilcoxon_normal` the approximation for many.
`mcnemar`: counts of disagreement with the exact p and the corrected one. `robust`, `improvement`,
`profile`: trimmed mean, median, quantiles, P(A > B), shares above thresholds. `power`: power of the
two-sided t-test and the effect that is found with 80 %. `friedman`: scores of data sets by methods
with the test's outcome; `critical_difference`: Nemenyi's at 0.05; `proportion`: the exact interval of
a share and its p against a half.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import optimize, stats

Case = dict[str, object]
Values = np.ndarray


def _bootstrap(name: str, values: Values, statistic: str) -> Case:
    function: Callable[..., Values] = {"mean": np.mean, "median": np.median}[statistic]
    result = {
        method: stats.bootstrap(
            (values,), function, n_resamples=199, method=method, rng=np.random.default_rng(5)
        )
        for method in ("percentile", "BCa")
    }
    replicates = result["BCa"].bootstrap_distribution
    assert (replicates == result["percentile"].bootstrap_distribution).all()
    left_out = [float(function(np.delete(values, i))) for i in range(len(values))]
    return {
        "name": name,
        "statistic": statistic,
        "values": values.tolist(),
        "replicates": replicates.tolist(),
        "jackknife": left_out,
        "percentile": list(map(float, result["percentile"].confidence_interval)),
        "bca": list(map(float, result["BCa"].confidence_interval)),
    }


def _sign_flip(differences: list[float]) -> Case:
    result = stats.permutation_test(
        (np.array(differences),), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    return {"differences": differences, "p": float(result.pvalue)}


def _wilcoxon(differences: list[float]) -> Case:
    method = stats.PermutationMethod(n_resamples=2**16)  # all signs: no sample has more than 16
    result = stats.wilcoxon(differences, zero_method="wilcox", method=method)
    return {"differences": differences, "p": float(result.pvalue)}


def _wilcoxon_normal(differences: Values) -> Case:
    result = stats.wilcoxon(differences, zero_method="wilcox", correction=True, method="approx")
    return {"differences": differences.tolist(), "p": float(result.pvalue)}


def _mcnemar(only_a: int, only_b: int) -> Case:
    both = only_a + only_b
    excess = max(0, abs(only_a - only_b) - 1)
    return {
        "only_a": only_a,
        "only_b": only_b,
        "exact_p": float(stats.binomtest(only_a, both, 0.5).pvalue),
        "continuity_p": float(stats.chi2.sf(excess**2 / both, 1)),
    }


def _robust(values: Values) -> Case:
    shares = [0, 0.025, 0.3, 0.5, 0.975, 1]
    return {
        "values": values.tolist(),
        "interquartile_mean": float(stats.trim_mean(values, 0.25)),
        "median": float(np.median(values)),
        "shares": shares,
        "quantiles": np.quantile(values, shares).tolist(),
    }


def _improvement(a: Values, b: Values) -> Case:
    u = stats.mannwhitneyu(a, b).statistic
    probability = float(u / (len(a) * len(b)))
    return {"a": a.tolist(), "b": b.tolist(), "probability": probability}


def _profile(scores: Values) -> Case:
    thresholds = np.linspace(-1, 1, 5)
    shares = [float((scores > threshold).mean()) for threshold in thresholds]
    return {"scores": scores.tolist(), "thresholds": thresholds.tolist(), "shares": shares}


def _power(n: int) -> Case:
    freedom = n - 1
    limit = stats.t.ppf(0.975, freedom)

    def power(dz: float) -> float:
        upper = stats.nct.sf(limit, freedom, dz * n**0.5)
        lower = stats.nct.cdf(-limit, freedom, dz * n**0.5)
        return float(upper + np.nan_to_num(lower))  # SciPy has NaN where it is below 1e-15

    found = optimize.brentq(lambda dz: power(dz) - 0.8, 1e-3, 100, xtol=1e-12)
    return {"n": n, "dz": 0.75, "power": power(0.75), "detectable_dz": float(found)}


def _friedman(scores: Values) -> Case:
    result = stats.friedmanchisquare(*scores.T)
    return {
        "scores": scores.tolist(),
        "chi_squared": float(result.statistic),
        "p": float(result.pvalue),
    }


def _critical_difference(methods: int, data_sets: int) -> Case:
    point = stats.studentized_range.ppf(0.95, methods, np.inf) / 2**0.5
    difference = float(point * (methods * (methods + 1) / (6 * data_sets)) ** 0.5)
    return {"methods": methods, "data_sets": data_sets, "difference": difference}


def _proportion(hits: int, trials: int) -> Case:
    result = stats.binomtest(hits, trials, 0.5)
    interval = result.proportion_ci(0.95, "exact")
    return {
        "hits": hits,
        "trials": trials,
        "low": float(interval.low),
        "high": float(interval.high),
        "p": float(result.pvalue),
    }


def _cases(random: np.random.Generator) -> dict[str, list[Case]]:
    skewed = random.exponential(size=25).round(3)
    few = [0.4, -0.1, 0.7, 0.2, 0.9]
    ties = [0.5, -0.5, 1.0, 1.0, -2.0, 0.0, 3.0, 0.0, 1.5, 1.0]
    many = (random.normal(size=80) + 0.25).round(1)
    a, b = random.normal(size=9).round(1), (random.normal(size=7) - 0.3).round(1)
    signed = [few, few[:3], [-x for x in few], ties, (random.normal(size=12) + 0.5).tolist()]
    return {
        "bootstrap": [
            _bootstrap("normal", random.normal(size=20).round(3), "mean"),
            _bootstrap("skewed", skewed, "mean"),
            _bootstrap("skewed, median", skewed, "median"),
        ],
        "sign_flip": [_sign_flip(differences) for differences in signed],
        "wilcoxon": [_wilcoxon(differences) for differences in signed],
        "wilcoxon_normal": [_wilcoxon_normal(many)],
        "mcnemar": [_mcnemar(*counts) for counts in ((1, 9), (9, 1), (5, 5), (0, 3), (40, 62))],
        "robust": [_robust(random.normal(size=size).round(3)) for size in (1, 4, 10, 11)],
        "improvement": [_improvement(a, b), _improvement(b, a), _improvement(a, a)],
        "profile": [_profile(random.normal(size=(3, 4)).round(2))],
        "power": [_power(n) for n in (2, 3, 5, 10, 30)],
        "friedman": [
            _friedman(np.arange(12).reshape(4, 3) % 5 / 4),
            _friedman(np.random.default_rng(7).normal(size=(10, 6)).round(1)),
        ],
        "critical_difference": [
            _critical_difference(k, n) for k, n in ((2, 5), (3, 10), (10, 14), (20, 10))
        ],
        "proportion": [_proportion(*counts) for counts in ((9, 10), (10, 10), (0, 3), (4, 9))],
    }


def make(data: Path, out: Path) -> None:
    """Writes the cases; `data` is not read."""
    parts = []
    for kind, cases in _cases(np.random.default_rng(3)).items():
        body = ",\n".join("  " + json.dumps(case) for case in cases)
        parts.append(f' "{kind}": [\n{body}\n ]')
    (out / "statistics.json").write_text("{\n" + ",\n".join(parts) + "\n}\n")
