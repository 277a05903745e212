"""Bias metrics of a data set and of predictions, as SageMaker Clarify defines them.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-data-bias-metrics.html and ...-measure-post-training-bias.html.
Facet d is the one that is looked at, a all the rest; `y` are true and `found` predicted labels, 1 for the wished one.
"""

import math

# As which infinity is written.
INFINITY = 2.348543e108


def ratio(part, whole):
    if whole:
        return part / whole
    return 0.0 if part == 0 else math.copysign(math.inf, part)


def pre_training(in_d, y, group=None):
    """Metrics of the data alone. @param in_d, y lists of truth values @param group lists of texts, for CDDL"""
    a, d = _parts(in_d, y)
    qa, qd = ratio(sum(a), len(a)), ratio(sum(d), len(d))
    pa, pd = (qa, 1 - qa), (qd, 1 - qd)
    mean = tuple((x + z) / 2 for x, z in zip(pa, pd))
    gaps = [abs(x - z) for x, z in zip(pa, pd)]
    return {
        "CI": ratio(len(a) - len(d), len(a) + len(d)),
        "DPL": qa - qd,
        "KL": _kl(pa, pd),
        "JS": (_kl(pa, mean) + _kl(pd, mean)) / 2,
        "LP": math.hypot(*gaps),
        "TVD": sum(gaps) / 2,
        "KS": max(gaps),
        **({"CDDL": _conditional(in_d, y, group)} if group else {}),
    }


def post_training(in_d, y, found, group=None):
    """Metrics of predictions."""
    a, d = _counts(in_d, y, found, False), _counts(in_d, y, found, True)
    accepted = [ratio(part["predicted"], part["n"]) for part in (a, d)]
    gain = [guess - truth + 1 for truth, guess in zip(map(int, y), map(int, found))]
    mean = sum(gain) / len(gain)
    return {
        "DPPL": accepted[0] - accepted[1],
        "DI": ratio(accepted[1], accepted[0]),
        "DCA": ratio(a["positive"], a["predicted"]) - ratio(d["positive"], d["predicted"]),
        "DCR": ratio(d["negative"], d["rejected"]) - ratio(a["negative"], a["rejected"]),
        "RD": ratio(a["tp"], a["positive"]) - ratio(d["tp"], d["positive"]),
        "SD": ratio(d["tn"], d["negative"]) - ratio(a["tn"], a["negative"]),
        "DAR": ratio(a["tp"], a["predicted"]) - ratio(d["tp"], d["predicted"]),
        "DRR": ratio(d["tn"], d["rejected"]) - ratio(a["tn"], a["rejected"]),
        "AD": ratio(a["tp"] + a["tn"], a["n"]) - ratio(d["tp"] + d["tn"], d["n"]),
        "TE": ratio(d["fn"], d["fp"]) - ratio(a["fn"], a["fp"]),
        "GE": sum((value / mean) ** 2 - 1 for value in gain) / len(gain) / 2,
        **({"CDDPL": _conditional(in_d, found, group)} if group else {}),
    }


def ndcg(baseline, live):
    """How far the order of features by their attributions is still that of a baseline: 1 for the same."""
    order = lambda values: sorted(range(len(values)), key=lambda index: -values[index])  # noqa: E731
    gain = lambda indexes: sum(baseline[index] / math.log2(place + 2) for place, index in enumerate(indexes))  # noqa: E731
    return gain(order(live)) / gain(order(baseline))


def violations(facets, baseline):
    """Metrics that are farther from fair than those of a baseline, by the form of `analysis.json`."""
    problems = []
    for facet, values in facets.items():
        before = {str(each["value_or_threshold"]): each["metrics"] for each in baseline.get(facet, [])}
        for each in values:
            limits = {metric["name"]: metric["value"] for metric in before.get(str(each["value_or_threshold"]), [])}
            for metric in each["metrics"]:
                name, value, limit = metric["name"], metric["value"], limits.get(metric["name"])
                if value is None or limit is None or _distance(name, value) <= _distance(name, limit) + 1e-12:
                    continue
                problems.append(
                    {
                        "facet": facet,
                        "facet_value": str(each["value_or_threshold"]),
                        "metric_name": name,
                        "constraint_check_type": "bias_drift_check",
                        "description": f"Metric value {value} doesn't meet the baseline constraint requirement {limit}",
                    }
                )
    return {"violations": problems}


def _distance(name, value):
    # Disparate impact is a ratio: half as likely is as far from fair as twice as likely.
    if name == "DI":
        return math.inf if value <= 0 else abs(math.log(value))
    return abs(value)


def _parts(in_d, values):
    return [value for value, d in zip(values, in_d) if not d], [value for value, d in zip(values, in_d) if d]


def _kl(p, q):
    return sum(x * math.log(ratio(x, z)) if x and z else (math.inf if x else 0.0) for x, z in zip(p, q))


def _conditional(in_d, y, group):
    """The mean, by size, over groups, of d's share of the rejected less its share of the accepted."""
    total = 0.0
    for name in set(group):
        rows = [(d, label) for d, label, each in zip(in_d, y, group) if each == name]
        rejected, accepted = [d for d, label in rows if not label], [d for d, label in rows if label]
        total += len(rows) * (ratio(sum(rejected), len(rejected)) - ratio(sum(accepted), len(accepted)))
    return total / len(y)


def _counts(in_d, y, found, which):
    rows = [(truth, guess) for d, truth, guess in zip(in_d, y, found) if bool(d) == which]
    count = lambda truth, guess: sum(1 for row in rows if (bool(row[0]), bool(row[1])) == (truth, guess))  # noqa: E731
    tp, fp, fn, tn = count(True, True), count(False, True), count(True, False), count(False, False)
    return {
        "n": len(rows), "tp": tp, "fp": fp, "fn": fn, "tn": tn,
        "positive": tp + fn, "negative": fp + tn, "predicted": tp + fp, "rejected": fn + tn,
    }  # fmt: skip
