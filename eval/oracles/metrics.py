"""Random seeded cases and what outside libraries make of them: writes the JSON files that tests/oracles.rs compares.

python metrics.py [FOLDER]    (default: the folder of this script)
"""

import json
import math
import pathlib
import sys
import warnings

import krippendorff
import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, selection_rate
from irrCAC.raw import CAC
from scipy.stats import bootstrap
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    cohen_kappa_score,
    f1_score,
    log_loss,
    mean_absolute_error,
    ndcg_score,
    precision_score,
    recall_score,
)
from statsmodels.stats.multitest import multipletests

warnings.filterwarnings("ignore")


def number(value):
    """None where the library says that there is no such number."""
    value = float(value)
    return value if math.isfinite(value) else None


def numbers(values):
    return [number(v) for v in values]


def classification(rng):
    records, codes = int(rng.integers(1, 30)), int(rng.integers(2, 9))
    gold = rng.random((records, codes)) < rng.uniform(0.05, 0.5)
    predicted = np.where(rng.random(gold.shape) < 0.7, gold, rng.random(gold.shape) < 0.3)
    # Two decimals, so that scores are tied.
    scores = np.round(np.clip(0.5 * gold + rng.normal(0.3, 0.3, gold.shape), 0, 1), 2)
    supported = np.flatnonzero(gold.any(axis=0))
    options = {"zero_division": np.nan}
    return {
        "gold": gold.astype(int).tolist(),
        "predicted": predicted.astype(int).tolist(),
        "scores": scores.tolist(),
        "precision": numbers(precision_score(gold, predicted, average=None, **options)),
        "recall": numbers(recall_score(gold, predicted, average=None, **options)),
        "f1": numbers(f1_score(gold, predicted, average=None, **options)),
        "micro_f1": number(f1_score(gold, predicted, average="micro", **options)),
        "macro_f1_supported": number(f1_score(gold, predicted, labels=supported, average="macro", **options))
        if len(supported)
        else None,
        "macro_f1_seen": number(f1_score(gold, predicted, average="macro", **options)),
        "average_precision": [
            number(average_precision_score(gold[:, c], scores[:, c])) if gold[:, c].any() else None
            for c in range(codes)
        ],
    }


def levels(rng):
    n = int(rng.integers(1, 60))
    gold = rng.integers(1, 6, n)
    predicted = np.clip(gold + rng.integers(-2, 3, n), 1, 5)
    if rng.random() < 0.1:
        gold = predicted = np.full(n, 3)
    kappa = lambda weights: number(cohen_kappa_score(gold, predicted, weights=weights, labels=range(1, 6)))
    return {
        "gold": gold.tolist(),
        "predicted": predicted.tolist(),
        "kappa": kappa(None),
        "linear": kappa("linear"),
        "quadratic": kappa("quadratic"),
        "mae": number(mean_absolute_error(gold, predicted)),
        "signed": number(np.mean(predicted - gold)),
        "within_1": number(np.mean(np.abs(predicted - gold) <= 1)),
    }


def calibration(rng):
    n, bins = int(rng.integers(2, 200)), int(rng.integers(1, 12))
    # Where a quantile falls on a case, NumPy's rounding decides which bin that case is in: not what is compared.
    if math.gcd(n - 1, bins) > 1:
        return calibration(rng)
    p = np.round(rng.beta(0.5, 2, n), int(rng.integers(1, 7)))
    y = rng.random(n) < np.clip(p + rng.normal(0, 0.1, n), 0, 1)
    observed, predicted = calibration_curve(y, p, n_bins=bins, strategy="quantile")
    # scikit-learn does not give the sizes of its bins: its own lines again.
    edges = np.percentile(p, np.linspace(0, 1, bins + 1) * 100)
    sizes = np.bincount(np.searchsorted(edges[1:-1], p), minlength=bins)
    sizes = sizes[sizes > 0]
    return {
        "probabilities": p.tolist(),
        "outcomes": y.astype(int).tolist(),
        "bins": bins,
        "observed": observed.tolist(),
        "predicted": predicted.tolist(),
        "sizes": sizes.tolist(),
        "ece": number(np.sum(sizes * np.abs(observed - predicted)) / n),
        "brier": number(brier_score_loss(y, p, labels=[False, True])),
        "log_loss": number(log_loss(y, p, labels=[False, True])),
    }


