"""Estimators for times that were measured in alternation."""

import math
import statistics


def hodges_lehmann(values):
    """Median of all pairwise means (Hodges & Lehmann 1963)."""
    return statistics.median((a + b) / 2 for i, a in enumerate(values) for b in values[i:])


def ratio(numerators, denominators):
    """The Hodges-Lehmann estimate of numerator / denominator over the log-ratios of the pairs."""
    return math.exp(hodges_lehmann([math.log(a / b) for a, b in zip(numerators, denominators)]))
