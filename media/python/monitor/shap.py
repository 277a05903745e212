"""Kernel SHAP: what each feature adds to an answer of a model, beside the answer to a baseline.

Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017, section 4.1: a linear regression
over coalitions of features with the Shapley kernel as weights, under the constraint that the values add up to the answer.
With all coalitions the values are the Shapley values themselves, and those of a linear model are with any.
"""

import itertools
import math
import random


def coalitions(features, limit, seed=None):
    """Coalitions with their weights: all of them where there are no more than `limit`, else the smallest and largest first.

    @param features how many there are
    @return pairs of a tuple of 0 and 1, and its weight; weights add up to 1
    """
    # Of one size all coalitions together weigh as much as those of its complement.
    weight = {size: (features - 1) / (size * (features - size)) for size in range(1, features)}
    left, found, rest = max(limit, 2 * features), [], set()
    for size in range(1, features // 2 + 1):
        pair = sorted({size, features - size})
        count = sum(math.comb(features, each) for each in pair)
        if count > left:
            rest = {each for each in weight if size <= each <= features - size}
            break
        left -= count
        for each in pair:
            share = weight[each] / math.comb(features, each)
            found += [(_mask(features, chosen), share) for chosen in itertools.combinations(range(features), each)]
    if rest and left > 0:
        found += _sampled(features, {size: weight[size] for size in rest}, left, seed)
    total = sum(share for _, share in found)
    return [(mask, share / total) for mask, share in found]


def _sampled(features, weight, count, seed):
    """So many coalitions by chance, each with its complement; together they weigh what all of their sizes do."""
    chance, seen = random.Random(seed), {}
    sizes = sorted(weight)
    for _ in range((count + 1) // 2):
        (size,) = chance.choices(sizes, [weight[each] for each in sizes])
        mask = _mask(features, chance.sample(range(features), size))
        for each in (mask, tuple(1 - value for value in mask)):
            seen[each] = seen.get(each, 0) + 1
    total, drawn = sum(weight.values()), sum(seen.values())
    return [(mask, total * times / drawn) for mask, times in seen.items()]


def _mask(features, chosen):
    inside = set(chosen)
    return tuple(1 if index in inside else 0 for index in range(features))


class Explainer:
    """Explains rows beside a background.

    @param answer takes rows (lists of texts or numbers), gives for each a list of numbers, one for each label
    @param background rows that stand for features that are not there
    """

    def __init__(self, answer, background, samples=None, seed=None):
        self.answer = answer
        self.background = background
        self.features = len(background[0])
        # As the authors' own library has it.
        limit = 2048 + 2 * self.features if samples is None else samples
        self.coalitions = coalitions(self.features, limit, seed) if self.features > 1 else []
        self.solution = self._solve()
        self.expected = _mean(answer(background))

    def explain(self, row):
        """The values of a row: for each label one of each feature."""
        (full,) = self.answer([row])
        if self.features == 1:
            return [[value - before] for value, before in zip(full, self.expected)]
        size = len(self.background)
        mixed = [[mine if inside else theirs for inside, mine, theirs in zip(mask, row, each)] for mask, _ in self.coalitions for each in self.background]
        answers = self.answer(mixed)
        means = [_mean(answers[at : at + size]) for at in range(0, len(answers), size)]
        return [self._values([mean[label] for mean in means], full[label], self.expected[label]) for label in range(len(full))]

    def _values(self, means, full, expected):
        # The last value is what is left of the difference: so they add up to it.
        wanted = [mean - expected - mask[-1] * (full - expected) for mean, (mask, _) in zip(means, self.coalitions)]
        values = [sum(part * each for part, each in zip(parts, wanted)) for parts in self.solution]
        return [*values, full - expected - sum(values)]

    def _solve(self):
        """What the weighted regression makes of answers: a row of factors for each feature but the last."""
        if self.features == 1:
            return []
        design = [[value - mask[-1] for value in mask[:-1]] for mask, _ in self.coalitions]
        weights = [share for _, share in self.coalitions]
        size = self.features - 1
        normal = [[0.0] * size for _ in range(size)]
        for line, weight in zip(design, weights):
            for i, value in enumerate(line):
                if value:
                    scaled, target = weight * value, normal[i]
                    for j, other in enumerate(line):
                        target[j] += scaled * other
        inverse = _inverse(normal)
        weighted = [[weight * value for value in line] for line, weight in zip(design, weights)]
        return [[sum(map(_product, parts, line)) for line in weighted] for parts in inverse]


def _product(a, b):
    return a * b


def _mean(rows):
    return [sum(column) / len(rows) for column in zip(*rows)]


def _inverse(matrix):
    """By Gauss and Jordan, with pivots. What tells nothing of a feature (too few coalitions) leaves it at zero."""
    size = len(matrix)
    rows = [[*line, *(1.0 if i == j else 0.0 for j in range(size))] for i, line in enumerate(matrix)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda index: abs(rows[index][column]))
        if abs(rows[pivot][column]) < 1e-12:
            continue
        rows[column], rows[pivot] = rows[pivot], rows[column]
        lead = rows[column][column]
        rows[column] = [value / lead for value in rows[column]]
        for index in range(size):
            factor = rows[index][column]
            if index != column and factor:
                rows[index] = [value - factor * other for value, other in zip(rows[index], rows[column])]
    return [line[size:] for line in rows]


AGGREGATIONS = {
    "mean_abs": lambda values: sum(map(abs, values)) / len(values),
    "mean_sq": lambda values: sum(value * value for value in values) / len(values),
    "median": lambda values: _median(values),
}


def _median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def center(rows):
    """The row that stands for a data set where no baseline is given: means of numbers, the most frequent of texts."""
    columns = list(zip(*rows))
    made = []
    for values in columns:
        try:
            made.append(sum(map(float, values)) / len(values))
        except ValueError:
            made.append(max(sorted(set(values)), key=values.count))
    return made