def ranking(rng):
    n = int(rng.integers(2, 30))
    gold = rng.random(n) < rng.uniform(0.05, 0.5)
    gold[rng.integers(n)] = True
    ranked = rng.permutation(n)
    scores = np.empty(n)
    scores[ranked] = np.arange(n, 0, -1)
    return {
        "gold": np.flatnonzero(gold).tolist(),
        "ranking": ranked.tolist(),
        "ndcg": {str(k): number(ndcg_score([gold], [scores], k=k, ignore_ties=True)) for k in (1, 3, 5, 10)},
        "recall": {str(k): number(gold[ranked[:k]].sum() / gold.sum()) for k in (1, 3, 5, 10)},
    }


def agreement(rng):
    units, readers, k = int(rng.integers(3, 30)), int(rng.integers(2, 5)), int(rng.integers(2, 6))
    truth = rng.integers(0, k, units)
    ratings = np.where(rng.random((units, readers)) < 0.7, truth[:, None], rng.integers(0, k, (units, readers)))
    ratings = ratings.astype(float)
    ratings[rng.random(ratings.shape) < rng.choice([0, 0.2])] = np.nan
    # Both libraries want at least two categories and one unit read twice.
    if len(np.unique(ratings[~np.isnan(ratings)])) < 2 or (np.sum(~np.isnan(ratings), axis=1) > 1).sum() < 2:
        return agreement(rng)
    alpha = lambda scale: number(
        krippendorff.alpha(ratings.T, level_of_measurement=scale, value_domain=[float(v) for v in range(k)])
    )
    try:
        alphas = {scale: alpha(scale) for scale in ("nominal", "ordinal", "interval")}
    except ValueError:
        return agreement(rng)
    gwet = CAC(pd.DataFrame(ratings), categories=[float(v) for v in range(k)], digits=15).gwet()
    return {
        "ratings": [[None if math.isnan(v) else int(v) for v in row] for row in ratings],
        "k": k,
        **alphas,
        "gwet_ac1": number(gwet["est"]["coefficient_value"]),
    }


def bca(rng):
    n = int(rng.integers(5, 40))
    sample = rng.exponential(1.0, n)
    confidence = float(rng.choice([0.8, 0.9, 0.95]))
    result = bootstrap(
        (sample,), np.mean, n_resamples=199, confidence_level=confidence, method="BCa", random_state=rng
    )
    return {
        "confidence": confidence,
        "observed": float(np.mean(sample)),
        "replicates": result.bootstrap_distribution.tolist(),
        "jackknife": [float(np.mean(np.delete(sample, i))) for i in range(n)],
        "low": number(result.confidence_interval.low),
        "high": number(result.confidence_interval.high),
        "percentile_low": number(np.percentile(result.bootstrap_distribution, 50 * (1 - confidence))),
        "percentile_high": number(np.percentile(result.bootstrap_distribution, 50 * (1 + confidence))),
    }


def groups(rng):
    n = int(rng.integers(20, 80))
    gold = rng.random(n) < 0.5
    predicted = np.where(rng.random(n) < 0.7, gold, ~gold)
    group = rng.integers(0, int(rng.integers(2, 5)), n)
    case = {"gold": gold.astype(int).tolist(), "predicted": predicted.astype(int).tolist(), "group": group.tolist()}
    for name, metric in (("accuracy", accuracy_score), ("selection_rate", selection_rate)):
        frame = MetricFrame(metrics=metric, y_true=gold, y_pred=predicted, sensitive_features=group)
        case[name] = {
            "overall": number(frame.overall),
            "by_group": {str(g): number(v) for g, v in frame.by_group.items()},
            "difference": {m: number(frame.difference(method=m)) for m in ("between_groups", "to_overall")},
            "ratio": {m: number(frame.ratio(method=m)) for m in ("between_groups", "to_overall")},
        }
    return case


def holm(rng):
    p = rng.beta(0.4, 2, int(rng.integers(1, 15)))
    return {"p": p.tolist(), "adjusted": multipletests(p, method="holm")[1].tolist()}


CASES = {
    "classification": (classification, 30),
    "levels": (levels, 40),
    "calibration": (calibration, 40),
    "ranking": (ranking, 40),
    "agreement": (agreement, 40),
    "bca": (bca, 8),
    "groups": (groups, 20),
    "holm": (holm, 20),
}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__)
    folder = folder if folder.is_dir() else folder.parent
    for i, (name, (make, n)) in enumerate(CASES.items()):
        rng = np.random.default_rng([2026, i])
        path = folder / f"{name}.json"
        path.write_text("[\n" + ",\n".join(json.dumps(make(rng)) for _ in range(n)) + "\n]\n")


if __name__ == "__main__":
    main()
