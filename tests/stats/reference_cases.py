"""Writes reference_cases.json: what SciPy and statsmodels say about the cases that reference_test.cc checks.

No part of the tests, which read the recorded file. To record anew, with
scipy==1.17.1, statsmodels==0.15.0 and numpy==2.4.6:
python tests/stats/reference_cases.py > tests/stats/reference_cases.json
"""

import itertools
import json
import sys

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import integrate, optimize, special, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import ttost_paired

random = np.random.default_rng(2017)


def numbers(values):
    return [float(value) for value in np.ravel(values)]


def paired_case(count, shift, scale):
    first = 0.99 + scale * random.standard_normal(count)
    second = first * 0.3 + 0.99 * 0.7 - shift + scale * random.standard_normal(count)
    test = stats.ttest_rel(first, second)
    interval = test.confidence_interval(0.95)
    difference = first - second
    margin = 2 * scale
    p_tost, low, high = ttost_paired(first, second, -margin, margin)
    df = count - 1
    correction = np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2) - 0.5 * np.log(df / 2))
    return {
        "first": numbers(first),
        "second": numbers(second),
        "p": test.pvalue,
        "low": interval.low,
        "high": interval.high,
        "margin": margin,
        "p_tost": float(p_tost),
        "p_above": float(low[1]),
        "p_below": float(high[1]),
        "hedges_g": correction * difference.mean() / difference.std(ddof=1),
        "correlation": stats.pearsonr(first, second).statistic,
    }


def welch_case(count, other, ratio):
    first = random.standard_normal(count)
    second = 0.5 + ratio * random.standard_normal(other)
    test = stats.ttest_ind(first, second, equal_var=False)
    interval = test.confidence_interval(0.9)
    return {
        "first": numbers(first),
        "second": numbers(second),
        "p": test.pvalue,
        "df": test.df,
        "low": interval.low,
        "high": interval.high,
    }


