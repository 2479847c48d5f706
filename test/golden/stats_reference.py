"""Reference figures for the statistics of src/main/lab/analysis/stats, from scipy, statsmodels, krippendorff and irrCAC.

    python -m venv V && V/bin/pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 krippendorff==0.9.0 irrCAC
    V/bin/python test/golden/stats_reference.py > test/golden/stats-reference.json

NaN is written as null. Firth's logistic regression has no reference in these packages: it is solved here with
scipy's root finder, another way than the project's own Newton steps.
"""

import json
import math
import warnings

import krippendorff
import numpy as np
import pandas as pd
import scipy.optimize as so
import scipy.stats as ss
import statsmodels.api as sm
from irrCAC.raw import CAC
from statsmodels.stats.multitest import multipletests

warnings.simplefilter("ignore")
random = np.random.default_rng(2603)


def clean(value):
    if isinstance(value, dict):
        return {k: clean(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [clean(v) for v in value]
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    if isinstance(value, np.integer):
        return int(value)
    return value


def samples():
    """Paired scores (nats), some with ties, one pair, constant data."""
    good = random.normal(-40, 8, 37).round(2)
    bad = good - random.normal(0.7, 3, 37).round(2)
    tied = np.array([-3.0, -2, -2, -1, -1, -1, 0, 5])
    return {
        "plain": (good, bad),
        "ties": (tied, tied[::-1]),
        "two pairs": (np.array([-10.0, -12]), np.array([-11.0, -11.5])),
        "one pair": (np.array([-10.0]), np.array([-11.0])),
        "constant": (np.full(5, -4.0), np.full(5, -4.0)),
        "constant difference": (np.array([-4.0, -5, -6]), np.array([-5.0, -6, -7])),
    }


def effects(good, bad):
    delta = good - bad
    n = len(good)
    spread = np.std(delta, ddof=1) if n > 1 else math.nan
    pooled = math.sqrt((np.var(good, ddof=1) + np.var(bad, ddof=1)) / 2) if n > 1 else math.nan
    return {
        "good": good,
        "bad": bad,
        "mean": delta.mean(),
        "median": np.median(delta),
        "trimmed": ss.trim_mean(delta, 0.1),
        "auc": ss.mannwhitneyu(good, bad).statistic / n**2,
        # scipy's paired t over the root of n; nothing over nothing is no effect
        "dz": (0.0 if delta[0] == 0 else math.inf) if spread == 0 else ss.ttest_rel(good, bad).statistic / math.sqrt(n),
        "dPrime": 0.0 if pooled == 0 else (good.mean() - bad.mean()) / pooled,
    }


def firth(y, design):
    """The root of Firth's modified score, leverages from a QR decomposition of the weighted design."""

    def score(b):
        p = 1 / (1 + np.exp(-design @ b))
        q, _ = np.linalg.qr(design * np.sqrt(p * (1 - p))[:, None])
        return design.T @ (y - p + (q**2).sum(axis=1) * (0.5 - p))

    def penalised(b):
        p = 1 / (1 + np.exp(-design @ b))
        information = design.T @ (design * (p * (1 - p))[:, None])
        return np.log(np.where(y == 1, p, 1 - p)).sum() + 0.5 * np.linalg.slogdet(information)[1]

    # The penalised likelihood can have several maxima: the highest of those found from many starts.
    starts = np.random.default_rng(1).normal(0, 3, (30, design.shape[1]))
    found = [so.root(score, so.minimize(lambda b: -penalised(b), s, method="BFGS").x, tol=1e-12) for s in starts]
    root = max((r for r in found if np.abs(score(r.x)).max() < 1e-9), key=lambda r: penalised(r.x))
    p = 1 / (1 + np.exp(-design @ root.x))
    covariance = np.linalg.inv(design.T @ (design * (p * (1 - p))[:, None]))
    return {"estimates": root.x, "errors": np.sqrt(np.diag(covariance))}


def table(fit, names):
    low_high = fit.conf_int()
    return {
        name: {
            "estimate": fit.params[i],
            "standardError": fit.bse[i],
            "p": fit.pvalues[i],
            "low": low_high[i][0],
            "high": low_high[i][1],
        }
        for i, name in enumerate(names)
    }


def regressions():
    n = 160
    x1 = random.normal(size=n)
    x2 = random.normal(size=n) + 0.5 * x1
    cluster = random.integers(0, 14, n)
    shift = random.normal(0, 0.8, 14)[cluster]
    y = (random.random(n) < 1 / (1 + np.exp(-(0.3 + 0.9 * x1 - 0.5 * x2 + shift)))).astype(int)
    design = sm.add_constant(np.column_stack([x1, x2]))
    names = ["intercept", "x1", "x2"]
    plain = sm.Logit(y, design).fit(disp=0, tol=1e-12, maxiter=100)
    robust = sm.Logit(y, design).fit(
        disp=0, tol=1e-12, maxiter=100, cov_type="cluster", cov_kwds={"groups": cluster}, use_t=True
    )
    # One intercept a group, a fourth group with the same outcome throughout (no contrast).
    group = np.repeat([7, 3, 5, 9], [60, 50, 30, 20])
    outcome = y.copy()
    outcome[group == 9] = 1
    some = group != 9
    dummies = np.column_stack([(group[some] == g).astype(float) for g in (7, 3, 5)])
    fixed_design = np.column_stack([x1[some], x2[some], dummies])
    fixed = sm.Logit(outcome[some], fixed_design).fit(
        disp=0, tol=1e-12, maxiter=100, cov_type="cluster", cov_kwds={"groups": cluster[some]}, use_t=True
    )
    separated = (x1 > 0.2).astype(int)
    return {
        "x1": x1,
        "x2": x2,
        "y": y,
        "cluster": cluster,
        "group": group,
        "groupedOutcome": outcome,
        "separatedOutcome": separated,
        "plain": {**table(plain, names), "logLikelihood": plain.llf},
        "robust": table(robust, names),
        "fixed": table(fixed, ["x1", "x2"]),
        "firth": firth(separated, design),
        "firthGrouped": firth((x1[some] > 0.2).astype(int), fixed_design),
    }


def agreements():
    verdicts = ["meaningful", "not-meaningful", "unsure"]
    random_units = [
        [verdicts[k] for k in random.choice(3, size=random.integers(0, 4), p=[0.6, 0.3, 0.1])] for _ in range(25)
    ]
    # The worked example of Krippendorff (2004), four observers, nominal alpha 0.743.
    book = np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, math.nan, math.nan, math.nan],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, math.nan, 3],
            [math.nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, math.nan],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, math.nan],
        ]
    )
    book_units = [[str(int(v)) for v in column if not math.isnan(v)] for column in book.T]
    cases = {"random": random_units, "Krippendorff 2004": book_units, "one category": [["a", "a"], ["a", "a", "a"]]}
    out = {}
    for name, units in cases.items():
        width = max(len(u) for u in units)
        codes = sorted({c for u in units for c in u})
        numbers = np.full((width, len(units)), math.nan)
        for j, unit in enumerate(units):
            for i, category in enumerate(unit):
                numbers[i, j] = codes.index(category)
        frame = pd.DataFrame([u + [None] * (width - len(u)) for u in units])
        constant = len(codes) == 1
        out[name] = {
            "units": units,
            "alpha": math.nan if constant else krippendorff.alpha(numbers, level_of_measurement="nominal"),
            # irrCAC rounds to five decimals
            "ac1": 1.0 if constant else CAC(frame).gwet()["est"]["coefficient_value"],
        }
    return out


