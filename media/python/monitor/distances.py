"""Distances between two distributions, as Model Monitor takes them from deequ (Distance.scala)."""

import math


def sketch_of(values, size=2048):
    """Levels of values: each value of level i stands for 2**i. Up to `size` values are all kept, in level 0."""
    levels = [sorted(values)]
    at = 0
    while at < len(levels):
        level = levels[at]
        if len(level) > size:
            if at + 1 == len(levels):
                levels.append([])
            even = len(level) // 2 * 2
            # Of each pair one goes on, once the first and once the second.
            levels[at + 1] = sorted(levels[at + 1] + level[at % 2 : even : 2])
            levels[at] = level[even:]
        at += 1
    return levels


def weighted(levels):
    """(value, weight) of all values of a sketch, sorted."""
    return sorted((value, 2**level) for level, values in enumerate(levels) for value in values)


def numeric(one, other, method="Robust"):
    """The largest difference of the cumulative distributions of two sketches."""
    first, second = weighted(one), weighted(other)
    n, m = sum(weight for _, weight in first), sum(weight for _, weight in second)
    if n == 0 or m == 0:
        return 0.0
    largest = below_first = below_second = i = j = 0
    while i < len(first) or j < len(second):
        value = min(first[i][0] if i < len(first) else math.inf, second[j][0] if j < len(second) else math.inf)
        while i < len(first) and first[i][0] == value:
            below_first += first[i][1]
            i += 1
        while j < len(second) and second[j][0] == value:
            below_second += second[j][1]
            j += 1
        largest = max(largest, abs(below_first / n - below_second / m))
    return corrected(largest, n, m, method)


def categorical(one, other, method="Robust"):
    """The largest difference of the shares of a category in two counts by value."""
    n, m = sum(one.values()), sum(other.values())
    if n == 0 or m == 0:
        return 0.0
    largest = max(abs(one.get(key, 0) / n - other.get(key, 0) / m) for key in {*one, *other})
    return corrected(largest, n, m, method)


def corrected(distance, n, m, method):
    """`Robust` takes away what chance alone would give: 1.8 is c(alpha) for about 0.003."""
    if method == "Simple":
        return distance
    return max(0.0, distance - 1.8 * math.sqrt((n + m) / (n * m)))


def chi_squared(sample, baseline):
    """The p-value of a sample's counts against the shares of a baseline; NaN where there is too little data."""
    total = sum(count for value, count in sample.items() if value in baseline)
    known = sum(baseline.values())
    if not known:
        return math.nan
    cells = sorted((count * total / known, sample.get(value, 0)) for value, count in baseline.items())
    # The rarest categories are taken together until at most a fifth of the cells expect less than five.
    while len(cells) > 1 and sum(1 for expected, _ in cells if expected < (10 if len(cells) == 2 else 5)) > 0.2 * len(cells):
        (a, b), (c, d), *rest = cells
        cells = sorted([(a + c, b + d), *rest])
    if len(cells) < 2:
        return math.nan
    statistic = sum((found - expected) ** 2 / expected for expected, found in cells)
    return _upper_gamma((len(cells) - 1) / 2, statistic / 2)


def _upper_gamma(a, x):
    """The regularized upper incomplete gamma function, by its series or its continued fraction."""
    if x <= 0:
        return 1.0
    scale = math.exp(-x + a * math.log(x) - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        n = a
        while abs(term) > abs(total) * 1e-15:
            n += 1
            term *= x / n
            total += term
        return 1 - total * scale
    b = x + 1 - a
    c, d = 1e300, 1 / b
    h = d
    for i in range(1, 1000):
        step = -i * (i - a)
        b += 2
        d = 1 / (step * d + b or 1e-300)
        c = b + step / c or 1e-300
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return h * scale