def sign_flip_case(values):
    result = stats.permutation_test(
        (values,), np.sum, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    return {"values": numbers(values), "p": result.pvalue}


def exact_signed_rank(values):
    """All sign patterns of the mid-ranks of the values that are not zero, one by one."""
    values = values[values != 0]
    ranks = stats.rankdata(np.abs(values))
    seen = ranks[values > 0].sum()
    sums = np.array([ranks[list(signs)].sum() for signs in itertools.product([False, True], repeat=len(ranks))])
    tail = min((sums <= seen + 1e-9).mean(), (sums >= seen - 1e-9).mean())
    return min(1.0, 2 * tail)


def signed_rank_case(values):
    tied = len(set(np.abs(values))) < len(values) or (values == 0).any()
    p = exact_signed_rank(values) if tied else stats.wilcoxon(values, method="exact").pvalue
    return {"values": numbers(values), "p": p}


def middle_case(count, confidence):
    """Hodges-Lehmann by all Walsh averages; the depth from all subsets of the ranks, counted."""
    values = random.laplace(size=count)
    means = np.sort([(values[i] + values[j]) / 2 for i in range(count) for j in range(i, count)])
    ways = np.zeros(count * (count + 1) // 2 + 1)
    ways[0] = 1
    for rank in range(1, count + 1):
        ways[rank:] = ways[rank:] + ways[:-rank].copy()
    tails = np.cumsum(ways) / 2.0**count
    depth = int(np.searchsorted(tails, (1 - confidence) / 2, side="right"))
    case = {"values": numbers(values), "confidence": confidence, "estimate": float(np.median(means))}
    if depth > 0:
        case |= {"low": float(means[depth - 1]), "high": float(means[-depth])}
    return case


def two_way_case(treatments, blocks):
    values = (
        random.normal(size=(treatments, 1)) + random.normal(size=(1, blocks)) + random.normal(size=(treatments, blocks))
    )
    treatment, block = np.divmod(np.arange(treatments * blocks), blocks)
    design = np.column_stack(
        [treatment == t for t in range(treatments)] + [block == b for b in range(1, blocks)]
    ).astype(float)
    fit = sm.OLS(values.ravel(), design).fit()
    contrast = np.zeros(design.shape[1])
    contrast[0], contrast[1] = 1, -1
    test = fit.t_test(contrast)
    residuals = fit.resid.reshape(treatments, blocks)
    return {
        "treatments": treatments,
        "blocks": blocks,
        "values": numbers(values),
        "residual_sd": float(np.sqrt(fit.mse_resid)),
        "df": float(fit.df_resid),
        "difference": float(test.effect[0]),
        "standard_error": float(test.sd[0, 0]),
        "p": float(test.pvalue),
        "p_equal_spread": float(stats.levene(*residuals, center="median").pvalue),
    }


def anova_case(sizes):
    groups = [random.normal(loc=0.3 * i, size=size) for i, size in enumerate(sizes)]
    result = stats.f_oneway(*groups)
    return {
        "groups": [numbers(group) for group in groups],
        "f": result.statistic,
        "p": result.pvalue,
        "p_equal_spread": float(stats.levene(*groups, center="median").pvalue),
    }


def range_case(means, df, t):
    return {"means": means, "df": df, "t": t, "p": float(stats.studentized_range.sf(t * np.sqrt(2), means, df))}


def dunnett_case(means, df, t):
    """P(max |X_i - X_0| / (s sqrt 2) >= t) by adaptive quadrature over X_0 and s."""

    def others_within(s):
        w = t * s * np.sqrt(2)
        return integrate.quad(
            lambda z: stats.norm.pdf(z) * (stats.norm.cdf(z + w) - stats.norm.cdf(z - w)) ** (means - 1),
            -9,
            9,
            epsabs=1e-13,
            epsrel=1e-13,
            limit=400,
        )[0]

    spread = stats.chi(df, scale=1 / np.sqrt(df))
    exceeded = integrate.quad(
        lambda s: spread.pdf(s) * (1 - others_within(s)),
        spread.ppf(1e-14),
        spread.isf(1e-14),
        epsabs=1e-12,
        epsrel=1e-12,
        limit=400,
    )[0]
    return {"means": means, "df": df, "t": t, "p": exceeded}


def mixture_case(count, shift, g):
    """The Bayes factor by quadrature over the standardised mean, from the densities of t and noncentral t."""
    values = shift + random.standard_normal(count)
    t = values.mean() / values.std(ddof=1) * np.sqrt(count)

    def integrand(effect):
        return stats.nct.pdf(t, count - 1, effect * np.sqrt(count)) * stats.norm.pdf(effect, scale=np.sqrt(g))

    marginal = integrate.quad(integrand, -8 * np.sqrt(g), 8 * np.sqrt(g), epsabs=0, epsrel=1e-12, limit=500)[0]
    return {"values": numbers(values), "g": g, "log_e": float(np.log(marginal / stats.t.pdf(t, count - 1)))}


def power_case(count, effect, alpha):
    return {
        "count": count,
        "effect": effect,
        "alpha": alpha,
        "power": float(TTestPower().power(effect, count, alpha, alternative="two-sided")),
    }


def error_ratio_case(count, noise):
    denominator = 0.01 * (1 + noise * random.standard_normal(count))
    numerator = 0.1 * (1 + 0.05 * random.standard_normal(count)) + 2 * (denominator - 0.01)
    critical = stats.t.ppf(0.975, count - 1)

    def excess(ratio):
        rest = numerator - ratio * denominator
        return abs(rest.mean()) / (rest.std(ddof=1) / np.sqrt(count)) - critical

    middle = numerator.mean() / denominator.mean()
    return {
        "numerator": numbers(numerator),
        "denominator": numbers(denominator),
        "ratio": middle,
        "low": optimize.brentq(excess, 0.01 * middle, middle, xtol=1e-14),
        "high": optimize.brentq(excess, middle, 100 * middle, xtol=1e-14),
    }


def examples_case(networks, examples):
    difficulty = random.beta(2, 0.2, examples)
    first = random.random((networks, examples)) < difficulty
    second = random.random((networks, examples)) < random.permutation(difficulty)
    share = first.mean(0)
    return {
        "first": [numbers(row) for row in first],
        "second": [numbers(row) for row in second],
        "variance": share.var(ddof=1) / examples,
        "difference_variance": (share - second.mean(0)).var(ddof=1) / examples,
        "predicted_sd": float(np.sqrt((share * (1 - share)).sum() * networks / (networks - 1)) / examples),
    }


def share_case(count, trials):
    low, high = proportion_confint(count, trials, alpha=0.05, method="beta")
    return {"count": count, "trials": trials, "low": float(low), "high": float(high)}


def cases():
    tied = np.array([0.0, 0.2, -0.2, 0.5, 0.5, -0.1, 0.7, 0.2, 0.0, 0.9])
    p_values = [0.01, 0.04, 0.03, 0.005, 0.2, 0.04]
    tables = [(0, 5, 0, 5), (5, 5, 0, 5), (3, 40, 11, 38), (1, 1000, 9, 1000), (2, 7, 5, 9)]
    return {
        "paired": [paired_case(3, 0.001, 1e-3), paired_case(5, 0.0, 1e-3), paired_case(40, 0.0005, 1e-3)],
        "welch": [welch_case(5, 8, 3), welch_case(30, 4, 0.1)],
        "sign_flip": [
            sign_flip_case(random.standard_normal(5) + 0.5),
            sign_flip_case(random.standard_normal(14) + 0.5),
            sign_flip_case(tied),
        ],
        "signed_rank": [
            signed_rank_case(random.standard_normal(6) + 0.5),
            signed_rank_case(random.standard_normal(25) + 0.5),
            signed_rank_case(random.standard_normal(49) + 0.2),
            signed_rank_case(tied),
        ],
        "middle": [middle_case(5, 0.95), middle_case(6, 0.95), middle_case(13, 0.995), middle_case(30, 0.95)],
        "two_way": [two_way_case(3, 5), two_way_case(5, 5), two_way_case(10, 12)],
        "anova": [anova_case([5, 5, 5]), anova_case([3, 9, 4, 12])],
        "range": [
            range_case(*case)
            for case in [(3, 8, 3.0), (5, 16, 3.0), (5, 4, 5.0), (10, 81, 3.2), (20, 1000, 4.0), (3, 2, 9.0)]
        ],
        "dunnett": [dunnett_case(*case) for case in [(3, 8, 2.6), (5, 16, 2.7), (10, 81, 2.8), (4, 3, 5.0)]],
        "mixture": [mixture_case(3, 0.5, 1), mixture_case(12, 1, 1), mixture_case(50, 0, 4)],
        "power": [power_case(*case) for case in [(5, 1.5, 0.05), (13, 1.0, 0.05), (44, 0.5, 0.05), (20, 0.9, 0.005)]],
        "mcnemar": [
            {"first": a, "second": b, "p": float(mcnemar([[0, a], [b, 0]], exact=True).pvalue)}
            for a, b in [(0, 0), (3, 9), (60, 95), (0, 6), (400, 430)]
        ],
        "fisher": [
            {"table": table, "p": float(stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue)}
            for table in tables
            for a, n, b, m in [table]
        ],
        "share": [share_case(*case) for case in [(0, 5), (5, 5), (1, 40), (300, 1000)]],
        "holm": {"p": p_values, "adjusted": numbers(multipletests(p_values, method="holm")[1])},
        "error_ratio": [error_ratio_case(5, 0.1), error_ratio_case(5, 0.3), error_ratio_case(30, 0.1)],
        "examples": [examples_case(2, 70), examples_case(5, 200)],
    }


if __name__ == "__main__":
    versions = {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__}
    json.dump({"versions": versions} | cases(), sys.stdout, separators=(",", ":"))
    print()
