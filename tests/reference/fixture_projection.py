"""PCA, silhouette and exact t-SNE of 30 points from scikit-learn: writes projection.json.

Entries: points [30][5], labels [30]; pca: scores [30][2] (up to the sign of a column) and
explained_variance_ratio [5]; silhouette of the points; tsne: perplexity, conditional P [30][30]
(row i: neighbours of i), joint P [30][30] (sums to 1), and kl_divergence, the lowest final value of
five starts, as Σ joint · log(joint / Q).
"""

from pathlib import Path

import numpy as np
from scipy.spatial.distance import squareform
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.manifold._t_sne import _joint_probabilities
from sklearn.manifold._utils import _binary_search_perplexity
from sklearn.metrics import pairwise_distances, silhouette_score

from .packed import one_line_lists

PERPLEXITY = 5.0


def _points() -> tuple[np.ndarray, np.ndarray]:
    """Three loose clusters of ten points, rounded so that the file states them exactly."""
    random = np.random.default_rng(5)
    labels = np.repeat(np.arange(3), 10)
    points = random.normal(size=(3, 5))[labels] * 2.0 + random.normal(size=(30, 5))
    return np.round(points, 4), labels


def _tsne(points: np.ndarray) -> dict[str, object]:
    squared = pairwise_distances(points, metric="sqeuclidean")
    conditional = _binary_search_perplexity(squared.astype(np.float32), PERPLEXITY, 0)
    joint = squareform(_joint_probabilities(squared, PERPLEXITY, 0))
    divergences = []
    for seed in range(5):
        tsne = TSNE(method="exact", perplexity=PERPLEXITY, init="random", random_state=seed)
        tsne.fit(points)
        divergences.append(float(tsne.kl_divergence_))
    return {
        "perplexity": PERPLEXITY,
        "conditional": np.asarray(conditional).tolist(),
        "joint": joint.tolist(),
        "kl_divergence": min(divergences),
        "kl_divergences": divergences,
    }


def make(data: Path, out: Path) -> None:
    """Writes the file; `data` is not read."""
    points, labels = _points()
    pca = PCA(svd_solver="full").fit(points)
    result = {
        "points": points.tolist(),
        "labels": labels.tolist(),
        "pca": {
            "scores": pca.transform(points)[:, :2].tolist(),
            "explained_variance_ratio": pca.explained_variance_ratio_.tolist(),
        },
        "silhouette": float(silhouette_score(points, labels)),
        "tsne": _tsne(points),
    }
    (out / "projection.json").write_text(one_line_lists(result))