p_values = [0.04, 0.001, 0.03, 0.5, 0.001, 1.0, 0.012]
x = random.normal(size=30).round(1)
y = (x + random.normal(size=30)).round(0)
small_x, small_y = [1.0, 2, 3, 4, 5, 6, 7], [2.0, 1, 4, 3, 7, 5, 5]
exact = ss.permutation_test(
    (small_x,), lambda a: ss.spearmanr(a, small_y).statistic, permutation_type="pairings", n_resamples=np.inf
)
print(
    json.dumps(
        clean(
            {
                "signTest": [
                    {"right": r, "wrong": w, "p": ss.binomtest(r, r + w, 0.5).pvalue}
                    for r, w in [(1, 0), (0, 5), (5, 5), (5, 6), (468, 532), (469, 531), (446, 554), (700, 280)]
                ],
                "holm": {"p": p_values, "adjusted": multipletests(p_values, method="holm")[1]},
                "effects": {name: effects(*pair) for name, pair in samples().items()},
                "spearman": {
                    "x": x,
                    "y": y,
                    "rho": ss.spearmanr(x, y).statistic,
                    "small": {"x": small_x, "y": small_y, "rho": ss.spearmanr(small_x, small_y).statistic, "p": exact.pvalue},
                },
                "logistic": regressions(),
                "agreement": agreements(),
            }
        )
    )
)
